"""What undoing an act does to a label: an appeal upheld, a judge who annuls or suspends (domain 5.1, 5.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import mails
from certificates.actions.renewals import protect_again
from certificates.actions.restoring import restore
from certificates.effects.measures import held_under
from certificates.effects.suspending import end
from certificates.models import Condition, Label, Measure, Suspension
from deadlines import actions as deadlines
from decisions.effects import dossier_of
from decisions.models import Decision
from decisions.undoing import EXAMINED_AGAIN, Cause, also_undoes, undoes
from journal.moves import Actor, subject_key
from journal.refusals import Missing

Kind = Decision.Kind
BY_ALL = (Cause.UPHELD, Cause.PARTLY_UPHELD, Cause.ANNULLED)
ENDING = (Kind.WITHDRAW, Kind.ANNUL)


def label_that_lives(contested: Decision) -> Iterable[Missing]:
    """Only a label that still lives is freed of its conditions: the one contested, or the one that continues it."""
    bound = Q(pk=_found(contested).pk) | Q(conditions__decision=contested)
    if not Label.objects.live().filter(bound).exists():
        yield Missing(_("Le label est déjà terminé : il n'y a rien à défaire."))


def label_that_can_come_back(contested: Decision) -> Iterable[Missing]:
    """A structure has one live label at most (domain 5.2 rule 6)."""
    label = _found(contested)
    if Label.objects.live().filter(structure=label.structure_id).exclude(pk=label.pk).exists():
        yield Missing(_("La structure a reçu un autre label depuis : il faut d'abord choisir lequel reste."))


def _found(contested: Decision) -> Label:
    """The label that an act granted or measured."""
    granted: Label | None = Label.objects.filter(decision=contested).first()
    return granted or Label.objects.get(measures__decision=contested)


def _label(contested: Decision) -> Label:
    """The same, held with the act."""
    return _found(contested).held_with(contested)


def conditions_that_bind(contested: Decision) -> Iterable[Missing]:
    """An act that lifts a suspension gives: only what it asks for can be taken off."""
    if not Condition.objects.filter(decision=contested, met_on=None).exists():
        yield Missing(_("Cette décision ne pose pas de réserve : il n'y a rien à défaire."))


@undoes(Kind.GRANT, Kind.GRANT_WITH_CONDITIONS, Kind.IMPLICIT, causes=(Cause.ANNULLED,))
def annul_the_label(contested: Decision, answer: Decision | None, at: datetime, by: Actor) -> None:
    """A judge annuls a grant that somebody else contested: no adversarial phase, there is a judgment (domain 5.3).

    A label that has already ended keeps its end. A refusal born of silence made no label. A renewal annulled before
    its label starts takes nothing from the label before it, which the judgment is not about: it holds to its own end.
    """
    label = Label.objects.live().filter(decision=contested).first()
    if label is None:
        return
    ended_on = max(timezone.localdate(at), label.starts_on)
    label.held_with(contested).annul(by=by, at=at, ended_on=ended_on)
    label.save()
    deadlines.drop(subject=subject_key(label), at=at)
    mails.annulled_by_a_judge(label, at=at)


@undoes(Kind.GRANT_WITH_CONDITIONS, causes=(Cause.UPHELD, Cause.PARTLY_UPHELD), obstacles=label_that_lives)
@undoes(Kind.CONDITIONS, causes=BY_ALL)
@undoes(Kind.LIFT, causes=(Cause.UPHELD, Cause.PARTLY_UPHELD), obstacles=conditions_that_bind)
@undoes(Kind.LIFT, causes=(Cause.ANNULLED,))
def lift_the_conditions(contested: Decision, answer: Decision | None, at: datetime, by: Actor) -> None:
    """The label stays, without the conditions that were contested; what became of a suspension lifted is a person's."""
    _lift(Condition.objects.filter(decision=contested), contested, at)


@undoes(Kind.GRANT_WITH_CONDITIONS, Kind.CONDITIONS, Kind.LIFT, causes=(Cause.PARTLY_ANNULLED,))
def lift_those_annulled(contested: Decision, answer: Decision | None, at: datetime, by: Actor) -> None:
    """A judge annuls a part of the act: the label stays, without the conditions that the judgment names."""
    _lift(
        Condition.objects.filter(proposed__in=contested.conditions.filter(annulled_by__isnull=False)),
        contested,
        at,
    )


def _lift(conditions: QuerySet[Condition], contested: Decision, at: datetime) -> None:
    for condition in conditions.filter(met_on=None).select_related("label").order_by("label_id", "pk"):
        held_under(condition.label, contested)
        condition.met_on = timezone.localdate(at)
        condition.save(update_fields=["met_on"])
        deadlines.drop(subject=condition, at=at)


@undoes(Kind.SUSPEND, causes=(Cause.UPHELD, Cause.PARTLY_UPHELD, Cause.SUSPENDED))
def end_the_suspension(contested: Decision, answer: Decision | None, at: datetime, by: Actor) -> None:
    """The period that the act wrote stops today; the days before stay in the history.

    A running period that had made room for it goes on to its own written end.
    """
    on = timezone.localdate(at)
    rows = Suspension.objects.holding_from(on).filter(decision=contested).select_related("label__structure")
    for period in rows.order_by("label_id", "pk"):
        label = held_under(period.label, contested)
        period.stop(on)
        deadlines.drop(subject=period, at=at)
        if not label.suspensions.filter(lifted_on=None).exists():
            label.suspensions.holding_on(on).update(lifted_on=None)
        end(label, on=on, at=at, by=by)


@undoes(Kind.SUSPEND, causes=(Cause.ANNULLED,))
def annul_the_suspension(contested: Decision, answer: Decision | None, at: datetime, by: Actor) -> None:
    """It stops, and the public reads no more that it was: an act that a judge annuls is deemed never taken."""
    end_the_suspension(contested, answer, at, by)
    Suspension.objects.filter(decision=contested).update(annulled_at=at)


@undoes(
    *ENDING,
    causes=(Cause.UPHELD, Cause.PARTLY_UPHELD, Cause.SUSPENDED),
    obstacles=label_that_can_come_back,
)
def give_the_label_back(contested: Decision, answer: Decision | None, at: datetime, by: Actor) -> None:
    """A label withdrawn or annulled is in force again; provisionally when a judge only suspended the act."""
    label = _label(contested)
    if label.state in (Label.State.WITHDRAWN, Label.State.ANNULLED):
        restore(label, decision=answer, at=at, by=by)


@also_undoes(*EXAMINED_AGAIN, causes=BY_ALL)
def protect_the_label(contested: Decision, at: datetime, by: Actor) -> None:
    """The act had ended a renewal: filed in time, it protects the label again, which comes back if it had ended so."""
    protect_again(dossier_of(contested), at=at, by=by)


@also_undoes(*EXAMINED_AGAIN, causes=(Cause.SUSPENDED,))
def protect_the_label_until_the_judgment(contested: Decision, at: datetime, by: Actor) -> None:
    """The same while the order of a judge holds (CJA L521-1): a clock keeps it so.

    Once the claim is rejected, a person puts the refusal back in effect (`resuming`).
    """
    protect_again(dossier_of(contested), until_judgment=True, at=at, by=by)


@undoes(*ENDING, causes=(Cause.ANNULLED,), obstacles=label_that_can_come_back)
def annul_the_withdrawal(contested: Decision, answer: Decision | None, at: datetime, by: Actor) -> None:
    """The label is back, and the public reads no more that it was gone: neither now, nor since an interim order."""
    give_the_label_back(contested, answer, at, by)
    since = Measure.objects.filter(decision=contested).values("took_effect_on")
    gaps = _found(contested).interruptions.filter(
        Q(starts_on__in=since) | Q(restored_on=timezone.localdate(at))
    )
    gaps.update(annulled_at=at)


@undoes(Kind.EXTEND, Kind.LAPSE, Kind.TRANSFER, causes=(Cause.ANNULLED,))
def leave_it_to_a_person(contested: Decision, answer: Decision | None, at: datetime, by: Actor) -> None:
    """The act is annulled; what becomes of the label is told by another act, which a person takes."""
