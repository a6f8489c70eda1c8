"""Preparing an act on a label: its reasons are those of every act, its terms lie beside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from certificates.actions.hearings import held_label
from certificates.checklist import missing_to_check, missing_to_prepare
from certificates.models import Ground, Label, Measure
from certificates.rules import require_on_label
from decisions.actions import UNDER_WAY, write
from decisions.content import Content, content_of
from decisions.models import Decision
from journal.moves import Actor, note
from journal.refusals import Blocked, Stale, block_unless_empty
from journal.wording import is_blank
from label.answers import token
from structures.models import Solution


@dataclass(frozen=True)
class Terms:
    """The columns of `certificates.models.Measure` that a person chooses; keys for the rows that it names."""

    hearing_id: int | None = None
    withdrawal_id: int | None = None
    ground_pks: tuple[int, ...] = ()
    renewal_id: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    urgency_reason: str = ""
    public_reason: str = ""
    what_lifts_it: str = ""
    legal_effect: str = ""
    answers_to_observations: str = ""
    successor_id: int | None = None
    event_on: date | None = None
    event_proof: str = ""

    def text(self) -> str:
        """All the terms as one text, as they are kept: what a version token covers."""
        parts = asdict(self) | {"ground_pks": tuple(sorted(self.ground_pks))}
        return repr({name: _kept(value) for name, value in parts.items()})


def _kept(value: Any) -> Any:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


COLUMNS = tuple(field.name for field in fields(Terms) if field.name != "ground_pks")
EVENT = (
    "event_on",
    "event_proof",
    "successor_id",
)  # what the second person read: a change asks for another look


@transaction.atomic
def prepare_measure(
    *,
    label_pk: int,
    kind: str,
    content: Content,
    terms: Terms,
    seen: str | None = None,
    at: datetime,
    by: Actor,
) -> Measure:
    """Open an act on a label, or write the one being prepared anew; nothing is sent, nothing changes yet.

    `seen` is `token_of_measure` of what the page showed, None for a caller that read no page. Raises `NotAllowed`;
    `Stale` with the act when somebody else changed it since; `Blocked` when the label is not in a state where such an
    act can be taken; `TransitionNotAllowed` when a signed act of that kind waits to be notified.
    """
    label = held_label(label_pk)
    by = require_on_label("certificates.prepare_measure", by, label, on=timezone.localdate(at))
    return write_measure(label, kind=kind, content=content, terms=terms, seen=seen, at=at, by=by)


def write_measure(
    label: Label,
    *,
    kind: str,
    content: Content,
    terms: Terms,
    seen: str | None = None,
    at: datetime,
    by: Actor,
) -> Measure:
    """The gear of `prepare_measure`, for a caller that holds the label and has checked who may; raises the same."""
    if content.kind != kind:
        raise Blocked([_("Cette action n'existe pas.")])
    block_unless_empty(missing_to_prepare(label, kind, on=timezone.localdate(at)))
    _own_rows_only(label, terms)
    before = act_under_way(label, kind)
    if before is not None and before.withdrawal_id not in (None, terms.withdrawal_id):
        raise Blocked([_("Cet acte met fin à une procédure : il s'écrit sur la page de la procédure.")])
    is_open = before is not None and before.decision.state == Decision.State.PREPARED
    if before is not None and is_open and seen is not None and seen != token_of_measure(before):
        if content_of(before.decision).text() == content.text() and terms_of(before).text() == terms.text():
            return before
        raise Stale(before)
    decision = write(application=label.application, content=content, at=at, by=by)
    measure, _created = Measure.objects.get_or_create(decision=decision, defaults={"label": label})
    if any(getattr(measure, name) != getattr(terms, name) for name in EVENT):
        measure.checked_by = measure.checked_at = None
    for name in COLUMNS:
        setattr(measure, name, _kept(getattr(terms, name)))
    measure.save()
    measure.grounds.set(terms.ground_pks)
    if kind == Decision.Kind.TRANSFER:
        decision.solutions.set(_continued(label, terms.successor_id))
    return measure


def _continued(label: Label, successor_pk: int | None) -> QuerySet[Solution]:
    """The solutions recognised by the label, and by the one that the successor of a merger already holds."""
    labels = [label, *Label.objects.live().filter(structure=successor_pk)]
    return Solution.objects.filter(recognitions__label__in=labels).distinct()


def act_under_way(label: Label, kind: str) -> Measure | None:
    """The act of that kind that is being prepared on that label, or signed and not yet notified; None without."""
    return (
        Measure.objects.filter(label=label, decision__kind=kind, decision__state__in=UNDER_WAY)
        .select_related("decision")
        .first()
    )


def terms_of(measure: Measure) -> Terms:
    """The terms as they are kept."""
    kept = {name: getattr(measure, name) for name in COLUMNS}
    return Terms(**kept, ground_pks=tuple(measure.grounds.order_by("pk").values_list("pk", flat=True)))


def token_of_measure(measure: Measure | None) -> str:
    """What a page carries to say which act it shows, reasons and terms; also before any act."""
    if measure is None:
        return token(0, "")
    return token(measure.decision_id, content_of(measure.decision).text() + terms_of(measure).text())


def _own_rows_only(label: Label, terms: Terms) -> None:
    """An act names a hearing, grounds and a procedure of its own label: anything else is no choice of the page."""
    foreign = [
        terms.hearing_id and not label.hearings.filter(pk=terms.hearing_id).exists(),
        terms.withdrawal_id and not label.withdrawals.filter(pk=terms.withdrawal_id).exists(),
        Ground.objects.filter(pk__in=terms.ground_pks).exclude(hearing__label=label).exists(),
        Ground.objects.filter(pk__in=terms.ground_pks).count() != len(set(terms.ground_pks)),
    ]
    if any(foreign):
        raise Blocked([_("Ce choix n'existe pas pour ce label.")])


@transaction.atomic
def check_event(*, measure_pk: int, at: datetime, by: Actor) -> Measure:
    """A second person read the proof of a dissolution or a merger (domain 5.1). Raises `NotAllowed`, `Blocked`."""
    on = timezone.localdate(at)
    label = held_label(Measure.objects.values_list("label_id", flat=True).get(pk=measure_pk))
    measure: Measure = label.measures.select_related("decision").get(pk=measure_pk)
    require("certificates.check_event", by, label, on=on)
    block_unless_empty(missing_to_check(measure, by.person, on=on))
    if measure.checked_by_id is None:
        measure.checked_by, measure.checked_at = by.person, at
        measure.save(update_fields=["checked_by", "checked_at"])
        note(measure.decision.held_with(label), what="check_event", at=at, by=by)
    return measure


@transaction.atomic
def give_up_measure(*, measure_pk: int, at: datetime, by: Actor) -> Measure:
    """The act being prepared is given up, with a reason (`by.reason`). Raises `NotAllowed`, `Blocked`."""
    label = held_label(Measure.objects.values_list("label_id", flat=True).get(pk=measure_pk))
    measure: Measure = label.measures.select_related("decision").get(pk=measure_pk)
    by = require_on_label("certificates.prepare_measure", by, label, on=timezone.localdate(at))
    if is_blank(by.reason):
        raise Blocked([_("Dites en une phrase pourquoi.")])
    measure.decision.held_with(label).abandon(by=by, at=at)
    measure.decision.save()
    return measure
