"""Appeals at each stage, made through the real actions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Role, User
from decisions import actions
from decisions.content import Answer
from decisions.models import Appeal, Decision, SilenceRequest
from journal.moves import Actor
from structures.models import Structure
from tests.factories import decisions
from tests.factories.accounts import acting, signatory, staff
from tests.factories.structures import AT, representative_of
from tests.keeping import kept

LODGED = AT + timedelta(days=20)
POINTS = (("Les comptes étaient joints.", "C'est exact : ils étaient joints, page 12 du dossier."),)


@kept
def refused(*, at: datetime = AT) -> Decision:
    """A refusal that the association received."""
    return decisions.notified(decisions.advised(opinion="unfavourable", at=at), "refuse", at=at)


@kept
def inadmissible(
    found: Structure | None = None, *, officer: User | None = None, at: datetime = AT
) -> Decision:
    """A request declared inadmissible, and received so."""
    return decisions.notified(decisions.filed(found, officer=officer, at=at), "inadmissible", at=at)


@kept
def reasons_asked(
    found: Structure | None = None, *, officer: User | None = None, at: datetime = AT
) -> SilenceRequest:
    """The reasons asked for of a refusal that silence made, ten days ago at least."""
    before = at - timedelta(days=80)
    application = decisions.acknowledged(decisions.filed(found, officer=officer, at=before), at=before)
    silence = actions.record_implicit(
        application_pk=application.pk, at=at, by=decisions.officer_of(application)
    )
    by = representative_of(application.structure)
    return actions.ask_about_silence(decision_pk=silence.pk, kind="reasons", at=at, by=by)


@kept
def lodged(decision: Decision | None = None, *, at: datetime = LODGED, **changes: Any) -> Appeal:
    """An appeal lodged online by the representative; its receipt left."""
    decision = decision or inadmissible()
    said = {"contested": "Nos comptes étaient joints.", "asked": "Relire le dossier."} | changes
    by = representative_of(decision.application.structure)
    appeal = actions.lodge(decision_pk=decision.pk, **said, at=at, by=by)
    return fresh(appeal)


@kept
def taken(appeal: Appeal | None = None, *, officer: User | None = None, at: datetime = LODGED) -> Appeal:
    """An appeal that an appeal officer examines."""
    appeal = appeal or lodged(at=at)
    officer = officer or staff(Role.APPEAL_OFFICER)
    return fresh(actions.take_up(appeal_pk=appeal.pk, at=at, by=acting(officer, Role.APPEAL_OFFICER)))


def officer_of(appeal: Appeal) -> Actor:
    """Who examines it, acting."""
    if appeal.officer is None:
        raise LookupError("nobody examines this appeal")
    return acting(appeal.officer, Role.APPEAL_OFFICER)


def answer(outcome: str = "rejected", **changes: Any) -> Answer:
    """A complete answer."""
    parts: dict[str, Any] = {
        "outcome": outcome,
        "reasons_in_law": decisions.IN_LAW,
        "reasons_in_fact": decisions.IN_FACT,
        "points": POINTS,
    }
    if outcome in Appeal.CHANGING:
        parts["what_changes"] = "Le dossier est examiné de nouveau par d'autres membres du comité."
    return Answer(**{**parts, **changes})


@kept
def to_sign(appeal: Appeal | None = None, outcome: str = "rejected", *, at: datetime = LODGED) -> Appeal:
    """An appeal whose answer was sent for signature."""
    appeal = appeal or taken(at=at)
    by = officer_of(appeal)
    act = actions.prepare_answer(appeal_pk=appeal.pk, answer=answer(outcome), at=at, by=by)
    actions.send_for_signature(decision_pk=act.pk, at=at, by=by)
    return fresh(appeal)


@kept
def answered(
    appeal: Appeal | None = None, outcome: str = "rejected", *, at: datetime = LODGED, by: Actor | None = None
) -> Appeal:
    """An appeal whose answer is signed by somebody who had no part in the contested act."""
    appeal = to_sign(appeal, outcome, at=at)
    actions.sign(decision_pk=appeal.answer_id, at=at, by=by or acting(signatory(), Role.SIGNATORY))
    return fresh(appeal)


def fresh(appeal: Appeal) -> Appeal:
    """That appeal, read afresh."""
    return Appeal.objects.select_related(
        "decision__application__structure", "officer", "answer", "receipt"
    ).get(pk=appeal.pk)
