"""A population for the director's page, written by row: some dossiers and labels of every kind that it counts."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from accounts.models import Role, User
from certificates.models import FollowUp
from decisions.models import Appeal, Decision
from label.models import Application, PaperEntry
from reviewers.models import Assignment
from tests.factories import portal, reviewers
from tests.factories.accounts import signatory, staff
from tests.factories.bulk import threads
from tests.factories.portal import at
from tests.factories.structures import structure

STATES = (*Application.UNDER_WAY, "granted", "refused", "inadmissible", "closed", "withdrawn", "draft")


def population(today: date, *, times: int = 1) -> User:
    """Dossiers in every state, some decided late or against the opinion, and labels in every situation.

    Returns a case officer who follows half of the dossiers.
    """
    officer = staff(Role.CASE_OFFICER)
    assignment = Assignment.objects.select_related("application").first() or _reviewed()
    for round_number in range(times):
        for rank, state in enumerate(STATES):
            dossier = _dossier(assignment.application, state, today, rank, officer)
            if state in ("granted", "refused"):
                _decide(dossier, today, diverging=rank % 2 == 0)
            if state == "submitted":
                PaperEntry.objects.create(
                    application=dossier,
                    means="visit",
                    entered_by=officer,
                    on_behalf_of=dossier.opened_by,
                    received_on=today - timedelta(days=60),
                )
        _labels(today, f"{round_number}")
    return officer


def _reviewed() -> Assignment:
    """One real dossier under review, whose panel of six has one member recused and one away."""
    found = reviewers.under_review(at=timezone.now() - timedelta(days=20))
    first, second, *_rest = reviewers.assignments_of(found)
    released = timezone.now() - timedelta(days=3)
    for one, state in ((first, "recused"), (second, "stood_down")):
        Assignment.objects.filter(pk=one.pk)._update(
            [
                (Assignment._meta.get_field("state"), None, state),
                (Assignment._meta.get_field("released_at"), None, released),
            ]
        )
    return first


def _dossier(model: Application, state: str, today: date, rank: int, officer: User) -> Application:
    filed, ended = at(today - timedelta(days=60 + rank)), at(today - timedelta(days=rank))
    is_draft, is_over = state == "draft", state in Application.FINAL
    (thread,) = threads(1, "F")
    (made,) = Application.objects.bulk_create(
        [
            Application(
                thread=thread,
                reference=f"DOS-F-{thread.pk}",
                structure=structure(),
                edition=model.edition,
                opened_at=filed,
                opened_by=model.opened_by,
                edited_at=filed,
                state=state,
                submitted_at=None if is_draft else filed,
                submitted_by=None if is_draft else model.opened_by,
                snapshot=None if is_draft else model.snapshot,
                admissible_at=None if is_draft else filed,
                advised_at=None if is_draft else filed,
                ended_at=ended if is_over else None,
                implicit_decision_on=None if is_draft else today + timedelta(days=(rank % 3 - 1) * 9),
                case_officer=officer if rank % 2 else None,
            )
        ]
    )
    return made


def _decide(dossier: Application, today: date, *, diverging: bool) -> None:
    """A decision in effect by row; one with an appeal when it follows the opinion."""
    signer = signatory()
    (act,) = Decision.objects.bulk_create(
        [
            Decision(
                thread=dossier.thread,
                kind="refuse" if diverging else "implicit",
                reasons_in_law="En droit.",
                reasons_in_fact="En fait.",
                delegation=signer.delegations.get(),
                application=dossier,
                state="notified",
                prepared_by=dossier.opened_by,
                prepared_at=dossier.ended_at,
                signed_at=dossier.ended_at,
                signed_by=signer,
                notified_on=today,
                divergence_reasons="Le comité n'avait pas lu les comptes." if diverging else "",
            )
        ]
    )
    if not diverging:
        Appeal.objects.bulk_create(
            [
                Appeal(
                    decision=act,
                    contested="Le refus.",
                    asked="Le label.",
                    lodged_at=dossier.ended_at,
                    lodged_by=dossier.opened_by,
                    lodged_on=today,
                    received_on=today,
                    silence_on=today + timedelta(days=60),
                )
            ]
        )


def _labels(today: date, suffix: str) -> None:
    """A valid label, a suspended one, a withdrawn one; one with an overdue condition, one with an overdue follow-up."""
    begun, end = today - timedelta(days=400), today + timedelta(days=600)

    def granted(name: str, ends_on: date = end, facets: str = "field=PSY"):
        return portal.granted(f"{name} {suffix}", starts_on=begun, ends_on=ends_on, facets=facets)

    granted("Valable")
    portal.suspended(granted("Suspendu", facets="field=PREV"), today - timedelta(days=3))
    portal.moved(granted("Retiré"), "withdraw", today - timedelta(days=9), ended_on=today - timedelta(days=9))
    portal.with_condition(granted("Réserve"), today - timedelta(days=1))
    granted("Se termine", ends_on=today + timedelta(days=90))
    late = granted("Suivi")
    FollowUp.objects.bulk_create(
        [FollowUp(label=late, year=1, due_on=today - timedelta(days=2), state="open", opened_at=at(today))]
    )
