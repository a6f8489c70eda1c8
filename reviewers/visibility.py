"""Who may see mandates and evaluations; what members may see of a dossier, and what a link closes to them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, Q, QuerySet

from accounts.models import Role, User
from accounts.rules import roles_of
from journal.visibility import audience, veto
from label.models import Application
from label.registry import keeps_apart, other_holders
from reviewers.conflicts import closed_structures, recent_members, taken_over_and_closed
from reviewers.models import (
    AgendaItem,
    Assignment,
    Challenge,
    DeliberationAct,
    ItemStatement,
    Mandate,
    Session,
    StaffMatch,
)
from structures.models import Membership

EVERYTHING = Q(pk__isnull=False)
NOTHING = Q(pk__in=[])
State = Assignment.State
COMMITTEE_ROLES = frozenset({Role.SECRETARIAT, Role.ETHICS_OFFICER, Role.SIGNATORY})
PANEL_ROLES = frozenset({Role.SECRETARIAT, Role.ETHICS_OFFICER, Role.CASE_OFFICER})


@keeps_apart
def staff_of_the_same_name(to_take: bool) -> QuerySet[Any, Any]:
    """Whom of the staff a name in common keeps apart from a structure (domain 5.3)."""
    return StaffMatch.objects.keeping_apart(to_take=to_take)


@audience("reviewers.mandate", "holder")
def own_mandates(user: User, on: date) -> Q:
    """One's own mandates."""
    return Q(user=user)


@audience("reviewers.mandate", "office")
def mandates_for_the_office(user: User, on: date) -> Q:
    """Every mandate, for those who appoint, analyse and convene."""
    return EVERYTHING if COMMITTEE_ROLES & roles_of(user, on=on) else NOTHING


@audience("reviewers.assignment", "reviewer")
def own_assignments(user: User, on: date) -> Q:
    """One's own, while they live; one to answer or to fill only while the dossier is under way."""
    mine = Q(mandate_id__in=Mandate.objects.filter(user=user).values("pk"), state__in=Assignment.LIVE)
    over = Application.objects.filter(state__in=Application.FINAL).values("pk")
    return mine & ~Q(state__in=Assignment.OPEN, application_id__in=over)


@audience("reviewers.assignment", "office")
def assignments_for_the_office(user: User, on: date) -> Q:
    """Who was asked and how far it is, never a score: those follow `ScoreQuerySet.visible_to`."""
    return EVERYTHING if PANEL_ROLES & roles_of(user, on=on) else NOTHING


@audience("label.application", "reviewers")
def dossiers_to_evaluate(user: User, on: date) -> Q:
    """Dossiers under way that the member accepted to evaluate, after stating that there is no link.

    As long as their mandate lets them go on, with a declaration that is current.
    """
    read = Assignment.objects.filter(user=user, state__in=Assignment.READING)
    read = read.exclude(application__structure_id__in=_lately(user, on))
    able = Exists(Mandate.objects.at_work(on=on).filter(user=user))
    return Q(able, pk__in=read.values("application_id")) & ~Q(state__in=Application.FINAL)


@veto("reviewers.assignment", "link")
def assignments_closed_by_a_link(user: User, on: date) -> Q:
    """Evaluations of a structure with which one has a link, the others' of a dossier that one left.

    One's own, also where one belongs or belonged. That one was recused stays a fact known to the office.
    """
    linked = closed_structures(user.pk, on, column="application__structure_id")
    linked |= taken_over_and_closed(user.pk, on, column="application_id")
    mine = Q(mandate_id__in=Mandate.objects.filter(user=user).values("pk"))
    left = Q(application_id__in=_left(user).values("application_id"))
    return linked | (left & ~mine) | (mine & Q(application__structure_id__in=_lately(user, on)))


@veto("reviewers.assignment", "panel")
def others_before_ones_own(user: User, on: date) -> Q:
    """What the others of a panel think, until one gave one's own: also for a member who works at the Institute."""
    owed = Assignment.objects.filter(mandate__user=user, state__in=Assignment.OPEN)
    mine = Mandate.objects.filter(user=user).values("pk")
    return Q(application_id__in=owed.values("application_id")) & ~Q(mandate_id__in=mine)


@veto("label.application", "link")
def dossiers_closed_by_a_link(user: User, on: date) -> Q:
    """Dossiers of a structure with which the member has a link, and those that they left or were set apart from."""
    closed = closed_structures(user.pk, on) | taken_over_and_closed(user.pk, on)
    closed |= Q(pk__in=_left(user).values("application_id"))
    closed |= Q(pk__in=_challenged(user).values("application_id"))
    closed |= Q(pk__in=_set_apart(user).values("application_id"))
    return closed & ~Q(structure_id__in=_own_structures(user))


@veto("structures.structure", "link")
def structures_closed_by_a_link(user: User, on: date) -> Q:
    """The same structures, as the committee sees them."""
    closed = closed_structures(user.pk, on, column="pk") | Q(
        pk__in=_left(user).values("application__structure_id")
    )
    return closed & ~Q(pk__in=_own_structures(user))


def closed_dossiers(user: User, on: date) -> QuerySet[Any, Any]:
    """The keys of the dossiers that a link closes to a person: few, and found from what is theirs alone.

    By the structure, by what the person left, by a challenge of the association, by a link said for a session, by an
    act of who presides.
    """
    linked = closed_structures(user.pk, on) | taken_over_and_closed(user.pk, on)
    by_structure = Application.objects.filter(linked).values_list("pk")
    left = _left(user).order_by().values_list("application_id")
    challenged = _challenged(user).order_by().values_list("application_id")
    said = ItemStatement.objects.filter(mandate__user=user, has_link=True).values_list("item__application_id")
    apart = _set_apart(user).order_by().values_list("application_id")
    return by_structure.order_by().union(left, challenged, said.order_by(), apart)


def _lately(user: User, on: date) -> QuerySet[Any, Any]:
    """The structures to which the person belongs or belonged in the last years."""
    return Membership.objects.filter(recent_members(on), user=user).values("structure_id")


def _challenged(user: User) -> QuerySet[Challenge]:
    """The challenges of associations by which the person is kept away."""
    return Challenge.objects.filter(mandate__user=user, answer=Challenge.Answer.ACCEPTED)


def _set_apart(user: User) -> QuerySet[DeliberationAct]:
    """The acts of who presides by which the person takes no part in a dossier any more."""
    return DeliberationAct.objects.filter(set_apart__user=user)


def _left(user: User) -> QuerySet[Assignment, Assignment]:
    """The evaluations that a link ended, by the member's own word or by the ethics officer's."""
    return Assignment.objects.filter(mandate__user=user, state__in=[State.STOOD_DOWN, State.RECUSED])


def _own_structures(user: User) -> QuerySet[Any, Any]:
    """A member who belongs to an association keeps the space of that association: it is theirs."""
    return Membership.objects.current().filter(user=user).values("structure_id")


def _is_seated(user: User) -> Q:
    return Q(Exists(Mandate.objects.filter(user=user, state__in=Mandate.SEATED)))


@audience("reviewers.session", "members")
def sessions_of_members(user: User, on: date) -> Q:
    """Every sitting, for those who sit."""
    return _is_seated(user)


@audience("reviewers.session", "office")
def sessions_for_the_office(user: User, on: date) -> Q:
    """Every sitting, for those who convene, follow the files or look after interests."""
    return EVERYTHING if (PANEL_ROLES | COMMITTEE_ROLES) & roles_of(user, on=on) else NOTHING


@audience("reviewers.agendaitem", "members")
def items_of_members(user: User, on: date) -> Q:
    """The agenda once convened, for those who sit."""
    return _is_seated(user) & ~Q(session__state__in=[Session.State.PLANNED, Session.State.CANCELLED])


@audience("reviewers.agendaitem", "office")
def items_for_the_office(user: User, on: date) -> Q:
    """Every agenda, for the same offices."""
    return EVERYTHING if (PANEL_ROLES | COMMITTEE_ROLES) & roles_of(user, on=on) else NOTHING


@veto("reviewers.agendaitem", "link")
def items_closed_by_a_link(user: User, on: date) -> Q:
    """Items on a structure with which one has or had a link, and those on a dossier of which one said so in session."""
    belonged = Membership.objects.filter(user=user).values("structure_id")
    closed = closed_structures(user.pk, on, column="application__structure_id")
    closed |= taken_over_and_closed(user.pk, on, column="application_id")
    closed |= Q(application_id__in=_left(user).values("application_id"))
    closed |= Q(application_id__in=_challenged(user).values("application_id"))
    closed |= Q(application_id__in=_set_apart(user).values("application_id"))
    closed |= Q(application__structure_id__in=belonged)
    closed |= Q(application_id__in=other_holders().filter(structure__in=belonged).values("application_id"))
    said = ItemStatement.objects.filter(mandate__user=user, has_link=True)
    return (
        closed | Q(pk__in=said.values("item_id")) | Q(application_id__in=said.values("item__application_id"))
    )


@audience("label.application", "session")
def dossiers_to_discuss(user: User, on: date) -> Q:
    """Dossiers on the agenda of a session, for a member who said that there is no link with that item."""
    stated = ItemStatement.objects.filter(
        mandate__user=user, mandate__state=Mandate.State.ACTIVE, has_link=False
    )
    items = AgendaItem.objects.filter(
        pk__in=stated.values("item_id"), state__in=AgendaItem.PENDING, session__state__in=Session.TOLD
    )
    return Q(pk__in=items.values("application_id")) & ~Q(state__in=Application.FINAL)


@veto("label.application", "session")
def dossiers_with_a_link_said_in_session(user: User, on: date) -> Q:
    """Dossiers on which the member said, for a session, that there is a link."""
    said = ItemStatement.objects.filter(mandate__user=user, has_link=True)
    closed = Q(pk__in=said.values("item__application_id"))
    return closed & ~Q(structure_id__in=_own_structures(user))
