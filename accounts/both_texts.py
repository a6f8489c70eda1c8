"""Error E11 on a form: what was typed here beside what somebody else kept meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _


def form_conflicts(
    form: forms.BaseForm, theirs: Any, names: Iterable[str], *, seen: str
) -> list[dict[str, str]]:
    """E11: each field of a form that differs from what is kept, both texts; the token of what is kept stands once."""
    mine = {name: form[name].value() for name in names}
    differing = [name for name in names if str(mine[name] or "") != str(getattr(theirs, name) or "")]
    return [
        {
            "what": str(form[name].label),
            "mine": _as_read(mine[name]),
            "theirs": _as_read(getattr(theirs, name)),
            "seen": seen if name == differing[0] else "",
        }
        for name in differing
    ]


def reopen_the_page() -> str:
    """What is said beside what was typed when a form comes without the token of its page: nothing is written."""
    return _("Il manque une partie de cette page. Rouvrez la page, puis recopiez ce que vous avez écrit ici.")


def _as_read(value: Any) -> str:
    return str(value or "") if not isinstance(value, bool) else str(_("Oui") if value else _("Non"))
