"""Mails that come back: noted address by address; then the office calls, and writes by post (domain 5.3)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, block_unless_empty
from journal.wording import is_blank
from structures.actions.spaces import acting_person
from structures.models import ContactAttempt, Membership, Structure


@transaction.atomic
def note_returned_mail(*, membership_pk: int, at: datetime, by: Actor) -> User:
    """Note that mails to the mailbox of a member come back, for everybody behind it. Twice changes nothing.

    It ends by itself once a code sent to that address is given, or with another address. Raises `NotAllowed`,
    `Blocked` for somebody who has no address or has left.
    """
    structure, person = _held_mailbox(membership_pk, at, by)
    if User.objects.sharing(person.pk).filter(mail_returned_at=None).update(mail_returned_at=at):
        note(structure, what="mail_returned", at=at, by=by)
    return User.objects.get(pk=person.pk)


@transaction.atomic
def note_mail_arrives(*, membership_pk: int, at: datetime, by: Actor) -> User:
    """Note that mails to that mailbox arrive after all. Twice changes nothing. Raises `NotAllowed`, `Blocked`."""
    structure, person = _held_mailbox(membership_pk, at, by)
    if User.objects.sharing(person.pk).mail_arrives():
        note(structure, what="mail_arrives", at=at, by=by)
    return User.objects.get(pk=person.pk)


@transaction.atomic
def note_attempt(
    *, structure_pk: int, channel: str, tried_on: date, outcome: str, at: datetime, by: Actor
) -> ContactAttempt:
    """Write down a call or a letter to a structure whose mails come back, and what came of it.

    Raises `NotAllowed`, `Blocked` while it is reached by mail, for a day to come, without an outcome.
    """
    structure = Structure.objects.hold(structure_pk)
    today = timezone.localdate(at)
    require("structures.note_returned_mail", by, structure, on=today)
    if not structure.mail_comes_back():
        raise Blocked([_("Les e-mails à cette structure arrivent : il n'y a rien à noter ici.")])
    missing = []
    if channel not in ContactAttempt.Channel.values:
        missing.append(Missing(_("Dites par quel moyen."), code="channel"))
    if tried_on > today:
        missing.append(Missing(_("Cette date n'est pas encore arrivée."), code="tried_on"))
    if is_blank(outcome):
        missing.append(Missing(_("Dites ce que cet essai a donné."), code="outcome"))
    block_unless_empty(missing)
    note(structure, what="contact_attempt", at=at, by=by)
    return ContactAttempt.objects.create(
        structure=structure,
        channel=channel,
        tried_on=tried_on,
        outcome=outcome.strip(),
        noted_by=acting_person(by),
        noted_at=at,
    )


def _held_mailbox(membership_pk: int, at: datetime, by: Actor) -> tuple[Structure, User]:
    """The structure, held, and the member, who has a mailbox."""
    structure_pk = Membership.objects.values_list("structure_id", flat=True).get(pk=membership_pk)
    structure = Structure.objects.hold(structure_pk)
    require("structures.note_returned_mail", by, structure, on=timezone.localdate(at))
    rows = Membership.objects.current().with_mailbox().select_related("user")
    member = rows.filter(pk=membership_pk).first()
    if member is None:
        raise Blocked([_("Cette personne n'a pas d'adresse e-mail, ou a quitté l'espace.")])
    return structure, member.user
