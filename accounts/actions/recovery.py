"""Access given back by two members of the staff together."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.codes import CodeRefused
from accounts.models import StaffRecovery, User
from accounts.rules import require
from accounts.second_factor import check_totp, take_away
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed

RECOVERY_WITHIN = timedelta(hours=24)


def start_recovery(*, person: User, code: str, at: datetime, by: Actor) -> StaffRecovery:
    """The first of two staff members says that a colleague lost their device and recovery codes.

    Raises `NotAllowed`, `CodeRefused` for the code of their own application, `Blocked` when already started.
    """
    helper = _helper(person=person, code=code, at=at, by=by)
    with transaction.atomic():
        open_ones = StaffRecovery.objects.select_for_update().filter(person=person, closed_at=None)
        open_ones.filter(first_at__lte=at - RECOVERY_WITHIN).update(closed_at=at)
        if open_ones.exists():
            raise Blocked(
                [_("C'est déjà demandé pour cette personne : une deuxième personne doit confirmer.")]
            )
        return StaffRecovery.objects.create(person=person, first_by=helper, first_at=at)


def confirm_recovery(*, recovery: StaffRecovery, code: str, at: datetime, by: Actor) -> StaffRecovery:
    """The second confirms: the application, devices and recovery codes are taken away and must be set up again.

    Raises `NotAllowed` (also for the one who started it), `CodeRefused`, `Blocked` when over or too old.
    """
    if by.user == recovery.first_by:
        raise NotAllowed("accounts.recover_access")
    helper = _helper(person=recovery.person, code=code, at=at, by=by)
    with transaction.atomic():
        held = StaffRecovery.objects.select_for_update().get(pk=recovery.pk)
        if held.closed_at or held.first_at <= at - RECOVERY_WITHIN:
            raise Blocked([_("Cette demande n'est plus ouverte. Recommencez-la à deux.")])
        held.second_by, held.second_at, held.closed_at = helper, at, at
        held.save(update_fields=["second_by", "second_at", "closed_at"])
        take_away(held.person)
        transaction.on_commit(lambda: _tell_access_is_given_back(held))
    return held


def _helper(*, person: User, code: str, at: datetime, by: Actor) -> User:
    require("accounts.recover_access", by, person, on=timezone.localdate(at))
    if by.user is None:
        raise CodeRefused(_("Une personne doit confirmer."))
    check_totp(user=by.user, code=code, at=at)
    return by.user


def _tell_access_is_given_back(recovery: StaffRecovery) -> None:
    if not recovery.person.mailbox:
        return
    with translation.override(recovery.person.language):
        send_mail(
            _("Votre accès à l'espace de l'Institut est remis à zéro"),
            _(
                "{first} et {second} ont retiré l'application et les appareils liés à votre compte. "
                "À votre prochaine connexion, vous installerez de nouveau l'application.\n\n"
                "Vous n'avez rien demandé ? Appelez-nous tout de suite : {phone}."
            ).format(first=recovery.first_by, second=recovery.second_by, phone=settings.SERVICE_PHONE),
            None,
            [recovery.person.mailbox],
        )
