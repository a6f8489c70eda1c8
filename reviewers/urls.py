"""Addresses of this room, by the space in which they stand."""

from django.urls import path

from reviewers.views import (
    alerts,
    answering,
    challenges,
    committee,
    deferral,
    discussing,
    entries,
    findings,
    mandates,
    masking,
    matches,
    opinion,
    panel,
    paper,
    paper_rereading,
    practice,
    proposal,
    reviewing,
    sessions,
    summaries,
)

committee_urls = [
    path("dossiers/", answering.reviews, name="committee_reviews"),
    path("dossiers/<int:pk>/", answering.assignment, name="committee_assignment"),
    path("dossiers/<int:pk>/lien/", answering.gate, name="committee_gate"),
    path("dossiers/<int:pk>/lire/", reviewing.dossier, name="committee_dossier"),
    path("dossiers/<int:pk>/criteres/<str:criterion>/", reviewing.review, name="committee_review"),
    path("dossiers/<int:pk>/grille/", reviewing.grid, name="committee_grid"),
    path("dossiers/<int:pk>/alerte/", alerts.alert, name="committee_alert"),
    path("dossiers/<int:pk>/envoyer/", reviewing.send, name="committee_send"),
    path("dossiers/<int:pk>/deport/", answering.stand_down, name="committee_stand_down"),
    path("dossiers/<int:pk>/indisponible/", answering.unavailable, name="committee_unavailable"),
    path("dossiers/<int:pk>/grille.pdf", paper.own_grid_pdf, name="committee_grid_pdf"),
    path("dossiers/<int:pk>/relire/", discussing.reread, name="committee_reread"),
    path("mes-notes/", discussing.my_scores, name="committee_my_scores"),
    path("dossiers/<int:pk>/dossier.pdf", paper.own_pack_pdf, name="committee_pack_pdf"),
    path("entrainement/", practice.practice, name="committee_practice"),
    path("entrainement/<slug:case>/", practice.practice_result, name="committee_practice_result"),
    path(
        "entrainement/<slug:case>/<str:criterion>/",
        practice.practice_criterion,
        name="committee_practice_criterion",
    ),
    path("fait/<slug:what>/", answering.done, name="committee_done"),
    path("indisponible/", mandates.unavailable, name="committee_pause"),
    path("mandat/", mandates.mandate, name="committee_mandate"),
    path("mandat/publication/", mandates.publication, name="committee_publication"),
    path("mandat/retirer-mon-accord/", mandates.withdraw, name="committee_withdraw_consent"),
    path("liens/", mandates.interests, name="committee_interests"),
    *sessions.committee_urls,
]

space_urls = [
    path("dossiers/<str:reference>/comite/reponse/", deferral.answer, name="application_deferral"),
    path(
        "dossiers/<str:reference>/comite/recusation/",
        challenges.application_challenge,
        name="application_challenge",
    ),
]
staff_urls = [
    path("recusations/", challenges.staff_challenges, name="staff_challenges"),
    path("recusations/<int:pk>/", challenges.staff_challenge, name="staff_challenge"),
    path("recusations/liens/<int:pk>/", matches.staff_match, name="staff_match"),
    path("recusations/agents/<int:pk>/", matches.staff_name_match, name="staff_name_match"),
    path("comite/proposer/", committee.approach, name="staff_approach"),
    path("comite/composition/", committee.balance, name="staff_composition"),
    path("comite/<int:pk>/", committee.mandate, name="staff_mandate"),
    path("comite/panels/", proposal.campaign, name="staff_panels"),
    path("dossiers/<str:reference>/panel/", panel.panel, name="staff_panel"),
    path("dossiers/<str:reference>/panel/proposition/", proposal.proposal, name="staff_proposal"),
    path("dossiers/<str:reference>/panel/<int:pk>/grille/", paper.enter, name="staff_paper_grid"),
    path("dossiers/<str:reference>/panel/<int:pk>/grille.pdf", paper.grid_pdf, name="staff_grid_pdf"),
    path("dossiers/<str:reference>/panel/<int:pk>/alerte/", alerts.enter, name="staff_alert"),
    path("dossiers/<str:reference>/panel/<int:pk>/second-tour/", paper_rereading.enter, name="staff_reread"),
    path(
        "dossiers/<str:reference>/panel/<int:pk>/second-tour.pdf",
        paper_rereading.rereading_pdf,
        name="staff_reread_pdf",
    ),
    path("dossiers/<str:reference>/constats/", findings.findings, name="staff_findings"),
    path("dossiers/<str:reference>/commentaires/", masking.comments, name="staff_comments"),
    path("dossiers/<str:reference>/discussion/", discussing.discussion, name="staff_discussion"),
    path(
        "dossiers/<str:reference>/panel/<int:pk>/dossier.pdf", paper.dossier_pack_pdf, name="staff_pack_pdf"
    ),
    path(
        "dossiers/<str:reference>/panel/<int:pk>/relecture/", entries.double_check, name="staff_double_check"
    ),
    path("dossiers/<str:reference>/resume/", summaries.summary, name="staff_summary"),
    path("dossiers/<str:reference>/avis/", opinion.opinion, name="staff_opinion"),
    *sessions.staff_urls,
]
