"""The edition of the framework, the charter and the register of the demonstration."""

from __future__ import annotations

import csv
import json
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Role
from charter import actions as charters
from charter.models import Charter
from desks.demonstration.people import SIGNATORY, acting
from desks.demonstration.structures import STRUCTURES
from journal.moves import Actor
from label import actions as editions
from label.models import Edition
from letters import templates
from structures.rna import WALDEC

VERSION = "2027"
IN_FORCE_SINCE = timedelta(days=430)


def load_norms(now: datetime) -> None:
    """The texts of the letters, the charter and the framework of 2027, adopted and in force, each once."""
    templates.load()
    at = now - IN_FORCE_SINCE
    by = acting(SIGNATORY, Role.SIGNATORY)
    if not Charter.objects.filter(version=VERSION).exists():
        text = _data("charter/data/charter-2027.json")
        text.pop("version")
        charters.prepare_version(version=VERSION, text=text, at=at, by=by)
    charter = Charter.objects.get(version=VERSION)
    if charter.state == Charter.State.DRAFT:
        charters.adopt_charter(charter_pk=charter.pk, effective_on=timezone.localdate(at), at=at, by=by)
        charters.enter_into_force(charter_pk=charter.pk, at=at, by=Actor.system())
    if not Edition.objects.filter(version=VERSION).exists():
        framework = _data("label/data/framework-2027.json")
        title = framework["title"]
        editions.load_edition(
            version=VERSION, title_fr=title["fr"], title_en=title["en"], data=framework, at=at, by=by
        )
    edition = Edition.objects.get(version=VERSION)
    if edition.state == Edition.State.DRAFT:
        editions.adopt_edition(edition_pk=edition.pk, effective_on=timezone.localdate(at), at=at, by=by)
        editions.enter_into_force_edition(edition_pk=edition.pk, at=at, by=Actor.system())


def load_register() -> None:
    """The lines of the register for the structures that have an RNA number, through the real import."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rna_demonstration.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            lines = csv.DictWriter(stream, WALDEC, delimiter=";", restval="", quoting=csv.QUOTE_ALL)
            lines.writeheader()
            for told in STRUCTURES:
                if told.kind == "rna":
                    lines.writerow(
                        {
                            "id": told.number,
                            "date_creat": "2012-05-14",
                            "date_disso": "0001-01-01",
                            "titre": told.name.upper(),
                            "objet": told.summary,
                            "adrs_libvoie": told.address,
                            "adrs_codepostal": told.postal_code,
                            "adrs_libcommune": told.city.upper(),
                            "position": "A",
                            "maj_time": "2026-06-01 08:00:00",
                        }
                    )
        call_command("import_rna", str(path), verbosity=0)


def _data(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((settings.BASE_DIR / path).read_text(encoding="utf-8"))
    return found
