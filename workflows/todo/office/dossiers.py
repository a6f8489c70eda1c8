"""What awaits the case officers and the signatories: dossiers to check, to answer, to close, to sign."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role
from deadlines.models import Deadline
from decisions.models import Decision
from decisions.visibility import answers_being_written
from label import clocks
from label.models import Application, HelpRequest, PaperEntry
from letters.models import Exchange
from workflows.flows import CertificationFlow as Flow
from workflows.todo.engine import Found, Reader, Task, source
from workflows.todo.office.rows import (
    STEP,
    mine,
    of_dossier,
    of_step,
    open_steps,
    task,
)


def _completeness(found: Found) -> Task:
    # A dossier that nobody follows is first taken, on its own page.
    page = "staff_completeness" if found.extra else "staff_application"
    url = reverse(page, args=[found.reference])
    return task(found, "step", _("Vérifier les pièces"), url, clock="completeness")


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="created",
    tell=_completeness,
    **of_step(),
    extra=f"{STEP}case_officer_id",
)
def completeness(reader: Reader) -> QuerySet[Any, Any]:
    """Dossiers whose pieces are to check."""
    return mine(reader, open_steps(Flow.completeness, "workflows.case_officer"), STEP)


def _to_close(found: Found) -> Task:
    url = reverse("staff_decision_prepare", args=[found.reference])
    title = _("Décider de la suite : les pièces ne sont pas venues")
    return task(found, "close", title, url, clock=clocks.GRACE)


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="submitted_at",
    tell=_to_close,
    dossier="pk",
    **of_dossier(),
)
def dossiers_without_their_pieces(reader: Reader) -> QuerySet[Any, Any]:
    """Incomplete dossiers whose days of grace are over, until an act is sent for signature: only a person closes."""
    over = Deadline.objects.running().filter(
        kind=clocks.GRACE, due_on__lt=reader.on, thread=OuterRef("thread")
    )
    sent = Decision.objects.filter(
        application=OuterRef("pk"),
        kind__in=Decision.ON_A_REQUEST,
        state=Decision.State.PREPARED,
        submitted_at__isnull=False,
    )
    rows = Application.objects.filter(Exists(over), ~Exists(sent), state=Application.State.INCOMPLETE)
    return mine(reader, rows, "pk__")


def _silence(found: Found) -> Task:
    url = reverse("staff_decision_prepare", args=[found.reference])
    return task(found, "silence", _("Noter la décision implicite"), url, due_on=found.due_on)


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="submitted_at",
    tell=_silence,
    dossier="pk",
    **of_dossier(),
    due="implicit_decision_on",
)
def silences_to_record(reader: Reader) -> QuerySet[Any, Any]:
    """Dossiers whose implicit date has passed: what silence means is recorded by a person (domain 5.2 rule 4)."""
    noted = Decision.objects.filter(application=OuterRef("pk"), kind=Decision.Kind.IMPLICIT)
    rows = Application.objects.filter(
        ~Exists(noted), state__in=Application.IMPLICIT, implicit_decision_on__lt=reader.on
    )
    return mine(reader, rows, "pk__")


def _decision(found: Found) -> Task:
    url = reverse("staff_decision_prepare", args=[found.reference])
    return task(found, "step", _("Préparer la décision"), url, clock="decision")


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="created",
    tell=_decision,
    **of_step(),
)
def decisions_to_prepare(reader: Reader) -> QuerySet[Any, Any]:
    """Dossiers with an opinion, until the act is sent for signature."""
    sent = Decision.objects.filter(
        application=OuterRef(f"{STEP}pk"),
        kind__in=Decision.ON_A_REQUEST,
        state=Decision.State.PREPARED,
        submitted_at__isnull=False,
    )
    return mine(reader, open_steps(Flow.decision, "workflows.case_officer").filter(~Exists(sent)), STEP)


def _to_sign(found: Found) -> Task:
    url = reverse("staff_decision_sign", args=[found.row])
    return task(found, "sign", _("Signer la décision"), url, clock="decision")


@source(
    "staff",
    Role.SIGNATORY,
    moment="submitted_at",
    tell=_to_sign,
    dossier="application_id",
    **of_dossier("application__"),
)
def acts_to_sign(reader: Reader) -> QuerySet[Any, Any]:
    """Acts sent for signature, but answers to appeals against acts in which the reader had a part."""
    waiting = Decision.objects.filter(state=Decision.State.PREPARED, submitted_at__isnull=False)
    return waiting.exclude(answers_being_written(reader.user, reader.on))


def _to_call(found: Found) -> Task:
    url = reverse("staff_application", args=[found.reference])
    return task(found, "help", _("Rappeler la structure"), url, why=found.extra)


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="asked_at",
    tell=_to_call,
    **of_dossier("application__"),
    extra="when",
)
def people_to_call(reader: Reader) -> QuerySet[Any, Any]:
    """Associations that asked to be helped."""
    return mine(reader, HelpRequest.objects.filter(handled_at=None), "application__")


def _draft(found: Found) -> Task:
    url = reverse("staff_application", args=[found.reference])
    return task(found, "draft", _("Relire un brouillon"), url)


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="draft_reading_asked_at",
    tell=_draft,
    **of_dossier(),
)
def drafts_to_read(reader: Reader) -> QuerySet[Any, Any]:
    """Drafts that associations asked the office to read."""
    return Application.objects.filter(state=Application.State.DRAFT, draft_reading_asked_at__isnull=False)


def _read_back(found: Found) -> Task:
    url = reverse("staff_read_back", args=[found.reference])
    return task(found, "read-back", _("Noter la relecture avec la personne"), url)


@source(
    "staff",
    Role.CASE_OFFICER,
    Role.SECRETARIAT,
    moment="application__submitted_at",
    tell=_read_back,
    dossier="application_id",
    **of_dossier("application__"),
)
def dossiers_to_read_back(reader: Reader) -> QuerySet[Any, Any]:
    """Dossiers typed by the office and filed, that nobody has read again with the person yet."""
    rows = PaperEntry.objects.filter(read_back_on=None, application__state__in=Application.UNDER_WAY)
    return rows if Role.SECRETARIAT in reader.roles else mine(reader, rows, "application__")


def _message(found: Found) -> Task:
    url = reverse("staff_exchanges", args=[f"label.application:{found.dossier}"])
    return task(found, "message", _("Lire un message"), url)


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="at",
    tell=_message,
    dossier="thread__application__pk",
    **of_dossier("thread__application__"),
)
def messages_to_read(reader: Reader) -> QuerySet[Any, Any]:
    """Messages of associations that nobody has read."""
    rows = Exchange.objects.unread_for_office().filter(thread__application__isnull=False)
    rows = rows.exclude(
        subject__startswith="decisions.appeal:"
    )  # for who examines the appeal, and nobody else
    return mine(reader, rows, "thread__application__")
