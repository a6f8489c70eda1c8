"""What puts a measure back in effect once the claim against it was rejected: a judge had suspended it (CJA L521-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.actions.renewals import release
from certificates.checklist.measures import first_day
from certificates.effects.measures import held_under, label_of
from certificates.effects.suspending import make_room, suspend_from
from certificates.models import Label, Suspension
from certificates.renewals import label_followed
from decisions.effects import dossier_of
from decisions.models import Decision
from decisions.undoing import EXAMINED_AGAIN, resumes
from journal.moves import Actor
from journal.refusals import Missing
from label.models import Application

Kind = Decision.Kind
MOVES = {Kind.WITHDRAW: "withdraw", Kind.ANNUL: "annul"}


def _stopped(contested: Decision) -> Suspension | None:
    """The period that the order stopped: on the label contested, or on the one that continues it."""
    rows = Suspension.objects.filter(decision=contested).select_related("label__structure")
    return rows.order_by("-pk").first()


def what_is_left(contested: Decision, on: date) -> Iterable[Missing]:
    """A suspension runs again only while some of its days are to come, on a label that lives."""
    stopped = _stopped(contested)
    if stopped is None or stopped.label.state not in Label.LIVE:
        yield Missing(_("Le label n'est plus en cours."))
    elif first_day(stopped.label, stopped.starts_on, on) > stopped.ends_on:
        yield Missing(_("La suspension s'est terminée à la date écrite : il n'y a rien à remettre en effet."))


def label_still_lives(contested: Decision, on: date) -> Iterable[Missing]:
    """A label that ended since keeps its end."""
    if not Label.objects.live().filter(measures__decision=contested).exists():
        yield Missing(_("Le label n'est plus en cours."))


def protection_still_runs(contested: Decision, on: date) -> Iterable[Missing]:
    """Only the refusal of a renewal was held back by something: the label that it protects again."""
    dossier = dossier_of(contested)
    label = label_followed(dossier) if dossier.kind == Application.Kind.RENEWAL else None
    runs = label is not None and label.state in Label.LIVE
    if label is None or not runs or (label.renewal_filed_on is None and label.extended_until is None):
        yield Missing(_("Cette décision ne retient rien : il n'y a rien à remettre en effet."))


@resumes(*EXAMINED_AGAIN, obstacles=protection_still_runs)
def end_the_protection_again(contested: Decision, at: datetime, by: Actor) -> None:
    """The renewal protects the label no longer, from that day; its new examination, if it goes on, changes nothing."""
    release(dossier_of(contested).held_with(contested), on=timezone.localdate(at), at=at, by=by)


@resumes(Kind.SUSPEND, obstacles=what_is_left)
def suspend_again(contested: Decision, at: datetime, by: Actor) -> None:
    """From that day, or after the suspension that runs, to the end that the act wrote."""
    on, stopped = timezone.localdate(at), _stopped(contested)
    if stopped is None:
        return
    label = held_under(stopped.label, contested)
    starts_on = first_day(label, stopped.starts_on, on)
    make_room(label, starts_on)
    suspend_from(
        label,
        contested,
        starts_on=starts_on,
        ends_on=stopped.ends_on,
        public_reason=stopped.public_reason,
        at=at,
        by=by,
    )


@resumes(Kind.WITHDRAW, Kind.ANNUL, obstacles=label_still_lives)
def end_again(contested: Decision, at: datetime, by: Actor) -> None:
    """The label given back until the judgment ends again, from that day."""
    label = label_of(contested)
    getattr(label, MOVES[Kind(contested.kind)])(by=by, at=at, ended_on=timezone.localdate(at))
    label.save()
