"""Which pages of sign-in exist, and who must prove again that they are there."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.models import Role
from tests.accounts.test_sign_in import code_received, enter, words
from tests.factories.accounts import person, signed_in, staff

pytestmark = pytest.mark.django_db

CLOSED = [
    "login/", "login/code/", "login/code/confirm/", "logout/", "inactive/", "signup/", "signup/passkey/",
    "reauthenticate/", "email/", "confirm-email/", "confirm-email/x/", "password/change/", "password/set/",
    "password/reset/", "password/reset/done/", "password/reset/key/1-x/", "password/reset/key/done/",
    "2fa/", "2fa/authenticate/", "2fa/reauthenticate/", "2fa/trust/", "2fa/totp/activate/",
    "2fa/totp/deactivate/", "2fa/recovery-codes/", "2fa/recovery-codes/generate/",
    "2fa/recovery-codes/download/", "2fa/webauthn/", "2fa/webauthn/add/", "2fa/webauthn/signup/",
    "2fa/webauthn/login/", "2fa/webauthn/reauthenticate/", "2fa/webauthn/keys/1/remove/",
    "2fa/webauthn/keys/1/edit/", "social/login/error/", "3rdparty/", "phone/verify/",
]  # fmt: skip


@pytest.mark.parametrize("path", CLOSED)
def test_the_other_pages_of_allauth_are_closed(client, path):
    signed_in(client, person())
    assert client.get(f"/compte/{path}").status_code == 404
    assert client.post(f"/compte/{path}").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_set_password",
        "account_change_password",
        "account_reset_password",
        "account_email",
    ],
)
def test_no_password_page_has_a_name(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_a_password_opens_nothing(client):
    user = person("connue@exemple.fr", password="un mot de passe")
    client.post(
        "/compte/connexion/", {"email": user.email, "login": user.email, "password": "un mot de passe"}
    )
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", ["appareils/ajouter/", "adresse/", "adresse/code/"])
def test_an_old_sign_in_proves_itself_again(client, path):
    user = person("connue@exemple.fr")
    signed_in(client, user)
    asked = client.get(f"/compte/{path}")["Location"]
    assert asked == f"/compte/confirmer/?next=/compte/{path}"
    assert "Recevoir le code" in words(client.get(asked))
    sent = client.post(asked, {"go": "send", "next": f"/compte/{path}"})
    assert mail.outbox[-1].subject.endswith("est votre code")
    assert "Un code à 6 chiffres est parti" in words(client.get(sent["Location"]))
    wrong = "000000" if code_received() != "000 000" else "111111"
    assert "Ce code ne correspond pas" in words(client.post(asked, {"code": wrong, "next": "/compte/"}))
    answer = client.post(asked, {"code": code_received(), "next": f"/compte/{path}"})
    assert answer["Location"] == f"/compte/{path}"
    assert client.get(f"/compte/{path}").status_code in (200, 302)
    assert "confirmer" not in client.get(f"/compte/{path}").headers.get("Location", "")


def test_a_quarter_of_an_hour_later_it_is_asked_again(client):
    enter(client, person("connue@exemple.fr").email)
    assert client.get("/compte/adresse/").status_code == 200
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time() - 901}]
    session.save()
    assert client.get("/compte/adresse/").status_code == 302


def test_a_device_is_removed_by_its_owner_only(client):
    owner, other = person("connue@exemple.fr"), person()
    device = Authenticator.objects.create(
        user=owner, type="webauthn", data={"name": "Téléphone", "credential": {}}
    )
    enter(client, other.email)
    assert client.post(f"/compte/appareils/{device.pk}/retirer/").status_code == 404
    client.logout()
    enter(client, owner.email)
    page = f"/compte/appareils/{device.pk}/retirer/"
    assert "Retirer l'appareil « Téléphone » ?" in words(client.get(page))
    assert client.post(page)["Location"] == "/compte/"
    assert not Authenticator.objects.exists()


def test_a_device_that_says_nothing_readable_is_refused(client):
    enter(client, person("connue@exemple.fr").email)
    for credential in ("", "{}", "1", "[]", '{"response": null}', '{"rawId": "eA", "response": {"x": 1}}'):
        client.get("/compte/appareils/ajouter/")
        assert client.post("/compte/appareils/ajouter/", {"credential": credential}).status_code == 200
    assert not Authenticator.objects.exists()


def test_where_am_i_signed_in(client):
    user = person("connue@exemple.fr")
    other = type(client)(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"})
    enter(other, user.email)
    client.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Safari/537.36"
    enter(client, user.email)
    page = words(client.get("/compte/sessions/"))
    assert "Firefox, Windows" in page and "Chrome, Android" in page
    client.post("/compte/sessions/")
    assert client.get("/compte/").status_code == 200
    assert other.get("/compte/").status_code == 302


def test_signing_out_asks_then_does(client):
    enter(client, person("connue@exemple.fr").email)
    assert client.get("/compte/deconnexion/").status_code == 200
    assert "_auth_user_id" in client.session
    client.post("/compte/deconnexion/")
    assert "_auth_user_id" not in client.session


def test_staff_actors(client):
    from django.http import Http404
    from django.test import RequestFactory

    from accounts.access import actor_for

    request = RequestFactory().get("/")
    request.user = staff(Role.SECRETARIAT)
    assert actor_for(request, Role.CASE_OFFICER, Role.SECRETARIAT).role == "secretariat"
    with pytest.raises(Http404):
        actor_for(request, Role.SIGNATORY)
    request.user = staff(Role.SECRETARIAT, is_active=False)
    with pytest.raises(Http404):
        actor_for(request, Role.SECRETARIAT)
    assert timezone.is_aware(timezone.now())
