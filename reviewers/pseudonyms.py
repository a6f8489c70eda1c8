"""How a member of a panel is called in front of the others: « Patient A », the letter by lot (domain 6.5).

What is kept is the French text, with which the journal and the minutes agree; a page says it in its reader's language.
"""

from __future__ import annotations

import string
from collections.abc import Sequence

from django.utils.translation import pgettext_lazy

from reviewers.lot import number

WORDS = {"patients": "Patient", "caregivers": "Aidant", "professionals": "Professionnel"}
TOLD = {
    "Patient": pgettext_lazy("member of a panel", "Patient"),
    "Aidant": pgettext_lazy("member of a panel", "Aidant"),
    "Professionnel": pgettext_lazy("member of a panel", "Professionnel"),
}


def pseudonym(college: str, place: int) -> str:
    """« Patient A », « Aidant B »…, as it is kept: never twice in a dossier."""
    rounds, letter = divmod(place, len(string.ascii_uppercase))
    return f"{WORDS[college]} {string.ascii_uppercase[letter]}{rounds + 1 if rounds else ''}"


def told_pseudonym(kept: str) -> str:
    """The same in the reader's language; what is not one of these words stays as it is."""
    word, _space, letter = kept.partition(" ")
    return f"{TOLD[word]} {letter}" if word in TOLD and letter else kept


def in_lot_order(seed: str, members: Sequence[tuple[str, int]]) -> list[int]:
    """The keys of mandates, given with their college, in the order in which their letters are given.

    College by college, then by lot, never by name. The seed is the digest of the last event of the dossier's journal
    before they are asked, and the number of each one is that of `reviewers.lot`: anybody can do it again.
    """
    return [key for _college, key in sorted(members, key=lambda one: (one[0], number(seed, one[1]), one[1]))]
