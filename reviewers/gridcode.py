"""The code printed on each page of a paper grid: whose it is, of which dossier, by which edition; with check digits."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from django.utils.translation import gettext as _
from stdnum.iso7064 import mod_97_10

from journal.numbering import SEPARATORS
from reviewers.models import Assignment

MAXIMUM_LENGTH = 40
PREFIX = "GR"
_PARTS = re.compile(r"([1-9][0-9]{0,8})-([1-9][0-9]{0,8})-([1-9][0-9]{0,8})-([1-9][0-9]{0,8})-([0-9]{2})")


class GridCode(NamedTuple):
    """Keys of the dossier, of the mandate and of the edition, and the number of the snapshot to judge."""

    application: int
    mandate: int
    edition: int
    snapshot: int

    def __str__(self) -> str:
        parts = "-".join(map(str, self))
        return f"{PREFIX}-{parts}-{mod_97_10.calc_check_digits(_padded(self))}"


def code_of(assignment: Assignment) -> GridCode:
    """The code of the grid of that evaluation."""
    return GridCode(
        assignment.application_id,
        assignment.mandate_id,
        assignment.application.edition_id,
        assignment.snapshot.number,
    )


def read_code(text: str) -> GridCode | None:
    """The code that somebody typed, with dashes, dots or spaces, in any case; None when a sign was copied wrongly."""
    kept = SEPARATORS.sub("-", unicodedata.normalize("NFKC", text[: MAXIMUM_LENGTH * 2]).strip().upper())
    found = _PARTS.fullmatch(re.sub("-+", "-", kept).removeprefix(PREFIX).strip("-"))
    if found is None:
        return None
    code = GridCode(*map(int, found.groups()[:4]))
    return code if str(code).endswith(f"-{found[5]}") else None


def refusal(text: str, assignment: Assignment) -> str:
    """Why a grid that bears this code is not the one of that evaluation; nothing when it is."""
    typed, awaited = read_code(text), code_of(assignment)
    if typed is None:
        return _("Ce code contient une faute de frappe. Recopiez celui qui est en haut de chaque page.")
    if typed.application != awaited.application:
        return _("Cette grille est celle d'un autre dossier. Ouvrez le dossier dont elle porte le numéro.")
    if typed.mandate != awaited.mandate:
        return _("Cette grille est celle d'une autre personne du panel.")
    if typed.edition != awaited.edition:
        return _("Cette grille est celle d'une autre édition du référentiel. Imprimez la bonne grille.")
    if typed.snapshot != awaited.snapshot:
        return _("Le dossier a changé depuis l'impression de cette grille. Imprimez la nouvelle grille.")
    return ""


def _padded(code: GridCode) -> str:
    return PREFIX + "".join(f"{part:09d}" for part in code)
