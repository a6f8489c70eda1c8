"""The people themselves: created, their address, closed, opened again, pseudonymised."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.rights import keep_one_administrator
from accounts.models import Role, RoleGrant, Suppression, User
from accounts.rights import hold_rights
from accounts.rules import require
from accounts.second_factor import end_sessions
from journal.moves import Actor, append, subject_key
from journal.refusals import Blocked, NotAllowed


class AddressTaken(Exception):
    """Somebody else signs in with that address; the message says how to go on."""


@transaction.atomic
def create_person(*, first_name: str, last_name: str, email: str, at: datetime, by: Actor) -> User:
    """An account for somebody of the Institute; they sign in with a code. Raises `NotAllowed`."""
    require("accounts.manage_people", by, on=timezone.localdate(at))
    return User.objects.create_user(email, first_name=first_name, last_name=last_name, created_at=at)


@transaction.atomic
def change_address(*, user: User, address: str, by: Actor) -> User:
    """The person signs in with another address from now on; call it once a code proved the address.

    A guest of a shared mailbox gets an address of their own. Raises `NotAllowed` for the account of somebody
    else, `AddressTaken` when the address is that of another account.
    """
    if by.user != user:
        raise NotAllowed("accounts.change_address")
    if User.objects.filter(email=address).exclude(pk=user.pk).exists():
        raise AddressTaken(_("Cette adresse a déjà un compte. Appelez-nous pour réunir les deux."))
    User.objects.filter(pk=user.pk).update(email=address, shares_mailbox_with=None)
    User.objects.sharing(user.pk).mail_arrives()  # the guests of this mailbox follow to the new address
    return User.objects.get(pk=user.pk)


@transaction.atomic
def close_account(*, user: User, at: datetime, by: Actor) -> User:
    """Nobody enters with this account any more; nothing of it is deleted.

    Raises `NotAllowed`; `Blocked` for one's own account and when nobody would administer after it.
    """
    today = timezone.localdate(at)
    require("accounts.manage_people", by, on=today)
    if user == by.user:
        raise Blocked([_("On ne ferme pas son propre compte. Demandez-le à une autre personne.")])
    if RoleGrant.objects.valid(on=today).filter(user=user, role=Role.TECHNICAL_ADMINISTRATOR).exists():
        keep_one_administrator(without=user, after=today)
    User.objects.filter(pk=user.pk).update(is_active=False)
    end_sessions(user)
    return User.objects.get(pk=user.pk)


@transaction.atomic
def reopen_account(*, user: User, at: datetime, by: Actor) -> User:
    """The person may sign in again. Raises `NotAllowed`; `Blocked` once the data of the person were erased."""
    require("accounts.manage_people", by, on=timezone.localdate(at))
    if user.pseudonymised_at:
        raise Blocked([_("Les données de cette personne ont été effacées. Faites un compte nouveau.")])
    if user.never_contact:
        raise Blocked([_("On n'écrit plus à cette personne : enlevez-la d'abord de cette liste.")])
    User.objects.filter(pk=user.pk).update(is_active=True)
    return User.objects.get(pk=user.pk)


@transaction.atomic
def pseudonymise_person(*, user: User, at: datetime, by: Actor) -> User:
    """The retention period of a person is over: name, addresses and phone go, the row stays under its key.

    Nobody writes to their address afterwards either, when they were on the suppression list. Raises `NotAllowed`.
    """
    require("accounts.pseudonymise", by, user, on=timezone.localdate(at))
    thread = hold_rights(user.pk)
    guests = User.objects.filter(shares_mailbox_with=user).order_by("pk")
    heir, known = guests.first(), Suppression.objects.standing().filter(user=user).first()
    nothing = dict.fromkeys(("first_name", "last_name", "phone", "address", "postal_code", "city"), "")
    User.objects.filter(pk=user.pk).update(
        **nothing,
        email=None,
        shares_mailbox_with=None,
        is_active=False,
        pseudonymised_at=at,
        mail_returned_at=None,
    )
    if heir is not None:  # the mailbox stays that of whoever still reads it
        User.objects.filter(pk=heir.pk).update(email=user.email, shares_mailbox_with=None)
        guests.update(shares_mailbox_with=heir)
    elif known is not None and user.email:
        Suppression.objects.get_or_create(
            address=user.email,
            lifted_at=None,
            defaults={"recorded_by": known.recorded_by, "recorded_at": known.recorded_at},
        )
    end_sessions(user)
    append(thread, subject=subject_key(user), move="pseudonymise", at=at, by=by)
    return User.objects.get(pk=user.pk)
