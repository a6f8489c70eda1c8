"""The second factor of staff: set-up, sign-in, recovery codes, two colleagues, and asking again before signing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import IntegrityError
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts import actions, second_factor
from accounts.codes import CodeRefused
from accounts.models import Role, RoleGrant, StaffRecovery, User
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed
from tests.accounts.test_sign_in import enter, words
from tests.factories.accounts import acting, person, signed_in, staff

pytestmark = pytest.mark.django_db
AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def enrolled(*roles: str, **fields) -> User:
    user = staff(*roles, device_offer_declined_at=AT, **fields)
    second_factor.enrol(user, secret=SECRET)
    return user


def code_now(shift: int = 0) -> str:
    return second_factor.code_at(SECRET, timezone.now() + timedelta(seconds=shift))


def every_address(patterns=None, prefix="") -> list[str]:
    """Every address of this service, its variables filled with something."""
    found = []
    for entry in patterns or get_resolver().url_patterns:
        text = prefix + re.sub(r"<[^>]+>", "1", str(entry.pattern))
        if isinstance(entry, URLResolver):
            found += every_address(entry.url_patterns, text)
        elif isinstance(entry, URLPattern):
            found.append(f"/{text}")
    return found


class TestTotp:
    @pytest.mark.parametrize("shift", [-30, 0, 30])
    def test_accepts_a_clock_half_a_minute_off(self, shift):
        user = enrolled()
        second_factor.check_totp(
            user=user, code=second_factor.code_at(SECRET, AT + timedelta(seconds=shift)), at=AT
        )

    @pytest.mark.parametrize("shift", [-90, 90, 3600])
    def test_refuses_another_moment(self, shift):
        user = enrolled()
        with pytest.raises(CodeRefused, match="affichés par votre application"):
            second_factor.check_totp(
                user=user, code=second_factor.code_at(SECRET, AT + timedelta(seconds=shift)), at=AT
            )

    def test_a_code_of_rfc_6238(self):
        """The published vector: the secret "12345678901234567890" at 59 s shows 94287082, in six digits 287082."""
        assert (
            second_factor.code_at(
                "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", datetime(1970, 1, 1, 0, 0, 59, tzinfo=UTC)
            )
            == "287082"
        )

    def test_a_code_serves_once(self):
        user = enrolled()
        code = second_factor.code_at(SECRET, AT)
        second_factor.check_totp(user=user, code=f"{code[:3]} {code[3:]}", at=AT)
        with pytest.raises(CodeRefused, match="Attendez que votre application affiche le suivant"):
            second_factor.check_totp(user=user, code=code, at=AT + timedelta(seconds=20))

    def test_five_failures_close_the_door_for_a_quarter_of_an_hour(self):
        user = enrolled()
        for _count in range(5):
            with pytest.raises(CodeRefused, match="Ce code ne correspond pas"):
                second_factor.check_totp(user=user, code="12", at=AT)
        with pytest.raises(CodeRefused, match=r"Trop d'essais\. Recommencez à 10\sh\s15"):
            second_factor.check_totp(user=user, code=second_factor.code_at(SECRET, AT), at=AT)
        later = AT + timedelta(minutes=15, seconds=1)
        second_factor.check_totp(user=user, code=second_factor.code_at(SECRET, later), at=later)

    def test_who_has_no_application_is_refused(self):
        with pytest.raises(CodeRefused):
            second_factor.check_totp(user=staff(), code="000000", at=AT)

    def test_the_secret_is_not_readable_in_the_database(self):
        user = enrolled()
        kept = str(list(Authenticator.objects.filter(user=user).values_list("data", flat=True)))
        assert SECRET not in kept
        assert not any(code in kept for code in second_factor.recovery_codes(user))

    def test_an_older_secret_key_still_opens(self, settings):
        user = enrolled()
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another-" + settings.SECRET_KEY
        second_factor.check_totp(user=user, code=second_factor.code_at(SECRET, AT), at=AT)

    def test_confirm_remembers_in_the_session(self, client):
        user = enrolled()
        signed_in(client, user)
        request = RequestFactory().post("/")
        request.user, request.session = user, client.session
        assert second_factor.confirm(request, "12") is False
        assert second_factor.confirm(request, code_now()) is True
        assert second_factor.was_given(request, user)


class TestSetUp:
    def test_staff_set_it_up_at_the_first_sign_in(self, client):
        user = staff(email="agent@inca.exemple.fr", device_offer_declined_at=AT)
        landed = client.get(enter(client, user.email)["Location"])
        assert landed["Location"] == "/compte/application/"
        page = client.get("/compte/application/").content.decode()
        assert 'src="data:image/svg+xml' in page
        shown = re.search(r'lb-mono">([A-Z2-7 ]+)<', page)
        secret = shown[1].replace(" ", "")
        wrong = words(client.post("/compte/application/", {"code": "12"}))
        assert "Ce code ne correspond pas" in wrong
        assert shown[1] in wrong
        answer = client.post("/compte/application/", {"code": second_factor.code_at(secret, timezone.now())})
        assert answer["Location"] == "/compte/codes-de-secours/"
        page = words(client.get("/compte/codes-de-secours/"))
        assert len(re.findall(r"\d{4} \d{4}", page)) == 10
        assert client.post("/compte/codes-de-secours/")["Location"] == "/compte/arrivee/"
        assert client.get("/compte/arrivee/")["Location"] == "/inca/"
        # Shown once.
        assert client.get("/compte/codes-de-secours/")["Location"] == "/compte/codes-de-secours/nouveaux/"

    def test_nobody_else_sees_it(self, client):
        user = person(device_offer_declined_at=AT)
        enter(client, user.email)
        assert client.get("/compte/application/").status_code == 404
        assert client.get("/compte/codes-de-secours/nouveaux/").status_code == 404

    def test_it_is_not_set_up_twice(self, client):
        user = enrolled()
        signed_in(client, user)
        assert client.get("/compte/application/")["Location"] == "/compte/arrivee/"
        assert Authenticator.objects.filter(type="totp").count() == 1


class TestSignIn:
    def test_the_code_of_the_mail_is_not_enough(self, client):
        user = enrolled(email="agent@inca.exemple.fr")
        answer = enter(client, user.email, next="/compte/preferences/")
        assert answer["Location"] == "/compte/connexion/application/"
        assert "_auth_user_id" not in client.session
        assert "Code de votre application" in words(client.get(answer["Location"]))
        assert "Ce code ne correspond pas" in words(client.post(answer["Location"], {"code": "12"}))
        landed = client.post(answer["Location"], {"code": code_now()})
        assert client.get(landed["Location"])["Location"] == "/compte/preferences/"
        assert client.get("/inca/").status_code != 302

    def test_a_recovery_code_opens_once(self, client):
        user = enrolled(email="agent@inca.exemple.fr")
        code = second_factor.recovery_codes(user)[0]
        for expected in (302, 200):
            client.logout()
            answer = enter(client, user.email)
            assert client.post(answer["Location"], {"code": f"{code[:4]} {code[4:]}"}).status_code == expected
        assert code not in second_factor.recovery_codes(user)

    def test_a_credential_that_is_none_is_refused(self, client):
        user = enrolled(email="agent@inca.exemple.fr")
        answer = enter(client, user.email)
        for credential in (
            "",
            "{}",
            "[]",
            "1",
            '"x"',
            '{"response": null}',
            '{"rawId": "x", "response": {}}',
        ):
            assert client.post(answer["Location"], {"credential": credential}).status_code == 200
            assert client.post("/compte/connexion/appareil/", {"credential": credential}).status_code in (
                200,
                302,
            )
            assert "_auth_user_id" not in client.session

    def test_new_recovery_codes_need_the_application(self, client):
        user = enrolled()
        signed_in(client, user)
        old = second_factor.recovery_codes(user)
        page = "/compte/codes-de-secours/nouveaux/"
        assert "Il vous reste 10 codes" in words(client.get(page))
        assert "Ce code ne correspond pas" in words(client.post(page, {"code": "12"}))
        assert second_factor.recovery_codes(user) == old
        assert client.post(page, {"code": code_now()})["Location"] == "/compte/codes-de-secours/"
        assert not set(old) & set(second_factor.recovery_codes(user))


class TestStaffPages:
    def test_no_staff_page_without_the_second_factor(self, client):
        """Every address under /inca/, for each role: first without the application, then with it but not given."""
        addresses = [address for address in every_address() if address.startswith("/inca/")]
        assert len(addresses) >= 11
        user = staff(*Role.values)
        signed_in(client, user, second_factor=False)
        for address in addresses:
            assert client.get(address)["Location"].startswith("/compte/application/?next="), address
            assert client.post(address)["Location"].startswith("/compte/application/?next="), address
        second_factor.enrol(user)
        for address in addresses:
            assert client.get(address)["Location"].startswith("/compte/confirmer/?next="), address

    def test_a_device_alone_opens_no_staff_page(self, client):
        """Signed in by finger or face, without the application: led to set it up; with it, the device is enough."""
        user = staff(*Role.values, device_offer_declined_at=AT)
        signed_in(client, user, factor="webauthn")
        assert client.get("/inca/personnes/")["Location"].startswith("/compte/application/?next=")
        assert client.get("/compte/absence/").status_code == 404
        second_factor.enrol(user)
        assert client.get("/inca/personnes/").status_code == 200

    def test_no_device_is_added_before_the_application(self, client):
        user = staff(device_offer_declined_at=AT)
        enter(client, user.email)
        page = "/compte/appareils/ajouter/"
        for answer in (client.get(page), client.post(page, {"name": "Mon téléphone", "credential": "{}"})):
            assert answer["Location"] == "/compte/application/?next=/compte/appareils/ajouter/"
        second_factor.enrol(user, secret=SECRET)
        asked = client.get(page)["Location"]
        assert asked == "/compte/confirmer/?next=/compte/appareils/ajouter/"
        client.post(asked, {"code": code_now(), "next": page})
        assert client.get(page).status_code == 200

    def test_the_right_page_comes_after_the_second_factor(self, client):
        user = enrolled(Role.TECHNICAL_ADMINISTRATOR)
        signed_in(client, user, second_factor=False)
        asked = client.get("/inca/personnes/?q=ba")["Location"]
        assert "Est-ce bien vous" in words(client.get(asked))
        answer = client.post(asked, {"code": code_now(), "next": "/inca/personnes/?q=ba"})
        assert answer["Location"] == "/inca/personnes/?q=ba"
        assert client.get(answer["Location"]).status_code == 200

    def test_without_it_no_role_is_held_anywhere(self, client):
        user = staff(Role.TECHNICAL_ADMINISTRATOR)
        signed_in(client, user, second_factor=False)
        assert client.get("/compte/absence/").status_code == 404
        signed_in(client, user)
        assert client.get("/compte/absence/").status_code == 200

    def test_a_visitor_signs_in_first_and_others_find_nothing(self, client):
        assert client.get("/inca/personnes/")["Location"] == "/compte/connexion/?next=/inca/personnes/"
        signed_in(client, person())
        assert client.get("/inca/personnes/").status_code == 404

    def test_a_role_that_ended_opens_nothing(self, client):
        user = person()
        today = timezone.localdate()
        RoleGrant.objects.create(
            user=user,
            role=Role.TECHNICAL_ADMINISTRATOR,
            starts_on="2020-01-01",
            ends_on=today - timedelta(days=1),
        )
        signed_in(client, user)
        assert client.get("/inca/personnes/").status_code == 404


class TestRecoveryByTwo:
    def three(self) -> tuple[User, User, User]:
        lost = enrolled(Role.CASE_OFFICER, email="perdue@inca.exemple.fr")
        return lost, enrolled(Role.SECRETARIAT), enrolled(Role.TECHNICAL_ADMINISTRATOR)

    def started(self) -> tuple[StaffRecovery, User, User, User]:
        lost, first, second = self.three()
        row = actions.start_recovery(
            person=lost, code=second_factor.code_at(SECRET, AT), at=AT, by=acting(first, Role.SECRETARIAT)
        )
        return row, lost, first, second

    def confirm(self, row: StaffRecovery, by: Actor, at: datetime = AT) -> StaffRecovery:
        return actions.confirm_recovery(recovery=row, code=second_factor.code_at(SECRET, at), at=at, by=by)

    def test_through_the_pages(self, client):
        lost, first, second = self.three()
        signed_in(client, first)
        page = client.post("/inca/acces/", {"person": lost.pk, "code": code_now()})
        assert page["Location"] == "/inca/acces/"
        row = StaffRecovery.objects.get()
        assert second_factor.is_enrolled(lost)
        assert client.get(f"/inca/acces/{row.pk}/").status_code == 404
        signed_in(client, second)
        assert f"Confirmer pour {lost}" in words(client.get("/inca/acces/"))
        assert "Ce code ne correspond pas" in words(client.post(f"/inca/acces/{row.pk}/", {"code": "12"}))
        assert client.post(f"/inca/acces/{row.pk}/", {"code": code_now()})["Location"] == "/inca/acces/"
        assert not Authenticator.objects.filter(user=lost).exists()
        assert mail.outbox[-1].to == ["perdue@inca.exemple.fr"]
        assert str(first) in mail.outbox[-1].body and str(second) in mail.outbox[-1].body

    def test_their_sessions_end(self, client):
        row, lost, _first, second = self.started()
        enter(client, lost.email)
        client.post("/compte/connexion/application/", {"code": code_now()})
        assert client.get("/compte/").status_code == 200
        self.confirm(row, acting(second, Role.TECHNICAL_ADMINISTRATOR))
        assert client.get("/compte/").status_code == 302

    def test_one_person_alone_cannot(self):
        row, lost, first, _second = self.started()
        with pytest.raises(NotAllowed):
            self.confirm(row, acting(first, Role.SECRETARIAT), AT + timedelta(minutes=2))
        assert second_factor.is_enrolled(lost)

    def test_nobody_gives_access_back_to_themselves(self):
        row, lost, _first, _second = self.started()
        RoleGrant.objects.create(user=lost, role=Role.SECRETARIAT, starts_on="2020-01-01")
        with pytest.raises(NotAllowed):
            self.confirm(row, acting(lost, Role.SECRETARIAT))
        with pytest.raises(NotAllowed):
            actions.start_recovery(person=lost, code="1", at=AT, by=acting(lost, Role.SECRETARIAT))

    @pytest.mark.parametrize("role", sorted(set(Role.values) - {"secretariat", "technical_administrator"}))
    def test_other_roles_cannot(self, role):
        row, _lost, _first, _second = self.started()
        with pytest.raises(NotAllowed):
            self.confirm(row, acting(enrolled(role), role))

    def test_it_is_asked_once_and_lasts_a_day(self):
        row, lost, first, second = self.started()
        later = AT + timedelta(minutes=5)
        with pytest.raises(Blocked):
            actions.start_recovery(
                person=lost,
                code=second_factor.code_at(SECRET, later),
                at=later,
                by=acting(first, Role.SECRETARIAT),
            )
        too_late = AT + timedelta(hours=24)
        with pytest.raises(Blocked):
            self.confirm(row, acting(second, Role.TECHNICAL_ADMINISTRATOR), too_late)
        again = actions.start_recovery(
            person=lost,
            code=second_factor.code_at(SECRET, too_late + timedelta(minutes=2)),
            at=too_late + timedelta(minutes=2),
            by=acting(first, Role.SECRETARIAT),
        )
        assert again.pk != row.pk

    def test_the_database_refuses_the_same_person_twice(self):
        row, _lost, first, _second = self.started()
        row.second_by, row.second_at, row.closed_at = first, AT, AT
        with pytest.raises(IntegrityError):
            row.save()
