"""Changes told at any time, and the watch of the registers: each leads to a task, never to an act."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from certificates import actions
from certificates.models import Change, Label, RegisterAlert
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from letters.models import Mail
from structures.actions import replace_representative
from structures.models import RegisterEntry
from tests.factories import certificates, follow_ups, measures
from tests.factories.accounts import acting, person, signatory, staff
from tests.factories.letters import an_upload
from tests.factories.structures import (
    AT,
    member,
    member_of,
    officers_read,
    proof,
    register_entry,
    representative_of,
)

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=100)


def declared(label: Label, kind: str = "officers", *, days_ago: int = 5, **more: Any) -> Change:
    more.setdefault("by", representative_of(label.structure))
    return actions.declare_change(
        label_pk=label.pk,
        kind=kind,
        happened_on=(LATER - timedelta(days=days_ago)).date(),
        text="Une nouvelle présidente.",
        at=LATER,
        **more,
    )


def test_a_change_is_declared_read_by_somebody_else_and_done() -> None:
    """Domain 5.3: the solution changes nature, the structure merges: a person always has something to do."""
    label = certificates.label()
    structure = label.structure
    editor, reader = (
        member_of(structure, member(structure)),
        member_of(structure, member(structure, role="reader")),
    )
    for by in (reader, acting(person(), "representative"), acting(signatory(), Role.SIGNATORY)):
        with pytest.raises(NotAllowed):
            declared(label, by=by)
    late = declared(label, "merger", days_ago=60, by=editor, upload=an_upload())
    assert late.is_late and not declared(label).is_late
    assert Mail.objects.filter(kind="change_received").count() == 4
    officer = follow_ups.officer()
    with pytest.raises(Blocked, match="demande une suite"):
        actions.read_change(change_pk=late.pk, conclusion="Vu.", next_step="nothing", at=LATER, by=officer)
    with pytest.raises(Blocked, match="conclusion"):
        actions.read_change(change_pk=late.pk, conclusion=" ", next_step="holder", at=LATER, by=officer)
    actions.read_change(change_pk=late.pk, conclusion="Fusion.", next_step="holder", at=LATER, by=officer)
    with pytest.raises(Blocked, match="déjà lu"):
        actions.read_change(change_pk=late.pk, conclusion="Fusion.", next_step="holder", at=LATER, by=officer)
    done = actions.finish_change(change_pk=late.pk, done="Transfert préparé.", at=LATER, by=officer)
    assert done.done_by == officer.user
    with pytest.raises(Blocked):
        actions.finish_change(change_pk=late.pk, done="Encore.", at=LATER, by=officer)
    typed = declared(label, "solution", by=officer, means="phone")
    with pytest.raises(NotAllowed):  # who typed it does not read it
        actions.read_change(change_pk=typed.pk, conclusion="Vu.", next_step="scope", at=LATER, by=officer)


def test_what_if_the_solution_changes_nature() -> None:
    """Domain 5.3: its scope is looked at again, and the label is suspended at once when people are in danger."""
    label = certificates.label()
    told = declared(label, "solution")
    assert not told.is_late
    officer = measures.officer_of(label)
    facts = {"change_pk": told.pk, "at": LATER, "by": officer}
    with pytest.raises(Blocked, match="demande une suite"):
        actions.read_change(conclusion="Vu.", next_step="nothing", **facts)
    actions.read_change(conclusion="L'action devient un dispositif médical.", next_step="scope", **facts)
    assert measures.fresh(label).state == "in_force"  # nobody loses a label for telling
    measures.notified(label, "suspend", at=LATER)
    assert measures.fresh(label).state == "suspended"
    done = actions.finish_change(done="Suspendu ; le comité reverra ce qui est reconnu.", **facts)
    assert done.done_by == officer.user


def test_what_if_a_court_orders_the_liquidation() -> None:
    """Domain 5.3: as a dissolution; the liquidator whom the judgment names represents, answers and receives."""
    label = certificates.label()
    structure, ended = label.structure, (AT + timedelta(days=5)).date()
    liquidator = person(first_name="Claire", last_name="Vasseur")
    officers_read(structure, liquidator, answer="court", at=AT + timedelta(days=5))
    replace_representative(
        structure_pk=structure.pk,
        user=liquidator,
        quality="Liquidatrice judiciaire",
        proof=proof("jugement.pdf"),
        reason="Jugement d'ouverture de la liquidation.",
        at=AT + timedelta(days=5),
        by=measures.officer_of(label),
    )
    hearing = measures.heard(label, "lapse", at=AT + timedelta(days=6))
    assert hearing.letter.addressee == liquidator
    event = {"event_on": ended, "event_proof": "Jugement du tribunal judiciaire", "hearing_id": hearing.pk}
    other = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    act = measures.signed(label, "lapse", at=AT + timedelta(days=45), checked_by=other, **event)
    assert act.letter.addressee == liquidator
    assert (measures.fresh(label).state, measures.fresh(label).ended_on) == ("lapsed", ended)


def test_a_change_that_cannot_be_is_refused_and_writes_nothing() -> None:
    label = certificates.label()
    by = representative_of(label.structure)
    before = Event.objects.count()
    for kind, days_ago, text in (
        ("nothing", 5, "x"),
        ("seat", 400, "x"),
        ("seat", -2000, "x"),
        ("seat", 5, "\u200b "),
    ):
        with pytest.raises(Blocked):
            actions.declare_change(
                label_pk=label.pk,
                kind=kind,
                happened_on=(LATER - timedelta(days=days_ago)).date(),
                text=text,
                at=LATER,
                by=by,
            )
    certificates.moved(label, "relinquish")
    with pytest.raises(Blocked, match="terminé"):
        declared(label)
    assert Change.objects.count() == 0 and Event.objects.count() == before + 1


def gone(label: Label, **facts: Any) -> RegisterEntry:
    return register_entry(label.structure.number(), **{"position": "D", **facts})


def test_the_watch_finds_who_is_gone_in_as_many_queries_and_alerts_once() -> None:
    labels = [certificates.label() for _ in range(3)]
    ended = certificates.label()
    certificates.moved(ended, "relinquish")
    gone(ended)
    register_entry(labels[2].structure.number())  # alive
    with CaptureQueriesContext(connection) as none_found:
        assert actions.watch_registers(LATER) == 0
    gone(labels[0], dissolved_on=AT.date())
    gone(labels[1], position="R", replaced_by="W751999999")

    assert actions.watch_registers(LATER) == 2
    assert actions.watch_registers(LATER) == 0  # run again: nothing more
    with CaptureQueriesContext(connection) as known:
        actions.watch_registers(LATER)

    assert len(none_found) == len(known) == 2
    assert dict(RegisterAlert.objects.values_list("label", "kind")) == {
        labels[0].pk: "dissolved",
        labels[1].pk: "replaced",
    }
    assert set(Label.objects.live().values_list("pk", flat=True)) >= {labels[0].pk}  # never an act


def test_two_people_check_an_alert_with_proofs() -> None:
    """Domain 5.3, dissolution: the signal opens a task, two people check."""
    label = certificates.label()
    gone(label, dissolved_on=AT.date())
    actions.watch_registers(LATER)
    alert = RegisterAlert.objects.get()
    first, second = follow_ups.officer(), acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)

    def check(
        by: Any, holds: bool = True, words: str = "Annonce du JO du 4 janvier.", **more: Any
    ) -> RegisterAlert:
        return actions.check_alert(alert_pk=alert.pk, holds=holds, words=words, at=LATER, by=by, **more)

    with pytest.raises(NotAllowed):
        check(acting(signatory(), Role.SIGNATORY), upload=an_upload())
    with pytest.raises(Blocked) as refused:
        check(first, words=" ")
    assert {reason.code for reason in refused.value.reasons} == {"words", "file"}
    assert check(first, upload=an_upload()).state == "first_checked"
    with pytest.raises(NotAllowed):
        check(first, upload=an_upload())
    assert check(second, upload=an_upload()).state == "confirmed"
    with pytest.raises(Blocked):
        check(follow_ups.officer(), upload=an_upload())
    assert Label.objects.get(pk=label.pk).state == "in_force"
    other = certificates.label()
    gone(other)
    actions.watch_registers(LATER)
    alert = RegisterAlert.objects.get(label=other)
    assert check(second, holds=False, words="Une autre association, au nom voisin.").state == "false"
    assert actions.watch_registers(LATER) == 0  # set aside: the same fact opens nothing again
