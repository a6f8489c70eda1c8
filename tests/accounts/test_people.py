"""The administration of people, absences, and one's own account."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import actions
from accounts.apps import create_shared_cache
from accounts.forms import DayField
from accounts.models import Absence, Delegation, Role, RoleGrant, User
from accounts.rights import rights_that_differ
from accounts.rules import covered_by, roles_of
from journal.models import Event, Thread
from journal.refusals import Blocked, NotAllowed
from journal.verification import broken_links
from tests.accounts.test_sign_in import code_received, enter, words
from tests.factories.accounts import acting, give_role, person, signatory, signed_in, staff

pytestmark = pytest.mark.django_db
AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
TODAY = date(2027, 3, 1)
ADMINISTRATOR = Role.TECHNICAL_ADMINISTRATOR
PROTECTION = Role.DATA_PROTECTION_OFFICER


class TestRoles:
    def test_each_action_is_for_technical_administrators(self):
        user, grant = staff(), None
        other = person()
        by = acting(user, Role.CASE_OFFICER)
        grant = give_role(other, Role.SECRETARIAT)
        for act in (
            lambda: actions.grant_role(user=other, role="signatory", starts_on=TODAY, at=AT, by=by),
            lambda: actions.end_role(grant=grant, ends_on=TODAY, at=AT, by=by),
            lambda: actions.close_account(user=other, at=AT, by=by),
            lambda: actions.reopen_account(user=other, at=AT, by=by),
            lambda: actions.create_person(first_name="A", last_name="B", email="a@b.fr", at=AT, by=by),
            lambda: actions.record_absence(
                user=other, substitute=user, starts_on=TODAY, ends_on=None, at=AT, by=by
            ),
            lambda: actions.delegate_signature(
                user=other, quality="x", service="y", act_reference="z", starts_on=TODAY, at=AT, by=by
            ),
        ):
            with pytest.raises(NotAllowed):
                act()
        assert RoleGrant.objects.filter(user=other).count() == 1
        assert not Delegation.objects.exists() and not Absence.objects.exists()

    def test_claiming_the_role_without_holding_it_is_refused(self):
        with pytest.raises(NotAllowed):
            actions.grant_role(
                user=person(), role="signatory", starts_on=TODAY, at=AT, by=acting(person(), ADMINISTRATOR)
            )

    def test_a_role_holds_on_its_days_only(self):
        user = person()
        grant = actions.grant_role(
            user=user,
            role=Role.SIGNATORY,
            starts_on=TODAY,
            ends_on=TODAY + timedelta(days=2),
            at=AT,
            by=acting(staff(ADMINISTRATOR), ADMINISTRATOR),
        )
        actions.confirm_right(right=grant, at=AT, by=acting(staff(PROTECTION), PROTECTION))
        held = [bool(roles_of(user, on=TODAY + timedelta(days=shift))) for shift in range(-1, 4)]
        assert held == [False, True, True, True, False]

    def test_the_last_administrator_stays(self):
        alone = staff(ADMINISTRATOR)
        by = acting(alone, ADMINISTRATOR)
        with pytest.raises(Blocked, match="Personne n'administrerait plus"):
            actions.end_role(grant=alone.role_grants.get(), ends_on=TODAY, at=AT, by=by)
        with pytest.raises(Blocked, match="son propre compte"):
            actions.close_account(user=alone, at=AT, by=by)
        second = staff(ADMINISTRATOR)
        actions.end_role(grant=alone.role_grants.get(), ends_on=TODAY, at=AT, by=by)
        with pytest.raises(Blocked):
            actions.close_account(user=second, at=AT, by=by)
        assert User.objects.get(pk=second.pk).is_active

    def test_the_database_refuses_an_end_before_the_beginning(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            give_role(person(), Role.SIGNATORY, since=TODAY, until=TODAY - timedelta(days=1))

    def test_a_person_pseudonymised_never_comes_back(self):
        user = person(is_active=False, pseudonymised_at=AT)
        with pytest.raises(Blocked):
            actions.reopen_account(user=user, at=AT, by=acting(staff(ADMINISTRATOR), ADMINISTRATOR))
        with pytest.raises(IntegrityError), transaction.atomic():
            person(pseudonymised_at=AT)


class TestPages:
    @pytest.fixture
    def admin(self, client) -> User:
        user = staff(ADMINISTRATOR, first_name="Noé", last_name="Aaron")
        signed_in(client, user)
        return user

    def test_only_technical_administrators(self, client):
        other = person()
        pages = [
            "",
            "nouvelle/",
            f"{other.pk}/",
            f"{other.pk}/role/",
            f"{other.pk}/delegation/",
            f"{other.pk}/absence/",
        ]
        for role in set(Role.values) - {ADMINISTRATOR.value}:
            signed_in(client, staff(role))
            for page in pages:
                assert client.get(f"/inca/personnes/{page}").status_code == 404, (role, page)

    def test_a_person_from_the_first_page_to_the_closed_account(self, client, admin):
        answer = client.post(
            "/inca/personnes/nouvelle/",
            {"first_name": "Léa", "last_name": "Roy", "email": "Lea.Roy@inca.exemple.fr"},
        )
        user = User.objects.get(email="lea.roy@inca.exemple.fr")
        page = f"/inca/personnes/{user.pk}/"
        assert answer["Location"] == page
        client.post(
            f"{page}role/", {"role": "signatory", "service": "Direction", "starts_on": "1er janvier 2026"}
        )
        client.post(
            f"{page}delegation/",
            {
                "quality": "Directrice",
                "service": "Direction",
                "act_reference": "DEC-12",
                "starts_on": "3-3-2026",
                "ends_on": "31/12/2999",
            },
        )
        assert user.role_grants.get().granted_by == admin
        assert user.delegations.get().starts_on == date(2026, 3, 3)
        shown = words(client.get(page))
        for word in ("Signataire", "Direction", "DEC-12", "Directrice", "lea.roy@inca.exemple.fr"):
            assert word in shown
        grant = user.role_grants.get()
        assert "La fin vient avant le début" in words(
            client.post(f"/inca/personnes/roles/{grant.pk}/fin/", {"ends_on": "01/01/2020"})
        )
        client.post(f"/inca/personnes/roles/{grant.pk}/fin/", {"ends_on": "02/01/2026"})
        client.post(
            f"/inca/personnes/delegations/{user.delegations.get().pk}/fin/", {"ends_on": "04/03/2026"}
        )
        assert not RoleGrant.objects.valid(on=timezone.localdate()).filter(user=user).exists()
        client.post(page, {"go": "close"})
        assert not User.objects.get(pk=user.pk).is_active
        client.post(page, {"go": "reopen"})
        assert User.objects.get(pk=user.pk).is_active

    def test_what_is_refused_stays_typed(self, client, admin):
        other = person("prise@exemple.fr")
        page = words(
            client.post(
                "/inca/personnes/nouvelle/", {"first_name": "<b>", "last_name": "Roy", "email": other.email}
            )
        )
        assert "Cette adresse a déjà un compte" in page and "&lt;b&gt;" in page
        page = words(
            client.post(f"/inca/personnes/{other.pk}/role/", {"role": "king", "starts_on": "32/01/2027"})
        )
        assert "Écrivez une date comme 03/03/2027." in page and "32/01/2027" in page
        page = words(
            client.post(
                f"/inca/personnes/{other.pk}/role/",
                {"role": "signatory", "starts_on": "02/01/2027", "ends_on": "01/01/2027"},
            )
        )
        assert "La fin vient avant le début" in page
        assert not other.role_grants.exists()

    def test_one_does_not_close_oneself(self, client, admin):
        assert "On ne ferme pas son propre compte" in words(
            client.post(f"/inca/personnes/{admin.pk}/", {"go": "close"})
        )

    def test_closing_an_account_signs_out(self, client, admin):
        user = person("connue@exemple.fr")
        theirs = type(client)()
        enter(theirs, user.email)
        client.post(f"/inca/personnes/{user.pk}/", {"go": "close"})
        client.post(f"/inca/personnes/{user.pk}/", {"go": "reopen"})
        assert theirs.get("/compte/").status_code == 302

    def test_the_list_goes_on_without_counting(self, client, admin, django_assert_num_queries):
        people = [
            User(email=f"p{n}@inca.exemple.fr", first_name="Ana", last_name=f"Nom {n:03}") for n in range(120)
        ]
        User.objects.bulk_create(people)
        RoleGrant.objects.bulk_create(
            RoleGrant(user=user, role=role, starts_on="2020-01-01")
            for user in User.objects.filter(first_name="Ana")
            for role in ("secretariat", "signatory")
        )
        seen, address = [], "/inca/personnes/"
        while address:
            page = client.get(address)
            seen += [one.pk for one in page.context["page"].rows]
            following = page.context["page"].next_url
            address = f"/inca/personnes/{following}" if following else ""
        assert len(seen) == len(set(seen)) == 121

    @pytest.mark.parametrize("after", ["", "x", "a~" + "9" * 30, "1", "~", "a~²", "%00~1"])
    def test_any_key_is_read(self, client, admin, after):
        assert client.get("/inca/personnes/", {"apres": after}).status_code == 200

    def test_the_list_costs_the_same_with_one_and_three(self, client, admin, django_assert_max_num_queries):
        counts = []
        for _count in range(2):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get("/inca/personnes/")
            counts.append(len(queries))
            staff(Role.SECRETARIAT, Role.SIGNATORY)
            staff()
        assert counts[0] == counts[1] <= 10

    def test_search(self, client, admin):
        person("awa.ba@exemple.fr", first_name="Awa", last_name="Ba")
        assert "Ba" in words(client.get("/inca/personnes/", {"q": "awa ba"}))
        assert "Personne ne correspond" in words(client.get("/inca/personnes/", {"q": "zz'; --"}))
        assert "Awa" not in words(client.get("/inca/personnes/"))


class TestRightsInTheJournal:
    def test_each_grant_and_end_is_an_event_on_the_thread_of_the_person(self):
        administrator, user, other = staff(ADMINISTRATOR), staff(), staff()
        by = acting(administrator, ADMINISTRATOR)
        absence = actions.record_absence(
            user=user, substitute=other, starts_on=TODAY, ends_on=None, at=AT, by=by
        )
        grant = actions.grant_role(user=user, role="signatory", starts_on=TODAY, at=AT, by=by)
        delegation = actions.delegate_signature(
            user=user, quality="x", service="y", act_reference="z", starts_on=TODAY, at=AT, by=by
        )
        actions.end_role(grant=grant, ends_on=TODAY, at=AT, by=by)
        actions.end_delegation(delegation=delegation, ends_on=TODAY, at=AT, by=by)
        actions.end_absence(absence=absence, at=AT, by=by)

        events = Event.objects.filter(thread__reference=f"PER-{user.pk}").order_by("position")
        assert [(row.subject.split(":")[0], row.move) for row in events] == [
            ("accounts.absence", "give"),
            ("accounts.rolegrant", "give"),
            ("accounts.delegation", "give"),
            ("accounts.rolegrant", "end"),
            ("accounts.delegation", "end"),
            ("accounts.absence", "cancel"),
        ]
        assert {row.actor for row in events} == {administrator}
        written = " ".join(str(value) for row in events.values() for value in row.values())
        assert user.last_name not in written
        assert list(broken_links()) == list(rights_that_differ()) == []

    def test_the_zone_in_which_a_moment_was_written_changes_nothing(self):
        by, at = acting(staff(ADMINISTRATOR), ADMINISTRATOR), AT.astimezone(ZoneInfo("Europe/Paris"))
        grant = actions.grant_role(user=staff(), role="signatory", starts_on=TODAY, at=at, by=by)
        privacy = acting(staff(PROTECTION), PROTECTION)
        actions.confirm_right(right=grant, at=at, by=privacy)
        assert list(rights_that_differ()) == []

    def test_a_right_changed_behind_the_journal_is_found(self):
        by = acting(staff(ADMINISTRATOR), ADMINISTRATOR)
        grant = actions.grant_role(user=staff(), role="signatory", starts_on=TODAY, at=AT, by=by)
        RoleGrant.objects.filter(pk=grant.pk).update(starts_on=TODAY - timedelta(days=30))
        assert list(rights_that_differ()) == [f"accounts.rolegrant:{grant.pk} is not what its journal says"]

    def test_a_right_erased_behind_the_journal_is_found(self):
        by = acting(staff(ADMINISTRATOR), ADMINISTRATOR)
        grant = actions.grant_role(user=staff(), role="signatory", starts_on=TODAY, at=AT, by=by)
        subject = f"accounts.rolegrant:{grant.pk}"
        grant.delete()
        assert list(rights_that_differ()) == [f"{subject} is gone without a word in its journal"]

    def test_verify_journal_reads_the_rights_too(self):
        by = acting(staff(ADMINISTRATOR), ADMINISTRATOR)
        actions.grant_role(user=staff(), role="signatory", starts_on=TODAY, at=AT, by=by)
        Thread.objects.filter(reference__startswith="PER-").update(head="0" * 64)
        with pytest.raises(CommandError):
            call_command("verify_journal", stdout=StringIO())


class TestAbsences:
    def test_a_substitute_receives_the_tasks_on_the_days_of_the_absence(self):
        away, here = staff(), staff()
        actions.record_absence(
            user=away,
            substitute=here,
            starts_on=TODAY,
            ends_on=TODAY + timedelta(days=1),
            at=AT,
            by=acting(away, Role.CASE_OFFICER),
        )
        covered = [away.pk in covered_by(here, on=TODAY + timedelta(days=shift)) for shift in range(-1, 3)]
        assert covered == [False, True, True, False]
        assert covered_by(away, on=TODAY) == [away.pk]

    def test_through_the_pages(self, client):
        away, here = staff(), staff(first_name="Awa", last_name="Ba")
        signed_in(client, away)
        today = timezone.localdate()
        page = words(client.post("/compte/absence/", {"starts_on": "demain", "substitute": away.pk}))
        assert (
            "Écrivez une date" in page
            and "demain" in page
            and "Choisissez une des réponses proposées" in page
        )
        client.post("/compte/absence/", {"starts_on": f"{today:%d/%m/%Y}", "substitute": here.pk})
        assert covered_by(here, on=today) == [here.pk, away.pk]
        assert "Awa Ba vous remplace" in words(client.get("/compte/"))
        absence = Absence.objects.get()
        assert client.get(f"/compte/absence/{absence.pk}/fin/").status_code == 200
        client.post(f"/compte/absence/{absence.pk}/fin/")
        assert covered_by(here, on=today) == [here.pk]

    def test_only_who_holds_the_same_roles_takes_the_tasks(self, client):
        away = staff(Role.SECRETARIAT, Role.ETHICS_OFFICER)
        unfit = [staff(ADMINISTRATOR), staff(Role.SECRETARIAT), person()]
        leaving, here = staff(Role.SECRETARIAT), staff(Role.SECRETARIAT, Role.ETHICS_OFFICER)
        give_role(leaving, Role.ETHICS_OFFICER, until=timezone.localdate() + timedelta(days=1))
        signed_in(client, away)
        page = client.get("/compte/absence/").content.decode()
        assert [f'value="{one.pk}"' in page for one in [*unfit, leaving, here]] == [False] * 3 + [True] * 2

        period = {"starts_on": timezone.localdate(), "ends_on": timezone.localdate() + timedelta(days=9)}
        told = words(client.post("/compte/absence/", {**period, "substitute": leaving.pk}))
        assert "ne tient pas les mêmes rôles" in told and not Absence.objects.exists()
        for one in [*unfit, leaving]:
            with pytest.raises(Blocked):
                actions.record_absence(
                    user=away, substitute=one, **period, at=AT, by=acting(away, Role.SECRETARIAT)
                )
        actions.record_absence(user=away, substitute=here, **period, at=AT, by=acting(away, Role.SECRETARIAT))
        assert Absence.objects.get().substitute == here

    def test_a_signatory_is_replaced_by_who_holds_a_delegation_all_that_time(self):
        away, without, short, here = (
            signatory(),
            staff(Role.SIGNATORY),
            signatory(until=TODAY + timedelta(days=2)),
            signatory(),
        )
        able = User.objects.able_to_replace(away, first=TODAY, last=TODAY + timedelta(days=5))
        assert set(able) == {here}
        assert set(User.objects.able_to_replace(away, first=TODAY)) == {short, here}
        assert without not in able

    def test_who_answers_for_somebody_is_found_through_every_absence(self):
        first, second, third, there = (staff() for _ in range(4))
        for away, substitute in ((first, second), (second, third)):
            Absence.objects.create(user=away, substitute=substitute, starts_on=TODAY, ends_on=TODAY)
        with CaptureQueriesContext(connection) as queries:
            found = set(User.objects.answering_for([first.pk, there.pk, None], on=TODAY))
        assert found == {third, there} and len(queries) == 2
        assert set(covered_by(third, on=TODAY)) == {first.pk, second.pk, third.pk}
        assert set(User.objects.answering_for([first.pk], on=TODAY + timedelta(days=1))) == {first}

    def test_two_people_away_for_each_other_do_not_turn_for_ever(self):
        one, other = staff(), staff()
        for away, substitute in ((one, other), (other, one)):
            Absence.objects.create(user=away, substitute=substitute, starts_on=TODAY)
        assert set(User.objects.answering_for([one.pk], on=TODAY)) == {other}

    def test_an_administrator_is_told_why_a_substitute_is_refused(self, client):
        away, here = staff(), staff()
        here.role_grants.update(ends_on=timezone.localdate())
        signed_in(client, staff(ADMINISTRATOR))
        today = timezone.localdate()
        period = {"starts_on": f"{today:%d/%m/%Y}", "ends_on": f"{today + timedelta(days=3):%d/%m/%Y}"}
        page = client.post(f"/inca/personnes/{away.pk}/absence/", {**period, "substitute": here.pk})
        assert "ne tient pas les mêmes rôles" in words(page) and not Absence.objects.exists()

    def test_the_end_keeps_what_is_past(self):
        away, here = staff(), staff()
        by = acting(away, Role.CASE_OFFICER)
        row = actions.record_absence(
            user=away, substitute=here, starts_on=TODAY - timedelta(days=3), ends_on=None, at=AT, by=by
        )
        actions.end_absence(absence=row, at=AT, by=by)
        assert Absence.objects.get().ends_on == TODAY - timedelta(days=1)

    def test_nobody_ends_the_absence_of_somebody_else(self, client):
        away, here = staff(), staff()
        row = Absence.objects.create(user=away, substitute=here, starts_on=TODAY)
        signed_in(client, here)
        assert client.post(f"/compte/absence/{row.pk}/fin/").status_code == 404
        with pytest.raises(NotAllowed):
            actions.end_absence(absence=row, at=AT, by=acting(here, Role.CASE_OFFICER))

    def test_by_an_administrator(self, client):
        away, here = staff(), staff()
        signed_in(client, staff(ADMINISTRATOR))
        client.post(f"/inca/personnes/{away.pk}/absence/", {"starts_on": "1/1/2026", "substitute": here.pk})
        row = Absence.objects.get()
        assert client.get(f"/inca/personnes/absences/{row.pk}/fin/").status_code == 200
        client.post(f"/inca/personnes/absences/{row.pk}/fin/")
        assert Absence.objects.get().ends_on == timezone.localdate() - timedelta(days=1)


class TestOwnAccount:
    def test_preferences(self, client):
        user = person()
        signed_in(client, user)
        kept = {
            "first_name": "Awa",
            "last_name": "Ba",
            "language": "en",
            "preferred_channel": "post",
            "preferred_format": "large_print",
        }
        page = words(client.post("/compte/preferences/", kept))
        assert page.count("il nous faut votre adresse complète") >= 3
        answer = client.post(
            "/compte/preferences/", {**kept, "address": "1 rue X", "postal_code": "75001", "city": "Paris"}
        )
        assert answer.cookies["django_language"].value == "en"
        saved = User.objects.get(pk=user.pk)
        assert (saved.first_name, saved.preferred_channel, saved.preferred_format) == (
            "Awa",
            "post",
            "large_print",
        )
        assert (
            "il nous faut votre numéro"
            in words(
                client.post("/compte/preferences/", {**kept, "preferred_channel": "phone", "language": "fr"})
            )
            or client.cookies["django_language"].value == "en"
        )

    @pytest.mark.parametrize("text", ["x" * 100_000, "<script>alert(1)</script>", "مرحبا 🎗️", "\x00"])
    def test_any_name_is_kept_or_refused_in_words(self, client, text):
        user = person()
        signed_in(client, user)
        answer = client.post("/compte/nom/", {"first_name": text, "last_name": "Ba"})
        assert answer.status_code in (200, 302)
        assert b"<script>alert" not in client.get("/compte/").content

    def test_another_address(self, client):
        user = person("ancienne@exemple.fr", device_offer_declined_at=AT)
        enter(client, user.email)
        client.post("/compte/adresse/", {"email": "Nouvelle@exemple.fr"})
        assert mail.outbox[-1].to == ["nouvelle@exemple.fr"]
        wrong = "000000" if code_received() != "000 000" else "111111"
        assert "Ce code ne correspond pas" in words(client.post("/compte/adresse/code/", {"code": wrong}))
        assert client.post("/compte/adresse/code/", {"code": code_received()})["Location"] == "/compte/"
        assert User.objects.get().email == "nouvelle@exemple.fr"

    def test_not_the_address_of_somebody_else(self, client):
        person("prise@exemple.fr")
        user = person("ancienne@exemple.fr")
        enter(client, user.email)
        client.post("/compte/adresse/", {"email": "prise@exemple.fr"})
        assert "Cette adresse a déjà un compte" in words(
            client.post("/compte/adresse/code/", {"code": code_received()})
        )
        assert User.objects.get(pk=user.pk).email == "ancienne@exemple.fr"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("03/03/2027", date(2027, 3, 3)),
        ("3-3-2027", date(2027, 3, 3)),
        ("3 mars 2027", date(2027, 3, 3)),
        ("1er août 2027", date(2027, 8, 1)),
        ("  1ER  FÉVRIER 2027 ", date(2027, 2, 1)),
        ("12 fevrier 2027", date(2027, 2, 12)),
        ("2027-03-03", date(2027, 3, 3)),
        ("3 March 2027", date(2027, 3, 3)),
    ],
)
def test_days_as_people_write_them(text, day):
    assert DayField().clean(text) == day


def test_signatory_has_a_delegation():
    user = signatory()
    assert Delegation.objects.valid(on=TODAY).filter(user=user).count() == 1
    assert User.objects.holding(Role.SIGNATORY, on=TODAY).get() == user


class TestFirstAdministrator:
    def test_makes_two_different_people_then_no_more(self):
        out = StringIO()
        call_command("first_administrator", "Chef@inca.exemple.fr", "Ana", "Roy", stdout=out)
        assert "Ana Roy administers the service" in out.getvalue()
        with pytest.raises(CommandError, match="somebody else"):
            call_command("first_administrator", "Chef@inca.exemple.fr", "Ana", "Roy")
        call_command("first_administrator", "deux@inca.exemple.fr", "Zoé", "Lie", stdout=out)
        for address in ("chef@inca.exemple.fr", "deux@inca.exemple.fr"):
            found = User.objects.get(email=address)
            assert roles_of(found, on=timezone.localdate()) == {ADMINISTRATOR}
            assert Event.objects.filter(thread__reference=f"PER-{found.pk}", move="give").count() == 1
        with pytest.raises(CommandError, match="already"):
            call_command("first_administrator", "autre@inca.exemple.fr", "A", "B")

    def test_refuses_what_is_no_address(self):
        with pytest.raises(CommandError):
            call_command("first_administrator", "chef", "Ana", "Roy")


@pytest.mark.django_db(transaction=True)
def test_the_cache_that_workers_share_has_its_table(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "shared_cache_of_test",
        }
    }
    try:
        create_shared_cache()
        create_shared_cache()
        caches["default"].set("key", [1, 2], 60)
        assert caches["default"].get("key") == [1, 2]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE shared_cache_of_test")
