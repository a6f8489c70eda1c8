"""Editions of the framework: loaded from data, adopted then frozen, in force from their date."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from charter.checklist import Adoption, missing_to_bring_in
from deadlines import actions as deadlines
from journal.models import Thread
from journal.moves import Actor
from journal.refusals import Blocked, Missing, block_unless_empty
from label.models import Edition
from label.snapshots import digest_of

TOTAL = 100
EFFECTIVE = "edition_effective"


@transaction.atomic
def load_edition(
    *, version: str, title_fr: str, title_en: str, data: dict[str, Any], at: datetime, by: Actor
) -> Edition:
    """Bring the text of an edition in as a draft. Raises `NotAllowed`; the same version twice is an error."""
    require("label.adopt_edition", by, on=timezone.localdate(at))
    return Edition.objects.open(
        thread=Thread.objects.create(reference=f"EDI-{version}"),
        at=at,
        by=by,
        version=version,
        title_fr=title_fr,
        title_en=title_en,
        data=data,
    )


@transaction.atomic
def adopt_edition(
    *,
    edition_pk: int,
    effective_on: date,
    opinion: str = "",
    opinion_on: date | None = None,
    immediate_reason: str = "",
    at: datetime,
    by: Actor,
) -> Edition:
    """Freeze an edition whose weights add up and whose texts are complete; the clock puts it in force on its day.

    Raises `NotAllowed`, `Blocked` also without the opinion and the notice that a change needs (domain 5.1 NORM).
    """
    edition = Edition.objects.hold(edition_pk)
    today = timezone.localdate(at)
    require("label.adopt_edition", by, edition, on=today)
    adoption = Adoption(effective_on, opinion.strip(), opinion_on, immediate_reason.strip())
    replaces = Edition.objects.in_force() is not None
    block_unless_empty(
        [*missing_to_adopt(edition.data), *missing_to_bring_in(adoption, replaces=replaces, today=today)]
    )
    adoption.write_on(edition)
    edition.digest = digest_of(edition.data)
    edition.adopt(by=by, at=at)
    edition.save()
    deadlines.start(thread=edition.thread, subject=edition, kind=EFFECTIVE, started_on=effective_on)
    return edition


@transaction.atomic
def abandon_edition(*, edition_pk: int, at: datetime, by: Actor) -> Edition:
    """Give up a draft. Raises `NotAllowed`, `TransitionNotAllowed`."""
    edition = Edition.objects.hold(edition_pk)
    require("label.adopt_edition", by, edition, on=timezone.localdate(at))
    edition.abandon(by=by, at=at)
    edition.save()
    return edition


@transaction.atomic
def archive_edition(*, edition_pk: int, at: datetime, by: Actor) -> Edition:
    """Put away a replaced edition that no live dossier or label uses; the caller knows that.

    Raises `NotAllowed`, `TransitionNotAllowed`.
    """
    edition = Edition.objects.hold(edition_pk)
    require("label.enter_edition_into_force", by, edition, on=timezone.localdate(at))
    edition.archive(by=by, at=at)
    edition.save()
    return edition


@transaction.atomic
def enter_into_force_edition(*, edition_pk: int, at: datetime, by: Actor) -> Edition:
    """From now on new drafts use this edition; the previous one stays for the dossiers begun with it.

    Raises `NotAllowed`, `Blocked` before its date.
    """
    thread_ids = Edition.objects.filter(state=Edition.State.IN_FORCE).values_list("thread_id", flat=True)
    Thread.objects.hold(*thread_ids, Edition.objects.values_list("thread_id", flat=True).get(pk=edition_pk))
    edition = Edition.objects.hold(edition_pk)
    require("label.enter_edition_into_force", by, edition, on=timezone.localdate(at))
    if edition.effective_on is None or timezone.localdate(at) < edition.effective_on:
        raise Blocked([Missing(_("Cette édition n'est pas encore applicable."))])
    former = Edition.objects.in_force()
    if former is not None and former.pk != edition.pk:
        former = Edition.objects.hold(former.pk)
        former.supersede(by=by, at=at)
        former.save()
    edition.enter_into_force(by=by, at=at)
    edition.save()
    deadlines.meet(subject=edition, kind=EFFECTIVE, at=at)
    return edition


def missing_to_adopt(data: dict[str, Any]) -> list[Missing]:
    """Weights of 100 in all and per axis, and texts in two languages."""
    if not _is_whole(data):
        return [Missing(_("Il manque des parties au référentiel : axes, critères, seuils ou panel."))]
    found = []
    weights: dict[str, int] = defaultdict(int)
    for criterion in data["criteria"]:
        weights[criterion["code"].split(".")[0]] += criterion["weight"]
    if sum(weights.values()) != TOTAL:
        found.append(Missing(_("La somme des poids doit être égale à 100.")))
    if any(weights[axis["code"]] != axis["weight"] for axis in data["axes"]):
        found.append(Missing(_("Les poids des critères d'un axe doivent donner le poids de l'axe.")))
    names = ("fr", "en", "question_fr", "question_en", "evidence_fr", "evidence_en")
    if any(not criterion.get(name) for criterion in data["criteria"] for name in names):
        found.append(Missing(_("Chaque critère doit avoir ses textes en français et en anglais.")))
    return found


def _is_whole(data: Any) -> bool:
    """Whether the data of an edition has every part that the evaluation reads, with numbers where it counts."""
    if not isinstance(data, dict):
        return False
    axes, criteria = data.get("axes"), data.get("criteria")
    thresholds, panel = data.get("thresholds"), data.get("panel")
    if not (isinstance(axes, list) and isinstance(criteria, list) and criteria):
        return False
    if not (isinstance(thresholds, dict) and isinstance(panel, dict)):
        return False
    rows_are_whole = all(
        isinstance(row, dict) and isinstance(row.get("code"), str) and isinstance(row.get("weight"), int)
        for row in (*axes, *criteria)
    )
    favourable, conditions = thresholds.get("favourable"), thresholds.get("with_conditions")
    figures = [
        *(favourable.get(name) for name in ("total", "axis", "college") if isinstance(favourable, dict)),
        *(conditions.get(name) for name in ("total", "axis") if isinstance(conditions, dict)),
    ]
    return rows_are_whole and len(figures) == 5 and all(isinstance(figure, int) for figure in figures)
