"""What awaits the holder of a label, and the office, around its end: renewing it, answering, deciding in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role
from certificates.models import Label
from deadlines.calendar import add_months
from label.models import Application
from structures.rules import WRITERS
from workflows.todo.association import structures_of
from workflows.todo.engine import Found, Reader, Task, source
from workflows.todo.measures import hearings_told, oral_to_hold
from workflows.todo.office.rows import about, mine, task

# Given back late by an appeal or a judge, with six months to file a renewal (docs/adr/0030).
GIVEN_TIME = Q(term_on__isnull=False, term_on__gte=F("ends_on"))
DECIDE_DAYS = 30  # before the end of a label that waits for its renewal


def _renewal(found: Found) -> Task:
    task = _late_renewal(found)
    protected = add_months(found.due_on, -settings.RENEWAL_MONTHS) if found.due_on else None
    return replace(
        task, due_on=protected, why=_("Déposé à temps, le renouvellement évite que le label s'interrompe.")
    )


def _late_renewal(found: Found) -> Task:
    return Task(
        f"renewal-{found.row}",
        _("Renouveler le label"),
        found.reference,
        reverse("space_renewal"),
        found.since,
        why=_("Le label peut s'arrêter à sa fin si nous n'avons pas fini."),
        action=_("Renouveler le label"),
        due_on=found.due_on,
    )


@source("space", moment="issued_at", tell=_renewal, reference="number", due="ends_on")
def labels_to_renew(reader: Reader) -> QuerySet[Any, Any]:
    """Labels whose renewal is open and not filed, while filing still protects them."""
    in_time = Q(ends_on__gte=add_months(reader.on, settings.RENEWAL_MONTHS))
    return _not_filed(reader).filter(in_time, ~GIVEN_TIME)


@source("space", moment="issued_at", tell=_late_renewal, reference="number", due="ends_on")
def labels_to_renew_late(reader: Reader) -> QuerySet[Any, Any]:
    """The same once filing protects them no longer."""
    late = Q(ends_on__lt=add_months(reader.on, settings.RENEWAL_MONTHS))
    return _not_filed(reader).filter(late, ~GIVEN_TIME)


def _given_time(found: Found) -> Task:
    why = _("Déposé à temps, le renouvellement évite que le label s'interrompe.")
    return replace(_late_renewal(found), why=why)


@source("space", moment="issued_at", tell=_given_time, reference="number", due="term_on")
def labels_given_back_to_renew(reader: Reader) -> QuerySet[Any, Any]:
    """Labels given back too late for their window: filing protects them until the end of the time that they have."""
    return _not_filed(reader).filter(GIVEN_TIME)


def _not_filed(reader: Reader) -> QuerySet[Any, Any]:
    """Labels to renew, until their holder says that it does not."""
    labels = Label.objects.ending_without_renewal(on=reader.on).filter(
        renewal_declined_on=None, structure__in=structures_of(reader, *WRITERS)
    )
    return labels.filter(pk__in=Label.objects.visible_to(reader.user, on=reader.on).values("pk"))


def _observations(found: Found) -> Task:
    return Task(
        f"observations-{found.row}",
        _("Répondre avant la décision sur votre renouvellement"),
        found.reference,
        reverse("hearing", args=[found.row]),
        found.since,
        why=_("Rien n'est encore décidé. Votre réponse est lue avant la décision."),
        action=_("Répondre"),
        due_on=found.due_on,
    )


@source(
    "space",
    moment="notified_at",
    tell=_observations,
    reference="renewal__reference",
    due="answer_until",
)
def refusals_to_answer(reader: Reader) -> QuerySet[Any, Any]:
    """Invitations to answer before a refusal of a renewal, until their holder has said all (see `measures`)."""
    return hearings_told(reader).filter(renewal__isnull=False)


def _hear(found: Found) -> Task:
    url = reverse("staff_hearing", args=[found.row])
    return task(
        found, "hear-before-refusal", _("Entendre la structure avant un refus de renouvellement"), url
    )


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="notified_at",
    tell=_hear,
    dossier="renewal__pk",
    reference="renewal__reference",
    name="renewal__structure__name",
)
def holders_to_hear(reader: Reader) -> QuerySet[Any, Any]:
    """Oral hearings that were asked for before a refusal of a renewal, and not held."""
    return mine(reader, oral_to_hold().filter(renewal__isnull=False), "renewal__")


def _in_waiting(found: Found) -> Task:
    return Task(
        f"waiting-{found.row}",
        _("Prolonger le label par écrit, ou décider de son renouvellement"),
        about(found),
        reverse("staff_label", args=[found.extra]),
        found.since,
        why=_("Le renouvellement est déposé à temps : le label attend la décision."),
        action=_("Voir le label"),
        due_on=found.due_on,
    )


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="issued_at",
    tell=_in_waiting,
    reference="application__reference",
    name="structure__name",
    extra="number",
    due="ends_on",
)
def labels_in_waiting(reader: Reader) -> QuerySet[Any, Any]:
    """Labels near their end or past it, whose renewal came in time and that nobody has extended."""
    near = reader.on + timedelta(days=DECIDE_DAYS)
    extended = Q(extended_until__isnull=False, extended_until__gte=reader.on)
    rows = Label.objects.live().filter(renewal_filed_on__isnull=False, ends_on__lte=near).exclude(extended)
    if not reader.mine_only:
        return rows
    followed = Application.objects.filter(reader.covered, kind=Application.Kind.RENEWAL).values("previous")
    return rows.filter(application__in=followed)
