"""Addresses of this room, by the space in which they stand."""

from django.urls import path

from portal.views import committee, decisions, health, home, information, language, register, verification

public_urls = [
    path("", home.home, name="home"),
    path("verifier/", verification.verify, name="verify"),
    path("verifier/<str:number>.json", verification.verify_label_json, name="verify_label_json"),
    path("verifier/<str:number>/", verification.verify_label, name="verify_label"),
    path("annuaire/", register.register, name="register"),
    path("annuaire.json", register.register_json, name="register_json"),
    path("annuaire.csv", register.register_csv, name="register_csv"),
    path("transparence/comite/", committee.public_committee, name="public_committee"),
    path("transparence/decisions/", decisions.public_decisions, name="public_decisions"),
    path("transparence/comite/seances/<str:reference>/", committee.public_session, name="public_session"),
    path(
        "transparence/comite/seances/<str:reference>/extrait.pdf",
        committee.public_session_pdf,
        name="public_session_pdf",
    ),
    path("langue/<str:code>/", language.set_language_simple, name="set_language_simple"),
    path("contact/", information.contact, name="contact"),
    path("accessibilite/", information.accessibility, name="accessibility"),
    path("donnees-personnelles/", information.personal_data, name="personal_data"),
    path("mentions-legales/", information.legal_notice, name="legal_notice"),
    path("code-source/", information.source_code, name="source_code"),
    path("sante/vive", health.live, name="health_live"),
    path("sante/prete", health.ready, name="health_ready"),
    path("robots.txt", health.robots, name="robots"),
]
