"""The facts printed on a certificate: frozen as data when the label is issued, turned into a page later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation

from certificates.documents import CertificateFacts
from certificates.models import Label
from decisions.models import Decision
from structures.facets import FIELDS_OF_ACTION
from structures.models import Solution


def facts_of(label: Label, decision: Decision, solutions: Iterable[Solution]) -> dict[str, Any]:
    """What the certificate says, as JSON data: names and words as they are on the day of issue."""
    structure = label.structure
    data = label.edition.data
    return {
        "number": label.number,
        "structure_name": structure.name,
        "seat": f"{structure.postal_code} {structure.city}".strip(),
        "registration": structure.number(),
        "solutions": [_solution(row) for row in solutions],
        "granted_on": label.starts_on.isoformat(),
        "starts_on": label.starts_on.isoformat(),
        "ends_on": label.ends_on.isoformat(),
        "title_fr": label.edition.title_fr,
        "title_en": label.edition.title_en,
        "edition_name": label.edition.version,
        "conditions_fr": [row["fr"] for row in data.get("maintenance_conditions", [])],
        "conditions_en": [row["en"] for row in data.get("maintenance_conditions", [])],
        "signatory_name": decision.signatory_name,
        "signatory_quality": decision.signatory_quality,
        "service": decision.signatory_service,
        "verify_url": f"{settings.PUBLIC_URL}/verifier/{label.number}/",
        "specimen": not settings.PRODUCTION,
    }


def _solution(solution: Solution) -> list[Any]:
    codes = set(solution.codes("field"))
    named = [field for field in FIELDS_OF_ACTION if field.code in codes]
    with translation.override("fr"):
        return [solution.name, [str(field.label) for field in named], [field.english for field in named]]


def page_facts(stored: dict[str, Any]) -> CertificateFacts:
    """The stored data as what `certificates.documents` draws."""
    days = {key: date.fromisoformat(stored[key]) for key in ("granted_on", "starts_on", "ends_on")}
    solutions = [(name, fr, en) for name, fr, en in stored["solutions"]]
    return CertificateFacts(**{**stored, **days, "solutions": solutions})
