"""Addresses of this room, by the space in which they stand: of allauth, only the pages that are wanted."""

from allauth.account.views import logout
from allauth.mfa.base.views import authenticate
from allauth.mfa.webauthn.views import login_webauthn
from django.urls import path

from accounts.views import account, people, rights, second_factor, sign_in, suppressions

account_urls = [
    path("", account.home, name="account_home"),
    path("connexion/", sign_in.sign_in, name="account_login"),
    path("connexion/code/", sign_in.enter_code, name="account_code"),
    path("connexion/qui/", sign_in.who, name="account_who"),
    path("connexion/appareil/", login_webauthn, name="mfa_login_webauthn"),
    path("connexion/application/", authenticate, name="mfa_authenticate"),
    path("connexion/ferme/", sign_in.inactive, name="account_inactive"),
    path("deconnexion/", logout, name="account_logout"),
    path("arrivee/", account.landing, name="account_landing"),
    path("espaces/", account.spaces, name="account_spaces"),
    path("nom/", account.names, name="account_names"),
    path("preferences/", account.preferences, name="account_preferences"),
    path("adresse/", account.change_address, name="account_address"),
    path("adresse/code/", account.change_address_code, name="account_address_code"),
    path("personne/", sign_in.change_person, name="account_change_person"),
    path("confirmer/", second_factor.ask_again, name="account_reauthenticate"),
    path("appareil/", account.offer_device, name="account_device"),
    path("appareils/ajouter/", account.add_device, name="mfa_add_webauthn"),
    path("appareils/<int:pk>/retirer/", account.remove_device, name="mfa_remove_webauthn"),
    path("sessions/", account.sessions, name="usersessions_list"),
    path("application/", second_factor.set_up, name="mfa_activate_totp"),
    path("codes-de-secours/", second_factor.show_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "codes-de-secours/nouveaux/", second_factor.renew_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path("absence/", account.absence, name="account_absence"),
    path("absence/<int:pk>/fin/", account.absence_end, name="account_absence_end"),
]

staff_urls = [
    path("acces/", second_factor.recoveries, name="staff_recoveries"),
    path("acces/<int:pk>/", second_factor.recovery, name="staff_recovery"),
    path("ne-plus-ecrire/", suppressions.suppressions, name="staff_suppressions"),
    path("ne-plus-ecrire/<int:pk>/", suppressions.suppress, name="staff_suppress"),
    path("ne-plus-ecrire/<int:pk>/erreur/", suppressions.lift, name="staff_suppression_lift"),
    path("droits/", rights.rights_to_confirm, name="staff_rights"),
    path("personnes/nouvelle/", people.add_person, name="staff_person_new"),
    path("personnes/<int:pk>/", people.show_person, name="staff_person"),
    path("personnes/<int:pk>/role/", people.give_role, name="staff_person_role"),
    path("personnes/<int:pk>/delegation/", people.delegate, name="staff_person_delegation"),
    path("personnes/<int:pk>/absence/", people.note_absence, name="staff_person_absence"),
    path("personnes/roles/<int:pk>/fin/", people.end_role, name="staff_role_end"),
    path("personnes/delegations/<int:pk>/fin/", people.end_delegation, name="staff_delegation_end"),
    path("personnes/absences/<int:pk>/fin/", people.end_absence, name="staff_absence_end"),
]
