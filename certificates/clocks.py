"""The clocks of a label: its renewal opens, it reminds, the last day passes; and what is done when each is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from certificates import mails
from certificates.models import Label
from certificates.renewals import ONE_DAY, REMINDER_MONTHS, renewal_under_way, window_of
from certificates.status import last_day_of
from deadlines import actions as deadlines
from deadlines.calendar import add_months
from journal.moves import Actor, note
from journal.refusals import Blocked
from letters import actions as letters

END, EXTENSION, WINDOW, RENEWAL = "label_end", "extension_end", "renewal_window", "renewal"
JUDGE = "judge_holds"  # comes before the last day of a label that a judge's order protects
BEFORE_THE_END = timedelta(days=7)


def plan_the_end(label: Label) -> None:
    """Start the clocks of a label issued or restored: the opening of its renewal, its last day. Its thread is held."""
    before = window_of(label).opens_on - ONE_DAY  # a clock is handled on the day after its last one
    start_clock(label, WINDOW, max(before, label.starts_on - ONE_DAY))
    await_the_end(label, label.valid_until)


def await_the_end(label: Label, last_day: date) -> None:
    """Start the one clock of the last day of a label that is held, named by what made it: its term or an extension."""
    start_clock(label, EXTENSION if label.extended_until else END, last_day)


def forget_the_end(label: Label, *, at: datetime) -> None:
    """Stop the clock of the last day of a label that is held: that day changes."""
    for kind in (END, EXTENSION):
        deadlines.drop(subject=label, kind=kind, at=at)


def start_clock(label: Label, kind: str, due_on: date, *, reminders: Iterable[date] = ()) -> None:
    """Start one clock of a label that is held, due on that day, with the days on which it reminds."""
    begun = min(label.starts_on, due_on)
    deadlines.start(
        thread=label._thread,
        subject=label,
        kind=kind,
        started_on=begun,
        days=(due_on - begun).days,
        reminders=[(day - due_on).days for day in reminders],
    )


def wait_for_the_judge(label: Label, *, at: datetime) -> None:
    """Look, before the last day of a held label, whether the order that protects it still holds."""
    deadlines.drop(subject=label, kind=JUDGE, at=at)
    start_clock(label, JUDGE, max(last_day_of(label) - BEFORE_THE_END, timezone.localdate(at)))


def open_window(label: Label, *, at: datetime) -> None:
    """Nine months before the end: the call to renew leaves (L9b, M9), and three reminders are planned.

    The label is held. Nothing is called for once a label has ended, or its renewal was given up.
    """
    deadlines.let_pass(subject=label, kind=WINDOW, at=at)
    if label.state not in Label.LIVE or label.renewal_declined_on is not None:
        return
    if renewal_under_way(label) is None:
        days = [add_months(label.own_end, -months) for months in REMINDER_MONTHS]
        days = [day for day in days if day > timezone.localdate(at)]  # one given back late is called at once
        start_clock(label, RENEWAL, window_of(label).protected_until, reminders=days)
        send_or_note(label, "L9b", at=at)
        mails.renewal_call(label, on=timezone.localdate(at), at=at)


def send_or_note(label: Label, code: str, *, at: datetime) -> None:
    """Issue a letter of the clock about a label that is held; when nobody can receive it, the journal says so."""
    structure = label.structure
    try:
        with transaction.atomic():
            letters.issue(
                code,
                record=label,
                addressee=structure.representative(),
                channel=structure.service_channel(),
                at=at,
                by=Actor.system(),
                announced=False,
            )
    except Blocked:
        note(label, what=f"letter_{code}_to_nobody", at=at, by=Actor.system())


def expire(label: Label, *, at: datetime) -> None:
    """The last day of a held label is passed: it expires by date and its holder is told (L10), or it goes on waiting.

    A label whose renewal was filed in time waits for a person, until the longest that the rules allow (domain 5.3); one
    extended in writing holds until the written day.
    """
    for kind in (END, EXTENSION):
        deadlines.let_pass(subject=label, kind=kind, at=at)
    if label.state not in Label.LIVE:
        return
    last = last_day_of(label)
    if timezone.localdate(at) <= last:
        await_the_end(label, last)
        note(label, what="wait_for_renewal", at=at, by=Actor.system())
        return
    label.expire(by=Actor.system(), at=at, ended_on=last + ONE_DAY)
    label.save()
    tell_the_end(label, at=at)


def tell_the_end(label: Label, *, at: datetime) -> None:
    """A held label ended by its dates: its holder is told by letter L10 and by mail."""
    send_or_note(label, "L10", at=at)
    mails.label_ended(label, at=at)
