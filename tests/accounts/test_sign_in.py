"""Signing in by a code received by e-mail, and making an account the same way."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import codes, second_factor
from accounts.access import network_of
from accounts.models import OneTimeCode, RoleGrant, User
from accounts.views.account import spaces_of
from tests.factories.accounts import person, signed_in, staff
from tests.factories.reviewers import member
from tests.reading import plain

pytestmark = pytest.mark.django_db
LOGIN, CODE, LANDING = "/compte/connexion/", "/compte/connexion/code/", "/compte/arrivee/"


def code_received() -> str:
    """The six digits of the latest e-mail, as written there: « 482 913 »."""
    found = re.match(r"(\d{3} \d{3}) ", mail.outbox[-1].subject)
    assert found
    return found[1]


def ask(client, address: str, *, REMOTE_ADDR: str = "127.0.0.1", **more):  # noqa: N803  (the name of WSGI)
    return client.post(LOGIN, {"email": address, **more}, REMOTE_ADDR=REMOTE_ADDR)


def enter(client, address: str, **more):
    ask(client, address, **more)
    return client.post(CODE, {"code": code_received()})


def words(response) -> str:
    return " ".join(response.content.decode().replace(" ", " ").replace(" ", " ").split())


def test_the_page_asks_for_an_address_only(client):
    page = words(client.get(LOGIN))
    assert "Se connecter ou créer un compte" in page
    assert "Nous vous envoyons un code. Pas de mot de passe à retenir." in page
    assert 'type="password"' not in page


def test_the_mail_is_m1(client):
    ask(client, "Nouvelle@Exemple.fr")
    message = mail.outbox[0]
    assert message.to == ["nouvelle@exemple.fr"]
    assert re.fullmatch(r"\d{3} \d{3} est votre code", message.subject)
    assert "Saisissez ce code pour vous connecter. Il est valable 15 minutes." in plain(message.body)
    assert "personne ne peut entrer sans ce code" in message.body
    assert settings.SERVICE_PHONE in message.body
    assert "http" not in message.body


def test_the_answer_does_not_tell_who_has_an_account(client):
    person("connue@exemple.fr")
    answers = []
    for address in ("connue@exemple.fr", "autre12@exemple.fr"):
        client.logout()
        first = ask(client, address)
        second = client.get(CODE)
        body = second.content.decode().replace(address, "")
        body = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", body)
        answers.append((first.status_code, first["Location"], re.sub(r"\d+ h \d\d|\d+ h \d\d", "", body)))
    assert answers[0] == answers[1]
    assert [len(message.body) for message in mail.outbox] == [len(mail.outbox[0].body)] * 2


def test_an_unknown_address_becomes_an_account_once_proved(client):
    ask(client, "nouvelle@exemple.fr")
    assert not User.objects.exists()
    response = client.post(CODE, {"code": code_received()})
    assert response["Location"] == LANDING
    user = User.objects.get()
    assert (user.email, user.language, user.has_usable_password()) == ("nouvelle@exemple.fr", "fr", False)
    assert client.get(LANDING)["Location"] == "/compte/nom/"
    assert client.post("/compte/nom/", {"first_name": "", "last_name": "Ba"}).status_code == 200
    assert client.post("/compte/nom/", {"first_name": "Awa", "last_name": "Ba"})["Location"] == LANDING
    assert client.get(LANDING)["Location"] == "/compte/appareil/"
    assert client.post("/compte/appareil/")["Location"] == LANDING
    assert client.get(LANDING)["Location"] == "/espace/"


def test_a_known_person_comes_back_to_the_page_they_wanted(client):
    person("connue@exemple.fr", device_offer_declined_at=timezone.now())
    response = client.get("/compte/preferences/")
    assert response["Location"] == f"{LOGIN}?next=/compte/preferences/"
    answer = enter(client, "connue@exemple.fr", next="/compte/preferences/")
    assert client.get(answer["Location"])["Location"] == "/compte/preferences/"


@pytest.mark.parametrize(
    "elsewhere", ["https://ailleurs.example/", "//ailleurs.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere(client, elsewhere):
    person("connue@exemple.fr", device_offer_declined_at=timezone.now())
    answer = enter(client, "connue@exemple.fr", next=elsewhere)
    assert client.get(answer["Location"])["Location"] == "/espace/"
    assert client.get(LANDING, {"next": elsewhere})["Location"] == "/espace/"


@pytest.mark.parametrize("typed", ["{code}", " {code} ", "{joined}", "{dashed}"])
def test_spaces_and_dashes_are_welcome(client, typed):
    ask(client, "nouvelle@exemple.fr")
    code = code_received()
    written = typed.format(code=code, joined=code.replace(" ", ""), dashed=code.replace(" ", "-"))
    assert client.post(CODE, {"code": written}).status_code == 302


@pytest.mark.parametrize("typed", ["", "12", "000 000 000", "x" * 10_000, "१२३४५६", "<script>"])
def test_a_wrong_code_is_told_beside_the_field(client, typed):
    ask(client, "nouvelle@exemple.fr")
    page = words(client.post(CODE, {"code": typed}))
    assert "id_code_error" in page
    assert "<title>Erreur" in page
    assert "<script>" not in page.split("<main")[1]
    assert not User.objects.exists()


def test_e01_an_incomplete_address(client):
    page = words(ask(client, "camille@"))
    assert "Cette adresse n&#x27;est pas complète. Écrivez-la comme nom@exemple.fr." in page
    assert 'value="camille@"' in page
    assert not mail.outbox


def test_e02_wrong_then_right(client):
    ask(client, "nouvelle@exemple.fr")
    wrong = "000000" if code_received() != "000 000" else "111111"
    assert "Ce code ne correspond pas." in words(client.post(CODE, {"code": wrong}))
    assert client.post(CODE, {"code": code_received()}).status_code == 302


def test_e03_an_expired_code(client):
    ask(client, "nouvelle@exemple.fr")
    OneTimeCode.objects.update(expires_at=timezone.now())
    assert "Ce code a dépassé 15 minutes." in words(client.post(CODE, {"code": code_received()}))
    assert not User.objects.exists()


def test_e04_after_five_failures_even_the_right_code_is_refused(client):
    ask(client, "nouvelle@exemple.fr")
    wrong = "000000" if code_received() != "000 000" else "111111"
    for _count in range(5):
        page = words(client.post(CODE, {"code": wrong}))
    assert "Trop d&#x27;essais. Recommencez à" in page
    assert "Trop d&#x27;essais." in words(client.post(CODE, {"code": code_received()}))
    assert not User.objects.exists()


def test_a_code_serves_once(client):
    ask(client, "nouvelle@exemple.fr")
    code = code_received()
    session = dict(client.session)
    client.post(CODE, {"code": code})
    client.logout()
    again = client.session
    again.update(session)
    again.save()
    assert "Ce code ne correspond pas." in words(client.post(CODE, {"code": code}))


def test_a_code_serves_only_where_it_was_asked(client):
    ask(client, "nouvelle@exemple.fr")
    code = code_received()
    other = type(client)()
    ask(other, "autre@exemple.fr")
    if code == code_received():
        return
    assert "Ce code ne correspond pas." in words(other.post(CODE, {"code": code}))


def test_another_code_after_a_minute_only(client):
    ask(client, "nouvelle@exemple.fr")
    page = words(client.post(CODE, {"go": "again"}))
    assert "Vous pourrez demander un autre code à" in page
    assert len(mail.outbox) == 1
    session = client.session
    pending = session["sign_in"]
    pending["sent_at"] = (timezone.now() - timedelta(seconds=61)).isoformat()
    session["sign_in"] = pending
    session.save()
    assert "Renvoyer un code" in words(client.get(CODE))
    assert client.post(CODE, {"go": "again"})["Location"] == CODE
    assert len(mail.outbox) == 2
    assert client.post(CODE, {"code": code_received()}).status_code == 302


def test_the_sixth_code_within_a_quarter_of_an_hour_is_refused(client):
    for _count in range(5):
        assert ask(client, "nouvelle@exemple.fr").status_code == 302
    page = words(ask(client, "nouvelle@exemple.fr"))
    assert "Trop d&#x27;essais. Recommencez à" in page
    assert len(mail.outbox) == 5
    # Somebody else behind the same network address is not held up.
    assert ask(client, "voisine@exemple.fr").status_code == 302


def test_a_stranger_who_asks_all_day_shuts_nobody_out(client):
    """They ask from their network until they are refused; the person, from their own, still gets a code that opens."""
    user = person(email="visee@exemple.fr", device_offer_declined_at=timezone.now())
    for _count in range(6):
        refused = ask(client, user.email, REMOTE_ADDR="203.0.113.9")
    assert "Trop d" in words(refused)
    OneTimeCode.objects.update(created_at=timezone.now() - timedelta(hours=2))
    other = OneTimeCode.objects.first()
    for _count in range(30):
        other.pk = None
        other.save()
    assert "Trop d" in words(ask(client, user.email, REMOTE_ADDR="203.0.113.9"))
    assert ask(client, user.email, REMOTE_ADDR="198.51.100.7")["Location"] == CODE
    assert client.post(CODE, {"code": code_received()})["Location"] == "/compte/arrivee/"


def test_guessing_stays_hopeless_from_many_networks(client):
    for number in range(300):
        codes._new(timezone.now(), address="visee@exemple.fr", purpose=codes.SIGN_IN, network=str(number))
    assert "Trop d" in words(ask(client, "visee@exemple.fr"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.9", "203.0.113.9", True),
        ("203.0.113.9", "203.0.113.10", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ],
)
def test_a_network_is_told_apart_and_its_address_is_not_kept(rf, one, other, same):
    first, second = (network_of(rf.get("/", REMOTE_ADDR=address)) for address in (one, other))
    assert (first == second) is same
    assert len(first) == 32
    assert one not in first


def test_a_hospital_behind_one_address_is_let_through_and_a_flood_is_not(client):
    statuses = [ask(client, f"soignante{number}@exemple.fr").status_code for number in range(200)]
    assert set(statuses) == {302}
    response = ask(client, "une.de.plus@exemple.fr")
    assert response.status_code == 429
    assert "Recommencez à" in words(response)


def test_the_code_page_without_a_code_asked_goes_back(client):
    assert client.get(CODE)["Location"] == LOGIN


def test_a_closed_account_does_not_enter(client):
    person("fermee@exemple.fr", is_active=False)
    assert enter(client, "fermee@exemple.fr")["Location"] == "/compte/connexion/ferme/"
    assert client.get("/compte/").status_code == 302
    page = client.get("/compte/connexion/ferme/")
    assert page.status_code == 403
    assert "Ce compte est fermé" in words(page)


def test_a_session_ends_when_the_account_is_closed(client):
    user = person("connue@exemple.fr")
    enter(client, "connue@exemple.fr")
    assert client.get("/compte/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/compte/").status_code == 302


def test_nobody_writes_to_the_suppression_list_and_the_answer_is_the_same(client):
    person("silence@exemple.fr", never_contact=True)
    assert ask(client, "silence@exemple.fr")["Location"] == CODE
    assert not mail.outbox


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_does_not_leave_is_told(settings):
    client = Client()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    page = words(ask(client, "nouvelle@exemple.fr"))
    assert "Le code n&#x27;est pas parti." in page
    assert 'value="nouvelle@exemple.fr"' in page


def test_the_language_of_the_person_follows_them(client):
    person("english@example.org", language="en", device_offer_declined_at=timezone.now())
    ask(client, "english@example.org")
    answer = client.post(CODE, {"code": re.search(r"\d{3} \d{3}", mail.outbox[-1].subject)[0]})
    landed = client.get(answer["Location"])
    assert landed.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert client.get("/compte/")["Content-Language"] == "en"


def test_the_session_key_changes_at_the_door(client):
    ask(client, "nouvelle@exemple.fr")
    before = client.session.session_key
    client.post(CODE, {"code": code_received()})
    assert client.session.session_key != before


class TestSharedMailbox:
    def household(self) -> tuple[User, User]:
        owner = person("couple@exemple.fr", first_name="Jeanne", last_name="Petit")
        return owner, person(shares_mailbox_with=owner, first_name="Paul", last_name="Petit")

    def test_asks_who_is_there(self, client):
        _owner, guest = self.household()
        answer = enter(client, "couple@exemple.fr")
        assert answer["Location"] == "/compte/connexion/qui/"
        assert client.get("/compte/").status_code == 302
        page = words(client.get(answer["Location"]))
        assert "Jeanne Petit" in page and "Paul Petit" in page
        client.post(answer["Location"], {"person": guest.pk})
        assert client.session["_auth_user_id"] == str(guest.pk)

    def test_is_reversible(self, client):
        owner, guest = self.household()
        enter(client, "couple@exemple.fr")
        client.post("/compte/connexion/qui/", {"person": guest.pk})
        key = client.session.session_key
        assert "Changer de personne" in words(client.get("/compte/"))
        assert client.get("/compte/personne/").status_code == 200
        assert client.post("/compte/personne/")["Location"] == "/compte/connexion/qui/"
        client.post("/compte/connexion/qui/", {"person": owner.pk})
        assert client.session["_auth_user_id"] == str(owner.pk)
        assert client.session.session_key != key

    def test_nobody_else_can_be_chosen(self, client):
        self.household()
        stranger = person()
        enter(client, "couple@exemple.fr")
        assert client.post("/compte/connexion/qui/", {"person": stranger.pk}).status_code == 200
        assert "_auth_user_id" not in client.session

    def test_needs_the_code_first(self, client):
        _owner, guest = self.household()
        assert client.post("/compte/connexion/qui/", {"person": guest.pk})["Location"] == LOGIN
        assert "_auth_user_id" not in client.session

    def test_a_guest_enters_alone_when_the_owner_is_gone(self, client):
        owner, guest = self.household()
        User.objects.filter(pk=owner.pk).update(is_active=False)
        enter(client, "couple@exemple.fr")
        assert client.session["_auth_user_id"] == str(guest.pk)


class TestLanding:
    def test_staff_set_their_second_factor_up_first(self, client):
        staff(email="agent@inca.exemple.fr")
        answer = enter(client, "agent@inca.exemple.fr")
        assert client.get(answer["Location"])["Location"] == "/compte/application/"

    def test_each_hat_has_its_space(self, client):
        user = person(device_offer_declined_at=timezone.now())
        assert [space.address for space in spaces_of(user)] == ["/espace/"]
        RoleGrant.objects.create(user=user, role="secretariat", starts_on="2020-01-01")
        assert [space.address for space in spaces_of(user)] == ["/inca/"]

    def test_several_hats_choose_for_whom_they_act(self, client):
        seat = member()
        user = seat.user
        RoleGrant.objects.create(user=user, role="secretariat", starts_on="2020-01-01")
        second_factor.enrol(user)
        User.objects.filter(pk=user.pk).update(device_offer_declined_at=timezone.now())
        signed_in(client, user)
        assert client.get(LANDING)["Location"] == "/compte/espaces/"
        page = words(client.get("/compte/espaces/"))
        assert "Vous agissez pour…" in page
        assert 'href="/inca/"' in page and 'href="/comite/"' in page
