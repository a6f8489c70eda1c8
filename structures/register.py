"""What the local copy of the register of associations says; a miss proves nothing (domain 4.7)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Q

from structures.models import RegisterCheck, RegisterEntry, Registration, Structure

Result = RegisterCheck.Result
Kind = Registration.Kind

SOURCE = "rna"
SAME_NAME = 0.85
MAXIMUM_COMPARED = 300
WORDS_WITHOUT_WEIGHT = frozenset(
    {"association", "associations", "assoc", "asso", "de", "des", "du", "d", "la", "le", "les", "l", "et"}
    | {"a", "au", "aux", "en", "pour", "par", "loi", "1901"}
)
CLOSED_POSITIONS = {"D", "S"}


@dataclass(frozen=True)
class Finding:
    """The answer of a register, as a person will read it."""

    result: str
    found_name: str = ""
    found_number: str = ""
    closed_on: date | None = None
    register_date: date | None = None
    address: str = ""
    postal_code: str = ""
    city: str = ""
    website: str = ""
    created_on: date | None = None

    def as_fields(self) -> dict[str, Any]:
        """The part of it that a `RegisterCheck` keeps, whatever becomes of the facts of the structure."""
        kept = ("result", "found_name", "found_number", "closed_on", "register_date")
        place = f"{self.postal_code} {self.city}".strip()
        address = ", ".join(part for part in (self.address, place) if part)
        return {key: value for key, value in asdict(self).items() if key in kept} | {
            "found_address": address[:500]
        }


def find(kind: str, value: str, name: str) -> Finding:
    """Look a normal form up in the local table and compare the names.

    Kinds that this register does not hold, and a number that it does not know, answer NOT_FOUND; an empty
    table, and an entry of which we cannot read whether it is active, answer UNAVAILABLE.
    """
    query = _query(kind, value)
    if query is None:
        return Finding(Result.NOT_FOUND)
    entries = list(RegisterEntry.objects.filter(query).order_by("position", "-updated_on", "pk")[:20])
    if not entries:
        empty = not RegisterEntry.objects.exists()
        return Finding(Result.UNAVAILABLE if empty else Result.NOT_FOUND)
    return _finding(max(entries, key=lambda entry: _likeness(entry, name)), name)


def same_name(one: str, other: str) -> bool:
    """Whether two names mean the same for a reader: case, accents, order and small words put aside."""
    return similarity(one, other) >= SAME_NAME


def similarity(one: str, other: str) -> float:
    """From 0 (nothing in common) to 1 (same words)."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return 0.0
    if sorted(first) == sorted(second):
        return 1.0
    plain = SequenceMatcher(None, " ".join(first), " ".join(second), autojunk=False).ratio()
    sorted_ratio = SequenceMatcher(
        None, " ".join(sorted(first)), " ".join(sorted(second)), autojunk=False
    ).ratio()
    return max(plain, sorted_ratio)


def look_alikes(structure: Structure, *, limit: int = 10) -> list[Structure]:
    """Other structures of the same postal code and a similar name, or of the same SIREN: a warning.

    Branches of one federation are structures of their own (domain 5.3, duplicate applications).
    """
    sirens = {row.value[:9] for row in structure.registrations.all() if row.kind in (Kind.SIREN, Kind.SIRET)}
    near = Q(postal_code=structure.postal_code) if structure.postal_code else Q(pk__in=[])
    same_number = Q(pk__in=[])
    for siren in sirens:
        rows = Registration.objects.filter(kind__in=[Kind.SIREN, Kind.SIRET], value__startswith=siren)
        same_number |= Q(pk__in=rows.values("structure_id"))
    others = Structure.objects.exclude(pk=structure.pk)
    alike = [
        other for other in others.filter(near).order_by("pk")[:200] if same_name(other.name, structure.name)
    ]
    seen = {other.pk for other in alike}
    return [*alike, *(other for other in others.filter(same_number)[:limit] if other.pk not in seen)][:limit]


def _query(kind: str, value: str) -> Q | None:
    if not value:
        return None
    if kind == Kind.RNA:
        return Q(number=value)
    if kind == Kind.OLD_RNA:
        return Q(old_number=value[:40]) | Q(number=value[:20])
    if kind == Kind.SIRET:
        return Q(siret=value)
    if kind == Kind.SIREN:
        # A range and not LIKE, so that the index serves on both databases.
        return Q(siret__gte=value + "00000", siret__lte=value + "99999")
    return None


def _finding(entry: RegisterEntry, name: str) -> Finding:
    if entry.position in CLOSED_POSITIONS or entry.dissolved_on is not None:
        result = Result.CLOSED
    elif entry.position == RegisterEntry.UNKNOWN:
        result = Result.UNAVAILABLE
    else:
        result = Result.MATCH if _likeness(entry, name) >= SAME_NAME else Result.MISMATCH
    return Finding(
        result,
        found_name=entry.title,
        found_number=entry.number,
        closed_on=entry.dissolved_on,
        register_date=entry.updated_on,
        address=entry.address,
        postal_code=entry.postal_code,
        city=entry.city,
        website=entry.website,
        created_on=entry.created_on,
    )


def _likeness(entry: RegisterEntry, name: str) -> float:
    return max(similarity(entry.title, name), similarity(entry.short_title, name))


def _words(name: str) -> list[str]:
    flat = unicodedata.normalize("NFKD", name[:MAXIMUM_COMPARED].casefold())
    bare = (
        "".join(letter for letter in flat if not unicodedata.combining(letter))
        .replace("œ", "oe")
        .replace("æ", "ae")
    )
    words = re.findall(r"\w+", bare)
    return [word for word in words if word not in WORDS_WITHOUT_WEIGHT] or words
