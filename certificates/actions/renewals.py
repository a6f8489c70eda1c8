"""Renewing a label, adding a solution to it, and what their filing and their end do to the label."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from certificates.actions.restoring import restore
from certificates.clocks import (
    RENEWAL,
    WINDOW,
    await_the_end,
    forget_the_end,
    tell_the_end,
    wait_for_the_judge,
)
from certificates.models import Label
from certificates.openings import label_to_follow, was_refused
from certificates.renewals import (
    ONE_DAY,
    is_in_time,
    label_continued,
    label_followed,
    renewal_under_way,
    window_of,
)
from certificates.status import last_day_of
from deadlines import actions as deadlines
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing
from label import clocks
from label.actions import follow_up_dossier
from label.models import Application, Edition
from label.registry import opens
from structures.models import Solution, Structure


@opens(Application.Kind.RENEWAL)
@transaction.atomic
def open_renewal(*, structure_pk: int, at: datetime, by: Actor) -> Application:
    """Open the renewal of the label of a structure: the last dossier copied, with the solutions recognised.

    It follows the edition in force on the day when the window opened (domain 5.3); by the light path, after the end,
    the one in force today. Raises `NotAllowed`, `Blocked` outside the window or while a dossier is open.
    """
    label = _followed(structure_pk, at, by)
    on, window = timezone.localdate(at), window_of(label)
    edition = Edition.objects.in_force_on(window.opens_on) if on <= window.ends_on else None
    return follow_up_dossier(
        previous=label.application,
        kind=Application.Kind.RENEWAL,
        structure_pk=label.structure_id,
        edition=edition,
        solutions=Solution.objects.live().filter(recognitions__label=label),
        at=at,
        by=by,
    )


@opens(Application.Kind.ADDITION)
@transaction.atomic
def open_addition(*, structure_pk: int, at: datetime, by: Actor) -> Application:
    """Open the light dossier that presents another solution under a label in force. Raises as `open_renewal` does."""
    label = _followed(structure_pk, at, by)
    return follow_up_dossier(
        previous=label.application,
        kind=Application.Kind.ADDITION,
        structure_pk=label.structure_id,
        edition=label.edition,
        at=at,
        by=by,
    )


def _followed(structure_pk: int, at: datetime, by: Actor) -> Label:
    """The label that the new dossier follows; what else forbids to open it, `open_application` says."""
    structure = Structure.objects.hold(structure_pk)
    require("label.open_application", by, structure, on=timezone.localdate(at))
    label = label_to_follow(structure)
    if label is None:
        raise Blocked([Missing(_("Votre structure n'a pas de label en cours."), code="no_label")])
    return label


@transaction.atomic
def decline_renewal(*, label_pk: int, at: datetime, by: Actor) -> Label:
    """« Je ne renouvelle pas »: the representative says so, and no reminder leaves any more; a renewal stays possible.

    A second call changes nothing. Raises `NotAllowed`; `Blocked` once the label has ended or a renewal is filed.
    """
    label = Label.objects.select_related("structure").hold(label_pk)
    on = timezone.localdate(at)
    require("certificates.decline_renewal", by, label, on=on)
    if label.renewal_declined_on is not None:
        return label
    if label.state not in Label.LIVE or renewal_under_way(label) is not None:
        raise Blocked([_("Ce label est terminé, ou son renouvellement est déjà déposé.")])
    label.renewal_declined_on = on
    label.save(update_fields=["renewal_declined_on"])
    deadlines.drop(subject=label, kind=RENEWAL, at=at)
    note(label, what="decline_renewal", at=at, by=by)
    return label


def note_filing(application: Application, *, at: datetime, by: Actor) -> None:
    """A renewal is filed: until four months before the end it protects the label; the reminders stop (domain 5.1)."""
    label = label_followed(application)
    if label is None:
        return
    label = Label.objects.hold(label.pk)
    if label.state not in Label.LIVE:
        return
    deadlines.meet(subject=label, kind=RENEWAL, at=at)
    filed_on = clocks.applied_on(application.reopens or application)
    if is_in_time(label, filed_on):
        label.renewal_filed_on = filed_on
        label.save(update_fields=["renewal_filed_on"])
        note(label, what="renewal_in_time", at=at, by=by)
    else:
        note(label, what="renewal_late", at=at, by=by)


def protect_again(application: Application, *, until_judgment: bool = False, at: datetime, by: Actor) -> None:
    """What ended a renewal is undone, or suspended until the judgment: filed in time, it protects the label again.

    A label that ended so comes back, as long as it would have waited; beyond, only for the time of a judge's order. A
    renewal filed late had protected nothing, but for an extension that its end cut short. Nothing for a label that
    ended otherwise, or whose place was taken. A second call changes nothing.
    """
    followed = label_followed(application)
    if followed is None or application.kind != Application.Kind.RENEWAL:
        return
    label: Label = Label.objects.select_related("structure", "application").hold(followed.pk)
    filed_on, former = clocks.applied_on(application.reopens or application), label.renewal_filed_on
    if is_in_time(label, filed_on):
        label.renewal_filed_on = filed_on
    if label.state == Label.State.EXPIRED and _comes_back(label, until_judgment, timezone.localdate(at)):
        label = restore(label, decision=None, filed_on=label.renewal_filed_on, at=at, by=by)
        deadlines.drop(subject=label, kind=WINDOW, at=at)  # nobody is called to renew what was filed
    if label.state not in Label.LIVE:
        return
    if label.renewal_filed_on != former:
        label.save(update_fields=["renewal_filed_on"])
        note(label, what="renewal_in_time", at=at, by=by)
    if until_judgment:
        wait_for_the_judge(label, at=at)


def _comes_back(label: Label, until_judgment: bool, on: date) -> bool:
    cut_short = label.extended_until and label.ended_on and label.ended_on <= label.extended_until
    is_protected = label.renewal_filed_on is not None or bool(cut_short)
    return is_protected and (until_judgment or on <= last_day_of(label)) and not _another_lives(label)


def _another_lives(label: Label) -> bool:
    """Whether the structure holds another label, or the place of that one was taken."""
    others = Label.objects.filter(Q(structure=label.structure_id, state__in=Label.LIVE) | Q(previous=label))
    return others.exclude(pk=label.pk).exists()


def release(application: Application, *, on: date, at: datetime, by: Actor) -> None:
    """The renewal ended without a label: the old one ends at the later of its end and that day (domain 5.1 RENEWAL).

    One taken over meanwhile was protected by it too.
    """
    label = label_continued(application)
    if label is None:
        return
    label = Label.objects.select_related("structure", "application").hold(label.pk)
    if label.state not in Label.LIVE:
        return
    if on <= label.own_end:  # it protects no longer, and an extension stops with it (letter L9c)
        label.renewal_filed_on = None
        if label.extended_until is not None:
            label.extended_until = label.own_end if label.own_end > label.ends_on else None
            forget_the_end(label, at=at)
            await_the_end(label, label.own_end)
        label.save(update_fields=["renewal_filed_on", "extended_until"])
        note(label, what="renewal_over", at=at, by=by)
        return
    label.expire(by=by, at=at, ended_on=on + ONE_DAY)
    label.save()
    if not was_refused(label):  # the letter of a refusal says when the label ends
        tell_the_end(label, at=at)
