"""Two pages on the same words: the token of what a page showed, and whether what comes back may be written (E11)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from journal.refusals import Stale


def token(*values: object) -> str:
    """What a form carries beside its fields: a digest of the values it was opened with."""
    told = json.dumps(values, default=str, ensure_ascii=False).replace("\\r\\n", "\\n")
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


def must_write(row: Any, *, kept: tuple[object, ...], given: tuple[object, ...], seen: str | None) -> bool:
    """False when nothing was typed or the same is kept already; `seen` None = no page stands behind this act.

    Raises `Stale` with the row when both sides changed it, differently.
    """
    now, sent = token(*kept), token(*given)
    if seen is None:
        return True
    if sent in (now, seen):
        return False
    if seen != now:
        raise Stale(row)
    return True
