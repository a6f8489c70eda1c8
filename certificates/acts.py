"""The acts that the office may take on a label, in one list, each with its page or the reason why not now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import may
from certificates.actions.measures import act_under_way
from certificates.checklist import missing_to_prepare
from certificates.models import Label
from decisions.models import Decision
from journal.refusals import Missing

Kind = Decision.Kind

# In the order of the page (screens P32).
WORDS: dict[str, Any] = {
    Kind.CONDITIONS: _("Poser des réserves"),
    Kind.SUSPEND: _("Suspendre"),
    Kind.LIFT: _("Lever la suspension"),
    Kind.EXTEND: _("Prolonger pendant l'examen du renouvellement"),
    Kind.LAPSE: _("Constater la caducité"),
    Kind.TRANSFER: _("Transférer"),
}


@dataclass(frozen=True)
class Act:
    """One act of the list; `reasons` say why it is not possible now."""

    words: Any
    url: str
    reasons: list[Missing] = field(default_factory=list)
    under_way: Decision | None = None


More = Callable[[Label, User, date], Iterable[Act]]
_more: list[More] = []


def acts_also(more: More) -> More:
    """Register a function (label, user, day) -> other acts of the list, for a procedure of its own."""
    _more.append(more)
    return more


def acts_on(label: Label, user: User, *, on: date) -> list[Act]:
    """What this person may do on that label that day."""
    found: list[Act] = []
    if may("certificates.notify_grounds", user, label, on=on):
        ended = [] if label.state in Label.LIVE else [Missing(_("Le label n'est plus en cours."))]
        found.append(
            Act(
                _("Inviter la structure à répondre"), reverse("staff_hearing_new", args=[label.number]), ended
            )
        )
    if may("certificates.prepare_measure", user, label, on=on):
        found += [_measure(label, kind, on) for kind in WORDS]
        ended = [] if label.state in Label.LIVE else [Missing(_("Le label n'est plus en cours."))]
        found.append(Act(_("Rééditer le certificat"), reverse("staff_reissue", args=[label.number]), ended))
    for more in _more:
        found += more(label, user, on)
    if label.state in Label.LIVE and may("certificates.record_relinquishment", user, label, on=on):
        words = _("Noter que la structure rend le label")
        found.append(Act(words, reverse("staff_relinquish", args=[label.number])))
    return found


def _measure(label: Label, kind: str, on: date) -> Act:
    begun = act_under_way(label, kind)
    url = reverse("staff_measure_prepare", args=[label.number, kind])
    return Act(WORDS[kind], url, missing_to_prepare(label, kind, on=on), begun.decision if begun else None)
