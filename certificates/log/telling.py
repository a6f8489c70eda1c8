"""Which leaves of a label may be told today, and what is given so that anybody checks them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from certificates.models import Label, LoggedFact, Suspension
from certificates.periods import is_told
from journal.moves import subject_key

Kind = LoggedFact.Kind
CERTIFICATES = (Kind.ISSUED, Kind.CORRECTED)
# The kind that tells how a label in that state ended.
END_OF = {
    Label.State.EXPIRED: Kind.EXPIRED,
    Label.State.WITHDRAWN: Kind.WITHDRAWN,
    Label.State.RELINQUISHED: Kind.RELINQUISHED,
    Label.State.LAPSED: Kind.LAPSED,
    Label.State.TRANSFERRED: Kind.TRANSFERRED,
    Label.State.RENEWED: Kind.RENEWED,
}


@dataclass(frozen=True)
class ToldLeaf:
    """A leaf that may be told: where it stands, what it says, and the salt that ties the two."""

    index: int
    commitment: str
    kind: str
    word: str
    on: date
    salt: str
    facts: dict[str, str]


def told_leaves(label: Label, *, on: date) -> list[ToldLeaf]:
    """The leaves of that label that may be told that day, oldest first; one query when its periods are prefetched.

    What has not begun is not told; a measure is while it stands, or for the days set (`certificates.periods`); nothing
    once the label is annulled.
    """
    if label.state == Label.State.ANNULLED:
        return []
    rows = LoggedFact.objects.filter(label=label, leaf__isnull=False, erased_at=None)
    return list(_told(label, rows.select_related("leaf").order_by("leaf"), on))


def _told(label: Label, rows: Iterable[LoggedFact], on: date) -> Iterable[ToldLeaf]:
    periods = {subject_key(one): one for one in label.suspensions.all() if is_told(one, on)}
    for row in rows:
        facts: dict[str, str] = row.facts or {}
        day = date.fromisoformat(facts["on"])
        if day <= on and _may_be_told(label, row, day, periods, on):
            yield ToldLeaf(
                row.leaf.pk,
                row.leaf.commitment,
                row.kind,
                row.get_kind_display(),
                day,
                row.salt,
                facts,
            )


def _may_be_told(label: Label, row: LoggedFact, day: date, periods: dict[str, Suspension], on: date) -> bool:
    if row.kind in CERTIFICATES:
        return True
    if row.kind == Kind.SUSPENDED:
        return row.source in periods
    if row.kind == Kind.LIFTED:
        return any(one.lifted_on == day for one in periods.values())
    gaps = [one for one in label.interruptions.all() if is_told(one, on)]
    if row.kind == Kind.RESTORED:
        return any(one.restored_on == day for one in gaps)
    stands = row.kind == END_OF.get(Label.State(label.state)) and label.ended_on == day
    return stands or (row.kind == Kind.WITHDRAWN and any(one.starts_on == day for one in gaps))
