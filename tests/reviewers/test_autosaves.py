"""Pages of a review left open: what their script is answered, two tabs, and an alert at any moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from journal.models import Event
from journal.moves import subject_key
from journal.refusals import Blocked, NotAllowed, Stale
from label.models import Application
from letters.models import Mail
from reviewers import actions
from reviewers.models import Assignment, Evaluation, Practice, Score
from reviewers.training import cases
from tests.factories import label
from tests.factories import reviewers as factory
from tests.factories.accounts import give_role, signed_in
from tests.factories.structures import AT
from tests.reading import plain, words

pytestmark = pytest.mark.django_db
NOW = timezone.now()
AUTO: dict[str, Any] = {"headers": {"X-Autosave": "1"}}
State = Assignment.State


@pytest.fixture
def accepted() -> Assignment:
    return factory.accepted(at=NOW)


@pytest.fixture
def reopened() -> list[Assignment]:
    return factory.discussing(values=(3, 0), at=NOW - timedelta(days=9))


def page(name: str, *args: Any) -> str:
    return reverse(name, args=args)


# --- what is typed is kept, or it is said that it is not ------------------------------------------------------


@pytest.mark.parametrize("name", ["committee_review", "committee_grid"])
def test_a_comment_too_long_is_never_said_to_be_saved(
    client: Client, accepted: Assignment, name: str
) -> None:
    signed_in(client, accepted.mandate.user)
    address = page(name, accepted.pk, *(["A1.1"] if name == "committee_review" else []))
    typed = {"A1-1-note": "2", "A1-1-comment": "é" * 5200, "A1-1-version": "0"}
    if name == "committee_grid":
        typed |= {"A1-2-note": "3", "A1-2-version": "0"}

    answer = client.post(address, typed, **AUTO)

    assert answer.status_code == 422
    text = plain(answer.content.decode())
    assert 'data-lb-beside="A1-1-comment"' in text
    assert "200 caractères de trop" in words(answer)
    assert "1 réponse n'est pas enregistrée" in words(answer)
    assert "Enregistré" not in text
    assert not Score.objects.filter(criterion="A1.1").exists()
    if name == "committee_grid":  # the others are kept, and the page gets their version
        assert Score.objects.get(criterion="A1.2").value == 3
        assert 'data-lb-token="A1-2-version"' in text
    ok = client.post(address, {**typed, "A1-1-comment": "Court.", "A1-2-version": "1"}, **AUTO)
    assert ok.status_code == 200
    assert "Enregistré" in words(ok)


def test_a_page_left_open_after_sending_is_told_so_shortly(client: Client) -> None:
    sent = factory.submitted(at=NOW)
    signed_in(client, sent.mandate.user)
    for name, more in (("committee_review", ["A1.1"]), ("committee_grid", []), ("committee_send", [])):
        answer = client.post(page(name, sent.pk, *more), {"A1-1-note": "2"}, **AUTO)
        assert answer.status_code == 409
        assert "Votre évaluation est déjà envoyée" in words(answer)
        assert "<html" not in answer.content.decode()


def test_the_advice_is_saved_by_itself_and_a_second_tab_never_wins_unseen(
    client: Client, accepted: Assignment
) -> None:
    signed_in(client, accepted.mandate.user)
    address = page("committee_send", accepted.pk)
    opened = client.get(address).context["seen"]
    first = client.post(address, {"advice": "favourable", "comment": "Solide.", "seen": opened}, **AUTO)
    assert first.status_code == 200
    assert "Enregistré" in words(first)
    kept = Assignment.objects.get(pk=accepted.pk)
    assert (kept.overall_advice, kept.overall_comment) == ("favourable", "Solide.")
    assert f'data-lb-token="seen" data-lb-value="{kept.overall_token}"' in first.content.decode()

    other = {"advice": "unfavourable", "comment": "Solide.", "seen": opened}
    assert client.post(address, other, **AUTO).status_code == 409
    shown = client.post(address, {**other, "go": "save"})

    assert shown.status_code == 409
    assert "Deux textes au même endroit" in words(shown)
    assert "Défavorable" in words(shown)
    assert Assignment.objects.get(pk=accepted.pk).overall_advice == "favourable"
    assert client.post(address, {**other, "go": "theirs"}).status_code == 302
    assert Assignment.objects.get(pk=accepted.pk).overall_advice == "favourable"
    chosen = {**other, "theirs": kept.overall_token, "go": "mine"}
    assert client.post(address, chosen).status_code == 302
    assert Assignment.objects.get(pk=accepted.pk).overall_advice == "unfavourable"
    long = client.post(address, {"advice": "", "comment": "é" * 5001}, **AUTO)
    assert (long.status_code, "Enregistré" in words(long)) == (422, False)
    signed_in(client, accepted.mandate.user)
    with CaptureQueriesContext(connection) as asked:
        client.post(page("committee_review", accepted.pk, "A1.1"), {"A1-1-note": "2"}, **AUTO)
    assert len([one for one in asked if one["sql"].startswith(("SELECT", "INSERT", "UPDATE"))]) <= 14


def test_a_review_is_not_sealed_over_an_advice_changed_elsewhere() -> None:
    found = factory.filled(at=AT)
    by, seen = factory.member_actor(found), found.overall_token
    common: dict[str, Any] = {"assignment_pk": found.pk, "comment": "", "at": AT, "by": by}
    actions.save_overall(**common, advice="favourable", seen=seen)
    with pytest.raises(Stale):
        actions.submit_review(**common, advice="unfavourable", seen=seen)
    assert Assignment.objects.get(pk=found.pk).state == State.ACCEPTED
    assert actions.submit_review(**common, advice="favourable", seen=seen).state == State.SUBMITTED


def test_the_second_round_is_saved_by_itself_choice_by_choice(client: Client, reopened) -> None:
    mine = reopened[0]
    signed_in(client, mine.mandate.user)
    address = page("committee_reread", mine.pk)
    typed = {"A1-1-choice": "keep", "A1-1-version": "0", "A1-2-choice": "change", "A1-2-note": "2"}

    half = client.post(address, typed, **AUTO)

    assert half.status_code == 422
    assert 'data-lb-beside="A1-2-reason"' in half.content.decode()
    assert 'data-lb-token="A1-1-version" data-lb-value="1"' in half.content.decode()
    assert [row.criterion for row in mine.scores.filter(round=2)] == ["A1.1"]
    whole = client.post(address, {**typed, "A1-1-version": "1", "A1-2-reason": "Relu."}, **AUTO)
    assert whole.status_code == 200
    assert mine.scores.get(round=2, criterion="A1.2").change_reason == "Relu."
    client.post(address, {"go": "finish"})
    late = client.post(address, typed, **AUTO)
    assert (late.status_code, "définitives" in words(late)) == (409, True)


@pytest.mark.parametrize("who", ["member", "secretariat"])
def test_two_tabs_of_the_second_round_choose_between_two_texts(client: Client, reopened, who: str) -> None:
    mine = reopened[0]
    typed = {"A1-1-choice": "keep", "A1-1-version": "0"}
    typed |= {"A1-2-choice": "change", "A1-2-note": "2", "A1-2-reason": "Le mien.", "A1-2-version": "0"}
    if who == "member":
        signed_in(client, mine.mandate.user)
        address = page("committee_reread", mine.pk)
    else:
        signed_in(client, factory.secretary().user)
        address = page("staff_reread", mine.application.reference, mine.pk)
        typed |= {"means": "phone", "read_back_on": f"{timezone.localdate():%d/%m/%Y}"}
    actions.change_score(
        assignment_pk=mine.pk,
        criterion="A1.2",
        verdict="scored",
        value=1,
        reason="Le premier.",
        version=0,
        at=timezone.now(),
        by=factory.member_actor(mine),
    )

    both = client.post(address, typed)

    assert both.status_code == 409
    text = words(both)
    assert "Je change : 2" in text and "Le mien." in text
    assert "Je change : 1" in text and "Le premier." in text
    assert not mine.scores.filter(criterion="A1.1", round=2).exists()
    form = next(one for one in both.context["problem_forms"] if one.prefix == "A1-1")
    assert form["choice"].value() == "keep"  # the other choices stay as typed
    seen = {"theirs_A1-2": "1"}
    assert client.post(address, {**typed, **seen, "go": "mine"}).status_code == 302
    assert mine.scores.get(criterion="A1.2", round=2).change_reason == "Le mien."
    assert mine.scores.filter(criterion="A1.1", round=2).exists()
    other = {**typed, "A1-1-version": "1", "A1-2-reason": "Encore.", "A1-2-version": "1"}
    if who == "member":
        assert client.post(address, other, **AUTO).status_code == 409
    assert client.post(address, other).status_code == 409
    assert client.post(address, {**other, "theirs_A1-2": "2", "go": "theirs"}).status_code == 302
    assert mine.scores.get(criterion="A1.2", round=2).change_reason == "Le mien."


def test_practice_is_saved_by_itself(client: Client) -> None:
    mandate = factory.appointed(at=NOW)
    case = cases(label.edition())[0]
    row = case.lines[0].row
    signed_in(client, mandate.user)
    address = page("committee_practice_criterion", case.code, row.code)
    data = {f"{row.anchor_id}-note": "0", f"{row.anchor_id}-comment": "Une ph"}
    answer = client.post(address, data, **AUTO)
    assert answer.status_code == 200
    assert "Enregistré" in words(answer)
    assert Practice.objects.get().answers[row.code]["comment"] == "Une ph"
    long = client.post(address, {**data, f"{row.anchor_id}-comment": "é" * 5001}, **AUTO)
    assert (long.status_code, "Enregistré" in words(long)) == (422, False)


# --- alerts ---------------------------------------------------------------------------------------------------


def raised(row: Assignment, text: str = "Un bénévole donne des doses.", **facts: Any) -> Assignment:
    parts = {"text": text, "at": AT + timedelta(days=6), "by": factory.member_actor(row), **facts}
    return actions.raise_alert(assignment_pk=row.pk, **parts)


def flags(row: Assignment) -> list[str]:
    return [
        one["code"]
        for one in Evaluation.objects.filter(application=row.application).latest("pk").result["flags"]
    ]


def test_an_alert_in_the_second_round_fires_its_trigger_and_its_withdrawal_is_told() -> None:
    factory.secretary()
    row = factory.discussing()[0]
    assert "safety_alert" not in flags(row)
    raised(row)
    assert "safety_alert" in flags(row)
    raised(row)  # a second click tells nobody twice
    told = Mail.objects.filter(kind="safety_alert")
    assert len(set(told.values_list("recipient", flat=True))) == told.count()
    raised(row, "")
    assert "safety_alert" not in flags(row)
    assert Mail.objects.filter(kind="safety_alert").latest("pk").title == "Une alerte de sécurité est retirée"
    assert list(Event.objects.filter(move__startswith="safety_alert").values_list("move", flat=True)) == [
        "safety_alert",
        "safety_alert_withdrawn",
    ]


def test_once_sent_an_alert_waits_for_the_closing_and_after_the_discussion_none_is_taken() -> None:
    row = factory.submitted()
    assert raised(row).safety_alert
    assert not Evaluation.objects.exists()
    proposed = factory.assignments_of(row.application)[1]
    with pytest.raises(Blocked):
        raised(proposed)
    panel = factory.discussing()
    actions.finish_rereading(
        assignment_pk=panel[0].pk, at=AT + timedelta(days=5), by=factory.member_actor(panel[0])
    )
    with pytest.raises(Blocked, match="définitives"):
        raised(panel[0])


def test_the_secretariat_notes_the_alert_of_a_member_who_called(client: Client) -> None:
    row = factory.accepted(at=NOW)
    reference = row.application.reference
    secretary = factory.secretary()
    signed_in(client, secretary.user)
    address = page("staff_alert", reference, row.pk)
    assert address in client.get(page("staff_panel", reference)).content.decode()
    assert "écrivez ce que cette personne vous a dit" in words(client.get(address))
    said = client.post(address, {"text": "Danger."}, follow=True)
    assert "Le secrétariat est prévenu." in words(said)
    assert Assignment.objects.get(pk=row.pk).safety_alert == "Danger."
    event = Event.objects.get(move="safety_alert")
    assert (event.actor, event.on_behalf_of) == (secretary.user, subject_key(row.mandate.user))
    assert Mail.objects.filter(kind="safety_alert", recipient=secretary.user).count() == 1
    assert "effacez le texte" in words(client.get(address))
    gone = client.post(address, {"text": ""}, follow=True)
    assert "L'alerte est retirée. Le secrétariat en est prévenu." in words(gone)
    other = factory.assignments_of(row.application)[1]
    give_role(other.mandate.user, Role.SECRETARIAT)
    signed_in(client, other.mandate.user)
    assert client.get(address).status_code == 404  # owes a review of that dossier
    Application.objects.filter(pk=row.application_id).update(case_officer=secretary.user)
    for by in (factory.ethics_officer(), secretary, factory.member_actor(row)):
        with pytest.raises(NotAllowed):
            raised(row, by=by.standing_for(row.mandate.user))


def test_a_member_finds_the_alert_wherever_they_are(client: Client, reopened) -> None:
    mine = reopened[0]
    signed_in(client, mine.mandate.user)
    address = page("committee_alert", mine.pk)
    assert address in client.get(page("committee_reread", mine.pk)).content.decode()
    assert "Le secrétariat est prévenu." in words(client.post(address, {"text": "Danger."}, follow=True))
    assert "L'alerte est retirée." in words(client.post(address, {"text": ""}, follow=True))
    client.post(page("committee_reread", mine.pk), {"go": "finish"})
    closed = client.get(address)
    assert "appelez-nous" in words(closed)
    assert "<textarea" not in closed.content.decode()
