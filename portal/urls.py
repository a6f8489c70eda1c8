"""Addresses of this room, by the space in which they stand."""

from django.urls import path

from portal.views import (
    committee,
    credentials,
    decisions,
    health,
    home,
    information,
    language,
    register,
    verification,
)

public_urls = [
    path("", home.home, name="home"),
    path("verifier/", verification.verify, name="verify"),
    path("verifier/<str:number>.json", verification.verify_label_json, name="verify_label_json"),
    path("verifier/<str:number>/", verification.verify_label, name="verify_label"),
    path("verifier/<str:number>/credential.json", credentials.credential, name="credential"),
    path("verifier/<str:number>/badge.png", credentials.badge_png, name="badge_png"),
    path("verifier/<str:number>/badge.svg", credentials.badge_svg, name="badge_svg"),
    path("statut/<str:purpose>/<int:number>.json", credentials.status_list, name="status_list"),
    path(".well-known/did.json", credentials.did_document, name="did_document"),
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
