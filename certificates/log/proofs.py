"""What shows that a leaf is in the log, and that the log only grew, in one query."""

from __future__ import annotations

from collections.abc import Iterable

from certificates.log.sequencing import nodes
from certificates.log.tree import Range, consistency, hash_of, inclusion, subtrees

Path = list[str]


def inclusion_paths(indices: Iterable[int], size: int) -> dict[int, Path]:
    """For each leaf, the hashes that prove it is in the tree of that size; one query for all.

    Raises ValueError when one is not in that tree.
    """
    return _paths({index: inclusion(index, size) for index in indices})


def consistency_path(old: int, new: int) -> Path:
    """The hashes that prove that the tree of size `new` continues that of size `old`. Raises ValueError."""
    return _paths({0: consistency(old, new)})[0]


def roots(*sizes: int) -> list[str]:
    """The root of the tree at each of these sizes; one query for all. Raises KeyError beyond the tree."""
    return [path[0] for path in _paths(dict(enumerate([(0, size)] for size in sizes))).values()]


def _paths(wanted: dict[int, list[Range]]) -> dict[int, Path]:
    known = nodes({one for spans in wanted.values() for span in spans for one in subtrees(span)})
    return {key: [hash_of(span, known).hex() for span in spans] for key, spans in wanted.items()}
