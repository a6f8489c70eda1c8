"""What awaits those who answer appeals, follow disputes, and answer once silence has decided."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role
from certificates.models import Label
from deadlines.models import Deadline
from decisions.clocks import BRIEF, INJUNCTION
from decisions.models import Appeal, Decision, Litigation, LitigationStep, SilenceRequest
from decisions.rules import contested_by_part_of
from decisions.undoing import EXAMINED_AGAIN, resumable_kinds
from label.models import Application
from letters.models import Exchange
from workflows.todo.engine import Found, Reader, Task, source
from workflows.todo.office.rows import mine, of_dossier, task

CONTESTED = "decision__application__"
SUBJECT = "decisions.appeal:"


def _page(found: Found) -> str:
    return reverse("staff_appeal", args=[found.row])


def _key(prefix: str) -> Concat:
    return Concat(Value(prefix), Cast(OuterRef("pk"), CharField()), output_field=CharField())


def _receipt(found: Found) -> Task:
    return task(
        found, "appeal-receipt", _("Accuser réception d'un recours"), _page(found), due_on=found.due_on
    )


@source(
    "staff",
    Role.SECRETARIAT,
    moment="lodged_at",
    tell=_receipt,
    **of_dossier(CONTESTED),
    due="received_on",
)
def appeals_to_acknowledge(reader: Reader) -> QuerySet[Any, Any]:
    """Appeals whose receipt could not leave by itself."""
    return Appeal.objects.filter(state=Appeal.State.RECEIVED)


def _reading(found: Found) -> Task:
    return task(found, "appeal-reading", _("Noter la relecture d'un recours avec la personne"), _page(found))


@source(
    "staff",
    Role.SECRETARIAT,
    moment="lodged_at",
    tell=_reading,
    **of_dossier(CONTESTED),
)
def appeals_to_read_back(reader: Reader) -> QuerySet[Any, Any]:
    """Appeals typed by the office that nobody has read again with the person yet."""
    return Appeal.objects.filter(entered_by__isnull=False, read_back_on=None, state__in=Appeal.OPEN)


def _intake(found: Found) -> Task:
    return task(found, "appeal", _("Examiner un recours"), _page(found), due_on=found.due_on)


@source(
    "staff",
    Role.APPEAL_OFFICER,
    moment="lodged_at",
    tell=_intake,
    **of_dossier(CONTESTED),
    due="silence_on",
)
def appeals_to_take_up(reader: Reader) -> QuerySet[Any, Any]:
    """Appeals that nobody examines yet, but those against acts in which the reader had a part."""
    waiting = Appeal.objects.filter(
        officer=None, state__in=[Appeal.State.ACKNOWLEDGED, Appeal.State.IMPLICITLY_REJECTED]
    )
    return waiting.exclude(contested_by_part_of(reader.user))


def _answer(found: Found) -> Task:
    url = reverse("staff_appeal_answer", args=[found.row])
    return task(found, "appeal-answer", _("Répondre à un recours"), url, due_on=found.due_on)


@source(
    "staff",
    Role.APPEAL_OFFICER,
    Role.CASE_OFFICER,
    moment="lodged_at",
    tell=_answer,
    **of_dossier(CONTESTED),
    due="silence_on",
)
def appeals_to_answer(reader: Reader) -> QuerySet[Any, Any]:
    """Appeals that the reader examines, until their answer is sent for signature."""
    rows = Appeal.objects.filter(
        officer=reader.user, state__in=[Appeal.State.UNDER_REVIEW, Appeal.State.IMPLICITLY_REJECTED]
    )
    return rows.filter(Q(answer=None) | Q(answer__state="prepared", answer__submitted_at=None))


def _message(found: Found) -> Task:
    url = reverse("staff_exchanges", args=[f"{SUBJECT}{found.row}"])
    return task(found, "appeal-message", _("Lire un message sur un recours"), url)


@source(
    "staff",
    Role.APPEAL_OFFICER,
    Role.CASE_OFFICER,
    moment="lodged_at",
    tell=_message,
    **of_dossier(CONTESTED),
)
def appeal_messages_to_read(reader: Reader) -> QuerySet[Any, Any]:
    """Appeals that the reader examines, with a message of the association that nobody has read."""
    unread = Exchange.objects.unread_for_office().filter(subject=_key(SUBJECT))
    return Appeal.objects.filter(Exists(unread), officer=reader.user)


def _hard_date(found: Found) -> Task:
    url = reverse("staff_litigation", args=[int(found.extra)])
    return task(found, "hard-date", _("Respecter la date fixée par le juge"), url, due_on=found.due_on)


@source(
    "staff",
    Role.APPEAL_OFFICER,
    moment="recorded_at",
    tell=_hard_date,
    **of_dossier("litigation__decision__application__"),
    extra="litigation_id",
    due="due_on",
)
def hard_dates(reader: Reader) -> QuerySet[Any, Any]:
    """Dates that a judge set and that nobody has kept yet."""
    running = Deadline.objects.running().filter(
        kind__in=[INJUNCTION, BRIEF], subject=_key("decisions.litigationstep:")
    )
    return LitigationStep.objects.filter(Exists(running), due_on__isnull=False)


def _resuming(found: Found) -> Task:
    url = reverse("staff_litigation", args=[int(found.extra)])
    return task(found, "resume-act", _("Remettre une décision en effet après le jugement"), url)


@source(
    "staff",
    Role.APPEAL_OFFICER,
    moment="recorded_at",
    tell=_resuming,
    **of_dossier("litigation__decision__application__"),
    extra="litigation_id",
)
def acts_to_resume(reader: Reader) -> QuerySet[Any, Any]:
    """Claims that ended without annulment, while a judge's order still holds the act back."""
    held_back = Litigation.objects.to_resume().filter(decision__kind__in=resumable_kinds())
    protected = Label.objects.live().filter(
        Q(renewal_filed_on__isnull=False) | Q(extended_until__isnull=False),
        application=OuterRef("decision__application__previous"),
        structure=OuterRef("decision__application__structure"),
    )
    suspended = Q(decision__kind=Decision.Kind.SUSPEND, decision__measure__ends_on__gte=reader.on)
    taken = Q(
        decision__kind__in=[Decision.Kind.WITHDRAW, Decision.Kind.ANNUL],
        decision__measure__label__state__in=Label.LIVE,
    )
    renewal = Q(decision__kind__in=EXAMINED_AGAIN, decision__application__kind=Application.Kind.RENEWAL)
    held_back = held_back.filter(suspended | taken | (renewal & Exists(protected)))
    return LitigationStep.objects.filter(kind__in=LitigationStep.LOST, litigation__in=held_back.values("pk"))


def _carrying_out(found: Found) -> Task:
    url = reverse("staff_litigation", args=[int(found.extra)])
    return task(found, "carry-out", _("Faire ce que le juge a dit"), url)


@source(
    "staff",
    Role.APPEAL_OFFICER,
    moment="recorded_at",
    tell=_carrying_out,
    **of_dossier("litigation__decision__application__"),
    extra="litigation_id",
)
def judgments_to_carry_out(reader: Reader) -> QuerySet[Any, Any]:
    """What a judge said and that something was in the way of."""
    return LitigationStep.objects.waiting()


def _silence(found: Found) -> Task:
    url = reverse("staff_silence_request", args=[found.row])
    words = {
        SilenceRequest.Kind.REASONS.value: _("Donner les raisons d'un rejet implicite"),
        SilenceRequest.Kind.ATTESTATION.value: _("Envoyer l'attestation d'une acceptation implicite"),
    }
    return task(found, "silence-request", words[found.extra], url, due_on=found.due_on)


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="asked_at",
    tell=_silence,
    **of_dossier(CONTESTED),
    extra=F("kind"),
    due="asked_on",
)
def silence_requests(reader: Reader) -> QuerySet[Any, Any]:
    """What associations ask once silence has decided."""
    return mine(reader, SilenceRequest.objects.filter(answered_at=None), CONTESTED)
