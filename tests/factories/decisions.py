"""Dossiers that wait for their decision, and acts at each stage, made through the real actions of this room.

The rooms below have factories that walk the whole way; here a dossier gets there by its moves alone, so that a
matrix of some hundred cases stays quick.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from decisions import actions
from decisions.content import Content
from decisions.models import Decision
from journal.moves import Actor, subject_key
from label.actions import ask_documents
from label.models import Application
from label.snapshots import freeze
from letters.models import Letter
from reviewers.actions import record_opinion
from reviewers.actions.evaluations import digest_of
from reviewers.models import Evaluation
from reviewers.scoring import COLLEGES, Sheet, aggregate
from structures.actions import give_service_consent
from structures.models import Structure
from tests.factories import charter as charters
from tests.factories import label, reviewers, structures
from tests.factories.accounts import acting, signatory, staff
from tests.factories.structures import AT, representative_of
from tests.keeping import kept

LATER = AT + timedelta(days=60)
IN_LAW = (
    "Vu la décision qui crée le label associatif et le référentiel en vigueur, notamment ses conditions. " * 4
)
IN_FACT = "Le comité a lu le dossier et constaté que les actions présentées répondent aux critères. " * 4
OTHERWISE = "L'Institut retient une autre lecture des pièces du dossier, pour les raisons qui suivent. " * 5


@kept
def filed(found: Structure | None = None, *, officer: User | None = None, at: datetime = AT) -> Application:
    """A dossier filed with one solution, held by a case officer."""
    application = label.draft(found, at=at)
    structure = application.structure
    shown = structures.solution(structure, at=at)
    label.actions.present_solutions(
        application_pk=application.pk, solution_pks=[shown.pk], at=at, by=representative_of(structure)
    )
    signed = charters.signature(structure, at=at)
    with transaction.atomic():
        application = Application.objects.hold(application.pk)
        application.charter_signature = signed
        application.case_officer = officer or staff(Role.CASE_OFFICER)
        freeze(application, signed, at=at)
        application.submit(by=representative_of(structure), at=at)
        application.save()
        label.actions.filing.clocks.start_at_filing(application)
        application.save()
    return application


def acknowledged(application: Application, *, at: datetime = AT) -> Application:
    """That dossier, whose receipt (L1) was sent: without it no remedy is held against the association."""
    with transaction.atomic():
        label.actions.filing._acknowledge(Application.objects.hold(application.pk), at=at)
    return Application.objects.get(pk=application.pk)


@kept
def in_deliberation(
    found: Structure | None = None, *, officer: User | None = None, at: datetime = AT, score: int = 3
) -> Application:
    """A dossier whose evaluation is closed, every member having given the same score everywhere."""
    return judge(filed(found, officer=officer, at=at), at=at, score=score)


def judge(application: Application, *, at: datetime = AT, score: int = 3) -> Application:
    """That filed dossier, its evaluation closed."""
    codes = [criterion["code"] for criterion in application.edition.data["criteria"]]
    sheets = [Sheet(college, dict.fromkeys(codes, score)) for college in COLLEGES for _ in range(2)]
    result = aggregate(application.edition.data, sheets).as_data()
    with transaction.atomic():
        application = Application.objects.hold(application.pk)
        for move in ("declare_admissible", "assign_panel", "close_review"):
            getattr(application, move)(by=Actor.system(), at=at)
            application.save()
        Evaluation.objects.create(
            application=application,
            snapshot=application.snapshot,
            result=result,
            digest=digest_of(result),
            closed_at=at,
        )
    return application


@kept
def advised(
    found: Structure | None = None,
    *,
    opinion: str = "favourable",
    officer: User | None = None,
    at: datetime = AT,
    score: int = 3,
) -> Application:
    """A dossier on which the committee gave its opinion."""
    return advise(in_deliberation(found, officer=officer, at=at, score=score), opinion=opinion, at=at)


def advise(application: Application, *, opinion: str = "favourable", at: datetime = AT) -> Application:
    """That dossier, on which the committee gave its opinion."""
    record_opinion(
        application_pk=application.pk,
        kind=opinion,
        reasons=IN_FACT,
        conditions=["Publier les comptes."] if opinion == "favourable_with_conditions" else [],
        votes={"for": 10, "against": 1, "abstained": 1},
        **reviewers.on_paper(),
        solutions=list(application.solutions.values_list("pk", flat=True)),
        adopted_on=timezone.localdate(at),
        at=at,
        by=acting(staff(Role.SECRETARIAT), Role.SECRETARIAT),
    )
    return Application.objects.get(pk=application.pk)


@kept
def incomplete(found: Structure | None = None, *, at: datetime = AT, reminded: bool = True) -> Application:
    """A dossier whose pieces were asked for, by a letter received the same day, and did not come."""
    application = filed(found, at=at)
    asked = ask_documents(
        application_pk=application.pk,
        pieces=[{"code": "paper_statutes", "why": "Pour vérifier l'objet."}],
        at=at,
        by=officer_of(application),
    )
    Letter.objects.filter(pk=asked.letter_id).update(received_on=timezone.localdate(at))
    if reminded:
        application.document_requests.update(reminded_at=at + timedelta(days=31))
    return Application.objects.get(pk=application.pk)


def officer_of(application: Application) -> Actor:
    """The case officer of that dossier, acting."""
    return label.officer_of(application)


def content(application: Application, kind: str = "grant", **changes: Any) -> Content:
    """A complete act of that kind."""
    parts: dict[str, Any] = {
        "kind": kind,
        "reasons_in_law": IN_LAW,
        "reasons_in_fact": IN_FACT,
        "criteria": ["A1.1"],
        "solution_pks": list(application.solutions.values_list("pk", flat=True)),
    }
    if kind == "grant_with_conditions":
        parts["conditions"] = [
            ("Publier les comptes.", "Lien vers la page", (LATER + timedelta(days=180)).date())
        ]
    if kind == "refuse":
        parts["how_to_improve"] = "Publier les comptes.\nFormer les bénévoles."
    if kind == "inadmissible":
        parts["closed_reason"] = "out_of_scope"
    return Content(**{**parts, **changes})


@kept
def prepared(
    application: Application | None = None, kind: str = "grant", *, at: datetime = AT, **changes: Any
) -> Decision:
    """An act being prepared on a dossier (by default, one with a favourable opinion)."""
    application = application or advised(at=at)
    return actions.prepare(
        application_pk=application.pk,
        content=content(application, kind, **changes),
        at=at,
        by=officer_of(application),
    )


@kept
def to_sign(
    application: Application | None = None, kind: str = "grant", *, at: datetime = AT, **changes: Any
) -> Decision:
    """An act sent for signature."""
    decision = prepared(application, kind, at=at, **changes)
    return actions.send_for_signature(decision_pk=decision.pk, at=at, by=officer_of(decision.application))


@kept
def signed(
    application: Application | None = None,
    kind: str = "grant",
    *,
    by: Actor | None = None,
    at: datetime = AT,
    **changes: Any,
) -> Decision:
    """A signed act, its effect done and its letter issued."""
    decision = to_sign(application, kind, at=at, **changes)
    return actions.sign(decision_pk=decision.pk, at=at, by=by or acting(signatory(), Role.SIGNATORY))


@kept
def notified(
    application: Application | None = None, kind: str = "grant", *, at: datetime = AT, **changes: Any
) -> Decision:
    """An act whose letter was received that day."""
    decision = signed(application, kind, at=at, **changes)
    return receive(decision, at=at)


def receive(decision: Decision, *, at: datetime = AT) -> Decision:
    """The letter of that act is received that day, as the room of letters would say."""
    with transaction.atomic():
        letter = decision.letter
        actions.record_notification(
            letter=letter, received_on=timezone.localdate(at), at=at, by=Actor.system()
        )
    return Decision.objects.get(pk=decision.pk)


def served_online(found: Structure, *, at: datetime = AT) -> Structure:
    """That structure, which agreed to receive decisions online."""
    give_service_consent(
        structure_pk=found.pk,
        text="J'accepte de recevoir les décisions en ligne.",
        at=at,
        by=representative_of(found),
    )
    return Structure.objects.get(pk=found.pk)


def key(decision: Decision) -> str:
    """How the journal names that act."""
    return subject_key(decision)
