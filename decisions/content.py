"""What the case officer writes in an act: typed, kept, compared with what a colleague kept meanwhile."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, field
from datetime import date

from decisions.models import Appeal, Decision
from label.answers import normalise, token


@dataclass(frozen=True)
class Content:
    """What the case officer writes in an act; conditions are (text, proof, due_on)."""

    kind: str
    reasons_in_law: str = ""
    reasons_in_fact: str = ""
    divergence_reasons: str = ""
    closed_reason: str = ""
    how_to_improve: str = ""
    answers_to_observations: str = ""  # before a renewal is refused: `decisions.observations.joined`
    suspension_outcome: str = ""  # of the label that a renewal replaces
    criteria: Sequence[str] = ()
    solution_pks: Sequence[int] = ()
    conditions: Sequence[tuple[str, str, date]] = field(default_factory=tuple)

    def text(self) -> str:
        """The whole act as one text, the same however its lists were ordered: what a version token covers."""
        parts = asdict(self) | {"criteria": sorted(self.criteria), "solution_pks": sorted(self.solution_pks)}
        return normalise(json.dumps(parts, default=str, sort_keys=True).replace(r"\r\n", r"\n"))


def content_of(decision: Decision) -> Content:
    """The act as it is kept."""
    conditions = decision.conditions.order_by("pk").values_list("text", "proof", "due_on")
    return Content(
        kind=decision.kind,
        reasons_in_law=decision.reasons_in_law,
        reasons_in_fact=decision.reasons_in_fact,
        divergence_reasons=decision.divergence_reasons,
        closed_reason=decision.closed_reason,
        how_to_improve=decision.how_to_improve,
        answers_to_observations=decision.answers_to_observations,
        suspension_outcome=decision.suspension_outcome,
        criteria=tuple(decision.criteria),
        solution_pks=tuple(decision.solutions.values_list("pk", flat=True)),
        conditions=tuple(conditions),
    )


def token_of(decision: Decision | None) -> str:
    """What a page carries to say which text it shows, as the answers of a dossier do; also before any text."""
    return token(decision.pk, content_of(decision).text()) if decision else token(0, "")


@dataclass(frozen=True)
class Answer:
    """What the officer of the appeal writes: what is decided, why, what changes, and each point with its answer."""

    outcome: str
    reasons_in_law: str = ""
    reasons_in_fact: str = ""
    what_changes: str = ""
    points: Sequence[tuple[str, str]] = ()

    def text(self) -> str:
        """The whole as one text: what a version token covers."""
        return normalise(repr(astuple(self)).replace(r"\r\n", r"\n"))


def answer_of(appeal: Appeal) -> Answer | None:
    """The answer as it is kept; None before anybody wrote."""
    if appeal.answer is None:
        return None
    return Answer(
        outcome=appeal.outcome,
        reasons_in_law=appeal.answer.reasons_in_law,
        reasons_in_fact=appeal.answer.reasons_in_fact,
        what_changes=appeal.what_changes,
        points=tuple(appeal.points.values_list("point", "answer")),
    )


def answer_token(appeal: Appeal) -> str:
    """What a page carries to say which text it shows."""
    kept = answer_of(appeal)
    return token(appeal.pk, kept.text() if kept else "")
