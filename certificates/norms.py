"""Texts that change, seen from the labels: which edition judges them, who would fall, who has to sign again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from certificates.models import FollowUp, Label
from charter.models import SIGNATURE, Charter, Signature
from deadlines.models import Deadline
from journal.moves import subject_key
from label.models import Application, Edition
from reviewers.models import Evaluation
from reviewers.trial import Trial, judge_again
from structures.models import Structure

MOST_LABELS = 20_000
READ = (FollowUp.State.COMPLIANT, FollowUp.State.RESOLVED)


@dataclass(frozen=True)
class Tried:
    """One live label, and what its frozen scores give under the edition on trial; None when it was never scored."""

    label: Label
    trial: Trial | None


def dry_run(edition: Edition, among: QuerySet[Label]) -> Iterator[Tried]:
    """Each of these labels judged again with the criteria of that edition, oldest first: nothing is written.

    Two queries, whatever the number of labels (at most `MOST_LABELS`).
    """
    last = Evaluation.objects.filter(application=OuterRef("application")).order_by("-pk").values("pk")[:1]
    labels = (
        among.select_related("structure", "edition")
        .annotate(evaluation_id=Subquery(last))
        .order_by("pk")[:MOST_LABELS]
    )
    found = list(labels)
    keys = [label.evaluation_id for label in found if label.evaluation_id]
    results = _results(keys)
    for label in found:
        result = results.get(label.evaluation_id)
        trial = judge_again(result, label.edition.data, edition.data) if result is not None else None
        yield Tried(label, trial)


def _results(keys: list[int]) -> dict[int, Any]:
    rows: dict[int, Any] = {}
    for start in range(0, len(keys), 5_000):  # a statement takes a bounded number of keys
        rows.update(Evaluation.objects.filter(pk__in=keys[start : start + 5_000]).values_list("pk", "result"))
    return rows


def edition_on(day: date, editions: Iterable[Edition]) -> Edition | None:
    """The edition in force on that day, among those that are or were; None before the first one."""
    begun = [one for one in editions if one.effective_on is not None and one.effective_on <= day]
    return max(begun, key=lambda one: (one.effective_on, one.pk), default=None)


def judging_edition(
    label: Label,
    follow_ups: Iterable[FollowUp],
    editions: Iterable[Edition],
    *,
    reading: FollowUp | None = None,
) -> Edition:
    """The edition by which a label is judged: it migrates only when a follow-up was read (domain 5.1 NORM).

    The follow-up is judged by the edition in force on the day it was opened; a renewal, by that of its own dossier.
    `reading` counts as read already: its officer works with the edition to which it makes the label migrate.
    """
    known = list(editions)
    opened = [
        timezone.localdate(one.opened_at)
        for one in follow_ups
        if (one.state in READ or one == reading) and one.opened_at is not None
    ]
    migrated = edition_on(max(opened), known) if opened else None
    if migrated is None or (migrated.effective_on or date.min) < (label.edition.effective_on or date.min):
        return label.edition
    return migrated


def edition_to_read(follow_up: FollowUp) -> Edition:
    """The edition whose criteria an officer reads this follow-up with, in two queries."""
    label = follow_up.label
    return judging_edition(label, label.follow_ups.all(), Edition.objects.evaluated(), reading=follow_up)


def with_signature(among: QuerySet[Label], charter: Charter) -> QuerySet[Label]:
    """These labels with `signed_at` of that version, and `sign_by`, the day given to a structure that was asked."""
    signed = Signature.objects.filter(structure=OuterRef("structure"), charter=charter)
    asked = Deadline.objects.running().filter(thread=OuterRef("structure__thread"), kind=SIGNATURE)
    found = {
        "signed_at": Subquery(signed.values("signed_at")[:1]),
        "sign_by": Subquery(asked.values("due_on")[:1]),
    }
    return among.annotate(**found)


def to_sign_again(charter: Charter, *, on: date) -> QuerySet[Label]:
    """The live labels whose structure has not signed that version of the charter."""
    signed = Signature.objects.filter(structure=OuterRef("structure"), charter=charter)
    return Label.objects.listed(on=on).filter(~Exists(signed)).select_related("structure")


def charter_gap(structure: Structure, *, on: date) -> bool:
    """Whether the days to sign the new charter are over without a signature: a gap to read at the next follow-up.

    Never a loss of the label by itself (domain 5.3).
    """
    clocks = Deadline.objects.running().filter(subject=subject_key(structure), kind=SIGNATURE, due_on__lt=on)
    return clocks.exists() and Signature.objects.valid_for(structure) is None


def unused_editions() -> QuerySet[Edition]:
    """Replaced editions that no dossier under way and no live label uses any more."""
    live = Label.objects.live().filter(edition=OuterRef("pk"))
    running = Application.objects.exclude(state__in=Application.FINAL).filter(edition=OuterRef("pk"))
    return Edition.objects.filter(~Exists(live), ~Exists(running), state=Edition.State.SUPERSEDED)


def unused_charters() -> QuerySet[Charter]:
    """Replaced charters of no dossier under way, and that no holder of a live label has as its latest signature."""
    running = Application.objects.exclude(state__in=Application.FINAL).filter(
        charter_signature__charter=OuterRef("pk")
    )
    latest = Signature.objects.filter(structure=OuterRef("structure")).order_by("-pk").values("charter")[:1]
    holders = Label.objects.live().annotate(latest=Subquery(latest)).filter(latest=OuterRef("pk"))
    return Charter.objects.filter(~Exists(running), ~Exists(holders), state=Charter.State.SUPERSEDED)
