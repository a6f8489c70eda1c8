"""The demonstration loads with the real actions, twice without a difference, and never in production."""

import io
import re
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from accounts.rules import roles_of
from accounts.second_factor import code_at
from certificates.models import FollowUp, Label
from certificates.status import status_on
from decisions.models import Litigation
from desks.demonstration.people import MEMBERS, STAFF
from desks.demonstration.story.paths import PATHS
from desks.demonstration.structures import STRUCTURES
from journal.models import Event
from label.models import Application
from portal.health import readiness
from reviewers.models import (
    Assignment,
    Deferral,
    GridEntry,
    Invitation,
    ItemStatement,
    Mandate,
    PlainSummary,
    Practice,
    Score,
)
from structures.identifiers import normalise
from structures.models import Membership, Structure
from tests.factories.accounts import signed_in
from tests.reading import words
from workflows import todo


def load() -> str:
    out = io.StringIO()
    call_command("load_demonstration", stdout=out)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.demonstration
@pytest.mark.django_db(transaction=True)
def test_it_loads_twice_without_a_difference(settings) -> None:
    """One load for all that is looked at afterwards: it takes a while."""
    settings.DEMONSTRATION = True

    said = load()

    assert "no breach" in said and "every chain intact" in said
    states = set(Application.objects.values_list("state", flat=True))
    assert states == set(Application.State.values) - {"deferred", "closed", "purged"}
    today = timezone.localdate()
    statuses = sorted(status_on(label, today).code for label in Label.objects.all())
    assert statuses == ["extended", "suspended", *["valid"] * 5, "valid_with_conditions", "withdrawn"]
    assert FollowUp.objects.get(state="open").due_on > today
    case = Litigation.objects.get()
    assert case.steps.get(kind="brief_due").due_on > today and case.decision.state == "notified"
    seats = Mandate.objects.filter(state="active").values_list("seat").annotate(n=Count("pk"))
    assert dict(seats) == {"full": 18, "substitute": 6, "reserve": 1}
    assert set(
        Assignment.objects.filter(application__state="under_review").values_list("state", flat=True)
    ) == {
        "accepted",
        "declined",
        "proposed",
        "submitted",
    }
    assert GridEntry.objects.filter(
        assignment__state="accepted", correction_due_on__gt=today, assignment__paper_grid__isnull=False
    ).exists()
    assert PlainSummary.objects.filter(application__state="under_review").exists()
    answered = Deferral.objects.get()
    assert answered.answer and answered.files.exists() and answered.application.state == "advised"
    assert Practice.objects.exclude(finished_at=None).exists()
    told = Invitation.objects.get(means="phone", mandate__user__email=None)
    assert told.answer == "present" and told.on_paper and told.large_print
    assert ItemStatement.objects.filter(means="phone", mandate=told.mandate).exists()
    discussed = Assignment.objects.filter(application__state="in_deliberation")
    assert {"reopened", "final"} <= set(discussed.values_list("state", flat=True))
    assert Score.objects.filter(assignment__in=discussed, round=2).exclude(change_reason="").count() == 2
    for person in STAFF:
        assert person.email in said
    assert all(readiness(timezone.now()).values())
    published = set(Structure.objects.exclude(email="").values_list("email", flat=True))
    assert not published & set(User.objects.values_list("email", flat=True))
    _look_at_the_pages(said)
    _journal_is_in_the_order_of_time()
    _every_task_opens()

    before = (Event.objects.count(), User.objects.count(), Label.objects.count())
    load()
    assert (Event.objects.count(), User.objects.count(), Label.objects.count()) == before


def _every_task_opens() -> None:
    """Each link of each to-do list answers 200 to the person to whom it is shown."""
    on, seen, closed = timezone.localdate(), set(), []
    for user in User.objects.filter(is_active=True, email__isnull=False):
        client = signed_in(Client(), user)
        roles = roles_of(user, on=on)
        mine = tuple(Membership.objects.current().filter(user=user).values_list("structure", flat=True))
        for area in todo.AREAS:
            for mine_only in (True, False):
                for task in todo.pages(todo.Reader(user, on, roles, mine, mine_only), area, limit=200):
                    answer = client.get(task.url, follow=True)
                    seen.add(task.key.rpartition("-")[0])
                    if answer.status_code != 200:
                        closed.append((str(user), task.title, task.url, answer.status_code))
    assert closed == []
    assert {"step", "sign", "letter", "link", "proposal", "review", "draft"} <= seen


def _journal_is_in_the_order_of_time() -> None:
    moments: dict[int, datetime] = {}
    for event in Event.objects.order_by("thread", "position"):
        assert event.at >= moments.get(event.thread_id, event.at), (event.subject, event.move)
        moments[event.thread_id] = event.at


def _look_at_the_pages(said: str) -> None:
    client = Client()
    number = re.search(r"/verifier/(LBL-[0-9-]+)/", said)[1]
    assert "Label valide" in words(client.get(f"/verifier/{number}/"))
    assert "Escale Anémone" in words(client.get("/annuaire/"))
    codes = words(client.get("/demonstration/codes/"))
    assert "Claire Vasseur" in codes and len(re.findall(r"\b[0-9]{6}\b", codes)) == 2 * len(STAFF)


@pytest.mark.django_db
def test_it_refuses_production(settings) -> None:
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="never loaded in production"):
        load()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_the_codes_exist_in_the_demonstration_only(client: Client, settings) -> None:
    assert client.get("/demonstration/codes/").status_code == 404
    settings.DEMONSTRATION = True
    assert client.get("/demonstration/codes/").status_code == 200


def test_every_number_is_a_true_one_and_every_stage_has_a_path() -> None:
    for told in STRUCTURES:
        assert normalise(told.kind, told.number)
        assert told.stage in PATHS
    assert {told.kind for told in STRUCTURES} >= {"rna", "siren", "siret", "alsace_moselle", "foreign"}
    assert len({told.number for told in STRUCTURES}) == len(STRUCTURES) >= 12
    assert {told.stage for told in STRUCTURES} == set(PATHS)


def test_one_person_per_role_and_eighteen_members_with_their_own_address() -> None:
    assert {role for person in STAFF for role in person.roles} == set(Role.values)
    members = [person for people in MEMBERS.values() for person in people]
    assert [len(people) for people in MEMBERS.values()] == [6, 6, 6]
    everybody = [*STAFF, *members, *(told.president for told in STRUCTURES)]
    everybody = [person for person in everybody if not person.phone]
    assert sum(bool(person.phone) for person in members) == 1
    assert len({person.email for person in everybody}) == len(everybody)
    assert all(re.fullmatch(r"[a-z.-]+@example\.org", person.email) for person in everybody)


def test_the_code_shown_is_the_one_of_an_application() -> None:
    assert re.fullmatch("[0-9]{6}", code_at("JBSWY3DPEHPK3PXP", timezone.now()))
