"""What a signed decision does, said by the app that does it, in its own `effects.py`. Exactly one effect per kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from deadlines import actions as deadlines
from decisions.models import Appeal, Decision
from journal.checks import registry_check
from journal.moves import Actor, subject_key
from journal.refusals import Missing
from label.models import Application
from structures.models import Structure

Facts = Mapping[str, Any]
Apply = Callable[[Decision, datetime, Actor], Facts]


def nothing_in_the_way(decision: Decision) -> Iterable[Missing]:
    """The obstacles of most effects."""
    return ()


def holder_of_the_dossier(decision: Decision) -> Structure:
    """To whom most acts are served."""
    return dossier_of(decision).structure


def nothing_to_tell(decision: Decision, on: date) -> Facts:
    """The facts that most effects add to a letter."""
    return {}


def written_on_the_dossier(decision: Decision) -> str:
    """The page where most acts are written."""
    return reverse("staff_decision_prepare", args=[dossier_of(decision).reference])


@dataclass(frozen=True)
class Effect:
    """What one kind of act does: `apply` returns facts for its letter.

    `letter` is the code of the letter that carries the act, empty when none does. `obstacles` tell why it cannot be
    done now; `expected` gives the facts of the letter before the signature; `page` is where the act is written;
    `permission` is what writing it asks, about the dossier; `served` is the structure to which the act is notified;
    `on_receipt` says that it changes nothing before its notification. What is still missing on a day is said by the
    functions of `also_checks`, the first of them being the `checks` of the effect.
    """

    apply: Apply
    letter: str
    obstacles: Callable[[Decision], Iterable[Missing]]
    expected: Callable[[Decision, date], Facts]
    page: Callable[[Decision], str]
    permission: str
    served: Callable[[Decision], Structure]
    on_receipt: bool


effects: dict[str, Effect] = {}

# Kinds whose room is open today; the life of a label brings the others with its own records.
OPEN_KINDS = (
    Decision.Kind.GRANT,
    Decision.Kind.GRANT_WITH_CONDITIONS,
    Decision.Kind.REFUSE,
    Decision.Kind.INADMISSIBLE,
    Decision.Kind.CLOSE,
    Decision.Kind.IMPLICIT,
    Decision.Kind.APPEAL_ANSWER,
    Decision.Kind.EXTEND,
    Decision.Kind.CONDITIONS,
    Decision.Kind.SUSPEND,
    Decision.Kind.LIFT,
    Decision.Kind.LAPSE,
    Decision.Kind.TRANSFER,
    Decision.Kind.WITHDRAW,
    Decision.Kind.ANNUL,
)


Check = Callable[[Decision, date], Iterable[Missing]]
_checks: dict[str, list[Check]] = {}


def also_checks(kind: str) -> Callable[[Check], Check]:
    """Register a function (act, day) -> what is still missing before acts of that kind, beside their reasons."""

    def keep(check: Check) -> Check:
        _checks.setdefault(kind, []).append(check)
        return check

    return keep


def missing_beside(decision: Decision, on: date) -> list[Missing]:
    """What this act lacks that day beside its reasons, as its own room and the upper ones say."""
    return [missing for check in _checks.get(decision.kind, ()) for missing in check(decision, on)]


def effect_of(  # noqa: PLR0913 - one trait of the kind per argument
    kind: str,
    *,
    letter: str = "",
    obstacles: Callable[[Decision], Iterable[Missing]] = nothing_in_the_way,
    expected: Callable[[Decision, date], Facts] = nothing_to_tell,
    page: Callable[[Decision], str] = written_on_the_dossier,
    permission: str = "decisions.prepare_decision",
    checks: Check | None = None,
    served: Callable[[Decision], Structure] = holder_of_the_dossier,
    on_receipt: bool = False,
) -> Callable[[Apply], Apply]:
    """Register the function (decision, at, by) run in the transaction of the signature; see `Effect`.

    The thread is held and `decision.application` was just read.
    """

    def keep(apply: Apply) -> Apply:
        if kind in effects:
            raise RuntimeError(f"two effects for {kind}")
        effects[kind] = Effect(apply, letter, obstacles, expected, page, permission, served, on_receipt)
        if checks is not None:
            also_checks(kind)(checks)
        return apply

    return keep


Beside = Callable[[Decision], Facts]
_beside: dict[str, list[Beside]] = {}


def also_tell(kind: str) -> Callable[[Beside], Beside]:
    """Register a function act -> facts that an upper room adds to the letter of acts of that kind."""

    def keep(tell: Beside) -> Beside:
        _beside.setdefault(kind, []).append(tell)
        return tell

    return keep


def told_beside(decision: Decision) -> dict[str, Any]:
    """What upper rooms add to the letter of this act."""
    return {name: value for tell in _beside.get(decision.kind, ()) for name, value in tell(decision).items()}


@registry_check
def every_open_kind_has_one_effect() -> Iterable[str]:
    """One sentence per kind without effect, or effect without an open kind."""
    for kind in OPEN_KINDS:
        if kind not in effects:
            yield f"decision kind {kind} has no effect"
    for known in effects:
        if known not in OPEN_KINDS:
            yield f"effect of {known}, a kind that is not open"


def dossier_of(decision: Decision) -> Application:
    """The dossier of an act. Raises `DoesNotExist` for an act on a label alone."""
    if decision.application is None:
        raise Application.DoesNotExist(decision)
    return decision.application


def served_to(decision: Decision) -> Structure:
    """The structure to which an act is notified, whatever its kind."""
    return (
        effects[decision.kind].served(decision)
        if decision.kind in effects
        else dossier_of(decision).structure
    )


Served = Callable[[Iterable[int] | QuerySet[Any, Any]], Iterable[QuerySet[Any, Any]]]
_served_beside: list[Served] = []


def also_served(acts: Served) -> Served:
    """Register the keys of the acts of an upper room that were served to some structures (their keys), as queries."""
    _served_beside.append(acts)
    return acts


def served_among(structures: Iterable[int] | QuerySet[Any, Any]) -> Q:
    """The acts served to these structures, as a condition: `served_to` asked of the database.

    What answers a request is for who made it; what answers an appeal, for who was served the contested act. As one list
    of keys: with « or », PostgreSQL reads the whole table of acts to find a few.
    """
    requests = Decision.objects.filter(
        kind__in=Decision.ON_A_REQUEST, application__structure__in=structures
    ).values("pk")
    acts = [requests, *(keys for beside in _served_beside for keys in beside(structures))]
    answers = [
        Appeal.objects.filter(decision__in=keys, answer__isnull=False).order_by().values("answer")
        for keys in acts
    ]
    first, *others = (keys.order_by() for keys in (*acts, *answers))
    return Q(pk__in=first.union(*others, all=True))


def take_the_place(act: Decision, former: Decision, *, at: datetime, by: Actor) -> None:
    """An act replaces a former one, whose remedies lose their object; both are held, and the caller saves the act."""
    former.replace(by=by, at=at)
    former.save()
    deadlines.drop(subject=subject_key(former), at=at)
    act.supersedes = former


def application_of(decision: Decision) -> Application:
    """The dossier of an act that is held, held with it. Raises as `dossier_of`."""
    return dossier_of(decision).held_with(decision)


@effect_of(Decision.Kind.REFUSE, letter="L8")
def refuse(decision: Decision, at: datetime, by: Actor) -> Facts:
    """The label is not granted."""
    application = application_of(decision)
    application.refuse(by=by, at=at)
    application.save()
    return {}


@effect_of(Decision.Kind.INADMISSIBLE, letter="L3")
def declare_inadmissible(decision: Decision, at: datetime, by: Actor) -> Facts:
    """The request is not examined."""
    application = application_of(decision)
    application.declare_inadmissible(by=by, at=at)
    application.save()
    return {}


@effect_of(Decision.Kind.CLOSE, letter="L4")
def close(decision: Decision, at: datetime, by: Actor) -> Facts:
    """The pieces did not arrive: a person closes the request."""
    application = application_of(decision)
    application.close(by=by, at=at)
    application.save()
    return {}
