"""Withdrawal procedures at each stage, through the real actions; the opinion comes from a real vote when asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import Role, User
from certificates import actions, subjects
from certificates.actions.withdrawals import held_withdrawal, open_hearing
from certificates.answers import said_in_procedure
from certificates.models import Label, Measure, Withdrawal
from decisions import actions as acts
from decisions.content import Content
from decisions.models import Decision
from journal.moves import Actor
from reviewers.models import AgendaItem
from reviewers.registry import Outcome
from tests.factories import certificates, decisions, measures, sessions
from tests.factories.accounts import acting, signatory
from tests.factories.structures import AT, representative_of
from tests.keeping import kept

FACTS = "Trois personnes disent que la permanence n'ouvre plus."
REASONS = "L'Institut a vérifié les faits auprès de la structure et des personnes qui l'ont informé. " * 5
PROOF = "Le faux rapport d'activité, et les relevés de la salle."


@kept
def opened(label: Label | None = None, *, at: datetime = AT, **facts: Any) -> Withdrawal:
    """A procedure that the association does not know of."""
    label = label or certificates.label()
    return actions.open_withdrawal(
        label_pk=label.pk,
        **{"origin": "office", "facts": FACTS, **facts},
        at=at,
        by=measures.officer_of(label),
    )


def content(step: str, **changes: Any) -> actions.StepContent:
    """A complete step."""
    parts: dict[str, Any] = {"step": step}
    if step in ("dismiss", "maintain"):
        parts["reasons"] = REASONS
    if step == "formal_notice":
        parts |= {"grounds": [measures.GROUND], "acts": ["Rouvrir la permanence du mardi."], "days": 30}
    if step == "hearing":
        parts |= {"grounds": [measures.GROUND], "measure": "withdraw", "days": 30}
    return actions.StepContent(**{**parts, **changes})


def propose(found: Withdrawal, step: str, *, at: datetime = AT, **changes: Any) -> int:
    """The key of that step, put before the signatories."""
    by = measures.officer_of(Label.objects.get(withdrawals=found))
    return actions.propose(withdrawal_pk=found.pk, content=content(step, **changes), at=at, by=by).pk


def step(
    found: Withdrawal, name: str, *, at: datetime = AT, by: User | None = None, **changes: Any
) -> Withdrawal:
    """That step, proposed and signed."""
    proposal = propose(found, name, at=at, **changes)
    actions.sign_step(proposal_pk=proposal, at=at, by=acting(by or signatory(), Role.SIGNATORY))
    return fresh(found)


@kept
def on_notice(found: Withdrawal | None = None, *, at: datetime = AT, received: bool = True) -> Withdrawal:
    """A procedure whose formal notice was received the same day."""
    found = step(found or opened(at=at), "formal_notice", at=at)
    if received:
        measures.received(found.formal_notice, at=at)
    return fresh(found)


@kept
def in_hearing(
    found: Withdrawal | None = None, *, at: datetime = AT, received: bool = True, **changes: Any
) -> Withdrawal:
    """A procedure whose grounds are notified, by a letter received the same day."""
    found = step(found or opened(at=at), "hearing", at=at, **changes)
    if received:
        hearing = open_hearing(found)
        measures.received(hearing.letter if hearing else None, at=at)
    return found


@kept
def answered(
    found: Withdrawal | None = None, *, at: datetime = AT, text: str = "La salle était fermée."
) -> Withdrawal:
    """A procedure to which the association answered in writing."""
    found = found or in_hearing(at=at)
    hearing = open_hearing(found)
    assert hearing is not None
    actions.observe(hearing_pk=hearing.pk, text=text, at=at, by=representative_of(hearing.label.structure))
    return fresh(found)


@kept
def heard(found: Withdrawal | None = None, *, at: datetime = AT, **changes: Any) -> Withdrawal:
    """A procedure whose hearing is closed, its time and that of the post being over 36 days after `at`."""
    found = found or in_hearing(at=at, **changes)
    by = measures.officer_of(Label.objects.get(withdrawals=found))
    actions.close_procedure_hearing(withdrawal_pk=found.pk, at=at + timedelta(days=36), by=by)
    return fresh(found)


@kept
def advised(
    found: Withdrawal | None = None, *, kind: str = "withdraw", at: datetime = AT, **changes: Any
) -> Withdrawal:
    """A procedure on which the committee gave its opinion, by its last move alone: quick, for matrices."""
    found = found or heard(at=at, **changes)
    session = sessions.planned(at=AT)
    with transaction.atomic():
        withdrawal, label = held_withdrawal(found.pk)
        item = AgendaItem.objects.create(
            session=session,
            kind=subjects.KIND,
            subject=f"certificates.withdrawal:{found.pk}",
            application=label.application,
            position=1,
            state=AgendaItem.State.ADOPTED,
            called_at=sessions.SITS_AT,
            vote_opened_at=sessions.SITS_AT,
            vote_closed_at=sessions.SITS_AT,
            settled_at=sessions.SITS_AT,
            outcome=kind,
        )
        outcome = Outcome(
            choice=kind,
            reasons="Le comité a lu les motifs et les réponses.",
            counts={"withdraw": 5, "conditions": 1, "maintain": 0, "abstention": 0},
            conditions=("Rouvrir la permanence.",) if kind == "conditions" else (),
        )
        subjects.OpinionOnWithdrawal().adopt(
            withdrawal, item, outcome, at=at + timedelta(days=40), by=sessions.secretary_of(session)
        )
    return fresh(found)


def act(kind: str, label: Label, *, on: datetime, **changes: Any) -> Content:
    """The reasons of an act that ends a procedure."""
    conditions = measures.one_condition((on + timedelta(days=90)).date()) if kind == "conditions" else ()
    return measures.content(kind, **{"conditions": tuple(conditions), **changes})


def prepared(found: Withdrawal, kind: str = "withdraw", *, at: datetime, **changes: Any) -> Measure:
    """The act that ends that procedure, being prepared: every notified ground retained, every word answered."""
    label = Label.objects.get(withdrawals=found)
    hearings = found.hearings.filter(dropped_at=None)
    effect = {"withdraw": "repeal", "annul": "fraud"}.get(kind, "")
    terms: dict[str, Any] = {
        "ground_pks": tuple(hearings.order_by("pk").values_list("grounds", flat=True)),
        "legal_effect": effect,
        "fraud_proof": PROOF if kind == "annul" else "",
        "answers": {
            one.name: "Nous l'avons lu : la salle est restée ouverte." for one in said_in_procedure(found)
        },
    }
    words = {name: changes.pop(name) for name in ("divergence_reasons", "reasons_in_law") if name in changes}
    return actions.prepare_end(
        withdrawal_pk=found.pk,
        content=act(kind, label, on=at, **words),
        **{**terms, **changes},
        at=at,
        by=measures.officer_of(label),
    )


def signed(
    found: Withdrawal, kind: str = "withdraw", *, at: datetime, by: Actor | None = None, **changes: Any
) -> Decision:
    """The act that ends that procedure, signed."""
    measure = prepared(found, kind, at=at, **changes)
    label = measure.label
    acts.send_for_signature(decision_pk=measure.decision_id, at=at, by=measures.officer_of(label))
    return acts.sign(decision_pk=measure.decision_id, at=at, by=by or acting(signatory(), Role.SIGNATORY))


@kept
def withdrawn(found: Withdrawal | None = None, *, at: datetime = AT, kind: str = "withdraw") -> Decision:
    """A procedure that ended in a withdrawal, its letter received the same day."""
    found = found or advised(at=at)
    later = at + timedelta(days=50)
    return decisions.receive(signed(found, kind, at=later), at=later)


def fresh(found: Withdrawal) -> Withdrawal:
    """That procedure, read again."""
    return Withdrawal.objects.select_related("label__structure", "opinion").get(pk=found.pk)
