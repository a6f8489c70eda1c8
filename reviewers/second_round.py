"""What the second round shows: the scores of the panel by college and pseudonym, criterion by criterion; no name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from reviewers.grid import Criterion
from reviewers.models import Assignment, College, Score

LEFT, STEP, ROW = 20, 65, 15  # of the drawing, in its own units
SHAPES = {College.PATIENTS: "circle", College.CAREGIVERS: "square", College.PROFESSIONALS: "triangle"}
COLLEGES = list(College.values)


@dataclass(frozen=True)
class Voice:
    """What one member says of one criterion, under a pseudonym; `before` is the first round when it changed."""

    pseudonym: str
    college: str
    note: str
    value: int | None
    before: str = ""
    reason: str = ""
    is_mine: bool = False


@dataclass(frozen=True)
class Dot:
    """One score on the line from 0 to 4; those of the same score stand one above the other."""

    x: int
    y: int
    shape: str
    is_mine: bool

    @property
    def corners(self) -> str:
        """The corners of its triangle or of its square."""
        x, y = self.x, self.y
        if self.shape == "triangle":
            return f"{x},{y - 6} {x - 6},{y + 5} {x + 6},{y + 5}"
        return f"{x - 5},{y - 5} {x + 5},{y - 5} {x + 5},{y + 5} {x - 5},{y + 5}"


@dataclass
class Line:
    """One criterion with all voices and why it is to be discussed."""

    row: Criterion
    voices: list[Voice]
    reasons: list[str] = field(default_factory=list)

    @property
    def dots(self) -> list[Dot]:
        """The scores on a line; who gave no score stands in the text only."""
        seen: Counter[int] = Counter()
        found = []
        for voice in self.voices:
            if voice.value is not None:
                shape, place = SHAPES[College(voice.college)], LEFT + STEP * voice.value
                found.append(Dot(place, self.floor - ROW * (seen[voice.value] + 1), shape, voice.is_mine))
                seen[voice.value] += 1
        return found

    @property
    def floor(self) -> int:
        """Where the line stands, under as many dots as members who agree."""
        heights = Counter(voice.value for voice in self.voices if voice.value is not None)
        return ROW * (max(heights.values(), default=1) + 1)

    @property
    def bottom(self) -> int:
        """Where the figures under the line stand."""
        return self.floor + 20

    @property
    def box(self) -> str:
        """The frame of the drawing."""
        return f"0 0 {2 * LEFT + 4 * STEP} {self.bottom + 6}"

    @property
    def ticks(self) -> list[tuple[int, int]]:
        """The five scores and where they stand."""
        return [(score, LEFT + STEP * score) for score in range(5)]


def lines(
    rows: Sequence[Criterion],
    scores: Iterable[Score],
    reasons: Mapping[str, list[str]],
    *,
    mine: Assignment | None = None,
    me: str = "",
) -> list[Line]:
    """Each criterion with its voices, those to discuss first; `scores` carry their assignment, both rounds.

    `mine` is the evaluation of whoever reads, called `me` (« vous » when it says nothing).
    """
    rounds: dict[str, dict[int, dict[int, Score]]] = defaultdict(lambda: defaultdict(dict))
    panel: dict[int, Assignment] = {}
    for score in scores:
        rounds[score.criterion][score.assignment_id][score.round] = score
        panel[score.assignment_id] = score.assignment
    order = sorted(panel, key=lambda key: (COLLEGES.index(panel[key].college), panel[key].pseudonym, key))
    found = [
        Line(
            row,
            [
                _voice(
                    panel[key],
                    rounds[row.code][key],
                    me=(me or _("vous")) if mine is not None and mine.pk == key else "",
                )
                for key in order
                if rounds[row.code].get(key)
            ],
            reasons.get(row.code, []),
        )
        for row in rows
    ]
    return sorted(found, key=lambda line: not line.reasons)


def told(score: Score) -> str:
    """A score in words."""
    if score.verdict == Score.Verdict.NO_OPINION:
        return _("ne se prononce pas")
    if score.verdict == Score.Verdict.NOT_APPLICABLE:
        return _("sans objet")
    return str(score.value)


def _voice(assignment: Assignment, given: Mapping[int, Score], *, me: str) -> Voice:
    last = given[max(given)]
    changed = last.round == 2 and bool(last.change_reason) and 1 in given
    return Voice(
        pseudonym=me or assignment.called,
        college=assignment.college,
        note=told(last),
        value=last.value if last.verdict == Score.Verdict.SCORED else None,
        before=told(given[1]) if changed else "",
        reason=last.change_reason if changed else "",
        is_mine=bool(me),
    )
