"""A label that an appeal or a judge gives back (domain 5.1 LABEL, rétablir)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.clocks import plan_the_end
from certificates.effects.conditions import start_clock
from certificates.log.noting import note_move
from certificates.models import Interruption, Label, LoggedFact
from charter.clocks import ask_signature_again
from deadlines.calendar import add_months
from decisions.models import Decision
from journal.moves import Actor
from journal.refusals import Blocked


def restore(label: Label, *, decision: Decision | None, at: datetime, by: Actor) -> Label:
    """Put a withdrawn or annulled label back in force from that day; its history keeps the days without it.

    `decision` is the act that restores it, None for a judgment. When the original end is passed, the holder has six
    months to file a renewal. The gear of whoever answers an appeal: the label is held and the caller checked who may.
    Raises `Blocked` when the structure holds another label, `TransitionNotAllowed` in any other state.
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
    if label.valid_until < on:
        label.extended_until = add_months(on, settings.EXTENSION_MONTHS)
    label.follow_ups_planned_at = None  # the clock plans again those to come
    label.save(update_fields=["extended_until", "follow_ups_planned_at"])
    plan_the_end(label)
    for condition in label.conditions.filter(met_on=None):
        start_clock(condition, label, on=on)
    ask_signature_again(label.structure, at=at)
    return label
