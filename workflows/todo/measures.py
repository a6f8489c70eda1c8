"""What measures on a label ask for: from the association an answer, from the office a hearing, a reading, a check."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role
from certificates.models import Condition, Hearing, Label, Measure, MergerRequest
from decisions.models import Decision
from letters.models import Letter
from structures.models import Membership
from workflows.todo.engine import Found, Reader, Task, source
from workflows.todo.office.rows import mine, task

LABEL = "label__application__"
COLUMNS = {
    "dossier": f"{LABEL}pk",
    "reference": f"{LABEL}reference",
    "name": "label__structure__name",
}
OPEN = Q(closed_on=None, dropped_at=None, withdrawal=None)


def _answer(found: Found) -> Task:
    return Task(
        f"hearing-{found.row}",
        _("Répondre : une mesure est envisagée sur votre label"),
        found.reference,
        reverse("hearing", args=[found.row]),
        found.since,
        why=_("Vous pouvez répondre par écrit, être entendu, et vous faire assister."),
        action=_("Lire et répondre"),
        due_on=found.due_on,
    )


@source("space", moment="notified_at", tell=_answer, reference="label__number", due="answer_until")
def hearings_to_answer(reader: Reader) -> QuerySet[Any, Any]:
    """Invitations to answer before a measure, outside a withdrawal, until the association has said all."""
    return hearings_told(reader).filter(renewal=None)


def hearings_told(reader: Reader) -> QuerySet[Any, Any]:
    """Hearings outside a withdrawal that this person's association knows, and in which it has not said all."""
    held = Membership.objects.current().filter(user=reader.user, structure__in=reader.structures)
    labels = Label.objects.filter(structure__in=held.values("structure_id"))
    told = Q(letter__channel=Letter.Channel.ONLINE) | Q(letter__received_on__isnull=False)
    return Hearing.objects.filter(OPEN, told, complete_on=None, label__in=labels.values("pk"))


def _hear(found: Found) -> Task:
    url = reverse("staff_hearing", args=[found.row])
    return task(found, "hear", _("Entendre la structure avant une mesure"), url)


@source("staff", Role.CASE_OFFICER, moment="notified_at", tell=_hear, **COLUMNS)
def structures_to_hear(reader: Reader) -> QuerySet[Any, Any]:
    """Oral hearings that were asked for before a measure and not held."""
    return mine(reader, oral_to_hold().filter(renewal=None), LABEL)


def oral_to_hold() -> QuerySet[Any, Any]:
    """Hearings outside a withdrawal in which the association waits to be heard."""
    return Hearing.objects.filter(OPEN, oral_asked_on__isnull=False, oral_held_on=None, oral_waived_on=None)


def _conclude(found: Found) -> Task:
    url = reverse("staff_hearing", args=[found.row])
    return task(found, "heard", _("Décider après la réponse de la structure"), url)


@source("staff", Role.CASE_OFFICER, moment="notified_at", tell=_conclude, **COLUMNS)
def hearings_that_are_over(reader: Reader) -> QuerySet[Any, Any]:
    """Hearings closed on which no act rests yet, for a label that lives."""
    rests = Measure.objects.filter(hearing=OuterRef("pk")).exclude(decision__state=Decision.State.ABANDONED)
    over = Hearing.objects.filter(
        ~Exists(rests),
        closed_on__isnull=False,
        dropped_at=None,
        withdrawal=None,
        renewal=None,
        label__state__in=Label.LIVE,
    )
    return mine(reader, over, LABEL)


def _proof(found: Found) -> Task:
    url = reverse("staff_condition", args=[found.row])
    return task(found, "proof", _("Lire la preuve d'une réserve"), url, due_on=found.due_on)


@source("staff", Role.CASE_OFFICER, moment="answered_at", tell=_proof, due="due_on", **COLUMNS)
def proofs_to_read(reader: Reader) -> QuerySet[Any, Any]:
    """Proofs of conditions that came and wait to be read."""
    sent = Condition.objects.filter(answered_at__isnull=False, met_on=None, label__state__in=Label.LIVE)
    return mine(reader, sent.filter(accepted_at=None), LABEL)


def _merger(found: Found) -> Task:
    url = reverse("staff_merger", args=[found.row])
    title = _("Répondre avant une fusion : sans réponse, le silence vaut accord")
    return task(found, "merger", title, url, due_on=found.due_on)


@source("staff", Role.SIGNATORY, moment="asked_at", tell=_merger, due="due_on", **COLUMNS)
def mergers_to_answer(reader: Reader) -> QuerySet[Any, Any]:
    """Questions asked before a merger that nobody answered, but those that the reader typed."""
    asked = MergerRequest.objects.filter(answered_at=None, dropped_at=None, label__state__in=Label.LIVE)
    return asked.exclude(asked_by=reader.user)


def _lift(found: Found) -> Task:
    url = reverse("staff_condition", args=[found.row])
    return task(found, "lift-condition", _("Lever une réserve dont la preuve est acceptée"), url)


@source("staff", Role.SIGNATORY, moment="accepted_at", tell=_lift, **COLUMNS)
def conditions_to_lift(reader: Reader) -> QuerySet[Any, Any]:
    """Conditions whose proof an officer accepted, other than oneself."""
    accepted = Condition.objects.filter(accepted_at__isnull=False, met_on=None, label__state__in=Label.LIVE)
    return accepted.exclude(accepted_by=reader.user)


def _late(found: Found) -> Task:
    url = reverse("staff_condition", args=[found.row])
    title = _("Réserve non levée à sa date : laisser du temps, ou ouvrir une procédure")
    return task(found, "late", title, url, due_on=found.due_on)


@source("staff", Role.CASE_OFFICER, moment="label__issued_at", tell=_late, due="due_on", **COLUMNS)
def conditions_past_their_date(reader: Reader) -> QuerySet[Any, Any]:
    """Conditions whose date passed without a proof to read (domain 5.2 rule 11): a person decides what follows."""
    late = Condition.objects.filter(
        answered_at=None, met_on=None, due_on__lt=reader.on, label__state__in=Label.LIVE
    )
    return mine(reader, late, LABEL)


def _check(found: Found) -> Task:
    url = reverse("staff_measure_prepare", args=found.extra.split("|"))
    return task(found, "event", _("Vérifier la preuve : une deuxième personne la lit"), url)


@source(
    "staff",
    Role.CASE_OFFICER,
    Role.SECRETARIAT,
    moment="decision__prepared_at",
    tell=_check,
    extra=Concat("label__number", Value("|"), "decision__kind"),
    **COLUMNS,
)
def events_to_check(reader: Reader) -> QuerySet[Any, Any]:
    """Dissolutions and mergers whose proof waits for a second person, other than who prepared the act."""
    waiting = Measure.objects.filter(
        event_on__isnull=False, checked_by=None, decision__state=Decision.State.PREPARED
    )
    return waiting.exclude(event_proof="").exclude(decision__prepared_by=reader.user)
