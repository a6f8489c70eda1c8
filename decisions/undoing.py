"""What undoing an act does, said by the room that made it: an appeal upheld, a judge who annuls or suspends.

The act itself is replaced or annulled by the caller; a function registered here undoes its effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from decisions.effects import OPEN_KINDS, dossier_of
from decisions.models import Decision
from journal.checks import registry_check
from journal.moves import Actor
from journal.refusals import Missing
from label.actions import reopen
from label.checklist import missing_to_reopen
from label.clocks import count_again
from label.models import Application

Kind = Decision.Kind
Undo = Callable[[Decision, Decision | None, datetime, Actor], None]
Obstacles = Callable[[Decision], Iterable[Missing]]
Resume = Callable[[Decision, datetime, Actor], None]
Left = Callable[[Decision, date], Iterable[Missing]]


class Cause(StrEnum):
    """Why an act is undone."""

    UPHELD = "upheld"  # the answer to an appeal
    PARTLY_UPHELD = "partly_upheld"
    ANNULLED = "annulled"  # by a judge
    PARTLY_ANNULLED = "partly_annulled"  # by a judge, who leaves the rest
    SUSPENDED = "suspended"  # by a judge, until the judgment


def nothing_in_the_way(contested: Decision) -> Iterable[Missing]:
    """The obstacles of most of them."""
    return ()


@dataclass(frozen=True)
class Undoing:
    """How one kind of act is undone for one cause; `obstacles` tell why it cannot be now."""

    undo: Undo
    obstacles: Obstacles


_registered: dict[tuple[str, str], Undoing] = {}


def undoes(
    *kinds: str, causes: Iterable[str], obstacles: Obstacles = nothing_in_the_way
) -> Callable[[Undo], Undo]:
    """Register the function (contested act, answer, at, by) run in the transaction of the answer or of the judgment.

    `answer` is the act that takes its place, None for a judgment. The thread is held. One function
    per kind and cause.
    """

    def keep(undo: Undo) -> Undo:
        for kind in kinds:
            for cause in causes:
                if (kind, cause) in _registered:
                    raise RuntimeError(f"{kind} is undone twice when {cause}")
                _registered[kind, cause] = Undoing(undo, obstacles)
        return undo

    return keep


AtOnce = Callable[[Decision, datetime, Actor], None]
_at_once: dict[tuple[str, str], list[AtOnce]] = {}


def also_undoes(*kinds: str, causes: Iterable[str]) -> Callable[[AtOnce], AtOnce]:
    """Register what an upper room undoes beside (contested act, at, by): at once, whatever is in the way of the rest.

    It is run again when the rest is done: a second run changes nothing. The thread is held.
    """

    def keep(beside: AtOnce) -> AtOnce:
        for key in ((kind, cause) for kind in kinds for cause in causes):
            _at_once.setdefault(key, []).append(beside)
        return beside

    return keep


def can_undo(contested: Decision, cause: str) -> bool:
    """Whether some room says what undoing that act does, for that cause."""
    return (contested.kind, cause) in _registered


def obstacles_to_undo(contested: Decision, cause: str) -> list[Missing]:
    """Why that act cannot be undone now; nothing when it can."""
    found = _registered.get((contested.kind, cause))
    if found is None:
        return [Missing(_("Cette décision ne peut pas changer de cette façon."), code="outcome")]
    return list(found.obstacles(contested))


def undo(contested: Decision, cause: str, *, answer: Decision | None = None, at: datetime, by: Actor) -> None:
    """Undo the effect of that act, which is held. Raises KeyError for a kind that cannot be undone so."""
    undo_at_once(contested, cause, at=at, by=by)
    _registered[contested.kind, cause].undo(contested, answer, at, by)


def undo_at_once(contested: Decision, cause: str, *, at: datetime, by: Actor) -> None:
    """Undo what waits for nothing in the effect of that act, which is held."""
    for beside in _at_once.get((contested.kind, cause), ()):
        beside(contested, at, by)


_resuming: dict[str, tuple[Resume, Left]] = {}


def resumes(*kinds: str, obstacles: Left) -> Callable[[Resume], Resume]:
    """Register the function (contested act, at, by) that puts back in effect an act that a judge had suspended.

    Run when a person says so, once the claim was rejected: the order held until the judgment (CJA L521-1), but what
    happened to the label meanwhile may forbid it: `obstacles` (contested act, day) tell it. The thread is held. One
    function per kind.
    """

    def keep(resume: Resume) -> Resume:
        for kind in kinds:
            if kind in _resuming:
                raise RuntimeError(f"{kind} is put back in effect twice")
            _resuming[kind] = resume, obstacles
        return resume

    return keep


def resumable_kinds() -> list[str]:
    """The kinds of acts that a judge's interim order holds back, and that a person puts back in effect."""
    return list(_resuming)


def obstacles_to_resume(contested: Decision, *, on: date) -> list[Missing]:
    """Why that act cannot be put back in effect that day; nothing when it can. Raises KeyError as `resume`."""
    return list(_resuming[contested.kind][1](contested, on))


def resume(contested: Decision, *, at: datetime, by: Actor) -> None:
    """Put that act, which is held, back in effect. Raises KeyError for a kind that no interim order holds back."""
    _resuming[contested.kind][0](contested, at, by)


@registry_check
def what_a_judge_suspends_can_resume() -> Iterable[str]:
    """One sentence per kind that an interim order undoes and that nobody puts back in effect, or the other way."""
    suspended = {kind for kind, cause in _registered if cause == Cause.SUSPENDED}
    for kind in sorted(suspended ^ set(_resuming)):
        yield f"decision kind {kind}: undone by an interim order without a way back, or the other way"


# Kinds of which nothing is undone: the answer to an appeal is contested in court, and says nothing of its own.
NEVER_UNDONE = (Kind.APPEAL_ANSWER,)


@registry_check
def every_open_kind_can_be_annulled() -> Iterable[str]:
    """A judge may annul any act: one sentence per kind of which no room says what then happens."""
    for kind in OPEN_KINDS:
        if kind not in NEVER_UNDONE and (kind, Cause.ANNULLED) not in _registered:
            yield f"decision kind {kind}: nobody says what its annulment does"


# A judge who suspends one of them makes the Institute examine the request again, until the judgment (CJA L521-1).
EXAMINED_AGAIN = (Kind.REFUSE, Kind.INADMISSIBLE, Kind.CLOSE)


def free_for_another_dossier(contested: Decision) -> Iterable[Missing]:
    """A dossier is examined again only when the structure has no other one under way (domain 5.2 rule 6)."""
    dossier = dossier_of(contested)
    return () if reexamination_of(dossier) else missing_to_reopen(dossier)


def reexamination_of(dossier: Application) -> Application | None:
    """The dossier in which that one is examined again; None when nothing was undone, or when it still waits."""
    found: Application | None = Application.objects.filter(reopens=dossier).first()
    return found


@undoes(
    *EXAMINED_AGAIN,
    causes=(Cause.UPHELD, Cause.PARTLY_UPHELD, Cause.ANNULLED, Cause.SUSPENDED),
    obstacles=free_for_another_dossier,
)
def examine_again(contested: Decision, answer: Decision | None, at: datetime, by: Actor) -> None:
    """A refused dossier is never edited: a new one, judged by another panel (domain 5.1 APPEAL).

    What was never judged starts again at the check of its pieces. A judge who annuls what was already examined again,
    because it had been suspended, asks for no third dossier.
    """
    dossier = dossier_of(contested)
    if reexamination_of(dossier) is None:
        is_admissible = contested.kind == Kind.REFUSE
        reopen(application=dossier.held_with(contested), is_admissible=is_admissible, at=at, by=by)


@undoes(Kind.IMPLICIT, causes=(Cause.UPHELD, Cause.PARTLY_UPHELD))
def go_on_with_the_examination(contested: Decision, answer: Decision | None, at: datetime, by: Actor) -> None:
    """A refusal born of silence left the dossier where it was: its examination goes on, and its time starts again."""
    application = dossier_of(contested).held_with(contested)
    if application.state in application.UNDER_WAY:
        count_again(application, timezone.localdate(at), at=at)
