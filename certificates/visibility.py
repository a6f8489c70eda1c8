"""Who may see a label and its follow-ups from inside: the members of its structure, the staff who handle dossiers.

The public reads what the portal says, from the same status.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from accounts.models import User
from accounts.rules import roles_of
from certificates.models import Consultation, FollowUp, Hearing, Label, Measure
from decisions.effects import also_served
from decisions.models import Decision
from journal.visibility import audience, veto
from label.models import Application
from label.registry import label_holders
from label.visibility import HANDLING_ROLES
from letters.models import Letter
from reviewers.visibility import closed_dossiers
from structures.models import Membership

SUBJECT = "certificates.label"


@audience(SUBJECT, "staff")
def staff(user: User, on: date) -> Q:
    """Staff who handle dossiers."""
    return Q(pk__isnull=False) if HANDLING_ROLES & roles_of(user, on=on) else Q(pk__in=[])


@audience(SUBJECT, "structure")
def members_of_the_structure(user: User, on: date) -> Q:
    """The labels of the structures to which the person belongs, once the act that grants them is notified."""
    mine = Membership.objects.current().filter(user=user).values("structure_id")
    return Q(structure__in=mine) & ~Q(decision__state=Decision.State.SIGNED)


@label_holders
def taken_over() -> QuerySet[Any, Any]:
    """The labels held by another structure than that of their dossier: a merger, or several."""
    return Label.objects.exclude(structure=F("application__structure"))


def _closed(user: User, on: date, label: str = "") -> Q:
    """What is about a label whose dossier a link closes to the person; members of the holder keep their space.

    `label` is the way from the record to its label, as `label__`.
    """
    mine = Membership.objects.current().filter(user=user).values("structure_id")
    closed = Q(**{f"{label}application__in": closed_dossiers(user, on)})
    return closed & ~Q(**{f"{label}structure__in": mine})


@veto(SUBJECT, "link")
def labels_closed_by_a_link(user: User, on: date) -> Q:
    """Labels of a structure with which one has a link: their hearings, conditions, changes, letters and files too."""
    return _closed(user, on)


@audience("certificates.followup", "label")
def follow_ups_of_labels(user: User, on: date) -> Q:
    """The follow-ups of the labels that the person sees."""
    return Q(label__in=Label.objects.visible_to(user, on=on).values("pk"))


@audience("certificates.followup", "consulted")
def follow_ups_to_give_a_word_on(user: User, on: date) -> Q:
    """Those on a gap of which a member of the committee is asked; the page shows that gap and nothing else."""
    asked = Consultation.objects.filter(member=user, superseded_at=None, gap__closed_at=None)
    return Q(pk__in=asked.values("gap__follow_up_id"), state=FollowUp.State.GAPS)


@veto("certificates.followup", "link")
def follow_ups_closed_by_a_link(user: User, on: date) -> Q:
    """Those of a structure with which one has a link, but to its own members."""
    return _closed(user, on, "label__")


@audience("certificates.registeralert", "staff")
def alerts_for_the_staff(user: User, on: date) -> Q:
    """What a register says of a holder: the staff who handle dossiers."""
    return Q(pk__isnull=False) if HANDLING_ROLES & roles_of(user, on=on) else Q(pk__in=[])


@veto("certificates.registeralert", "link")
def alerts_closed_by_a_link(user: User, on: date) -> Q:
    """What a register says of a structure with which one has a link."""
    return _closed(user, on, "label__")


@also_served
def acts_on_labels(structures: Any) -> Iterable[QuerySet[Any, Any]]:
    """Acts on a label: for who holds it, or takes it over by a merger."""
    transfer = Q(decision__kind=Decision.Kind.TRANSFER)
    yield Measure.objects.filter(transfer, successor__in=structures).values("decision")
    yield Measure.objects.filter(~transfer, label__structure__in=structures).values("decision")


@audience("certificates.withdrawal", "staff")
def procedures_for_staff(user: User, on: date) -> Q:
    """Staff who handle dossiers, where they may see the label: a link that closes its dossier closes them too."""
    if not HANDLING_ROLES & roles_of(user, on=on):
        return Q(pk__in=[])
    return Q(label__application__in=Application.objects.visible_to(user, on=on).values("pk"))


@audience("certificates.withdrawal", "structure")
def procedures_told(user: User, on: date) -> Q:
    """The procedures of which the association was told, for the members of the holder.

    Its first letter is in its space, or was received on paper: nothing is shown before (screens P26).
    """
    labels = Label.objects.filter(
        structure__in=Membership.objects.current().filter(user=user).values("structure_id")
    )
    hearings = Hearing.objects.filter(_reached("letter__"), withdrawal__isnull=False)
    told = _reached("formal_notice__") | Q(pk__in=hearings.values("withdrawal_id"))
    return told & Q(label__in=labels.values("pk"))


def _reached(letter: str) -> Q:
    return Q(**{f"{letter}channel": Letter.Channel.ONLINE}) | Q(**{f"{letter}received_on__isnull": False})
