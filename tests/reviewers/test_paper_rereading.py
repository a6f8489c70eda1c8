"""The second round on paper, by phone or in a meeting: printed, typed for the member, read back, corrected."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from journal.models import Event
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed
from letters.models import Mail
from reviewers import actions
from reviewers.grid import criteria
from reviewers.gridcode import code_of
from reviewers.models import Assignment, RereadEntry, Score
from reviewers.paper_rereading import printed_rereading
from reviewers.second_round import lines
from tests.factories import reviewers as factory
from tests.factories.accounts import signed_in, staff
from tests.factories.structures import AT, proof
from tests.reading import pdf_words, plain

pytestmark = pytest.mark.django_db
State = Assignment.State
LATER = AT + timedelta(days=5)
ON = timezone.localdate(LATER)
CHANGE = {"verdict": "scored", "value": 1, "reason": "Les comptes ne sont pas joints.", "version": 0}


def entered(row: Assignment, **changes: Any) -> RereadEntry:
    """How that member answered, noted by the secretariat: by phone, read back at once."""
    parts = {
        "means": "phone",
        "code": str(code_of(row)),
        "read_back_on": ON,
        "scan": None,
        "has_choices": True,
        "at": LATER,
        "by": factory.secretary(),
    }
    return actions.enter_rereading(assignment_pk=row.pk, **{**parts, **changes})


def changed(row: Assignment, by: Actor, criterion: str = "A1.2") -> Score:
    return actions.change_score(assignment_pk=row.pk, criterion=criterion, **CHANGE, at=LATER, by=by)


def test_choices_are_typed_for_the_member_who_is_told_and_may_still_correct() -> None:
    row, by = factory.discussing()[0], factory.secretary()
    entered(row, by=by)
    score = changed(row, by.standing_for(row.mandate.user))

    assert (score.round, score.value, score.change_reason) == (2, 1, CHANGE["reason"])
    event = Event.objects.get(subject=subject_key(row), move="enter_rereading")
    assert (event.on_behalf_of, event.role) == (subject_key(row.mandate.user), Role.SECRETARIAT)
    assert Mail.objects.filter(kind="rereading", recipient=row.mandate.user).count() == 1
    assert Assignment.objects.get(pk=row.pk).state == State.REOPENED
    kept = actions.keep_score(
        assignment_pk=row.pk, criterion="A1.2", version=1, first=True, at=LATER, by=factory.member_actor(row)
    )
    assert (kept.value, kept.change_reason) == (3, "")
    actions.end_discussion(application_pk=row.application_id, at=LATER, by=by)
    assert Assignment.objects.get(pk=row.pk).state == State.FINAL


def test_nothing_is_typed_before_it_is_said_how_the_member_answered() -> None:
    row, by = factory.discussing()[0], factory.secretary()
    with pytest.raises(Blocked, match="comment la personne a répondu"):
        changed(row, by.standing_for(row.mandate.user))
    assert not Score.objects.filter(assignment=row, round=2).exists()


def test_nobody_ends_the_rereading_of_somebody_else() -> None:
    row, by = factory.discussing()[0], factory.secretary()
    entered(row, by=by)
    for actor in (by, by.standing_for(row.mandate.user)):
        with pytest.raises(NotAllowed):
            actions.finish_rereading(assignment_pk=row.pk, at=LATER, by=actor)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"means": "pigeon"}, "means"),
        ({"means": "post"}, "scan"),
        ({"means": "post", "scan": proof("relecture.pdf"), "code": " "}, "code"),
        ({"code": "GR-1-1-1-1-00"}, "code"),
        ({"has_choices": False}, "choices"),
        ({"read_back_on": None}, "read_back_on"),
        ({"read_back_on": ON + timedelta(days=1)}, "read_back_on"),
        ({"read_back_on": timezone.localdate(AT)}, "read_back_on"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_kept(changes, code) -> None:
    row = factory.discussing()[0]
    with pytest.raises(Blocked) as refused:
        entered(row, **changes)
    assert [reason.code for reason in refused.value.reasons] == [code]
    assert not RereadEntry.objects.exists()
    assert not Mail.objects.filter(kind="rereading").exists()


def test_only_the_secretariat_types_and_never_the_case_officer_of_the_dossier() -> None:
    row, colleague = factory.discussing()[:2]
    officer = staff(Role.SECRETARIAT)
    type(row.application).objects.filter(pk=row.application_id).update(case_officer=officer)
    for by in (
        Actor(officer, Role.SECRETARIAT),
        factory.ethics_officer(),
        factory.member_actor(row),
        factory.member_actor(colleague),
    ):
        with pytest.raises(NotAllowed):
            entered(row, by=by)


def test_before_and_after_the_discussion_nothing_is_typed() -> None:
    row = factory.submitted()
    with pytest.raises(Blocked, match="pas encore ouverte"):
        entered(row)
    row = factory.discussing()[0]
    actions.end_discussion(application_pk=row.application_id, at=LATER, by=factory.secretary())
    with pytest.raises(Blocked, match="définitives"):
        entered(row)


def test_a_sheet_that_came_by_post_is_kept_with_its_scan() -> None:
    row = factory.discussing()[0]
    entry = entered(row, means="post", scan=proof("relecture.pdf"))
    assert entry.scan.name == "relecture.pdf"
    changed(row, factory.secretary().standing_for(row.mandate.user))
    entered(row, means="post", has_choices=False)  # completed later: the scan that is kept is enough
    assert Mail.objects.filter(kind="rereading").count() == 1
    assert RereadEntry.objects.get().scan_id == entry.scan_id


# --- the pages ------------------------------------------------------------------------------------------------


@pytest.fixture
def now_discussing() -> list[Assignment]:
    return factory.discussing(values=(3, 0), at=timezone.now() - timedelta(days=9))


def test_the_page_keeps_all_that_was_typed_or_nothing(client: Client, now_discussing) -> None:
    row = now_discussing[0]
    signed_in(client, factory.secretary().user)
    address = reverse("staff_reread", args=[row.application.reference, row.pk])
    shown = client.get(address)
    assert row.mandate.user.last_name in shown.content.decode()
    form = next(one for one in shown.context["problem_forms"][1:] if one.row.code == "A1.2")
    today = timezone.localdate()
    nothing = {"means": "phone", "read_back_on": f"{today:%d/%m/%Y}"}
    assert "Recopiez au moins un choix" in client.post(address, nothing).content.decode()
    colleague = {**nothing, "code": str(code_of(now_discussing[1])), form.add_prefix("choice"): "keep"}
    assert "autre personne du panel" in client.post(address, colleague).content.decode()
    assert not RereadEntry.objects.exists()
    data = {
        "means": "phone",
        "read_back_on": f"{today:%d/%m/%Y}",
        form.add_prefix("choice"): "change",
        form.add_prefix("note"): "1",
        form.add_prefix("version"): "0",
    }
    refused = client.post(address, data)
    assert refused.status_code == 200
    assert "dites pourquoi" in refused.content.decode()
    assert not RereadEntry.objects.exists()
    assert client.post(address, {**data, form.add_prefix("reason"): "Relu ensemble."}).status_code == 302
    assert Score.objects.get(assignment=row, round=2).value == 1
    assert RereadEntry.objects.get().means == "phone"


def test_the_page_is_for_the_secretariat_while_the_discussion_is_open(client: Client, now_discussing) -> None:
    row, reference = now_discussing[0], now_discussing[0].application.reference
    addresses = [reverse(name, args=[reference, row.pk]) for name in ("staff_reread", "staff_reread_pdf")]
    for user in (row.mandate.user, staff(Role.ETHICS_OFFICER), staff(Role.SIGNATORY)):
        signed_in(client, user)
        assert {client.get(address).status_code for address in addresses} == {404}
    signed_in(client, factory.secretary().user)
    assert {client.get(address).status_code for address in addresses} == {200}
    actions.end_discussion(application_pk=row.application_id, at=timezone.now(), by=factory.secretary())
    assert {client.get(address).status_code for address in addresses} == {404}


def test_the_sheet_shows_the_scores_of_the_group_without_a_name() -> None:
    panel = factory.discussing(values=(3, 0))
    row = panel[0]
    rows = Score.objects.filter(assignment__application=row.application).select_related("assignment")
    shown = lines(criteria(row.application.edition, row.snapshot), rows, {"A1.2": ["écart"]}, mine=row)
    for large in (False, True):
        text = pdf_words(printed_rereading(row, shown, large_print=large))
        assert "Je garde ma note" in text
        assert "vous : 3" in text.replace("\u00a0", " ")
        for other in panel:
            assert other.mandate.user.last_name not in text


def test_the_sheet_is_in_french_and_tells_the_first_round(client: Client, now_discussing) -> None:
    row = now_discussing[0]
    actions.change_score(
        assignment_pk=row.pk, criterion="A1.2", **CHANGE, at=timezone.now(), by=factory.member_actor(row)
    )
    signed_in(client, factory.secretary().user)
    client.cookies.load({settings.LANGUAGE_COOKIE_NAME: "en"})
    answer = client.get(reverse("staff_reread_pdf", args=[row.application.reference, row.pk]))
    text = pdf_words(answer.content).replace("\u00a0", " ")
    assert "vous : 1 (premier tour : 3)" in text
    assert "Je reviens à ma première note : 3" in text
    assert "you:" not in text
    assert "Patient A" in text


def test_keeping_keeps_the_score_shown_and_going_back_is_said(client: Client, now_discussing) -> None:
    row = now_discussing[0]
    by, now = factory.member_actor(row), timezone.now()
    actions.change_score(assignment_pk=row.pk, criterion="A1.2", **CHANGE, at=now, by=by)
    signed_in(client, row.mandate.user)
    address = reverse("committee_reread", args=[row.pk])
    name, version = "A1-2-choice", {"A1-2-version": "1"}
    assert "Je reviens à ma première note : 3" in plain(client.get(address).content.decode())
    client.post(address, {name: "keep", "A1-2-note": "1", "A1-2-reason": CHANGE["reason"], **version})
    second = Score.objects.get(assignment=row, criterion="A1.2", round=2)
    assert (second.value, second.change_reason, second.version) == (1, CHANGE["reason"], 1)
    client.post(address, {name: "back", "A1-2-note": "1", "A1-2-reason": CHANGE["reason"], **version})
    second.refresh_from_db()
    assert (second.value, second.change_reason) == (3, "")
    assert "Je reviens à ma première note" not in plain(client.get(address).content.decode())
