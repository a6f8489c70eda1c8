"""Absences, with who holds the to-do list meanwhile."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Absence, User
from accounts.rights import hold_rights, note_right
from accounts.rules import require
from journal.moves import Actor
from journal.refusals import Blocked, Missing


@transaction.atomic
def record_absence(
    *, user: User, substitute: User, starts_on: date, ends_on: date | None, at: datetime, by: Actor
) -> Absence:
    """Hand the to-do list of an absent person to a substitute; by the person or a technical administrator.

    Raises `NotAllowed`; `Blocked` unless the substitute holds, all that time, the roles of the absent person.
    """
    if by.user != user:
        require("accounts.manage_people", by, on=timezone.localdate(at))
    able = User.objects.able_to_replace(user, first=starts_on, last=ends_on)
    if not able.filter(pk=substitute.pk).exists():
        text = _(
            "Cette personne ne tient pas les mêmes rôles pendant toute l'absence. Choisissez-en une autre."
        )
        raise Blocked([Missing(text, code="substitute")])
    thread = hold_rights(user.pk)
    absence = Absence.objects.create(user=user, substitute=substitute, starts_on=starts_on, ends_on=ends_on)
    note_right(thread, absence, what="give", at=at, by=by)
    return absence


@transaction.atomic
def end_absence(*, absence: Absence, at: datetime, by: Actor) -> None:
    """The person is back: their tasks are theirs again from today. Raises `NotAllowed`."""
    today = timezone.localdate(at)
    if by.user != absence.user:
        require("accounts.manage_people", by, on=today)
    thread = hold_rights(absence.user_id)
    if absence.starts_on >= today:
        note_right(thread, absence, what="cancel", at=at, by=by)
        absence.delete()
        return
    absence.ends_on = today - timedelta(days=1)
    absence.save(update_fields=["ends_on"])
    note_right(thread, absence, what="end", at=at, by=by)
