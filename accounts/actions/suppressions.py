"""To whom nobody writes any more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Suppression, User
from accounts.rights import hold_rights
from accounts.rules import require
from accounts.second_factor import end_sessions
from accounts.suppression import suppressed
from journal.moves import Actor, append, subject_key
from journal.refusals import Blocked, Missing


@transaction.atomic
def suppress_person(*, user: User, at: datetime, by: Actor) -> Suppression:
    """Nobody writes to this person again, at once: the account closes, and each room drops what was under way.

    No reason is asked or kept. Raises `NotAllowed`; `Blocked` when the person is already on the list.
    """
    require("accounts.suppress", by, user, on=timezone.localdate(at))
    thread = hold_rights(user.pk)
    if not User.objects.filter(pk=user.pk, never_contact=False).update(never_contact=True, is_active=False):
        raise Blocked([_("C'est déjà noté : on n'écrit plus à cette personne.")])
    found = Suppression.objects.create(user=user, recorded_by=by.person, recorded_at=at)
    end_sessions(user)
    append(thread, subject=subject_key(found), move="suppress", at=at, by=by.because(""))
    suppressed.send(sender=Suppression, user=user, address=user.email or "", at=at, by=by.because(""))
    return found


@transaction.atomic
def suppress_address(*, address: str, at: datetime, by: Actor) -> Suppression:
    """Nothing leaves to this address again; the person who signs in with it, when there is one, is on the list too.

    Raises `NotAllowed`; `Blocked` when the address is already on the list.
    """
    known = User.objects.filter(email=address.lower()).first()
    if known is not None:
        return suppress_person(user=known, at=at, by=by)
    require("accounts.suppress", by, on=timezone.localdate(at))
    found, is_new = Suppression.objects.get_or_create(
        address=address.lower(), lifted_at=None, defaults={"recorded_by": by.person, "recorded_at": at}
    )
    if not is_new:
        raise Blocked([Missing(_("C'est déjà noté : on n'écrit plus à cette adresse."), code="address")])
    suppressed.send(sender=Suppression, user=None, address=found.address, at=at, by=by.because(""))
    return found


@transaction.atomic
def lift_suppression(*, suppression: Suppression, at: datetime, by: Actor) -> Suppression:
    """It was noted by mistake: the person may be written to and signs in again; what was dropped stays dropped.

    Raises `NotAllowed`; `Blocked` when it was lifted already.
    """
    require("accounts.suppress", by, suppression.user, on=timezone.localdate(at))
    thread = hold_rights(suppression.user_id) if suppression.user_id else None
    held = Suppression.objects.select_for_update(of=("self",)).get(pk=suppression.pk)
    if held.lifted_at:
        raise Blocked([_("C'est déjà enlevé de la liste.")])
    held.lifted_at, held.lifted_by = at, by.person
    held.save(update_fields=["lifted_at", "lifted_by"])
    if thread is not None:
        User.objects.filter(pk=held.user_id, pseudonymised_at=None).update(
            never_contact=False, is_active=True
        )
        append(thread, subject=subject_key(held), move="lift_suppression", at=at, by=by)
    return held
