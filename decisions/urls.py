"""Addresses of this room, by the space in which they stand."""

from django.urls import path

from decisions import views

space_urls = [
    path("decisions/", views.space_decisions, name="space_decisions"),
    path("decisions/<int:pk>/contester/", views.contest, name="contest"),
    path("decisions/<int:pk>/silence/", views.ask_silence, name="ask_silence"),
    path("recours/<int:pk>/", views.appeal_page, name="appeal"),
]
staff_urls = [
    path("dossiers/<str:reference>/decision/", views.staff_decision_prepare, name="staff_decision_prepare"),
    path("dossiers/<str:reference>/second-avis/", views.staff_second_opinion, name="staff_second_opinion"),
    path("decisions/<int:pk>/", views.staff_decision, name="staff_decision"),
    path("decisions/<int:pk>/projet.pdf", views.staff_decision_draft, name="staff_decision_draft"),
    path("decisions/<int:pk>/signer/", views.staff_decision_sign, name="staff_decision_sign"),
    path("decisions/<int:pk>/recours/", views.staff_appeal_enter, name="staff_appeal_enter"),
    path("decisions/<int:pk>/contentieux/", views.staff_litigation_open, name="staff_litigation_open"),
    path("recours/<int:pk>/", views.staff_appeal, name="staff_appeal"),
    path("recours/<int:pk>/reponse/", views.staff_appeal_answer, name="staff_appeal_answer"),
    path("contentieux/<int:pk>/", views.staff_litigation, name="staff_litigation"),
    path("silences/<int:pk>/", views.staff_silence_request, name="staff_silence_request"),
]
