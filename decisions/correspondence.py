"""The letters of this room (L3, L4, L6, L7, L8): their facts, who may read them, what follows from their receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import Claim
from deadlines.models import Extension
from decisions import appeal_letters  # noqa: F401  (its letters register themselves)
from decisions.actions import record_notification
from decisions.checklist import CLOSED_REASONS
from decisions.effects import dossier_of, served_to
from decisions.models import Appeal, Decision
from decisions.observations import Said, answered, said_before_refusal
from journal.moves import Actor, subject_key
from label import clocks, notification
from label.correspondence import common
from label.mails import members_who_write
from label.models import Application, DocumentRequest
from letters import registry
from letters.models import Letter
from letters.typography import french_percent, sentence
from reviewers.models import Evaluation, Opinion
from reviewers.scoring import display
from structures.facets import FIELDS_OF_ACTION
from structures.models import Solution
from structures.places import where
from structures.rules import is_member, is_writer, represents

SUBJECT = "decisions.decision"


@registry.letter("L3", about=SUBJECT, compulsory=("structure",))
def inadmissible(decision: Decision, **extra: Any) -> dict[str, Any]:
    """Facts of the letter that declares a request inadmissible: the closed reason opens the reasons in fact."""
    reason = CLOSED_REASONS.get(decision.closed_reason, "")
    with translation.override("fr"):
        stated = f"{reason}.\n\n{decision.reasons_in_fact}" if reason else decision.reasons_in_fact
    return {**reasons(decision), "reasons_in_fact": stated, **extra}


@registry.letter("L4", about=SUBJECT, compulsory=("structure",))
def closed(decision: Decision, **extra: Any) -> dict[str, Any]:
    """Facts of the letter that closes a dossier: what was asked, when, by when."""
    asked = (
        dossier_of(decision)
        .document_requests.select_related("letter")
        .prefetch_related("pieces")
        .order_by("-pk")
        .first()
    )
    return {**reasons(decision), **(_asked(asked) if asked else {}), **extra}


def _asked(asked: DocumentRequest) -> dict[str, Any]:
    """The pieces that did not come, those that did, and why the date is not the one first told."""
    asked_on = timezone.localdate(asked.asked_at)
    pieces = sorted(asked.pieces.all(), key=lambda piece: piece.pk)
    received_on = asked.letter.received_on if asked.letter else None
    first_date = clocks.answer_before(asked_on)
    given = Extension.objects.filter(subject=subject_key(asked.application), kind=clocks.DOCUMENTS)
    outages = given.filter(made_at__gte=asked.asked_at).order_by("pk")
    return {
        "asked": [{"name": piece.what, "why": piece.why} for piece in pieces if not piece.came()],
        "arrived": [piece.what for piece in pieces if piece.came()],
        "asked_on": asked_on,
        "answer_before": asked.due_on,
        "reminded_on": timezone.localdate(asked.reminded_at) if asked.reminded_at else None,
        "moved": {"first_date": first_date, "received_on": received_on}
        if received_on and clocks.answer_before(received_on) > first_date
        else None,
        "outages": [{"was": row.was_due_on, "until": row.due_on} for row in outages if row.gives_time],
    }


@registry.letter("L6", about=SUBJECT, compulsory=("structure",))
def granted(decision: Decision, **extra: Any) -> dict[str, Any]:
    """Facts of the letter that grants the label; its effect adds number and dates."""
    application = dossier_of(decision)
    conditions = application.edition.data.get("maintenance_conditions", [])
    return {
        **reasons(decision),
        "solutions": [told_solution(solution) for solution in decision.recognised],
        "conditions_of_maintenance": [row["fr"] for row in conditions],
        "directory": _directory(application, decision.recognised),
        **extra,
    }


@registry.letter("L7", about=SUBJECT, compulsory=("structure",))
def granted_with_conditions(decision: Decision, **extra: Any) -> dict[str, Any]:
    """As L6, with each condition, its proof and its date."""
    rows = decision.conditions.order_by("due_on", "pk")
    return {
        **granted(decision, **extra),
        "conditions": [
            {"text": sentence(row.text), "proof": sentence(row.proof), "before": row.due_on} for row in rows
        ],
    }


@registry.letter("L8", about=SUBJECT, compulsory=("structure", "improvements"))
def refused(decision: Decision, **extra: Any) -> dict[str, Any]:
    """Facts of a refusal: the opinion, the result of each axis, the reasons, how to improve. Never a single score."""
    opinion = decision.opinion
    return {
        **reasons(decision),
        "opinion": _opinion(opinion) if opinion else "",
        "axes": axis_results(opinion.evaluation, dossier_of(decision)) if opinion else [],
        "divergence": decision.divergence_reasons,
        "improvements": [
            line.strip(" -•") for line in decision.how_to_improve.splitlines() if line.strip(" -•")
        ],
        "answers": told_answers(said_before_refusal(dossier_of(decision)), decision.answers_to_observations),
        **extra,
    }


def told_answers(said: Iterable[Said], text: str) -> list[dict[str, str]]:
    """What the structure said before the act, by name, with the answer of the act."""
    return [{"name": one.name, "text": answer} for one, answer in answered(said, text)]


def axis_results(evaluation: Evaluation, application: Application) -> list[dict[str, str]]:
    """The name and the result of each axis of the framework, in the language in use: letters are in French."""
    found = evaluation.result.get("axes", {})
    language = "en" if translation.get_language() == "en" else "fr"
    return [
        {"name": axis[language], "result": percent_words(found.get(axis["code"]))}
        for axis in application.edition.data["axes"]
    ]


def percent_words(figure: str | None) -> str:
    """`62,5 %` from the exact figure of an evaluation; words when there is none."""
    shown = display(Decimal(figure)) if figure is not None else None
    return french_percent(shown) if shown is not None else _("sans résultat")


def reasons(decision: Decision) -> dict[str, Any]:
    """What every act says of its reasons, beside the facts that every letter has."""
    return {
        **common(dossier_of(decision)),
        "reasons_in_law": decision.reasons_in_law,
        "reasons_in_fact": _facts_of(decision),
        "criteria": [
            f"{criterion['code']} – {criterion['fr']}"
            for criterion in dossier_of(decision).edition.data["criteria"]
            if criterion["code"] in decision.criteria
        ],
    }


def _facts_of(decision: Decision) -> str:
    """The reasons in fact; before them, that a college did not contribute, and why the Institute decides all the same.

    A refusal gives the second with its opinion.
    """
    told = without_contribution(decision.opinion)
    if not told:
        return decision.reasons_in_fact
    own = "" if decision.kind == Decision.Kind.REFUSE else decision.divergence_reasons
    return "\n\n".join(part for part in (told, own, decision.reasons_in_fact) if part)


def without_contribution(opinion: Opinion | None) -> str:
    """« Avis rendu sans contribution du collège X », in French; empty when every college contributed."""
    missing = opinion.missing_colleges if opinion else []
    with translation.override("fr"):
        return " ".join(f"Avis rendu sans contribution du collège « {one.label} »." for one in missing)


def _opinion(opinion: Opinion) -> str:
    with translation.override("fr"):
        kind = str(opinion.get_kind_display()).lower()
    return f"Le comité a rendu un avis {kind}.\n\n{opinion.reasons}"


def told_solution(solution: Solution) -> dict[str, str]:
    """A recognised solution as letters name it: its fields and its territory in words."""
    codes = set(solution.codes("field"))
    with translation.override("fr"):
        return {
            "name": solution.name,
            "fields": " · ".join(str(field.label) for field in FIELDS_OF_ACTION if field.code in codes),
            "territory": where(solution),
        }


def _directory(application: Application, solutions: Iterable[Solution]) -> list[str]:
    structure = application.structure
    contacts = [structure.city, structure.website, structure.email, structure.phone]
    names = ", ".join(solution.name for solution in solutions)
    return [structure.name, *(contact for contact in contacts if contact), f"Actions reconnues : {names}"]


def act_received(letter: Letter, received_on: date, presumed: bool, at: datetime, by: Actor) -> None:
    """What follows from the receipt of the letter of any act."""
    record_notification(letter=letter, received_on=received_on, at=at, by=by)


for code in ("L3", "L4", "L6", "L7", "L8", "L16"):
    registry.on_receipt(code)(act_received)


def _reads(claim: Claim, decision: Decision) -> bool:
    return bool(is_member(claim, served_to(decision)))


def _writes(claim: Claim, decision: Decision) -> bool:
    return bool(is_writer(claim, served_to(decision)))


def _represents(claim: Claim, decision: Decision) -> bool:
    return bool(represents(claim, served_to(decision)))


def _association(decision: Decision, on: date) -> Iterable[User]:
    return members_who_write(served_to(decision))


def _office(decision: Decision, on: date) -> Iterable[User]:
    return [decision.prepared_by]


def _examining(appeal: Appeal, on: date) -> Iterable[User]:
    """Who answers that day for who examines the appeal."""
    return User.objects.answering_for([appeal.officer_id], on=on) if appeal.officer_id else []


def withheld(on: date) -> Q:
    """The dossiers whose act is signed and whose letter is not received yet (CRPA L221-8)."""
    on_its_way = Q(state=Decision.State.SIGNED) | Q(notified_on__gt=on)
    acts = Decision.objects.filter(on_its_way, application=OuterRef("pk"), kind__in=Decision.ON_A_REQUEST)
    return Q(Exists(acts))


def concealed(on: date) -> Q:
    """The dossiers that an answer reopened, while it is on its way: the letter tells it first."""
    on_its_way = Q(answer__state=Decision.State.SIGNED) | Q(answer__notified_on__gt=on)
    return Q(Exists(Appeal.objects.filter(on_its_way, decision__application=OuterRef("reopens"))))


def outcomes(application_pks: Iterable[int], on: date) -> Mapping[int, notification.Outcome]:
    """How these requests ended, by key of dossier: acts notified on that day and still standing."""
    standing = Decision.objects.filter(
        application__in=list(application_pks),
        application__state__in=Application.FINAL,
        kind__in=Decision.ON_A_REQUEST,
        notified_on__lte=on,
    ).filter(
        Q(state__in=[Decision.State.NOTIFIED, Decision.State.FINAL])
        | Q(state=Decision.State.REPLACED, pk__in=Appeal.objects.values("decision"))
    )  # what an appeal replaced is still how that dossier ended: another one goes on
    rows = standing.select_related("application__edition", "opinion__evaluation").order_by("pk")
    return {dossier_of(row).pk: _outcome(row, row.notified_on) for row in rows if row.notified_on}


def _outcome(decision: Decision, day: date) -> notification.Outcome:
    opinion = decision.opinion
    return notification.Outcome(
        words=decision.get_kind_display(),
        notified_on=day,
        opinion=opinion.get_kind_display() if opinion else "",
        opinion_reasons=opinion.reasons if opinion else "",
        axes=axis_results(opinion.evaluation, dossier_of(decision)) if opinion else [],
        divergence=decision.divergence_reasons,
        gracious_until=decision.gracious_until,
        court_until=decision.court_until,
    )


notification.declare(withheld=withheld, outcomes=outcomes, concealed=concealed)

registry.exchanges(
    SUBJECT, reads=_reads, writes=_writes, represents=_represents, association=_association, office=_office
)
registry.exchanges(
    "decisions.appeal",
    reads=lambda claim, appeal: _reads(claim, appeal.decision),
    writes=lambda claim, appeal: _writes(claim, appeal.decision),
    represents=lambda claim, appeal: _represents(claim, appeal.decision),
    association=lambda appeal, on: _association(appeal.decision, on),
    office=_examining,
)
