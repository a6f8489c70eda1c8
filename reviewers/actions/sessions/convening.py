"""Convening: the letter to each member, what they answer, the second convocation, the cancellation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import require
from deadlines import actions as deadlines
from journal.models import Thread
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, block_unless_empty
from journal.wording import is_blank
from letters.actions import issue
from letters.models import Letter
from reviewers import session_mails
from reviewers.actions.sessions.ballots import take_out
from reviewers.actions.sessions.contributions import write_contributions
from reviewers.actions.sessions.hearings import write_to_the_heard
from reviewers.actions.sessions.holding import held_session, invitations_of, refuse_without_reason
from reviewers.actions.sessions.planning import listed_items, refresh_points
from reviewers.addresses import home_of, is_on_paper
from reviewers.conflicts import barred
from reviewers.models import (
    AgendaItem,
    Assignment,
    Attendance,
    Invitation,
    ItemStatement,
    Mandate,
    Session,
)
from reviewers.reading import contributions_of
from reviewers.registry import subject_of
from reviewers.room import kept_away, members_in_office
from reviewers.session_checklist import missing_to_convene, missing_to_reconvene

REMINDERS = (-7, -2)
WILL_BE_THERE = (Invitation.Answer.PRESENT, Invitation.Answer.REMOTE)


@transaction.atomic
def convene(*, session_pk: int, at: datetime, by: Actor) -> Session:
    """Fix the agenda and write to each member in office (letter L14), on paper to those who want paper.

    A member on paper whose address is not known is convened without a letter: the secretariat finds the address and
    writes (`write_to_invited`), the others are served.

    Raises `NotAllowed`; `Blocked` with what is missing: an agenda, five days, dossiers still in deliberation.
    """
    session = held_session(session_pk, "reviewers.convene_session", at=at, by=by)
    if session.state != Session.State.PLANNED:
        raise Blocked([_("Cette séance est déjà convoquée, ou n'aura pas lieu.")])
    block_unless_empty(missing_to_convene(session, on=timezone.localdate(at)))
    items = listed_items(session)
    Thread.objects.hold(
        *(item.application.thread_id for item in items)
    )  # by key: no two sessions wait in a ring
    for item in items:
        record = subject_of(item.kind).hold(item)
        block_unless_empty(subject_of(item.kind).missing_to_list(record))
        refresh_points(item, record)
    session.convene(by=by, at=at)
    session.save()
    _write_to_everybody(session, at=at, by=by)
    return session


@transaction.atomic
def reconvene(
    *,
    session_pk: int,
    sits_at: datetime,
    place: str = "",
    link: str = "",
    at: datetime,
    by: Actor,
) -> Session:
    """Second convocation, same agenda: the letter says that no overall quorum will be required (R1114-7 as a model).

    Raises `NotAllowed`; `Blocked` before fifteen days, or unless the quorum was missing.
    """
    session = held_session(session_pk, "reviewers.reconvene_session", at=at, by=by)
    if session.state != Session.State.NO_QUORUM:
        raise Blocked([_("Une seconde convocation suit une séance sans quorum.")])
    block_unless_empty(missing_to_reconvene(session, sits_at=sits_at, on=timezone.localdate(at)))
    session.first_sits_at, session.sits_at = session.sits_at, sits_at
    session.place = place.strip() or session.place
    session.link = link or session.link
    session.reconvene(by=by, at=at)
    session.save()
    deadlines.meet(subject=session, kind="second_convocation", at=at)
    _write_to_everybody(session, at=at, by=by)
    return session


def _write_to_everybody(session: Session, *, at: datetime, by: Actor) -> None:
    """One letter, one invitation and one mail to each member; the reminders of the sitting."""
    on = timezone.localdate(at)
    members = members_in_office(on=on)
    away = {item.pk: kept_away(item, members, on=on) for item in listed_items(session)}
    items = listed_items(session)
    for mandate in members:
        user = mandate.user
        invitation = Invitation(
            session=session,
            convocation=session.convocation,
            mandate=mandate,
            on_paper=is_on_paper(user),
            large_print=user.preferred_format == User.Format.LARGE_PRINT,
        )
        if not invitation.on_paper or home_of(user):
            agenda = [line_of(item, is_away=mandate.pk in away[item.pk]) for item in items]
            invitation.letter = _letter(invitation, agenda, at=at, by=by)
        invitation.save()
        session_mails.tell_convocation(session, user, at=at)
    write_to_the_heard(session, items, at=at, by=by)
    deadlines.start(
        thread=session.thread,
        subject=session,
        kind="session",
        started_on=on,
        days=(session.sits_on - on).days,
        reminders=REMINDERS,
    )


def _letter(invitation: Invitation, agenda: list[str], *, at: datetime, by: Actor) -> Letter:
    """The convocation of one member (L14); the session is held."""
    session, user = invitation.session, invitation.mandate.user
    return issue(
        "L14",
        record=session,
        addressee=user,
        channel=Letter.Channel.POST if invitation.on_paper else Letter.Channel.ONLINE,
        signed_by=session.secretary,
        announced=False,
        at=at,
        by=by,
        agenda=agenda,
        member=user,
    )


@transaction.atomic
def write_to_invited(*, invitation_pk: int, address: str, at: datetime, by: Actor) -> Invitation:
    """The address of a member convened without a letter is found: it is kept, and the letter is written.

    Raises `NotAllowed`; `Blocked` without an address, or when the letter is written or the sitting has begun.
    """
    found = Invitation.objects.get(pk=invitation_pk)
    session = held_session(found.session_id, "reviewers.convene_session", at=at, by=by)
    invitation = (
        Invitation.objects.unwritten().filter(pk=invitation_pk).select_related("mandate__user").first()
    )
    if invitation is None:
        raise Blocked([_("Cette convocation est déjà écrite, ou la séance a commencé.")])
    if is_blank(address):
        raise Blocked([Missing(_("Écrivez l'adresse."), code="address")])
    invitation.session, mandate = session, invitation.mandate
    mandate.user.address = address.strip()
    mandate.user.save(update_fields=["address"])
    on = timezone.localdate(at)
    items = listed_items(session)
    agenda = [line_of(item, is_away=mandate.pk in kept_away(item, [mandate], on=on)) for item in items]
    invitation.letter = _letter(invitation, agenda, at=at, by=by)
    invitation.save(update_fields=["letter"])
    return invitation


def line_of(item: AgendaItem, *, is_away: bool) -> str:
    """One line of the agenda, with who comes from outside; nothing of an item from which the member is kept away.

    The item was read with its `experts`.
    """
    if is_away:
        return "Un point auquel vous ne participez pas"
    heard = [f"{one.name} ({one.quality})" for one in item.experts.all() if one.is_invited]
    title = subject_of(item.kind).title(item)
    return f"{title}. Audition, sans voix : {', '.join(heard)}" if heard else title


@transaction.atomic
def cancel_session(*, session_pk: int, at: datetime, by: Actor) -> Session:
    """The session does not take place: its items leave the agenda, the members are told; `by` carries the reason.

    Its dossiers stay in deliberation. Raises `NotAllowed`, `Blocked`.
    """
    session = held_session(session_pk, "reviewers.cancel_session", at=at, by=by)
    refuse_without_reason(by)
    if session.state not in (Session.State.PLANNED, *Session.AWAITED):
        raise Blocked([_("Cette séance a commencé ou n'aura pas lieu.")])
    was_told = session.state != Session.State.PLANNED
    session.cancel(by=by, at=at)
    session.save()
    items = list(session.items.filter(state=AgendaItem.State.LISTED).select_related("application__edition"))
    if was_told:
        write_to_the_heard(session, items, cancelled=True, at=at, by=by)
    for item in items:
        item.sent_to = AgendaItem.SentTo.LATER
        item.held_with(session).take_off(by=by.because(""), at=at)
        item.save()
    deadlines.drop(subject=session, at=at)
    if was_told:
        for invitation in invitations_of(session):
            session_mails.tell_cancelled(session, invitation.mandate.user, at=at)
    return session


@transaction.atomic
def answer_invitation(  # noqa: PLR0913 - one act, said in one place
    *,
    session_pk: int,
    mandate_pk: int,
    answer: str,
    holder_pk: int | None = None,
    contributions: Mapping[int, str] | None = None,
    on_paper: bool | None = None,
    means: str = "",
    at: datetime,
    by: Actor,
) -> Invitation:
    """A member says whether and how they will take part, names a proxy or sends contributions, until the sitting.

    `contributions` gives what they write by the key of the item; another answer takes them all back. The secretariat
    notes what a member wrote, or said by phone or face to face: `means` says which, and the journal that it acts on
    behalf of the member (domain 6.9). Raises `NotAllowed`; `Blocked` without that means, when the
    session is not awaited, for a second proxy to one holder (E33) or a holder of another college.
    """
    mandate = Mandate.objects.select_related("user").get(pk=mandate_pk)
    session: Session = Session.objects.hold(session_pk)
    require("reviewers.answer_invitation", by, mandate, on=timezone.localdate(at))
    by, means = _speaking_for(mandate, means, by)
    invitation = Invitation.objects.filter(
        session=session, convocation=session.convocation, mandate=mandate
    ).first()
    if invitation is None or session.state not in Session.AWAITED:
        raise Blocked([_("Vous n'êtes pas convoqué à cette séance, ou elle a commencé.")])
    holder = None
    if Invitation.Answer(answer) == Invitation.Answer.PROXY:
        holder = _announced_holder(session, mandate, holder_pk)
    is_written = answer == Invitation.Answer.WRITTEN
    if is_written and all(is_blank(text) for text in (contributions or {}).values()):
        raise Blocked([_("Écrivez votre contribution.")])
    texts = (
        contributions or {} if is_written else {one.item_id: "" for one in contributions_of(session, mandate)}
    )
    write_contributions(session, mandate, texts, at=at, by=by)
    invitation.answer, invitation.holder = answer, holder
    if on_paper is not None:
        invitation.on_paper = on_paper
    invitation.answered_at, invitation.means = at, means
    invitation.save()
    note(session, what="answer_invitation", at=at, by=by)
    if answer not in WILL_BE_THERE:
        _tell_who_counted_on(session, mandate, at=at)
    return invitation


def _tell_who_counted_on(session: Session, holder: Mandate, *, at: datetime) -> None:
    """Who announced a proxy to somebody who will not be there chooses somebody else."""
    for invitation in invitations_of(session):
        if invitation.holder_id == holder.pk:
            session_mails.ask_for_another_holder(session, invitation.mandate.user, at=at)


def _speaking_for(mandate: Mandate, means: str, by: Actor) -> tuple[Actor, str]:
    """Who acts, on behalf of the member when it is somebody else, and by which means the member said so.

    Raises `Blocked` when somebody else does not say how the member reached them.
    """
    if by.user_id == mandate.user_id:
        return by, ""
    if means not in Assignment.Means.values:
        raise Blocked([Missing(_("Choisissez une des réponses proposées."), code="means")])
    return by.standing_for(mandate.user), means


def _announced_holder(session: Session, mandate: Mandate, holder_pk: int | None) -> Mandate:
    """Who will hold the proxy: somebody of the same college, convened, who will be there and holds no other."""
    holder = holder_of_same_college(mandate, holder_pk)
    answers = Invitation.objects.filter(session=session, convocation=session.convocation)
    if answers.filter(holder=holder, answer=Invitation.Answer.PROXY).exclude(mandate=mandate).exists():
        raise already_holds()
    if not answers.filter(mandate=holder, answer__in=("", *WILL_BE_THERE)).exists():
        text = _("Cette personne ne sera pas là. Choisissez quelqu'un d'autre du même collège.")
        raise Blocked([Missing(text, code="holder")])
    return holder


def holder_of_same_college(mandate: Mandate, holder_pk: int | None) -> Mandate:
    """The holder named by a member. Raises `Blocked` unless somebody else, active, of the same college."""
    holder = Mandate.objects.filter(pk=holder_pk or 0, state=Mandate.State.ACTIVE).first()
    if holder is None or holder.pk == mandate.pk or holder.college != mandate.college:
        raise Blocked([Missing(_("Choisissez quelqu'un d'autre du même collège."), code="holder")])
    return holder


def already_holds() -> Blocked:
    """E33."""
    text = _("Cette personne porte déjà un pouvoir. Choisissez quelqu'un d'autre du même collège.")
    return Blocked([Missing(text, code="holder")])


@transaction.atomic
def state_on_item(
    *,
    item_pk: int,
    mandate_pk: int,
    has_link: bool,
    text: str = "",
    means: str = "",
    at: datetime,
    by: Actor,
) -> ItemStatement:
    """A member says before the vote whether they have a link with an item: a link keeps them away from it.

    The words are read by the ethics officer and the secretariat. A link once said stays said. The secretariat notes
    what a member said by post, by phone or face to face, as in `answer_invitation`. Raises `NotAllowed`; `Blocked`
    without that means, once the item is settled, or for a link without a word.
    """
    mandate = Mandate.objects.select_related("user").get(pk=mandate_pk)
    item: AgendaItem = AgendaItem.objects.select_related("session", "application__edition").hold(item_pk)
    require("reviewers.state_on_item", by, mandate, on=timezone.localdate(at))
    by, means = _speaking_for(mandate, means, by)
    if item.state not in AgendaItem.PENDING:
        raise Blocked([_("Ce point est terminé.")])
    if has_link and is_blank(text):
        raise Blocked([_("Dites en quelques mots quel est ce lien.")])
    said = ItemStatement.objects.filter(item=item, mandate=mandate, has_link=True).exists()
    if not has_link and not said and barred(item.application, [mandate.user_id], on=timezone.localdate(at)):
        raise Blocked([_("Un lien avec ce dossier est connu : vous ne prenez pas part à ce point.")])
    found, _created = ItemStatement.objects.get_or_create(
        item=item,
        mandate=mandate,
        defaults={"has_link": has_link, "text": text.strip(), "stated_at": at, "means": means},
    )
    if has_link and not found.has_link:
        found.has_link, found.text, found.stated_at, found.means = True, text.strip(), at, means
        found.save()
    if not has_link:
        note(item, what="state_no_link", at=at, by=by)
    else:
        note(item, what="state_link", at=at, by=by)
        _leave_at_once(item, mandate, at=at, by=by)
    return found


def _leave_at_once(item: AgendaItem, mandate: Mandate, *, at: datetime, by: Actor) -> None:
    """Said while the item is discussed: the member leaves now, and what they cast no longer counts."""
    from reviewers.actions.sessions.attendance import leave_for_conflict  # noqa: PLC0415 - it knows convening

    seat = Attendance.objects.filter(
        session=item.session, convocation=item.session.convocation, mandate=mandate
    ).first()
    if seat is not None and item.state in AgendaItem.UNDER_WAY:
        leave_for_conflict(item, [seat], at=at)
        take_out(item, [mandate.pk], at=at, by=by)


def paper_copies(session: Session) -> list[Invitation]:
    """Whose documents are printed and posted, with the size of print each reads; not who is written to no more."""
    return [one for one in invitations_of(session) if one.on_paper and not one.mandate.user.never_contact]


def target_day(session: Session) -> datetime:
    """When the letters should leave, fifteen days before the sitting."""
    return session.sits_at - timedelta(days=settings.CONVENING_TARGET_DAYS)
