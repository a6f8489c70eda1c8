"""From the votes of an item to its outcome: pure arithmetic (domain 6.10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

EXPRESSED = ("favourable", "favourable_with_conditions", "unfavourable")


def expressed(counts: Mapping[str, int], scale: Sequence[str] = EXPRESSED) -> int:
    """How many votes say something: abstentions are counted apart. `scale` as in `outcome`."""
    return sum(counts.get(choice, 0) for choice in scale)


def tied(counts: Mapping[str, int], scale: Sequence[str] = EXPRESSED) -> tuple[str, ...]:
    """The choices between which a co-chair has to decide, in order; none without a tie.

    Two choices alone and equal; or as many for as against: those who are for, when they differ, accept together the
    opinion with conditions. Abstentions alone are no tie: there is nothing to decide between (domain 6.10).
    """
    _favourable, between, against = scale
    total = expressed(counts, scale)
    halves = tuple(choice for choice in scale if total and 2 * counts.get(choice, 0) == total)
    if halves == (against,):
        return (between, against)
    return halves if len(halves) == 2 else ()


def outcome(counts: Mapping[str, int], scale: Sequence[str] = EXPRESSED, *, casting: str = "") -> str:
    """The choice that has the majority of the expressed votes; nothing in a tie, or when nobody expressed a vote.

    A choice with more than half wins. When none has, and the two favourable ones have more than half together, the
    opinion is favourable with conditions: it is what both accept. In a tie the `casting` choice is the outcome.
    `scale` gives other words to the three: the most favourable, the one between, the least favourable.
    Raises ValueError for a casting choice that is not one of those tied.
    """
    between = tied(counts, scale)
    if casting and casting not in between:
        raise ValueError(f"{casting} is not tied")
    total = expressed(counts, scale)
    if between or not total:
        return casting
    for choice in scale:
        if 2 * counts.get(choice, 0) > total:
            return choice
    return scale[1]
