"""Addresses of this room, by the space in which they stand."""

from django.urls import path

from certificates import views
from certificates.views import (
    changes,
    deciding,
    follow_ups,
    mergers,
    procedures,
    reading,
    register_alerts,
    renewals,
    withdrawals,
)

public_urls = [path("verifier/<str:number>/certificat.pdf", views.certificate_pdf, name="certificate_pdf")]
space_urls = [
    path("label/", views.space_label, name="space_label"),
    path("label/suivi/<int:year>/", follow_ups.follow_up, name="follow_up"),
    path("label/suivi/<int:year>/ecarts/<int:pk>/", follow_ups.gap, name="follow_up_gap"),
    path("label/changement/", changes.declare, name="change_declare"),
    path("label/fusion/", mergers.ask, name="merger_ask"),
    path("fusions/<int:pk>/", mergers.request_page, name="merger_request"),
    path("procedures/<int:pk>/", procedures.procedure, name="procedure"),
    path("label/reponse/<int:pk>/", views.hearing, name="hearing"),
    path("label/reponse/<int:pk>/dossier/", views.hearing_file, name="hearing_file"),
    path("label/reserve/<int:pk>/", views.condition_proof, name="condition_proof"),
    path("label/<str:number>/rendre/", views.relinquish, name="relinquish"),
    path("label/renouveler/", renewals.renewal, name="space_renewal"),
    path("label/ne-pas-renouveler/", renewals.decline, name="space_renewal_decline"),
    path("label/autre-action/", renewals.addition, name="space_addition"),
]
committee_urls = [
    path("suivis/<int:pk>/", reading.consultation, name="committee_consultation"),
    path(
        "seances/<str:reference>/points/<int:pk>/procedure/",
        procedures.committee_session_procedure,
        name="committee_session_procedure",
    ),
    path(
        "seances/<str:reference>/points/<int:pk>/procedure/<int:file>/",
        procedures.committee_session_procedure_file,
        name="committee_session_procedure_file",
    ),
]
staff_urls = [
    path("labels/<str:number>/retirer/", withdrawals.staff_withdrawal_open, name="staff_withdrawal_open"),
    path("retraits/propositions/<int:pk>/", withdrawals.staff_withdrawal_sign, name="staff_withdrawal_sign"),
    path(
        "retraits/<int:pk>/proposer/<str:step>/",
        withdrawals.staff_withdrawal_propose,
        name="staff_withdrawal_propose",
    ),
    path("retraits/<int:pk>/", withdrawals.staff_withdrawal, name="staff_withdrawal"),
    path("retraits/<int:pk>/decision/", deciding.staff_withdrawal_decide, name="staff_withdrawal_decide"),
    path("labels/<str:number>/", views.staff_label, name="staff_label"),
    path("labels/<str:number>/actes/<str:kind>/", views.staff_measure_prepare, name="staff_measure_prepare"),
    path("labels/<str:number>/inviter/", views.staff_hearing_new, name="staff_hearing_new"),
    path("labels/<str:number>/reediter/", views.staff_reissue, name="staff_reissue"),
    path("labels/<str:number>/rendre/", views.staff_relinquish, name="staff_relinquish"),
    path("reponses/<int:pk>/", views.staff_hearing, name="staff_hearing"),
    path("reserves/<int:pk>/", views.staff_condition, name="staff_condition"),
    path("labels/<str:number>/suivis/<int:year>/", reading.follow_up, name="staff_follow_up"),
    path("labels/<str:number>/suivis/<int:year>/saisie/", follow_ups.entry, name="staff_follow_up_entry"),
    path("labels/<str:number>/suivis/<int:year>/ecarts/", reading.gaps, name="staff_gaps"),
    path("labels/<str:number>/suivis/<int:year>/ecarts/<int:pk>/", reading.gap, name="staff_gap"),
    path(
        "labels/<str:number>/suivis/<int:year>/ecarts/<int:pk>/saisie/",
        follow_ups.gap_entry,
        name="staff_gap_entry",
    ),
    path("labels/<str:number>/suivis/<int:year>/avis/<int:pk>/", reading.voice, name="staff_voice"),
    path("labels/<str:number>/suivis/<int:year>/essai/", reading.contact, name="staff_contact"),
    path("labels/<str:number>/suivis/<int:year>/procedure/", reading.escalate, name="staff_escalate"),
    path("labels/<str:number>/fusions/", mergers.entry, name="staff_merger_entry"),
    path("fusions/<int:pk>/", mergers.staff_merger, name="staff_merger"),
    path("labels/<str:number>/changements/", changes.entry, name="staff_change_entry"),
    path("labels/<str:number>/changements/<int:pk>/", changes.read, name="staff_change"),
    path("registre/alertes/<int:pk>/", register_alerts.alert, name="staff_register_alert"),
    path("dossiers/<str:reference>/avant-refus/", renewals.refusal_hearing, name="staff_refusal_hearing"),
]
