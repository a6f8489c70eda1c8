"""Hearings and acts on a label, at each stage, through the real actions of the room of labels."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from certificates import actions
from certificates.models import Hearing, Label, Measure
from decisions import actions as acts
from decisions.content import Content
from decisions.models import Decision
from journal.models import Thread
from journal.moves import Actor
from label.models import Application
from label.snapshots import freeze
from letters.models import Letter
from letters.registry import receipts
from structures.models import RegisterCheck, Structure
from tests.factories import charter as charters
from tests.factories import decisions
from tests.factories import label as dossiers
from tests.factories.accounts import acting, signatory, staff
from tests.factories.structures import AT, PDF, representative_of, structure

GROUND = actions.GroundContent(
    fact="La permanence du mardi n'a pas ouvert depuis trois mois.",
    text_breached="Condition 2 du label : l'action reconnue continue.",
    source="Deux personnes venues à la permanence",
    occurred_on=AT.date(),
)
URGENT = (
    "Des personnes reçoivent des conseils qui les écartent de leurs soins, ce qui les met en danger. " * 4
)


def officer_of(label: Label) -> Actor:
    """The case officer of the dossier of that label."""
    return decisions.officer_of(label.application)


def invited(label: Label, measure: str = "suspend", *, at: datetime = AT, days: int = 30) -> Hearing:
    """The association, invited to answer by letter L13b."""
    return actions.notify_grounds(
        label_pk=label.pk, measure=measure, grounds=[GROUND], days=days, at=at, by=officer_of(label)
    )


def received(letter: Letter | None, *, at: datetime = AT) -> None:
    """That letter was received that day, as the room of letters records it."""
    assert letter is not None
    on = timezone.localdate(at)
    with transaction.atomic():
        Thread.objects.hold(letter.thread_id)
        Letter.objects.filter(pk=letter.pk).update(received_on=on)
        letter.refresh_from_db()
        receipts[letter.code](letter=letter, received_on=on, presumed=False, at=at, by=Actor.system())


def by_post(received_on: date, *, posted_on: date | None = None) -> dict[str, Any]:
    """How an answer came by post: its day, its postmark (the same day unless told) and its copy."""
    return {
        "means": "post",
        "received_on": received_on,
        "postmarked_on": posted_on or received_on,
        "file": SimpleUploadedFile("reponse.pdf", PDF, content_type="application/pdf"),
    }


def heard(label: Label, measure: str = "suspend", *, at: datetime = AT) -> Hearing:
    """A hearing whose time passed without an answer, closed; `at` is the day of the invitation."""
    hearing = invited(label, measure, at=at)
    received(hearing.letter, at=at)
    later = at + timedelta(days=hearing.days + settings.OBSERVATIONS_POST_DAYS + 1)
    return actions.close_hearing(hearing_pk=hearing.pk, at=later, by=officer_of(label))


def content(kind: str, **changes: Any) -> Content:
    """The reasons of an act on a label; `due_on` of its one condition when it sets any."""
    parts: dict[str, Any] = {
        "kind": kind,
        "reasons_in_law": decisions.IN_LAW,
        "reasons_in_fact": decisions.IN_FACT,
    }
    return Content(**{**parts, **changes})


def one_condition(due_on: date) -> list[tuple[str, str, date]]:
    """A condition to set."""
    return [("Rouvrir la permanence du mardi.", "Le calendrier publié", due_on)]


def terms(kind: str, label: Label, *, at: datetime = AT, **changes: Any) -> actions.Terms:
    """Complete terms of an act of that kind; those of a suspension are urgent unless a hearing is given."""
    on = timezone.localdate(at)
    parts: dict[str, Any] = {}
    if kind == "suspend":
        parts = {
            "ends_on": on + timedelta(days=80),
            "public_reason": "being_checked",
            "what_lifts_it": "La permanence rouvre, et son calendrier est publié.",
            "urgency_reason": "" if "hearing_id" in changes else URGENT,
        }
    if "hearing_id" in changes:
        hearing = Hearing.objects.get(pk=changes["hearing_id"])
        parts["ground_pks"] = tuple(hearing.grounds.values_list("pk", flat=True))
    return actions.Terms(**{**parts, **changes})


def prepared(label: Label, kind: str, *, at: datetime = AT, conditions: Any = (), **changes: Any) -> Measure:
    """An act on that label, being prepared."""
    return actions.prepare_measure(
        label_pk=label.pk,
        kind=kind,
        content=content(kind, conditions=tuple(conditions)),
        terms=terms(kind, label, at=at, **changes),
        at=at,
        by=officer_of(label),
    )


def signed(
    label: Label,
    kind: str,
    *,
    at: datetime = AT,
    by: User | None = None,
    checked_by: Actor | None = None,
    **changes: Any,
) -> Decision:
    """An act on that label, signed; `checked_by` is the second person when the kind asks for one."""
    measure = prepared(label, kind, at=at, **changes)
    if checked_by is not None:
        actions.check_event(measure_pk=measure.pk, at=at, by=checked_by)
    acts.send_for_signature(decision_pk=measure.decision_id, at=at, by=officer_of(label))
    signer = acting(by or signatory(), Role.SIGNATORY)
    return acts.sign(decision_pk=measure.decision_id, at=at, by=signer)


def notified(
    label: Label, kind: str, *, at: datetime = AT, received_at: datetime | None = None, **changes: Any
) -> Decision:
    """An act on that label, whose letter was received the same day or the given one."""
    decision = signed(label, kind, at=at, **changes)
    return decisions.receive(decision, at=received_at or at)


def fresh(label: Label) -> Label:
    """That label read again."""
    return Label.objects.get(pk=label.pk)


def taken_over(label: Label, *, at: datetime = AT + timedelta(days=2)) -> Label:
    """The label of the structure that takes over the action of that label, by a merger told of that day."""
    found = structure(name="Nouveau Souffle")
    charters.signature(found, at=at)
    checked(found, at=at)
    event = {"event_on": at.date(), "event_proof": "Traité de fusion"}
    other = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    notified(label, "transfer", at=at, checked_by=other, successor_id=found.pk, **event)
    return Label.objects.get(previous=label)


def checked(found: Structure, *, at: datetime = AT) -> RegisterCheck:
    """What the register said of that structure, confirmed by a person."""
    return RegisterCheck.objects.create(
        structure=found,
        source="rna",
        result=RegisterCheck.Result.MATCH,
        asked_at=at,
        conclusion=RegisterCheck.Conclusion.CONFIRMED,
        concluded_by=staff(Role.CASE_OFFICER),
        concluded_at=at,
    )


def renewal(label: Label, *, at: datetime) -> Application:
    """A renewal of that label, filed that day and not decided."""
    structure, officer = label.structure, label.application.case_officer
    application = dossiers.draft(structure, kind=Application.Kind.RENEWAL, at=at)
    signed_charter = charters.signature(structure, at=at)
    with transaction.atomic():
        application = Application.objects.hold(application.pk)
        application.charter_signature, application.case_officer = signed_charter, officer
        freeze(application, signed_charter, at=at)
        application.submit(by=representative_of(structure), at=at)
        application.save()
        Label.objects.filter(pk=label.pk).update(renewal_filed_on=timezone.localdate(at))
    return application
