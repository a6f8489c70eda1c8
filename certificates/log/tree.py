"""The tree of RFC 6962: hashes, appending, and which subtrees a proof is made of. Pure; it knows no table.

A complete subtree has one number, its place when the tree is walked in order: leaf 0 is 0, the pair above leaves 0
and 1 is 1, leaf 1 is 2. A number never changes once the subtree is complete, so its hash is written once, and nothing
here reads more than the logarithm of the tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

Range = tuple[int, int]  # leaves from the first, included, to the second, excluded
EMPTY = hashlib.sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf (RFC 6962 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def pair_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side (RFC 6962 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def number(level: int, index: int) -> int:
    """The number of the complete subtree of 2**level leaves that has `index` others of its size before it."""
    return ((2 * index + 1) << level) - 1


def subtrees(span: Range) -> list[int]:
    """The numbers of the complete subtrees that make up a range of a proof, the largest first."""
    start, end = span
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append(number(level, start >> level))
        start += 1 << level
    return found


def hash_of(span: Range, known: Mapping[int, bytes]) -> bytes:
    """The hash of a range, from the hashes of its `subtrees`. Raises KeyError when one is missing."""
    parts = [known[one] for one in subtrees(span)]
    if not parts:
        return EMPTY
    found = parts.pop()
    while parts:
        found = pair_hash(parts.pop(), found)
    return found


def appended(size: int, leaves: Sequence[bytes], edge: Mapping[int, bytes]) -> dict[int, bytes]:
    """The subtrees that become complete when these leaf hashes follow a tree of that size, leaves included.

    `edge` holds the hashes of `subtrees((0, size))`.
    """
    known = dict(edge)
    for index, leaf in enumerate(leaves, start=size):
        level, place, digest = 0, index, leaf
        known[number(0, index)] = leaf
        while place % 2:
            digest = pair_hash(known[number(level, place - 1)], digest)
            level, place = level + 1, place // 2
            known[number(level, place)] = digest
    return {key: value for key, value in known.items() if key not in edge}


def inclusion(index: int, size: int) -> list[Range]:
    """The ranges whose hashes prove that a leaf is in a tree, the nearest first (RFC 6962 2.1.1).

    Raises ValueError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _left_part(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """The ranges whose hashes prove that a tree only grew, the nearest first (RFC 6962 2.1.2).

    Raises ValueError unless 0 <= old <= new. From an empty tree, or between equals, nothing is to prove.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} does not follow a tree of {old}")
    if old in (0, new):
        return []
    start, end, path = 0, new, []
    while old < end:
        middle = start + _left_part(end - start)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    if start:
        path.append((start, end))
    return path[::-1]


def _left_part(size: int) -> int:
    """The largest power of two smaller than a size above one."""
    return 1 << (size - 1).bit_length() - 1


class Growing:
    """The root of a tree read leaf by leaf, in memory of its logarithm: how an auditor computes it again."""

    def __init__(self) -> None:
        """Begin with an empty tree."""
        self.size = 0
        self._edge: dict[int, bytes] = {}

    def add(self, data: bytes) -> None:
        """Append one leaf."""
        grown = self._edge | appended(self.size, [leaf_hash(data)], self._edge)
        self.size += 1
        self._edge = {one: grown[one] for one in subtrees((0, self.size))}

    @property
    def root(self) -> bytes:
        """The root of what was read so far."""
        return hash_of((0, self.size), self._edge)
