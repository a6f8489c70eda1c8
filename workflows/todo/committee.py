"""What awaits a member of the committee: answers to give, evaluations to make, a mandate to answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from deadlines.calendar import add_months
from label.models import Application
from reviewers.mandate_checklist import has_just_ended
from reviewers.models import Assignment, Mandate, MandateHearing
from workflows.todo.engine import Found, Reader, Task, source

State = Assignment.State


def _proposal(found: Found) -> Task:
    url = reverse("committee_gate", args=[found.row])
    return Task(f"proposal-{found.row}", _("Accepter ou non une évaluation"), found.name, url, found.since)


@source(
    "committee",
    moment="application__submitted_at",
    tell=_proposal,
    reference="application__reference",
    name="application__structure__name",
)
def proposals(reader: Reader) -> QuerySet[Any, Any]:
    """Dossiers proposed, not answered yet."""
    return Assignment.objects.visible_to(reader.user, on=reader.on).filter(
        state=State.PROPOSED, mandate__user=reader.user
    )


def _review(found: Found) -> Task:
    url = reverse("committee_assignment", args=[found.row])
    return Task(f"review-{found.row}", _("Évaluer un dossier"), found.name, url, found.since)


@source(
    "committee",
    moment="accepted_at",
    tell=_review,
    reference="application__reference",
    name="application__structure__name",
)
def reviews(reader: Reader) -> QuerySet[Any, Any]:
    """Evaluations accepted, not sent yet."""
    return Assignment.objects.visible_to(reader.user, on=reader.on).filter(
        state=State.ACCEPTED, mandate__user=reader.user
    )


def _rereading(found: Found) -> Task:
    url = reverse("committee_reread", args=[found.row])
    return Task(f"reread-{found.row}", _("Relire vos notes avec le groupe"), found.name, url, found.since)


@source(
    "committee",
    moment="reopened_at",
    tell=_rereading,
    reference="application__reference",
    name="application__structure__name",
)
def discussions(reader: Reader) -> QuerySet[Any, Any]:
    """Evaluations whose second round is open."""
    return Assignment.objects.visible_to(reader.user, on=reader.on).filter(
        state=State.REOPENED,
        mandate__user=reader.user,
        user__in=Mandate.objects.at_work(on=reader.on).values("user"),
        application__state=Application.State.IN_DELIBERATION,
    )


def _mandate(found: Found) -> Task:
    return Task(
        f"mandate-{found.row}", _("Répondre à la proposition"), "", reverse("committee_mandate"), found.since
    )


@source("committee", moment="user__created_at", tell=_mandate)
def mandates(reader: Reader) -> QuerySet[Any, Any]:
    """A mandate proposed to which the person has not answered."""
    return Mandate.objects.filter(user=reader.user, state=Mandate.State.APPROACHED, consented_at=None)


def reviews_of(reader: Reader) -> QuerySet[Assignment]:
    """The dossiers that a member is asked to evaluate or has evaluated, the nearest date first, with what is done."""
    given = Q(scores__round=1) & (~Q(scores__verdict="scored") | Q(scores__value__isnull=False))
    return (
        Assignment.objects.visible_to(reader.user, on=reader.on)
        .filter(mandate__user=reader.user)
        .select_related("application__structure", "application__edition", "snapshot", "entry")
        .annotate(given=Count("scores", filter=given))
        .order_by("review_due_on", "pk")
    )


def _interests(found: Found) -> Task:
    url = reverse("committee_interests")
    return Task(f"interests-{found.row}", _("Confirmer vos liens d'intérêts"), "", url, found.since)


@source("committee", moment="activated_at", tell=_interests)
def interests_to_confirm(reader: Reader) -> QuerySet[Any, Any]:
    """A declaration that has expired, or does within a month, and that the member has not confirmed."""
    old = add_months(reader.on, 1 - settings.INTERESTS_MONTHS)
    near = Q(state__in=[Mandate.State.ACTIVE, Mandate.State.PAUSED], interests_confirmed_on__lte=old)
    overdue = Q(state=Mandate.State.INTERESTS_OVERDUE, confirmation_waiting_on=None)
    return Mandate.objects.filter(near | overdue, user=reader.user)


def _grounds(found: Found) -> Task:
    return Task(
        f"hearing-{found.row}",
        _("Répondre avant une décision"),
        "",
        reverse("committee_mandate"),
        found.since,
    )


@source("committee", moment="mandate__activated_at", tell=_grounds)
def grounds_to_answer(reader: Reader) -> QuerySet[Any, Any]:
    """Grounds notified to the member, to which they have not answered."""
    return MandateHearing.objects.filter(
        mandate__user=reader.user, mandate__state__in=Mandate.SEATED, dropped_at=None, heard_on=None
    )


def open_mandate(user: User, *, on: date) -> Mandate | None:
    """The mandate that a person holds, else the one proposed, else one over whose evaluations may be finished."""
    found = list(Mandate.objects.filter(user=user).order_by("-pk"))
    held = [one for one in found if one.state in Mandate.SEATED]
    proposed = [one for one in found if one.state in Mandate.PENDING]
    finishing = [one for one in found if has_just_ended(one, on=on)]
    return next(iter([*held, *proposed, *finishing]), None)


def awaits_consent(user: User) -> bool:
    """Whether a mandate is proposed to that person, who has not agreed yet."""
    return Mandate.objects.filter(user=user, state=Mandate.State.APPROACHED, consented_at=None).exists()
