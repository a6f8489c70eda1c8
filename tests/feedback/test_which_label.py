"""The label of a report: continued by another one, or badly copied; who holds it today answers the facts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from certificates.models import Label, Withdrawal
from certificates.succession import label_today
from feedback import actions
from feedback.due import BATCH, forget_who_reported
from feedback.models import Report, Source
from journal.models import Event, Reason
from journal.moves import subject_key
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from letters.actions import write_message
from letters.models import Exchange, Mail
from structures.models import Structure
from tests.factories import certificates, decisions, feedback, measures, renewals
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.structures import choosing, representative_of
from tests.feedback.test_pages import tasks
from tests.reading import words
from workflows.todo import Reader, todo_for

pytestmark = pytest.mark.django_db


def told_to(structure: Structure) -> set[str]:
    person = structure.representative()
    reader = Reader(person, timezone.localdate(), frozenset(), (structure.pk,))
    return {task.key.rpartition("-")[0] for task in todo_for(reader, "space")}


def test_after_a_merger_the_facts_are_put_to_who_holds_the_label_today() -> None:
    now = timezone.now()
    world = feedback.World(label=certificates.label(at=now - timedelta(days=9)), at=now)
    new = measures.taken_over(world.label, at=now - timedelta(days=2))
    absorbed, successor = world.label.structure, new.structure
    Mail.objects.all().delete()
    report = feedback.under_inquiry(world)
    assert report.asked.subject == subject_key(new)
    assert told_to(successor) >= {"label-message"} and "message" not in told_to(absorbed)
    told = {mail.recipient_id for mail in Mail.objects.filter(kind="message")}
    assert successor.representative().pk in told and absorbed.representative().pk not in told

    page = reverse("exchanges", args=[report.asked.subject])
    theirs = choosing(signed_in(Client(), successor.representative()), successor)
    assert page in theirs.get(reverse("space_messages")).content.decode()
    assert feedback.FACTS in words(theirs.get(page))
    former = choosing(signed_in(Client(), absorbed.representative()), absorbed)
    assert former.get(page).status_code == 404
    listed = words(former.get(reverse("space_messages")))
    assert "Nouveau message" not in listed and new.number not in listed

    by = representative_of(successor)
    Mail.objects.all().delete()
    write_message(record=report.asked.subject, text="Cette personne est partie.", at=world.at, by=by)
    assert world.other.pk in {mail.recipient_id for mail in Mail.objects.filter(kind="message")}
    assert "report-answer" in tasks(world.other)
    given = {"conclusion": "founded", "measure": "withdrawal", "reasons": "Elle le reconnaît."}
    given |= {"told": feedback.TOLD, "answer": feedback.ANSWER}
    with pytest.raises(Blocked, match="rattachez le signalement"):
        actions.propose(report_pk=report.pk, **given, at=world.at, by=world.officer)
    why = world.officer.because("La fusion.")
    report = actions.change_label(report_pk=report.pk, label=new, at=world.at, by=why)
    assert Exchange.objects.filter(text__contains=feedback.FACTS).count() == 1  # it had them already
    report = actions.propose(report_pk=report.pk, **given, at=world.at, by=world.officer)
    seen = Report.objects.get(pk=report.pk).proposed_at.isoformat()
    actions.confirm(report_pk=report.pk, seen=seen, at=world.at, by=world.signing)
    assert Withdrawal.objects.get().label == new
    last = Exchange.objects.filter(text=feedback.TOLD).get()
    assert last.subject == subject_key(new)


def renewed(label: Label) -> Label:
    """The label that follows that one, in force before the old one ends."""
    on = label.ends_on - timedelta(days=200)
    application = renewals.filed(renewals.draft(label, on=on), on=on)
    decisions.receive(renewals.decided(application, on=on), at=renewals.noon(on))
    return Label.objects.get(previous=label)


def test_a_report_on_a_renewed_label_is_attached_to_the_one_that_follows_on_the_page() -> None:
    world = feedback.World()
    new = renewed(world.label)
    assert label_today(world.label) == new
    report = feedback.qualified(world)
    page = reverse("staff_report", args=[report.reference])
    client = signed_in(Client(), world.other)
    shown = client.get(page)
    assert f"Le label {world.label.number} est remplacé par le label {new.number}" in words(shown)
    assert f'value="{new.number}"' in shown.content.decode()
    given = {"go": "change_label", "change_label-label": new.number}
    client.post(page, {**given, "change_label-reason": "\u200b"})
    assert Report.objects.get(pk=report.pk).label == world.label
    client.post(page, {**given, "change_label-reason": "Le label a été renouvelé."})
    report = Report.objects.get(pk=report.pk)
    assert report.label == new
    event = Event.objects.get(move="change_label")
    assert Reason.objects.get(event=event).text == "Le label a été renouvelé."
    assert "Rattaché à un autre label" in words(client.get(page))
    assert f'value="{new.number}"' not in client.get(page).content.decode()


def test_a_number_badly_copied_leads_to_every_outcome_and_the_right_association_answers() -> None:
    world = feedback.World(at=timezone.now())
    right = certificates.label()
    report = feedback.answered(world)
    second, _code = feedback.filed(world)
    actions.link(report_pk=second.pk, first=report, at=world.at, by=world.officer)
    given = {"report_pk": report.pk, "label": right, "at": world.at}
    stranger = acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)
    for nobody in (stranger, acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)):
        with pytest.raises(NotAllowed):
            actions.change_label(**given, by=nobody.because("Le numéro."))
    for wrong in ({"label": None}, {"label": world.label}):
        with pytest.raises(Blocked, match="autre label"):
            actions.change_label(**{**given, **wrong}, by=world.officer.because("Le numéro."))
    with pytest.raises(Blocked, match="pourquoi"):
        actions.change_label(**given, by=world.officer.because(" "))
    with pytest.raises(Blocked, match="suit celui auquel"):
        actions.change_label(**{**given, "report_pk": second.pk}, by=world.signing.because("Le numéro."))

    report = actions.change_label(**given, by=world.signing.because("Le numéro était mal copié."))
    assert set(Report.objects.values_list("label", flat=True)) == {right.pk}
    assert report.asked.subject == subject_key(right.application)
    assert report.asked.author == world.other  # the officer of the report wrote it
    conclusion = {"conclusion": "founded", "measure": "withdrawal", "reasons": "Elle le reconnaît."}
    conclusion |= {"told": feedback.TOLD, "answer": feedback.ANSWER, "at": world.at, "by": world.officer}
    with pytest.raises(Blocked, match="n'a pas ouvert"):
        actions.propose(report_pk=report.pk, **conclusion)
    by = representative_of(right.structure)
    write_message(record=right.application, text="C'est exact.", at=world.at, by=by)
    actions.propose(report_pk=report.pk, **conclusion)
    seen = Report.objects.get(pk=report.pk).proposed_at.isoformat()
    actions.confirm(report_pk=report.pk, seen=seen, at=world.at, by=world.signing)
    assert Withdrawal.objects.get().label == right
    with pytest.raises(Blocked, match="ne change plus"):
        actions.change_label(**{**given, "label": world.label}, by=world.signing.because("Encore."))


def test_nobody_gives_a_report_to_a_label_that_they_handle() -> None:
    """Domain 5.2 rule 1: the usual officer of a label never follows a report about it, not even by attaching it."""
    world = feedback.World()
    right = certificates.label()
    Application.objects.filter(pk=right.application_id).update(case_officer=world.other)
    report = feedback.qualified(world)
    given = {"report_pk": report.pk, "label": right, "at": world.at}
    for by in (world.officer, world.signing):
        with pytest.raises(Blocked, match="confiez-le d'abord"):
            actions.change_label(**given, by=by.because("Le numéro."))
    third = staff(Role.CASE_OFFICER)
    why = world.signing.because("Elle suit l'autre label.")
    actions.hand_over(report_pk=report.pk, officer=third, at=world.at, by=why)
    actions.change_label(**given, by=world.signing.because("Le numéro."))
    assert (
        signed_in(Client(), world.other).get(reverse("staff_report", args=[report.reference])).status_code
        == 404
    )


def test_who_reported_is_forgotten_for_all_that_is_due_and_one_in_trouble_stops_none() -> None:
    world = feedback.World()
    ended = feedback.qualified(world)
    actions.set_aside(report_pk=ended.pk, answer=feedback.ANSWER, at=world.at, by=world.officer)
    others = [feedback.filed(world)[0].pk for _ in range(3)]
    Report.objects.filter(pk__in=others).update(duplicate_of=ended)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("feedback.due.BATCH", 2)
        forget_who_reported(world.at + timedelta(days=220))
    assert BATCH > 2
    assert not Source.objects.filter(erased_at=None).exists()
    Source.objects.filter(report__in=others[:2]).update(erased_at=None, name=feedback.NAME)
    Source.objects.filter(report=others[0]).update(name="x" * 10)
    from journal.models import Thread

    broken = Report.objects.get(pk=others[0]).thread_id
    Thread.objects.filter(pk=broken).update(length=0)  # its next event would take a place that is taken
    with pytest.raises(RuntimeError, match=f"not done: \\[{others[0]}\\]"):
        forget_who_reported(world.at + timedelta(days=221))
    left = Source.objects.filter(erased_at=None)
    assert list(left.values_list("report_id", flat=True)) == [others[0]]
