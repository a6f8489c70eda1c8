"""The drawing of lots that names the rapporteur of a dossier (domain 6.3): anybody can do it again and compare.

The seed is the digest of the last event of the dossier's journal when the lot is drawn: a SHA-256 chained to all that
happened before, the second's fraction included, which nobody chooses and nobody can change afterwards. Each
evaluation asked has the number SHA-256("{seed}:{key of the evaluation}"), and the smallest number is drawn. The record
keeps the seed, the position of that event in the journal, and the keys among which the lot was drawn, in their order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection


def drawn(seed: str, keys: Collection[int]) -> int:
    """The key that the lot names. Raises ValueError when there is nobody among whom to draw."""
    return min(keys, key=lambda key: (number(seed, key), key))


def number(seed: str, key: int) -> str:
    """The number of one key in that lot, in hexadecimal."""
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()
