"""Addresses of this room, by the space in which they stand."""

from django.urls import include, path

from desks import api, views

public_urls = [
    path("api/v1/", include((api.urls(), "ninja"), namespace="api-1")),
    path("demonstration/codes/", views.demonstration_codes, name="demonstration_codes"),
]

space_urls = [
    path("", views.space, name="space"),
    path("dossiers/", views.space_applications, name="space_applications"),
    path("messages/", views.space_messages, name="space_messages"),
]
committee_urls = [
    path("", views.committee, name="committee"),
    path("seances/", views.committee_sessions, name="committee_sessions"),
]
staff_urls = [
    path("", views.staff, name="staff"),
    path("a-faire.xlsx", views.staff_todo_file, name="staff_todo_file"),
    path("dossiers/", views.staff_applications, name="staff_applications"),
    path("dossiers.xlsx", views.staff_applications_file, name="staff_applications_file"),
    path("dossiers/<str:reference>/journal/", views.staff_journal, name="staff_journal"),
    path("dossiers/<str:reference>/journal.xlsx", views.staff_journal_file, name="staff_journal_file"),
    path("labels/", views.staff_labels, name="staff_labels"),
    path("labels.xlsx", views.staff_labels_file, name="staff_labels_file"),
    path("recours/", views.staff_appeals, name="staff_appeals"),
    path("recours.xlsx", views.staff_appeals_file, name="staff_appeals_file"),
    path("suivis/", views.staff_follow_ups, name="staff_follow_ups"),
    path("suivis.xlsx", views.staff_follow_ups_file, name="staff_follow_ups_file"),
    path("retraits/", views.staff_withdrawals, name="staff_withdrawals"),
    path("retraits.xlsx", views.staff_withdrawals_file, name="staff_withdrawals_file"),
    path("echeances/", views.staff_deadlines, name="staff_deadlines"),
    path("echeances.xlsx", views.staff_deadlines_file, name="staff_deadlines_file"),
    path("chiffres/", views.staff_figures, name="staff_figures"),
    path("chiffres.xlsx", views.staff_figures_file, name="staff_figures_file"),
    path("chiffres/impartialite/", views.staff_impartiality, name="staff_impartiality"),
    path("chiffres/impartialite.xlsx", views.staff_impartiality_file, name="staff_impartiality_file"),
    path("referentiels/", views.staff_editions, name="staff_editions"),
    path("referentiels/<int:edition_pk>/", views.staff_edition, name="staff_edition"),
    path("referentiels/<int:edition_pk>/essai.xlsx", views.staff_edition_file, name="staff_edition_file"),
    path("charte/signatures/", views.staff_charter_signatures, name="staff_charter_signatures"),
    path("charte/signatures.xlsx", views.staff_charter_signatures_file, name="staff_charter_signatures_file"),
    path("envois/", views.staff_mailings, name="staff_mailings"),
    path("envois/<int:mailing_pk>/", views.staff_mailing, name="staff_mailing"),
    path("envois/<int:mailing_pk>/destinataires.xlsx", views.staff_mailing_file, name="staff_mailing_file"),
    path("courriers/", views.staff_letters, name="staff_letters"),
    path("courriers.xlsx", views.staff_letters_file, name="staff_letters_file"),
    path("aides/", views.staff_helps, name="staff_helps"),
    path("aides.xlsx", views.staff_helps_file, name="staff_helps_file"),
    path("comite/", views.staff_members, name="staff_committee"),
    path("comite/membres/", views.staff_members, name="staff_members"),
    path("comite/membres.xlsx", views.staff_members_file, name="staff_members_file"),
    path("comite/tableau/", views.staff_dashboard, name="staff_dashboard"),
    path(
        "comite/tableau/evaluations.xlsx",
        views.staff_dashboard_reviews_file,
        name="staff_dashboard_reviews_file",
    ),
    path("comite/tableau/charge.xlsx", views.staff_dashboard_load_file, name="staff_dashboard_load_file"),
    path(
        "comite/tableau/couverture.xlsx",
        views.staff_dashboard_coverage_file,
        name="staff_dashboard_coverage_file",
    ),
    path("comite/tableau/accord/", views.staff_agreement, name="staff_agreement"),
    path("comite/tableau/accord.xlsx", views.staff_agreement_file, name="staff_agreement_file"),
    path("comite/tableau/ecarts.xlsx", views.staff_deviations_file, name="staff_deviations_file"),
    path("comite/tableau/desaccords/<str:reference>/", views.staff_disagreement, name="staff_disagreement"),
    path(
        "comite/tableau/desaccords/<str:reference>/carte.xlsx",
        views.staff_disagreement_file,
        name="staff_disagreement_file",
    ),
    path("comite/seances/", views.staff_sessions, name="staff_sessions"),
    path("comite/seances.xlsx", views.staff_sessions_file, name="staff_sessions_file"),
    path(
        "comite/seances/<str:reference>/presences.xlsx",
        views.staff_session_attendance_file,
        name="staff_session_attendance_file",
    ),
    path("decisions/<int:pk>/dossier-contentieux/", views.staff_bundle, name="staff_bundle"),
    path("decisions/<int:pk>/communicable/", views.staff_communicable, name="staff_communicable"),
    path("signalements/", views.staff_reports, name="staff_reports"),
    path("personnes/", views.staff_people, name="staff_people"),
    path("personnes.xlsx", views.staff_people_file, name="staff_people_file"),
    path("service/", views.staff_service, name="staff_service"),
    path("pannes/", views.staff_outages, name="staff_outages"),
    path("pannes/<int:pk>/", views.staff_outage, name="staff_outage"),
]
