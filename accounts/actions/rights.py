"""Roles and delegations of signature: given, confirmed by a third person, ended."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import Delegation, Right, Role, RoleGrant, User
from accounts.registry import last_act_under
from accounts.rights import hold_rights, note_right
from accounts.rules import require
from journal.models import Thread
from journal.moves import Actor
from journal.refusals import Blocked


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: str,
    service: str = "",
    starts_on: date,
    ends_on: date | None = None,
    at: datetime,
    by: Actor,
) -> RoleGrant:
    """Give an INCa role for a period; without effect until `confirm_right` (domain 5.2 rule 1).

    Raises `NotAllowed` unless by a technical administrator; `Blocked` when given to oneself, and when the technical
    administration would meet another role on the same day.
    """
    require("accounts.manage_people", by, on=timezone.localdate(at))
    _refuse_to_oneself(user, by)
    thread = hold_rights(user.pk)
    _keep_administration_apart(user, role=role, first=starts_on, last=ends_on)
    grant = RoleGrant.objects.create(
        user=user,
        role=role,
        service=service,
        starts_on=starts_on,
        ends_on=ends_on,
        granted_by=by.user,
        granted_at=at,
    )
    note_right(thread, grant, what="give", at=at, by=by)
    return grant


@transaction.atomic
def end_role(*, grant: RoleGrant, ends_on: date, at: datetime, by: Actor) -> RoleGrant:
    """Close a role on a day (included). Raises `NotAllowed`; `Blocked` when nobody would administer after it."""
    require("accounts.manage_people", by, on=timezone.localdate(at))
    thread = hold_rights(grant.user_id)
    if grant.role == Role.TECHNICAL_ADMINISTRATOR:
        keep_one_administrator(without=grant.user, after=ends_on)
    _refuse_another_period(grant, ends_on)
    grant.ends_on = ends_on
    grant.save(update_fields=["ends_on"])
    note_right(thread, grant, what="end", at=at, by=by)
    return grant


@transaction.atomic
def delegate_signature(
    *,
    user: User,
    quality: str,
    service: str,
    act_reference: str,
    starts_on: date,
    ends_on: date | None = None,
    at: datetime,
    by: Actor,
) -> Delegation:
    """Record a delegation of signature with its act and dates (CRPA L212-1); without effect until `confirm_right`.

    Raises `NotAllowed`; `Blocked` when given to oneself or to who holds the technical administration.
    """
    require("accounts.manage_people", by, on=timezone.localdate(at))
    _refuse_to_oneself(user, by)
    thread = hold_rights(user.pk)
    _keep_administration_apart(user, role=Role.SIGNATORY, first=starts_on, last=ends_on)
    delegation = Delegation.objects.create(
        user=user,
        quality=quality,
        service=service,
        act_reference=act_reference,
        starts_on=starts_on,
        ends_on=ends_on,
        granted_by=by.user,
        granted_at=at,
    )
    note_right(thread, delegation, what="give", at=at, by=by)
    return delegation


@transaction.atomic
def end_delegation(*, delegation: Delegation, ends_on: date, at: datetime, by: Actor) -> Delegation:
    """Close a delegation of signature on a day (included).

    Raises `NotAllowed`; `Blocked` for a day before an act signed under it (CRPA L212-1).
    """
    require("accounts.manage_people", by, on=timezone.localdate(at))
    thread = hold_rights(delegation.user_id)
    _refuse_another_period(delegation, ends_on)
    delegation.ends_on = ends_on
    delegation.save(update_fields=["ends_on"])
    note_right(thread, delegation, what="end", at=at, by=by)
    return delegation


@transaction.atomic
def confirm_right(*, right: Right, at: datetime, by: Actor) -> Right:
    """A second person says that a role or a delegation is right: it takes effect.

    Raises `NotAllowed` for who gave it, who receives it and who holds no role that confirms; `Blocked` once answered.
    """
    held, thread = _hold_waiting(right, at=at, by=by)
    held.confirmed_by, held.confirmed_at = by.user, at
    held.save(update_fields=["confirmed_by", "confirmed_at"])
    note_right(thread, held, what="confirm", at=at, by=by)
    return held


@transaction.atomic
def refuse_right(*, right: Right, at: datetime, by: Actor) -> None:
    """A second person does not confirm: the row, which never had any effect, goes. Raises as `confirm_right`."""
    held, thread = _hold_waiting(right, at=at, by=by)
    note_right(thread, held, what="cancel", at=at, by=by)
    held.delete()


def _hold_waiting(right: Right, *, at: datetime, by: Actor) -> tuple[Right, Thread]:
    require("accounts.confirm_rights", by, right, on=timezone.localdate(at))
    thread = hold_rights(right.user_id)
    held = type(right).objects.waiting().filter(pk=right.pk).first()
    if held is None:
        raise Blocked([_("Quelqu'un a déjà répondu.")])
    return held, thread


def _refuse_to_oneself(user: User, by: Actor) -> None:
    if user == by.user:
        raise Blocked([_("On ne se donne pas un droit à soi-même. Demandez-le à une autre personne.")])


def _keep_administration_apart(user: User, *, role: str, first: date, last: date | None) -> None:
    """Who opens accounts and gives roles opens no dossier (design section 3)."""
    administration = Q(role=Role.TECHNICAL_ADMINISTRATOR)
    apart = ~administration if role == Role.TECHNICAL_ADMINISTRATOR else administration
    if RoleGrant.objects.overlapping(first=first, last=last).filter(apart, user=user).exists():
        raise Blocked(
            [_("L'administration technique ne se cumule avec aucun autre rôle. Choisissez d'autres dates.")]
        )


def _refuse_another_period(row: Right, ends_on: date) -> None:
    """What was confirmed is made shorter by one person, never longer."""
    if ends_on < row.starts_on:
        raise Blocked([_("La fin vient avant le début. Choisissez un jour plus tard.")])
    last_act = last_act_under(row)
    if last_act is not None and ends_on < last_act:
        text = _("Un acte a été signé sous ce droit le {day}. Choisissez ce jour ou un jour plus tard.")
        raise Blocked([text.format(day=formats.date_format(last_act, "DATE_FORMAT"))])
    if row.ends_on and ends_on > row.ends_on:
        raise Blocked(
            [_("On ne prolonge pas ce qui a une fin. Donnez-le de nouveau, à partir du lendemain.")]
        )


def keep_one_administrator(*, without: User, after: date) -> None:
    """Raise Blocked when nobody else would administer the service the day after; the rows are held meanwhile."""
    day = after + timedelta(days=1)
    # Two administrators who close each other at the same moment wait for one another here.
    list(RoleGrant.objects.select_for_update().filter(role=Role.TECHNICAL_ADMINISTRATOR).order_by("pk"))
    if not User.objects.holding(Role.TECHNICAL_ADMINISTRATOR, on=day).exclude(pk=without.pk).exists():
        raise Blocked(
            [_("Personne n'administrerait plus le service. Donnez d'abord ce rôle à quelqu'un d'autre.")]
        )
