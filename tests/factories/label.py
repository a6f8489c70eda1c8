"""Editions and applications of the tests, made through the real actions."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import Role, User
from certificates.actions import open_renewal
from charter.models import Charter
from journal.moves import Actor
from label import actions, published_list
from label.models import Answer, Application, Edition
from label.questions import questions_of
from structures.actions import conclude_check, look_up
from structures.models import Structure
from tests.factories import charter as charters
from tests.factories import structures
from tests.factories.accounts import acting, signatory, staff
from tests.factories.structures import AT, representative_of
from tests.keeping import kept

FIRST = Path(__file__).resolve().parents[2] / "label" / "data" / "framework-2027.json"
PLAIN = {"number": "12", "amount": "48 000,50", "yes_no": "no", "date": "3 mars 2026"}
VALUES = {"funding_year": "2026", "funding_employees": "3", "funding_budget": "120 000"}


def framework() -> dict[str, Any]:
    """The data of the first edition."""
    return json.loads(FIRST.read_text(encoding="utf-8"))


@kept
def edition(
    *, version: str = "2027", at: datetime = AT, effective_on: date | None = None, **parts: Any
) -> Edition:
    """An edition in force."""
    by = acting(signatory(), Role.SIGNATORY)
    made = actions.load_edition(
        version=version,
        title_fr="Label associatif",
        title_en="Association label",
        data={**framework(), **parts},
        at=at,
        by=by,
    )
    actions.adopt_edition(
        edition_pk=made.pk,
        effective_on=effective_on or timezone.localdate(at),
        opinion="Le comité est favorable.",
        opinion_on=timezone.localdate(at),
        immediate_reason="La loi impose ce changement.",
        at=at,
        by=by,
    )
    return actions.enter_into_force_edition(edition_pk=made.pk, at=at, by=by)


@kept
def ready_for_applications(*, at: datetime = AT) -> None:
    """An edition and a charter are in force."""
    if Edition.objects.in_force() is None:
        edition(at=at)
    if Charter.objects.in_force() is None:
        charters.charter(at=at)


@kept
def draft(
    found: Structure | None = None, *, kind: str = "initial", at: datetime = AT, by: Actor | None = None
) -> Application:
    """A draft just opened by the representative."""
    ready_for_applications(at=at)
    found = found or structures.structure(at=at)
    by = by or representative_of(found)
    if kind == "renewal":
        return open_renewal(structure_pk=found.pk, at=at, by=by)
    return actions.open_application(structure_pk=found.pk, at=at, by=by)


def answered(
    application: Application, *, at: datetime = AT, by: Actor | None = None, **texts: str
) -> Application:
    """That draft with an answer to every question, those of `texts` first."""
    by = by or representative_of(application.structure)
    wanted = {
        question.key: VALUES.get(question.key, PLAIN.get(question.kind, f"Réponse : {question.key}."))
        for question in questions_of(application.edition)
    } | texts
    # Written at once: forty-six saves would make every test of an upper room slow.
    Answer.objects.bulk_create(
        Answer(application=application, question=key, text=text, saved_at=at, saved_by=by.user)
        for key, text in wanted.items()
        if text
    )
    return Application.objects.get(pk=application.pk)


@kept
def filled(found: Structure | None = None, *, at: datetime = AT, **texts: str) -> Application:
    """A draft with everything that filing needs: answers, one solution, the signed charter."""
    application = answered(draft(found, at=at), at=at, **texts)
    by = representative_of(application.structure)
    shown = structures.solution(application.structure, at=at)
    actions.present_solutions(application_pk=application.pk, solution_pks=[shown.pk], at=at, by=by)
    charters.signature(application.structure, at=at)
    return Application.objects.get(pk=application.pk)


@kept
def submitted(found: Structure | None = None, *, at: datetime = AT, **texts: str) -> Application:
    """A dossier just filed by the representative."""
    application = filled(found, at=at, **texts)
    return actions.submit(application_pk=application.pk, at=at, by=representative_of(application.structure))


@kept
def taken(
    found: Structure | None = None, *, officer: User | None = None, at: datetime = AT, **texts: str
) -> Application:
    """A filed dossier taken by an officer; a colleague stays free for an appeal."""
    application = submitted(found, at=at, **texts)
    officer = officer or staff(Role.CASE_OFFICER)
    if not User.objects.holding(Role.APPEAL_OFFICER, on=timezone.localdate(at)).exists():
        staff(Role.APPEAL_OFFICER)
    return actions.take_file(application_pk=application.pk, at=at, by=acting(officer, Role.CASE_OFFICER))


def officer_of(application: Application) -> Actor:
    """The officer who holds the file, acting."""
    if application.case_officer is None:
        raise LookupError("nobody holds this file")
    return acting(application.case_officer, Role.CASE_OFFICER)


@kept
def incomplete(
    found: Structure | None = None, *, at: datetime = AT, codes: tuple[str, ...] = ("paper_statutes",)
) -> Application:
    """A dossier of which pieces were asked for."""
    application = taken(found, at=at)
    actions.ask_documents(
        application_pk=application.pk,
        pieces=[{"code": code, "why": "Pour vérifier l'objet de la structure."} for code in codes],
        at=at + timedelta(days=5),
        by=officer_of(application),
    )
    return Application.objects.get(pk=application.pk)


def register_concluded(application: Application, *, at: datetime = AT) -> None:
    """A person concluded on what the register says."""
    by = officer_of(application)
    check = look_up(structure=application.structure, at=at, by=by)
    conclude_check(check_pk=check.pk, conclusion="waived", reason="Récépissé vérifié.", at=at, by=by)


def papers_checked(application: Application, *, at: datetime = AT) -> None:
    """The officer noted that each document of the published list is there."""
    findings = {item.code: ("present", "") for item in published_list.papers()}
    by = officer_of(application)
    actions.record_findings(application_pk=application.pk, findings=findings, at=at, by=by)


@kept
def admissible(
    found: Structure | None = None, *, officer: User | None = None, at: datetime = AT, **texts: str
) -> Application:
    """A complete dossier that waits for its panel."""
    application = taken(found, officer=officer, at=at, **texts)
    register_concluded(application, at=at)
    papers_checked(application, at=at)
    return actions.declare_admissible(application_pk=application.pk, at=at, by=officer_of(application))
