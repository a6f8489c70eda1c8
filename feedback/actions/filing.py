"""Somebody tells a problem, without account; then they read what became of it with their number and their code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.models import Label
from deadlines import actions as deadlines
from deadlines.calendar import working_days_after
from feedback import codes, mails
from feedback.clocks import ANSWER, SAFETY
from feedback.models import Report, Source
from journal.models import Counter, Thread
from journal.moves import Actor, note
from journal.numbering import format_number
from journal.refusals import Blocked, Missing, NotAllowed, block_unless_empty
from journal.wording import is_blank
from letters.models import Letter

VISITOR = "visitor"
PREFIX = "SIG"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Told:
    """What somebody wrote on the page, and from where; everything but the text and its kind may be empty."""

    kind: str
    text: str
    label: Label | None = None
    about: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    network: str = ""
    form_key: str = ""


def anybody() -> Actor:
    """Somebody without account."""
    return Actor(None, VISITOR)


@transaction.atomic
def file_report(*, told: Told, at: datetime, by: Actor) -> tuple[Report, str]:
    """Keep a report and give its code, shown once. The same page sent again gives the same report and a new code.

    A danger is told to the signatories at once. Raises `Blocked` without text or kind, without saying which label or
    association, or when a flood comes from one network (never the few dozens that one hospital may send).
    """
    known = _sent_before(told)
    if known is not None:
        return known
    block_unless_empty(_missing_to_file(told, at))
    try:
        with transaction.atomic():
            report, code = _kept(told, at, by)
    except IntegrityError as error:  # the same page sent twice at the same moment
        known = _sent_before(told)
        if known is None:
            raise Blocked([_("Envoyez de nouveau cette page, s'il vous plaît.")]) from error
        return known
    if report.source.can_be_reached:
        report.acknowledge(by=Actor.system(), at=at)
        report.save()
        mails.tell_received(report, at=at)
    deadlines.start(
        thread=report.thread,
        subject=report,
        kind=ANSWER,
        started_on=report.received_on,
        days=settings.REPORT_ANSWER_DAYS,
    )
    if report.kind == Report.Kind.SAFETY:
        raise_alarm(report, at=at)
    return report, code


def _missing_to_file(told: Told, at: datetime) -> list[Missing]:
    missing = []
    if told.kind not in Report.Kind.values:
        missing.append(Missing(_("Choisissez une des réponses proposées."), code="kind"))
    if is_blank(told.text):
        missing.append(Missing(_("Écrivez ce qui se passe."), code="text"))
    if told.label is None and is_blank(told.about):
        missing.append(Missing(_("Écrivez le numéro du label, ou le nom de l'association."), code="about"))
    recent = Source.objects.filter(network=told.network, report__received_at__gt=at - HOUR)
    if told.network and recent[: settings.REPORTS_PER_HOUR].count() >= settings.REPORTS_PER_HOUR:
        words = _(
            "Beaucoup de signalements arrivent en ce moment de votre réseau. Appelez-nous, ou revenez dans une heure."
        )
        missing.append(Missing(words))
    return missing


def _kept(told: Told, at: datetime, by: Actor) -> tuple[Report, str]:
    day = timezone.localdate(at)
    number = format_number(PREFIX, day.year, Counter.objects.allocate(PREFIX, day.year))
    thread = Thread.objects.create(reference=number)
    report = Report.objects.open(
        thread=thread,
        at=at,
        by=by,
        reference=number,
        label=told.label,
        about=told.about.strip(),
        settled_at=at if told.label else None,
        kind=told.kind,
        text=told.text.strip(),
        received_at=at,
    )
    code = codes.new_code()
    Source.objects.create(
        report=report,
        name=told.name.strip(),
        email=told.email,
        phone=told.phone,
        address=told.address.strip(),
        secret=codes.digest(number, code),
        form_key=told.form_key,
        network=told.network,
    )
    return report, code


def _sent_before(told: Told) -> tuple[Report, str] | None:
    """The report that this page already sent, with a new code in place of the one that its sender may not have seen."""
    source = Source.objects.select_for_update(of=("self",)).filter(form_key=told.form_key).first()
    if source is None:
        return None
    code = codes.new_code()
    source.secret = codes.digest(source.report.reference, code)
    source.save(update_fields=["secret"])
    return source.report, code


def raise_alarm(report: Report, *, at: datetime) -> None:
    """People may be in danger: the signatories are told at once, and one of them reads it within a working day."""
    if report.alerted_at is not None:
        return
    report.alerted_at = at
    report.save(update_fields=["alerted_at"])
    day = timezone.localdate(at)
    deadlines.start(
        thread=report.thread,
        subject=report,
        kind=SAFETY,
        started_on=day,
        days=(working_days_after(day, 1) - day).days,
    )
    mails.alert_signatories(report, at=at)


@transaction.atomic
def open_answer(*, report_pk: int, code: str, at: datetime, by: Actor) -> Letter | None:
    """The answer, for who holds the code; its first reading is noted. None while there is none. Raises `NotAllowed`."""
    report = Report.objects.hold(report_pk)
    if not codes.opens(report.reference, code, report.source.secret):
        raise NotAllowed("feedback.open_answer")
    letter = Letter.objects.of(report).first()
    if letter is not None and letter.opened_at is None:
        letter.opened_at = at
        letter.save(update_fields=["opened_at"])
        note(report, what="read_answer", at=at, by=by)
    return letter
