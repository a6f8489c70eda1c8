"""The life of a mandate: approached, appointed, active, paused, over."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import require
from deadlines import actions as deadlines
from deadlines.calendar import add_months
from journal.models import Thread
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, block_unless_empty
from journal.wording import is_blank
from reviewers import mails
from reviewers.actions import member_letters
from reviewers.actions.departures import release_everything
from reviewers.checklist import missing_to_activate, missing_to_resume
from reviewers.mandate_checklist import (
    may_finish,
    missing_to_appoint,
    missing_to_propose,
    missing_to_replace,
    missing_to_start,
)
from reviewers.models import Mandate, Seat

State = Mandate.State
INTERESTS_REMINDERS = (-30, -7)
ACTIVATION_REMINDERS = (-10,)


@transaction.atomic
def approach(  # noqa: PLR0913 - one act, said in one place
    *,
    user: User,
    college: str,
    region: str = "",
    fields_known: Iterable[str] = (),
    load_cap: int = 4,
    seat: str = Seat.FULL,
    replaces: Mandate | None = None,
    at: datetime,
    by: Actor,
) -> Mandate:
    """Propose a mandate in one college to a person: a first one, a second one, or the rest of somebody else's.

    Raises `NotAllowed`; `Blocked` when one already runs, no term is left, or nobody writes to that person any more.
    """
    today = timezone.localdate(at)
    require("reviewers.approach_member", by, on=today)
    missing = missing_to_propose(user, on=today)
    if replaces is not None:
        missing += missing_to_replace(replaces, college=college, on=today)
    block_unless_empty(missing)
    thread = Thread.objects.create(reference=f"MAN-{uuid.uuid4().hex[:12]}")
    try:
        with transaction.atomic():
            mandate = Mandate.objects.open(
                thread=thread,
                at=at,
                by=by,
                user=user,
                college=college,
                region=region,
                fields_known=sorted(fields_known),
                load_cap=load_cap,
                seat=seat,
                replaces=replaces,
                renews=Mandate.objects.all().terms_of(user).first() if replaces is None else None,
            )
    except IntegrityError as error:  # somebody else proposed at the same moment
        raise Blocked([_("Cette personne a déjà un mandat, ou une proposition en cours.")]) from error
    mails.propose_mandate(mandate, at=at)
    return mandate


@transaction.atomic
def find_or_add_person(
    *,
    first_name: str,
    last_name: str,
    email: str = "",
    phone: str = "",
    address: str = "",
    at: datetime,
    by: Actor,
) -> User:
    """The person who signs in with that address, else a new one; without address, always a new one, by post.

    Raises `NotAllowed`.
    """
    require("reviewers.approach_member", by, on=timezone.localdate(at))
    known = User.objects.filter(email=email.lower()).first() if email else None
    if known is not None:
        return known
    channel = User.Channel.ONLINE if email else User.Channel.POST
    return User.objects.create_user(
        email or None,
        first_name=first_name,
        last_name=last_name,
        phone=phone,
        address=address,
        preferred_channel=channel,
        created_at=at,
    )


@transaction.atomic
def appoint(*, mandate_pk: int, act_reference: str, starts_on: date, at: datetime, by: Actor) -> Mandate:
    """Appoint by a written act: for three years, or for the rest of the term of the member who is replaced.

    Raises `NotAllowed`, and `Blocked` without consent or act, or when the rules keep the person out.
    """
    today = timezone.localdate(at)
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.appoint_member", by, mandate, on=today)
    block_unless_empty(
        missing_to_appoint(mandate, act_reference=act_reference, starts_on=starts_on, on=today)
    )
    mandate.act_reference, mandate.starts_on = act_reference.strip(), starts_on
    rest = mandate.replaces.ends_on if mandate.replaces else None
    mandate.ends_on = rest or add_months(starts_on, settings.MANDATE_MONTHS)
    mandate.appoint(by=by, at=at)
    mandate.save()
    deadlines.start(
        thread=mandate.thread,
        subject=mandate,
        kind="mandate_term",
        started_on=starts_on,
        months=0 if rest else settings.MANDATE_MONTHS,
        days=(rest - starts_on).days if rest else 0,
    )
    deadlines.start(
        thread=mandate.thread,
        subject=mandate,
        kind="activation",
        started_on=today,
        days=settings.ACTIVATION_DAYS,
        reminders=ACTIVATION_REMINDERS,
    )
    before = today + timedelta(days=settings.ACTIVATION_DAYS)
    member_letters.call_for_interests(mandate=mandate, before=before, is_first=True, at=at, by=Actor.system())
    mails.tell_appointed(mandate, at=at)
    return mandate


@transaction.atomic
def set_aside(*, mandate_pk: int, at: datetime, by: Actor) -> Mandate:
    """Do not retain a person who was approached. Raises `NotAllowed`."""
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.set_aside_member", by, mandate, on=timezone.localdate(at))
    mandate.set_aside(by=by, at=at)
    mandate.save()
    return mandate


@transaction.atomic
def activate(
    *,
    mandate_pk: int,
    interests_link: str,
    filed_on: date | None,
    confidentiality_signed_on: date | None,
    trained_on: date | None,
    at: datetime,
    by: Actor,
) -> Mandate:
    """Record that the declaration is filed and analysed, confidentiality signed, training done.

    Raises `NotAllowed`, and `Blocked` with what is missing.
    """
    today = timezone.localdate(at)
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.activate_mandate", by, mandate, on=today)
    block_unless_empty(missing_to_start(mandate, on=today))
    block_unless_empty(
        missing_to_activate(
            interests_link=interests_link,
            filed_on=filed_on,
            confidentiality_on=confidentiality_signed_on,
            trained_on=trained_on,
            on=today,
        )
    )
    mandate.interests_link, mandate.interests_confirmed_on = interests_link, filed_on
    mandate.interests_analysed_on, mandate.interests_analysed_by = today, by.user
    mandate.confidentiality_signed_on, mandate.trained_on = confidentiality_signed_on, trained_on
    mandate.activate(by=by, at=at)
    mandate.save()
    deadlines.meet(subject=mandate, kind="activation", at=at)
    start_interests_clock(mandate, confirmed_on=filed_on or today)
    return mandate


def start_interests_clock(mandate: Mandate, *, confirmed_on: date) -> None:
    """Twelve months from the last confirmation, with two reminders; the mandate is held."""
    deadlines.start(
        thread=mandate.thread,
        subject=mandate,
        kind="interests",
        started_on=confirmed_on,
        months=settings.INTERESTS_MONTHS,
        reminders=INTERESTS_REMINDERS,
    )


@transaction.atomic
def pause(*, mandate_pk: int, at: datetime, by: Actor) -> Mandate:
    """Take a break; no reason is asked, and what was asked of the member goes to somebody else."""
    mandate = release_everything(mandate_pk=mandate_pk, permission="reviewers.pause_mandate", at=at, by=by)
    mandate.pause(by=by, at=at)
    mandate.save()
    return mandate


@transaction.atomic
def resume(*, mandate_pk: int, at: datetime, by: Actor) -> Mandate:
    """Come back. Raises `NotAllowed`, and `Blocked` when the declaration is no longer current."""
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.resume_mandate", by, mandate, on=timezone.localdate(at))
    block_unless_empty(missing_to_resume(mandate, on=timezone.localdate(at)))
    mandate.resume(by=by, at=at)
    mandate.save()
    return mandate


@transaction.atomic
def resign(*, mandate_pk: int, at: datetime, by: Actor) -> Mandate:
    """Stop at the member's own request. Raises `NotAllowed`."""
    mandate = release_everything(mandate_pk=mandate_pk, permission="reviewers.resign_mandate", at=at, by=by)
    mandate.resign(by=by, at=at)
    mandate.save()
    deadlines.drop(subject=mandate, at=at)
    return mandate


@transaction.atomic
def choose_grid(*, mandate_pk: int, whole: bool, at: datetime, by: Actor) -> Mandate:
    """Remember whether the member reads the grid on one page or one criterion at a time. Raises `NotAllowed`."""
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.choose_grid", by, mandate, on=timezone.localdate(at))
    mandate.whole_grid = whole
    mandate.save(update_fields=["whole_grid"])
    return mandate


@transaction.atomic
def change_profile(
    *,
    mandate_pk: int,
    region: str,
    fields_known: Iterable[str],
    load_cap: int,
    at: datetime,
    by: Actor,
) -> Mandate:
    """Write down where a member lives, what they know, how many dossiers they take at a time. Raises `NotAllowed`."""
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.change_profile", by, mandate, on=timezone.localdate(at))
    mandate.region, mandate.fields_known, mandate.load_cap = region, sorted(fields_known), load_cap
    mandate.save(update_fields=["region", "fields_known", "load_cap"])
    note(mandate, what="change_profile", at=at, by=by)
    return mandate


@transaction.atomic
def change_seat(*, mandate_pk: int, seat: str, act_reference: str, at: datetime, by: Actor) -> Mandate:
    """By a written act, a substitute becomes a full member, or the reverse; the term stays.

    Raises `NotAllowed`; `Blocked` for a mandate that is over, an unknown seat, or without the act.
    """
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.change_seat", by, mandate, on=timezone.localdate(at))
    if mandate.state in Mandate.OVER:
        raise Blocked([_("Ce mandat est terminé.")])
    if seat not in Seat.values:
        raise Blocked([Missing(_("Choisissez une des réponses proposées."), code="seat")])
    if is_blank(act_reference):
        raise Blocked([Missing(_("Indiquez la référence de l'acte écrit."), code="act_reference")])
    mandate.seat, mandate.act_reference = seat, act_reference.strip()
    mandate.save(update_fields=["seat", "act_reference"])
    note(mandate, what="change_seat", at=at, by=by)
    return mandate


@transaction.atomic
def end(*, mandate_pk: int, at: datetime, by: Actor) -> Mandate:
    """The term is over: nothing new is asked; what was accepted may be finished. Raises `NotAllowed`."""
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.end_mandate", by, mandate, on=timezone.localdate(at))
    mandate.end(by=by, at=at)
    mandate.save()
    deadlines.drop(subject=mandate, at=at)
    mails.tell_mandate_is_over(mandate, at=at)
    return mandate


@transaction.atomic
def release_after_term(*, mandate_pk: int, at: datetime, by: Actor) -> Mandate:
    """The weeks left to finish are over: what is still open goes to somebody else. Raises `NotAllowed`, `Blocked`."""
    mandate = release_everything(mandate_pk=mandate_pk, permission="reviewers.end_mandate", at=at, by=by)
    if mandate.state != State.ENDED or may_finish(mandate, on=timezone.localdate(at)):
        raise Blocked([_("Ce qui est accepté peut encore être fini.")])
    return mandate


@transaction.atomic
def stop_for_silence(*, mandate_pk: int, at: datetime, by: Actor) -> Mandate:
    """Nobody writes to the member any more: assignments and mandate are closed in neutral words, without a reason.

    Raises `NotAllowed`. Reviews already sent stay counted.
    """
    by = by.because("")
    mandate = release_everything(mandate_pk=mandate_pk, permission="reviewers.release_silenced", at=at, by=by)
    if mandate.state == State.APPROACHED:
        mandate.set_aside(by=by, at=at)
    elif mandate.state not in Mandate.OVER:
        mandate.end(by=by, at=at)
    mandate.save()
    deadlines.drop(subject=mandate, at=at)
    return mandate
