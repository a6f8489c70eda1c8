"""Inline SVG icons read from the DSFR files, so that they print and never fail to load."""

import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString, mark_safe

ROOT = "dsfr/dist/icons"
ATTRIBUTES = 'class="lb-icon" aria-hidden="true" focusable="false" fill="currentColor" width="16" height="16"'
_ATTRIBUTES = re.compile(r"\s(?:width|height|fill|class|id|role|aria-[a-z]+)=\"[^\"]*\"")


@cache
def _files() -> dict[str, Path]:
    found = finders.find(ROOT)
    if not found:
        raise LookupError(f"no folder {ROOT} among the static files")
    return {path.stem: path for path in sorted(Path(found).rglob("*.svg"))}


def icon_names() -> frozenset[str]:
    """Every name that `icon` knows."""
    return frozenset(_files())


@cache
def icon(name: str) -> SafeString:
    """The SVG of that icon, hidden from screen readers: the word beside it carries the meaning.

    Raises LookupError for a name the DSFR does not have.
    """
    try:
        source = _files()[name].read_text(encoding="utf-8")
    except KeyError:
        raise LookupError(f"the DSFR has no icon {name}") from None
    opening, separator, drawing = source[source.index("<svg") :].partition(">")
    opening = _ATTRIBUTES.sub("", opening).replace("<svg", f"<svg {ATTRIBUTES}", 1)
    return mark_safe(opening + separator + drawing.strip())
