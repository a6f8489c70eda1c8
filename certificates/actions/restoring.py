"""A label that an appeal or a judge gives back (domain 5.1 LABEL, rétablir)."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import mails
from certificates.actions.reissuing import issue_again
from certificates.clocks import plan_the_end
from certificates.effects.conditions import start_clock
from certificates.log.noting import note_move
from certificates.models import Condition, Interruption, Label, LoggedFact
from certificates.renewals import renewal_under_way
from certificates.status import last_day_of, status_on, with_periods
from charter.clocks import ask_signature_again
from deadlines.calendar import add_months
from decisions.models import Decision
from journal.moves import Actor, note
from journal.refusals import Blocked


def restore(
    label: Label, *, decision: Decision | None, filed_on: date | None = None, at: datetime, by: Actor
) -> Label:
    """Put a withdrawn, annulled or expired label back in force from that day; its history keeps the days without it.

    `decision` is the act that restores it, None for a judgment. When the last day on which a renewal protects is
    passed, the holder has six months to file one, and holds the label for as long (domain 5.1; docs/adr/0030). With
    `filed_on`, the day of a renewal filed in time whose refusal is undone, it waits for the answer as it did before.
    The conditions that were running have the days that were taken from the holder, who is told. The gear of whoever
    answers an appeal: the label is held and the caller checked who may. Raises `Blocked` when the structure holds
    another label, `TransitionNotAllowed` in any other state.
    """
    on = timezone.localdate(at)
    if Label.objects.live().filter(structure=label.structure_id).exclude(pk=label.pk).exists():
        raise Blocked(
            [_("La structure a reçu un autre label depuis : il faut d'abord choisir lequel reste.")]
        )
    state, ended_on = label.state, label.ended_on or on
    restored_on = max(on, ended_on)
    label.restore(by=by, at=at)
    label.save()
    note_move(label, LoggedFact.Kind.RESTORED, on=restored_on, at=at)
    Interruption.objects.create(
        label=label, state=state, starts_on=ended_on, restored_on=restored_on, decision=decision
    )
    if filed_on is not None or renewal_under_way(label) is None:
        label.renewal_filed_on = filed_on  # what was filed before was given up, or decided, without the label
    protected_until = label.valid_until if filed_on is None else last_day_of(label)
    if label.renewal_filed_on is None or on > protected_until:
        _give_time_to_renew(label, on)
    label.follow_ups_planned_at = None  # the clock plans again those to come
    given = ["renewal_filed_on", "term_on", "extended_until", "follow_ups_planned_at"]
    label.save(update_fields=given)
    plan_the_end(label)
    for condition in label.conditions.filter(met_on=None).select_related("label__structure"):
        _give_its_days_back(condition, label, ended_on=ended_on, on=on, at=at)
    ask_signature_again(label.structure, at=at)
    issue_again(label, at=at)  # a credential that was revoked never comes back (docs/adr/0035)
    if label.previous_id is not None and ended_on < label.starts_on:
        _issue_the_one_before_again(label.previous_id, on=on, at=at, by=by)
    return label


def _issue_the_one_before_again(label_pk: int, *, on: date, at: datetime, by: Actor) -> None:
    """The label that the one given back follows, as long as it holds: its credential was revoked with the other.

    Until the next label starts, what ends that one ends both (docs/adr/0029).
    """
    label = Label.objects.hold(label_pk)
    if status_on(with_periods([label])[0], on).is_current and issue_again(label, at=at) is not None:
        note(label, what="reissue_certificate", at=at, by=by)


def _give_time_to_renew(label: Label, on: date) -> None:
    """Six months, once the last day of a label is passed, or that on which filing a renewal still protected it.

    The domain gives them when the end is passed; without them, a label given back the day before its end would have
    one day where one given back the day after has six months.
    """
    if on > add_months(label.ends_on, -settings.RENEWAL_MONTHS):
        label.term_on = max(add_months(on, settings.EXTENSION_MONTHS), label.ends_on)
        if label.valid_until > label.ends_on:
            label.extended_until = label.valid_until


def _give_its_days_back(
    condition: Condition, label: Label, *, ended_on: date, on: date, at: datetime
) -> None:
    """A condition whose day had not come when the label was taken away: as many days later as the label was away.

    The act left its holder a number of days; those during which nobody had to correct anything are none of them. One
    whose day had already passed stays late: nothing was taken from it.
    """
    if condition.due_on >= ended_on:
        condition.due_on += max(on, ended_on) - ended_on
        condition.save(update_fields=["due_on"])
        if condition.is_waiting:
            mails.condition_due(condition, f"given-back-{on.isoformat()}", at=at)
    start_clock(condition, label, on=on)
