"""Addresses of this room, by the space in which they stand."""

from django.urls import path

from portal.views import committee, health, home, information, language, register, transparency, verification

public_urls = [
    path("", home.home, name="home"),
    path("verifier/", verification.verify, name="verify"),
    path("verifier/<str:number>.json", verification.verify_label_json, name="verify_label_json"),
    path("verifier/<str:number>/", verification.verify_label, name="verify_label"),
    path("annuaire/", register.register, name="register"),
    path("annuaire.json", register.register_json, name="register_json"),
    path("annuaire.csv", register.register_csv, name="register_csv"),
    path("transparence/", transparency.log, name="log"),
    path("transparence/cle", transparency.keys, name="log_keys"),
    path("transparence/entrees", transparency.entries, name="log_entries"),
    path("transparence/point-de-controle", transparency.checkpoint, name="log_checkpoint"),
    path("transparence/point-de-controle/<int:size>", transparency.former, name="log_former"),
    path("transparence/point-de-controle/<int:size>.tsr", transparency.stamp, name="log_stamp"),
    path("transparence/preuve/<int:index>", transparency.proof, name="log_proof"),
    path("transparence/coherence/<int:old>/<int:new>", transparency.growth, name="log_growth"),
    path("transparence/label/<str:number>.json", transparency.label_leaves, name="log_label_json"),
    path("transparence/label/<str:number>/", transparency.label, name="log_label"),
    path("transparence/comite/", committee.public_committee, name="public_committee"),
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
