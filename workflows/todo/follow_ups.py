"""What awaits people about yearly follow-ups, their gaps, declared changes and alerts of the register."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from certificates.models import Change, Consultation, Contact, FollowUp, Gap, Label, RegisterAlert
from structures.models import Structure
from structures.rules import WRITERS
from workflows.todo.association import structures_of
from workflows.todo.engine import Found, Reader, Task, source
from workflows.todo.office.rows import mine, task

State = FollowUp.State
CALL_DAYS = 30  # after the day: somebody calls (domain 5.1 FOLLOWUP)
OFFICE = (Role.CASE_OFFICER, Role.SECRETARIAT)
DOSSIER = "label__application__"


def _of_label(path: str = "label__") -> dict[str, str]:
    """The columns by which a task about a label names its dossier; closed by a link as the dossier is."""
    return {"reference": f"{path}application__reference", "name": f"{path}structure__name"}


def _place(label: str, year: str) -> Concat:
    """Where the page of a follow-up stands: the number of the label and the year, for `_address`."""
    return Concat(label, Value("/"), Cast(year, CharField()), output_field=CharField())


PLACE = _place("label__number", "year")


def _address(found: Found, name: str, *more: Any) -> str:
    number, year = found.extra.split("/")
    return reverse(name, args=[number, int(year), *more])


def _live(rows: QuerySet[Any, Any], path: str = "label__") -> QuerySet[Any, Any]:
    """Only what is about a label that lives."""
    return rows.filter(**{f"{path}state__in": Label.LIVE})


# --- the association ----------------------------------------------------------------------------------------------


def _fill(found: Found) -> Task:
    return Task(
        f"follow-up-{found.row}",
        _("Remplir le suivi annuel"),
        found.name,
        reverse("follow_up", args=[int(found.extra)]),
        found.since,
        why=_("Si rien n'a changé, 5 minutes suffisent."),
        action=_("Remplir le suivi"),
        due_on=found.due_on,
    )


@source("space", moment="opened_at", tell=_fill, name="label__number", extra="year", due="due_on")
def follow_ups_to_fill(reader: Reader) -> QuerySet[Any, Any]:
    """Follow-ups that are open, or awaited."""
    rows = FollowUp.objects.filter(
        state__in=FollowUp.AWAITED, label__structure__in=structures_of(reader, *WRITERS)
    )
    return _live(rows)


def _proof(found: Found) -> Task:
    return Task(
        f"gap-{found.row}",
        _("Envoyer une preuve pour le suivi annuel"),
        found.name,
        reverse("follow_up_gap", args=[int(found.extra), found.row]),
        found.since,
        why=_("La page dit ce qui est attendu."),
        action=_("Envoyer la preuve"),
        due_on=found.due_on,
    )


@source(
    "space",
    moment="follow_up__read_at",
    tell=_proof,
    name="follow_up__label__number",
    extra="follow_up__year",
    due="due_on",
)
def proofs_to_send(reader: Reader) -> QuerySet[Any, Any]:
    """Gaps whose proof is awaited."""
    rows = Gap.objects.filter(
        closed_at=None,
        proved_at=None,
        follow_up__state=State.GAPS,
        follow_up__label__structure__in=structures_of(reader, *WRITERS),
    )
    return _live(rows, "follow_up__label__")


# --- members ------------------------------------------------------------------------------------------------------


def _word(found: Found) -> Task:
    url = reverse("committee_consultation", args=[found.row])
    return Task(f"consultation-{found.row}", _("Dire si une preuve suffit"), found.name, url, found.since)


@source("committee", moment="asked_at", tell=_word, name="gap__follow_up__label__structure__name")
def words_to_give(reader: Reader) -> QuerySet[Any, Any]:
    """Proofs of major gaps on which the member is asked."""
    visible = FollowUp.objects.visible_to(reader.user, on=reader.on)
    return Consultation.objects.filter(
        member=reader.user,
        said="",
        superseded_at=None,
        gap__closed_at=None,
        gap__follow_up__state=State.GAPS,
        gap__follow_up__in=visible.values("pk"),
    )


# --- the office ---------------------------------------------------------------------------------------------------


def _read(found: Found) -> Task:
    url = _address(found, "staff_follow_up")
    return task(found, "follow-up", _("Lire un suivi annuel"), url, due_on=_within(found))


def _within(found: Found) -> date:
    return timezone.localdate(found.since) + timedelta(days=settings.FOLLOW_UP_READING_DAYS)


@source("staff", Role.CASE_OFFICER, moment="submitted_at", tell=_read, **_of_label(), extra=PLACE)
def follow_ups_to_read(reader: Reader) -> QuerySet[Any, Any]:
    """Follow-ups sent, but not by the reader."""
    rows = FollowUp.objects.filter(state=State.SUBMITTED).exclude(submitted_by=reader.user)
    return mine(reader, _live(rows), DOSSIER)


def _gap(found: Found) -> Task:
    url = _address(found, "staff_gap", found.row)
    return task(found, "proof", _("Lire la preuve d'un écart"), url)


GAP_PLACE = _place("follow_up__label__number", "follow_up__year")


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="proved_at",
    tell=_gap,
    **_of_label("follow_up__label__"),
    extra=GAP_PLACE,
)
def proofs_to_read(reader: Reader) -> QuerySet[Any, Any]:
    """Proofs of gaps, sent and not read."""
    rows = Gap.objects.filter(closed_at=None, proved_at__isnull=False, follow_up__state=State.GAPS)
    rows = rows.exclude(follow_up__submitted_by=reader.user)
    return mine(reader, _live(rows, "follow_up__label__"), f"follow_up__{DOSSIER}")


def _late_gap(found: Found) -> Task:
    url = _address(found, "staff_gap", found.row)
    title = _("Un écart n'est pas corrigé à sa date : appeler la structure")
    return task(found, "gap", title, url, due_on=found.due_on)


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="follow_up__read_at",
    tell=_late_gap,
    **_of_label("follow_up__label__"),
    extra=GAP_PLACE,
    due="due_on",
)
def gaps_out_of_time(reader: Reader) -> QuerySet[Any, Any]:
    """Gaps whose day is over and whose proof did not come: a person acts, nothing happens by itself."""
    rows = Gap.objects.filter(
        closed_at=None, proved_at=None, due_on__lt=reader.on, follow_up__state=State.GAPS
    )
    return mine(reader, _live(rows, "follow_up__label__"), f"follow_up__{DOSSIER}")


def _call(found: Found) -> Task:
    url = _address(found, "staff_contact")
    title = _("Appeler une structure : son suivi annuel n'est pas venu")
    return task(found, "call", title, url, due_on=found.due_on)


def _overdue(reader: Reader, days: int) -> QuerySet[Any, Any]:
    rows = FollowUp.objects.filter(state=State.OVERDUE, due_on__lte=reader.on - timedelta(days=days))
    return mine(reader, _live(rows), DOSSIER)


@source("staff", Role.CASE_OFFICER, moment="opened_at", tell=_call, **_of_label(), extra=PLACE, due="due_on")
def structures_to_call(reader: Reader) -> QuerySet[Any, Any]:
    """Follow-ups awaited for a month, without any call noted since their day."""
    called = Contact.objects.filter(
        follow_up=OuterRef("pk"), channel=Contact.Channel.PHONE, tried_on__gte=OuterRef("due_on")
    )
    return _overdue(reader, CALL_DAYS).filter(~Exists(called))


def _escalate(found: Found) -> Task:
    url = _address(found, "staff_escalate")
    title = _("Un suivi annuel n'est pas venu : décider d'une procédure")
    return task(found, "escalate", title, url, due_on=found.due_on)


@source(
    "staff", Role.CASE_OFFICER, moment="opened_at", tell=_escalate, **_of_label(), extra=PLACE, due="due_on"
)
def follow_ups_to_escalate(reader: Reader) -> QuerySet[Any, Any]:
    """Follow-ups that never came, of structures that can answer."""
    rows = _overdue(reader, settings.FOLLOW_UP_ESCALATION_DAYS)
    return rows.exclude(label__structure__state=Structure.State.FROZEN)


def _change(found: Found) -> Task:
    url = reverse("staff_change", args=[found.extra, found.row])
    return task(found, "change", _("Lire un changement déclaré"), url)


@source("staff", Role.CASE_OFFICER, moment="declared_at", tell=_change, **_of_label(), extra="label__number")
def changes_to_read(reader: Reader) -> QuerySet[Any, Any]:
    """Changes that nobody has read, but those that the reader typed."""
    rows = Change.objects.filter(read_at=None).exclude(declared_by=reader.user)
    return mine(reader, _live(rows), DOSSIER)


def _next(found: Found) -> Task:
    number, step = found.extra.split("/")
    titles = {
        Change.NextStep.SCOPE: _("Revoir une action reconnue qui a changé"),
        Change.NextStep.HOLDER: _("Voir ce que devient un label : fusion ou dissolution"),
    }
    url = reverse("staff_change", args=[number, found.row])
    return task(found, "next", titles[Change.NextStep(step)], url)


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="read_at",
    tell=_next,
    **_of_label(),
    extra=Concat("label__number", Value("/"), "next_step", output_field=CharField()),
)
def changes_to_finish(reader: Reader) -> QuerySet[Any, Any]:
    """What a change asked for, not done yet."""
    rows = Change.objects.filter(
        next_step__in=[Change.NextStep.SCOPE, Change.NextStep.HOLDER], done_at=None, read_at__isnull=False
    )
    return mine(reader, _live(rows), DOSSIER)


def _alert(found: Found) -> Task:
    url = reverse("staff_register_alert", args=[found.row])
    return task(found, "register", _("Vérifier ce que dit le registre d'une structure"), url)


@source("staff", *OFFICE, moment="found_at", tell=_alert, **_of_label())
def alerts_to_check(reader: Reader) -> QuerySet[Any, Any]:
    """Alerts of the register that wait for a first or a second person."""
    rows = RegisterAlert.objects.filter(state__in=RegisterAlert.LIVE)
    return _live(rows.exclude(first_checked_by=reader.user, first_checked_at__isnull=False))


def _confirmed(found: Found) -> Task:
    url = reverse("staff_register_alert", args=[found.row])
    title = _("Une structure n'existe plus : préparer la suite du label")
    return task(found, "lapse", title, url)


@source("staff", Role.CASE_OFFICER, moment="ended_at", tell=_confirmed, **_of_label())
def confirmed_alerts(reader: Reader) -> QuerySet[Any, Any]:
    """Alerts that two people confirmed, of labels that still live."""
    return mine(reader, _live(RegisterAlert.objects.filter(state=RegisterAlert.State.CONFIRMED)), DOSSIER)
