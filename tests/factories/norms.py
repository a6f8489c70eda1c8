"""Texts that change, in the tests: a draft edition harder than the one in force, a mailing ready to confirm."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Role
from certificates.mailings import RenewalCalled
from certificates.models import Label
from deadlines.calendar import add_months
from label.actions import load_edition
from label.models import Edition, Snapshot
from letters.actions import prepare_mailing
from letters.models import Mailing
from reviewers.models import Evaluation
from reviewers.scoring import COLLEGES
from structures.models import Structure
from tests.factories import label, portal, structures
from tests.factories.accounts import acting, signatory, staff
from tests.factories.structures import AT
from tests.keeping import kept


@kept
def draft_edition(version: str = "2028", *, at: datetime = AT, **changes: Any) -> Edition:
    """A draft whose data is that of the first edition, with these parts changed."""
    data = {**label.framework(), "version": version, **changes}
    return load_edition(
        version=version,
        title_fr="Label associatif",
        title_en="Association label",
        data=data,
        at=at,
        by=acting(signatory(), Role.SIGNATORY),
    )


@kept
def harder(version: str = "2028") -> Edition:
    """A draft that asks for 90 % to be favourable, 80 % with conditions."""
    thresholds = {
        "favourable": {"total": 90, "axis": 85, "college": 85},
        "with_conditions": {"total": 80, "axis": 80},
    }
    return draft_edition(version, thresholds=thresholds)


@kept
def held(found: Structure | None = None, *, since: datetime = AT, score: int = 3) -> Label:
    """A label made by row, whose frozen result gave that score to every criterion: only the result matters here."""
    Edition.objects.in_force() or label.edition(at=since)
    begun = timezone.localdate(since)
    made = portal.granted(
        starts_on=begun, ends_on=add_months(begun, 36), holder=found or structures.structure()
    )
    criteria = {
        row["code"]: {
            "value": str(score),
            "college_means": dict.fromkeys(COLLEGES, str(score)),
            "na": False,
            "eliminatory_median": False,
        }
        for row in made.edition.data["criteria"]
    }
    Evaluation.objects.create(
        application=made.application,
        snapshot=Snapshot.objects.create(
            application=made.application, number=1, content={}, digest="0" * 64, made_at=since
        ),
        result={"criteria": criteria, "total": str(25 * score)},
        digest="0" * 64,
        closed_at=since,
    )
    return made


@kept
def prepared_mailing(*, at: datetime = AT) -> Mailing:
    """A mailing ready to confirm, about every label of the test, which are made to end soon."""
    Label.objects.live().update(ends_on=add_months(timezone.localdate(at), 6))
    by = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    return prepare_mailing(kind=RenewalCalled.code, at=at, by=by)
