"""What is missing before an outage is recorded or confirmed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from deadlines import registry
from deadlines.models import Outage
from journal.refusals import Missing
from journal.wording import is_blank


def missing_to_record_outage(
    *, began_at: datetime, ended_at: datetime, what: str, at: datetime
) -> list[Missing]:
    """An outage is over, has a length, and says what nobody could do."""
    found = []
    if ended_at <= began_at:
        found.append(Missing(_("La fin de la panne vient après son début."), code="ended_at"))
    elif ended_at > at:
        found.append(Missing(_("Notez la panne une fois qu'elle est finie."), code="ended_at"))
    if is_blank(what):
        found.append(Missing(_("Dites ce que l'on ne pouvait pas faire."), code="what"))
    return found


def missing_to_confirm_outage(
    outage: Outage, threads: Collection[int], *, user: User | None
) -> list[Missing]:
    """It was not set aside, and who confirms gains nothing by it: they belong to no structure that it touches."""
    if outage.dropped_at is not None:
        return [Missing(_("Cette panne a été écartée."))]
    if user is not None and any(belongs(user, threads) for belongs in registry.insiders):
        return [Missing(_("Vous faites partie d'une structure concernée : une autre personne confirme."))]
    return []
