"""A dossier under way whose structure merged: the one that takes the action over goes on with it (domain 5.3)."""

from __future__ import annotations

from datetime import datetime

from journal.moves import Actor, note
from label.models import Application
from structures.models import Structure


def hand_over(*, application: Application, structure: Structure, at: datetime, by: Actor) -> bool:
    """Give a dossier under way, which is held, to the structure that continues its own; False when it cannot be.

    What was filed stays as it was filed: its snapshot names who filed it. The structure that continues reads it,
    answers for it and receives what is decided. It has one open dossier at most (domain 5.2 rule 6): with another one,
    even a draft, nothing is given. Called in the transaction of the act that transfers.
    """
    others = Application.objects.filter(structure=structure).exclude(state__in=Application.FINAL)
    if application.state not in Application.UNDER_WAY or others.exists():
        return False
    application.structure = structure
    application.save(update_fields=["structure"])
    note(application, what="hand_over", at=at, by=by)
    return True
