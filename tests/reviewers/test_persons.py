"""A person whose mandate is renewed stays the same person: on panels, for the gate, and in what is counted of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from journal.models import Thread
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from letters.models import Mail
from reviewers import actions, campaign
from reviewers.actions.matches import match_dossier
from reviewers.challenges import who_may_be_kept_away
from reviewers.due import release_what_was_not_finished
from reviewers.models import Assignment, Challenge, College, InterestLink, LinkMatch, Mandate, Score
from reviewers.panels import candidates
from reviewers.proposals import draft
from reviewers.room import who_stated
from tests.factories import reviewers as factory
from tests.factories import sessions as sitting
from tests.factories.accounts import acting, signatory, signed_in, staff
from tests.factories.structures import AT, representative_of, structure
from tests.reading import words
from workflows import todo

pytestmark = pytest.mark.django_db
ON = timezone.localdate(AT)
LATER = AT + timedelta(days=2)
State = Assignment.State


def over(mandate: Mandate, *, at: datetime = LATER) -> Mandate:
    """That mandate, come to its end."""
    return actions.end(mandate_pk=mandate.pk, at=at, by=Actor.system())


def renewed(mandate: Mandate, *, college: str = "", at: datetime = LATER) -> Mandate:
    """The next mandate of the same person, active."""
    over(mandate, at=at)
    return factory.member(user=mandate.user, college=college or mandate.college, at=at)


def candidate(application: Application, mandate: Mandate) -> Any:
    found = {one.mandate.pk: one for one in candidates(application, on=timezone.localdate(LATER))}
    return found[mandate.pk]


def test_after_a_renewal_a_member_does_not_sit_twice_on_a_panel() -> None:
    application = factory.under_review()
    row, gone = factory.assignments_of(application)[:2]
    second = renewed(row.mandate)
    actions.decline(assignment_pk=gone.pk, at=LATER, by=factory.member_actor(gone))
    assert candidate(application, second).reasons == ["fait déjà partie du panel"]
    with pytest.raises(Blocked, match="fait déjà partie du panel"):
        factory.add_to_panel(application, second, at=LATER)
    drafted = draft([application], on=timezone.localdate(LATER), pins=[(application.pk, second.pk)])
    assert second.pk not in {one.pk for one in drafted.chosen(application)}
    assert len(drafted.chosen(application)) <= 1


def test_the_database_seats_a_person_once_whatever_the_mandate() -> None:
    application = factory.under_review()
    row = factory.assignments_of(application)[0]
    second = renewed(row.mandate)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.open(
            thread=Thread.objects.get(pk=application.thread_id),
            at=LATER,
            by=factory.secretary(),
            application=application,
            mandate=second,
            snapshot=application.snapshot,
            college=second.college,
            pseudonym="Patient Z",
            answer_due_on=ON,
            review_due_on=ON,
        )


def test_a_member_who_changes_college_sits_as_they_were_named() -> None:
    """The seat of the first college stays filled, and none of the second is taken by the same person."""
    application = factory.under_review()
    row = next(one for one in factory.assignments_of(application) if one.college == College.PATIENTS)
    second = renewed(row.mandate, college=College.CAREGIVERS)
    leaving = next(one for one in factory.assignments_of(application) if one.college == College.CAREGIVERS)
    actions.decline(assignment_pk=leaving.pk, at=LATER, by=factory.member_actor(leaving))
    other = factory.member(college=College.CAREGIVERS, at=LATER)
    drafted = draft([application], on=timezone.localdate(LATER))
    assert [one.pk for one in drafted.chosen(application)] == [other.pk]
    assert second.pk not in {int(one.member) for one in drafted.proposal.panels[application.pk]}


def test_a_decline_is_remembered_and_the_load_of_the_former_mandate_counts() -> None:
    application = factory.under_review()
    declining, loaded = factory.assignments_of(application)[:2]
    actions.decline(assignment_pk=declining.pk, at=AT, by=factory.member_actor(declining))
    factory.accepted(loaded)
    again, busy = renewed(declining.mandate), renewed(loaded.mandate)
    assert candidate(application, again).reasons == ["préfère ne pas évaluer ce dossier"]
    elsewhere = factory.admissible(structure(name="Ailleurs"), at=LATER)
    assert candidate(elsewhere, busy).load == 1
    drafted = draft([elsewhere, application], on=timezone.localdate(LATER))
    assert drafted.proposal.loads[busy.pk] >= 1
    assert again.pk not in {one.pk for one in drafted.chosen(application)}


def ask(application: Application) -> Challenge:
    return actions.ask_challenge(
        application_pk=application.pk,
        who="Mme Untel",
        reasons="Un procès.",
        at=LATER,
        by=representative_of(application.structure),
    )


def accept(challenge: Challenge, mandate: Mandate) -> None:
    actions.answer_challenge(
        challenge_pk=challenge.pk,
        answer="accepted",
        mandate_pk=mandate.pk,
        at=LATER,
        by=factory.ethics_officer().because("Les faits sont établis."),
    )


@pytest.mark.parametrize("is_renewed", [True, False])
def test_an_accepted_challenge_takes_the_person_off_the_panel(is_renewed: bool, client: Client) -> None:
    """Under their next mandate, and when their term has just ended."""
    application = factory.under_review()
    row = factory.accepted(factory.assignments_of(application)[0])
    mandate = renewed(row.mandate) if is_renewed else over(row.mandate)
    challenge = ask(application)
    offered = [one for one in who_may_be_kept_away(application) if one.user_id == row.user_id]
    assert [one.pk for one in offered] == [mandate.pk]
    signed_in(client, staff(Role.ETHICS_OFFICER))
    page = client.get(reverse("staff_challenge", args=[challenge.pk]))
    assert f'value="{mandate.pk}"' in page.content.decode() and f"{row.mandate.user} – " in words(page)
    accept(challenge, mandate)
    assert Assignment.objects.get(pk=row.pk).state == "recused"


def test_a_late_link_recuses_the_person_whatever_their_mandate(client: Client) -> None:
    application = factory.under_review()
    row = factory.accepted(factory.assignments_of(application)[0])
    match = factory.matched(application, mandate=renewed(row.mandate), at=LATER)
    assert LinkMatch.objects.to_settle(on=timezone.localdate(LATER)).filter(pk=match.pk).exists()
    signed_in(client, staff(Role.ETHICS_OFFICER))
    shown = client.get(reverse("staff_match", args=[match.pk]))
    assert shown.context["assignment"] == row
    by = factory.ethics_officer().because("Elle préside cette association.")
    actions.settle_match(match_pk=match.pk, severity="blocking", at=LATER, by=by)
    assert Assignment.objects.get(pk=row.pk).state == "recused"


def test_a_link_declared_under_the_former_mandate_is_compared_with_new_dossiers() -> None:
    first = factory.member()
    actions.declare_link(
        mandate_pk=first.pk,
        organisation_name="Rive et Relai",
        kind="officer",
        at=AT,
        by=factory.member_actor(first),
    )
    second = renewed(first)
    application = factory.admissible(structure(name="Rives et Relais"), at=LATER)
    match_dossier(application, at=LATER)
    match = LinkMatch.objects.get(structure=application.structure)
    assert match.link.mandate == first
    assert candidate(application, second).reasons == ["un lien reste à examiner par le déontologue"]


def test_a_member_reads_and_ends_the_links_of_their_former_mandate(client: Client) -> None:
    now = timezone.now() - timedelta(hours=1)
    first = factory.member(at=now)
    link = actions.declare_link(
        mandate_pk=first.pk, organisation_name="Relais", kind="donor", at=now, by=factory.member_actor(first)
    )
    renewed(first, at=now)
    signed_in(client, first.user)
    address = reverse("committee_interests")
    assert "Relais" in words(client.get(address))
    client.post(address, {"go": f"end-{link.pk}", f"end-{link.pk}-until": "01/01/2026"})
    assert InterestLink.objects.get(pk=link.pk).until is not None


def test_a_break_or_an_end_releases_what_was_accepted_under_the_former_mandate() -> None:
    application = factory.under_review()
    for row, leave in zip(factory.assignments_of(application), (actions.pause, actions.resign), strict=False):
        factory.accepted(row)
        second = renewed(row.mandate)
        leave(mandate_pk=second.pk, at=LATER, by=factory.member_actor(second))
        assert Assignment.objects.get(pk=row.pk).state == "replaced"


def test_a_second_mandate_given_up_before_it_begins_releases_nothing() -> None:
    row = factory.accepted()
    over(row.mandate)
    second = factory.appointed(user=row.mandate.user, at=LATER)
    actions.resign(mandate_pk=second.pk, at=LATER, by=factory.member_actor(second))
    assert Assignment.objects.get(pk=row.pk).state == "accepted"


def test_a_proposal_may_be_accepted_after_the_renewal_and_is_then_finished_in_its_time() -> None:
    row = factory.assignments_of(factory.under_review())[0]
    second = renewed(row.mandate)
    factory.filled(row, at=LATER)
    end = LATER + timedelta(days=70)
    release_what_was_not_finished(end)
    assert factory.submit(row, at=end).state == "submitted"
    assert second.pk != row.mandate_id


def test_what_is_measured_of_a_member_follows_them_through_a_renewal() -> None:
    application = factory.in_deliberation()
    row = factory.assignments_of(application)[0]
    renewed(row.mandate)
    found = campaign.ratings(Application.objects.filter(pk=application.pk), person=row.user_id)
    assert {one.person for one in found} == {one.user_id for one in factory.assignments_of(application)}
    assert campaign.deviations(found)[row.user_id].scores > 0


# --- whose mandate no longer allows it ------------------------------------------------------------------------


def stopped(row: Assignment, how: str) -> datetime:
    """Something happens to the mandate of that member; answers when it is tried."""
    mandate, by = row.mandate, factory.member_actor(row)
    if how == "paused":
        actions.pause(mandate_pk=mandate.pk, at=LATER, by=by)
    elif how == "resigned":
        actions.resign(mandate_pk=mandate.pk, at=LATER, by=by)
    elif how == "terminated":
        office = acting(signatory(), Role.SIGNATORY)
        actions.notify_grounds(
            mandate_pk=mandate.pk, ground="breach", facts="Notes publiées.", notified_on=ON, at=AT, by=office
        )
        actions.send_observations(mandate_pk=mandate.pk, observations="C'est vrai.", at=AT, by=by)
        actions.terminate(
            mandate_pk=mandate.pk, act_reference="DEC-9", at=LATER, by=office.because("Manquement.")
        )
    elif how == "expired":
        actions.expire_interests(mandate_pk=mandate.pk, at=LATER, by=Actor.system())
    elif how == "undeclared":
        return AT + timedelta(days=380)
    elif how == "ended":
        over(mandate)
        return LATER + timedelta(days=61)
    return LATER


def score(row: Assignment, at: datetime) -> Score:
    return actions.save_score(
        assignment_pk=row.pk,
        criterion="A1.1",
        verdict="scored",
        value=2,
        comment="",
        version=0,
        at=at,
        by=factory.member_actor(row),
    )


@pytest.mark.parametrize("how", ["expired", "undeclared", "ended"])
def test_who_may_not_go_on_neither_reads_nor_scores_nor_sends(how: str) -> None:
    row = factory.accepted()
    assert open_to(row, AT)
    at = stopped(row, how)
    assert not open_to(row, at)
    with pytest.raises(Blocked, match="mandat n'est pas actif"):
        score(row, at)
    for act in (
        lambda by: actions.save_overall(assignment_pk=row.pk, advice="", comment="", at=at, by=by),
        lambda by: actions.raise_alert(assignment_pk=row.pk, text="Un risque.", at=at, by=by),
        lambda by: actions.submit_review(assignment_pk=row.pk, advice="favourable", comment="", at=at, by=by),
    ):
        with pytest.raises(Blocked, match="mandat n'est pas actif"):
            act(factory.member_actor(row))
    assert Assignment.objects.get(pk=row.pk).state == "accepted"


def open_to(row: Assignment, at: datetime) -> bool:
    """Whether the dossier is read by its member that day."""
    seen = Application.objects.visible_to(row.mandate.user, on=timezone.localdate(at))
    return bool(seen.filter(pk=row.application_id).exists())


def test_a_term_that_came_to_its_end_leaves_sixty_days_and_not_one_more() -> None:
    """Late for its own date, a review is still taken: only the mandate bounds it."""
    row = factory.filled()
    over(row.mandate)
    assert not score_is_refused(row, LATER + timedelta(days=60))
    assert open_to(row, LATER + timedelta(days=60))
    with pytest.raises(Blocked, match="mandat n'est pas actif"):
        factory.submit(row, at=LATER + timedelta(days=61))
    assert factory.submit(row, at=LATER + timedelta(days=60)).state == "submitted"


def score_is_refused(row: Assignment, at: datetime) -> bool:
    try:
        actions.save_overall(
            assignment_pk=row.pk, advice="favourable", comment="", at=at, by=factory.member_actor(row)
        )
    except Blocked:
        return True
    return False


@pytest.mark.parametrize("how", ["paused", "resigned", "terminated", "expired"])
def test_who_may_not_go_on_does_not_reread_nor_reads_the_others(how: str) -> None:
    rows = factory.discussing()
    row = rows[0]
    mine, others = Score.objects.filter(assignment=row), Score.objects.exclude(assignment=row)
    by = factory.member_actor(row)

    def reads(found: Any) -> bool:
        seen = Score.objects.visible_to(row.mandate.user, on=timezone.localdate(AT + timedelta(days=5)))
        return bool(seen.filter(pk__in=found.values("pk")).exists())

    assert reads(mine) and reads(others)
    stopped(row, how)
    at = AT + timedelta(days=5)
    assert reads(mine) and not reads(others)
    for act in (
        lambda: actions.keep_score(assignment_pk=row.pk, criterion="A1.1", version=0, at=at, by=by),
        lambda: actions.finish_rereading(assignment_pk=row.pk, at=at, by=by),
    ):
        with pytest.raises(Blocked, match="mandat n'est pas actif"):
            act()
    reader = todo.Reader(row.mandate.user, timezone.localdate(at), frozenset())
    assert not any(task.key == f"reread-{row.pk}" for task in todo.todo_for(reader, "committee"))


def test_the_discussion_opens_to_those_who_may_go_on_and_closes_without_the_others() -> None:
    application = factory.in_deliberation()
    first, *others = factory.assignments_of(application)
    at = AT + timedelta(days=4)
    stopped(first, "expired")
    opened = actions.open_discussion(application_pk=application.pk, at=at, by=factory.secretary())
    assert {one.pk for one in opened} == {one.pk for one in others}
    assert not Mail.objects.filter(kind="discussion", recipient=first.mandate.user).exists()
    for row in others:
        actions.finish_rereading(assignment_pk=row.pk, at=at, by=factory.member_actor(row))
    assert {one.state for one in factory.assignments_of(application)} == {"final"}


def test_a_discussion_is_not_opened_to_nobody() -> None:
    application = factory.in_deliberation()
    for row in factory.assignments_of(application):
        stopped(row, "expired")
    with pytest.raises(Blocked, match="Personne ne peut relire"):
        actions.open_discussion(
            application_pk=application.pk, at=AT + timedelta(days=4), by=factory.secretary()
        )


def test_the_list_of_a_member_says_that_the_dossiers_are_closed(client: Client) -> None:
    now = timezone.now() - timedelta(hours=1)
    row = factory.accepted(factory.assignments_of(factory.under_review(at=now))[0], at=now)
    signed_in(client, row.mandate.user)
    address = reverse("committee_dossier", args=[row.pk])
    assert address in client.get(reverse("committee_reviews")).content.decode()
    actions.expire_interests(mandate_pk=row.mandate_id, at=now, by=Actor.system())
    told = client.get(reverse("committee_reviews"))
    assert "Vos évaluations sont fermées pour le moment." in words(told)
    assert address not in told.content.decode()
    assert client.get(address).status_code == 404
    asked = client.get(reverse("committee_assignment", args=[row.pk]))
    assert asked.status_code == 302 and asked["Location"] == reverse("committee_reviews")


def test_who_reviewed_a_dossier_has_stated_on_its_item_after_a_renewal_too() -> None:
    application = factory.in_deliberation()
    row, other = factory.assignments_of(application)[:2]
    item = sitting.listed(sitting.planned(sitting.seated()), application)
    second = renewed(row.mandate)
    stranger = factory.member()
    keys = [second.pk, other.mandate_id, stranger.pk]
    assert who_stated(item, keys) == {second.pk, other.mandate_id}


# --- the gate, at each act -----------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["scoring", "sending", "rereading"])
def test_the_gate_is_asked_afresh_at_each_act(when: str) -> None:
    """The name of the structure is corrected: the link of the member is now the same, and nobody has seen it yet."""
    rows = factory.discussing() if when == "rereading" else [factory.filled()]
    row, at = rows[0], AT + timedelta(days=5)
    actions.declare_link(
        mandate_pk=row.mandate_id,
        organisation_name="Les Amis du Phare",
        kind="officer",
        at=AT,
        by=factory.member_actor(row),
    )
    found = row.application.structure
    found.name = "Les amis du phare"
    found.save()
    with pytest.raises(NotAllowed):
        match when:
            case "scoring":
                score(row, at)
            case "sending":
                factory.submit(row, at=at)
            case _:
                actions.keep_score(
                    assignment_pk=row.pk, criterion="A1.1", version=0, at=at, by=factory.member_actor(row)
                )
