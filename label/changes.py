"""What changes between two editions of the framework, criterion by criterion, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from label.models import Edition


@dataclass(frozen=True)
class Change:
    """One thing that differs: what it is, and how."""

    what: str
    how: str


def changes(former: Edition, present: Edition, language: str) -> list[Change]:
    """The criteria that came, went or weigh otherwise, and the thresholds; nothing for equal editions."""
    return [*_criteria(former, present, language), *_thresholds(former.data, present.data)]


def _criteria(former: Edition, present: Edition, language: str) -> Iterator[Change]:
    name = "en" if language.startswith("en") else "fr"
    before = {row["code"]: row for row in former.data.get("criteria", [])}
    after = {row["code"]: row for row in present.data.get("criteria", [])}
    for code, row in after.items():
        what = f"{code} {row.get(name, '')}"
        known = before.get(code)
        if known is None:
            yield Change(what, _("Nouveau critère, {n} %").format(n=row["weight"]))
            continue
        if known["weight"] != row["weight"]:
            yield Change(
                what,
                _("Poids : {before} % puis {after} %").format(before=known["weight"], after=row["weight"]),
            )
        if known.get("eliminatory_below") != row.get("eliminatory_below"):
            yield Change(what, _minimum(known.get("eliminatory_below"), row.get("eliminatory_below")))
        if any(
            known.get(part) != row.get(part) for part in (f"question_{name}", f"evidence_{name}", "levels")
        ):
            yield Change(what, _("Texte modifié"))
    for code, row in before.items():
        if code not in after:
            yield Change(f"{code} {row.get(name, '')}", _("Critère retiré"))


def _minimum(before: int | None, after: int | None) -> str:
    if after is None:
        return _("Plus de note minimale")
    if before is None:
        return _("Note minimale : {n}").format(n=after)
    return _("Note minimale : {before} puis {after}").format(before=before, after=after)


def _thresholds(former: dict[str, Any], present: dict[str, Any]) -> Iterator[Change]:
    names = {
        ("favourable", "total"): _("Total pour un avis favorable"),
        ("favourable", "axis"): _("Chaque axe pour un avis favorable"),
        ("favourable", "college"): _("Chaque collège pour un avis favorable"),
        ("with_conditions", "total"): _("Total pour un avis avec réserves"),
        ("with_conditions", "axis"): _("Chaque axe pour un avis avec réserves"),
    }
    for (group, figure), what in names.items():
        before = former.get("thresholds", {}).get(group, {}).get(figure)
        after = present.get("thresholds", {}).get(group, {}).get(figure)
        if before != after:
            yield Change(what, _("{before} % puis {after} %").format(before=before, after=after))
