"""Follow-ups of the tests, at each stage, through the real actions."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Role, User
from certificates import actions
from certificates.actions import Declaration, Finding
from certificates.models import FollowUp, Gap, Label
from journal.moves import Actor
from tests.factories import certificates
from tests.factories.accounts import acting, staff
from tests.factories.structures import representative_of
from tests.keeping import kept

CLOCK = Actor.system()


def at(day: date, hour: int = 9) -> datetime:
    """A moment of that day."""
    return timezone.make_aware(datetime.combine(day, time(hour)))


@kept
def planned(label: Label | None = None) -> FollowUp:
    """The first follow-up of a label, to come."""
    found = label or certificates.label()
    actions.plan_follow_ups(label_pk=found.pk, at=found.issued_at, by=CLOCK)
    return FollowUp.objects.select_related("label__structure").get(label=found, year=1)


@kept
def opened(label: Label | None = None) -> FollowUp:
    """A follow-up opened sixty days before its anniversary."""
    found = planned(label)
    return actions.open_follow_up(follow_up_pk=found.pk, at=at(found.due_on - timedelta(days=60)), by=CLOCK)


@kept
def overdue(label: Label | None = None) -> FollowUp:
    """A follow-up whose day is passed."""
    found = opened(label)
    return actions.let_fall_overdue(follow_up_pk=found.pk, at=at(found.due_on + timedelta(days=1)), by=CLOCK)


def nothing_changed(**changes: Any) -> Declaration:
    """What is sent when nothing changed."""
    return Declaration(
        **{
            "nothing_changed": True,
            "texts": {"accounts": "Cotisations et dons."},  # the dossiers of the tests leave it empty
            "figures": {"people_helped": 120, "active_volunteers": 14},
            "accounts_note": "Comptes présentés en assemblée le mois prochain.",
            **changes,
        }
    )


@kept
def sent(label: Label | None = None, by: Actor | None = None) -> FollowUp:
    """A follow-up sent ten days before its day."""
    found = opened(label)
    return actions.send_follow_up(
        follow_up_pk=found.pk,
        declaration=nothing_changed(),
        exact=True,
        at=at(found.due_on - timedelta(days=10)),
        by=by or representative_of(found.label.structure),
    )


def officer(user: User | None = None) -> Actor:
    """A case officer."""
    return acting(user or staff(Role.CASE_OFFICER), Role.CASE_OFFICER)


def holder(follow_up: FollowUp) -> Actor:
    """The case officer who holds the dossier of that label."""
    return officer(follow_up.label.application.case_officer)


MINOR = Finding("minor", "Les comptes ne sont pas publiés.", "Publier les comptes sur le site.", "A5.2")
MAJOR = Finding("major", "Un dirigeant vend le service.", "Mettre fin à la vente.", "A1.1")


@kept
def with_gaps(label: Label | None = None, *findings: Finding, by: Actor | None = None) -> FollowUp:
    """A follow-up read ten days before its day, with these gaps; a minor and a major one by default."""
    found = sent(label)
    return actions.find_gaps(
        follow_up_pk=found.pk,
        findings=findings or (MINOR, MAJOR),
        at=at(found.due_on - timedelta(days=5)),
        by=by or officer(),
    )


def proved(gap: Gap, *, on: date | None = None) -> Gap:
    """A gap whose proof is sent."""
    return actions.answer_gap(
        gap_pk=gap.pk,
        plan="C'est fait.",
        proof_text="Sur notre site.",
        send=True,
        at=at(on or gap.due_on - timedelta(days=2)),
        by=representative_of(gap.follow_up.label.structure),
    )


def sought(follow_up: FollowUp, *channels: str, on: date) -> None:
    """Attempts to reach the association."""
    for channel in channels:
        actions.note_contact(
            follow_up_pk=follow_up.pk,
            channel=channel,
            tried_on=on,
            outcome="Pas de réponse.",
            at=at(on),
            by=officer(),
        )
