"""The mathematics of the public log against another implementation, and against a verifier written apart."""

from __future__ import annotations

import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from certificates.log import tree
from certificates.log.verify_log import Tree, consistency_holds, inclusion_holds

SIZES = st.integers(1, 90)


def data(index: int) -> bytes:
    return hashlib.sha256(str(index).encode()).digest()


def grown(size: int, steps: list[int]) -> dict[int, bytes]:
    """The subtrees of a tree of that size, appended in as many steps as asked."""
    known: dict[int, bytes] = {}
    cuts = sorted({0, size, *(one for one in steps if one < size)})
    for start, end in itertools.pairwise(cuts):
        edge = {one: known[one] for one in tree.subtrees((0, start))}
        known |= tree.appended(start, [tree.leaf_hash(data(index)) for index in range(start, end)], edge)
    return known


def oracle(size: int) -> InmemoryTree:
    return InmemoryTree.init_from_entries([data(index) for index in range(size)])


def path(spans: list[tree.Range], known: dict[int, bytes]) -> list[bytes]:
    return [tree.hash_of(span, known) for span in spans]


@given(SIZES, st.lists(SIZES, max_size=5))
def test_the_root_is_that_of_another_implementation(size: int, steps: list[int]) -> None:
    known = grown(size, steps)
    alone = Tree()
    for index in range(size):
        alone.add(data(index))

    assert tree.hash_of((0, size), known) == oracle(size).get_root() == alone.root()
    # Each complete subtree once: 2n minus the number of subtrees on the edge.
    assert len(known) == 2 * size - len(tree.subtrees((0, size)))


def test_an_empty_tree() -> None:
    assert tree.hash_of((0, 0), {}) == Tree().root() == hashlib.sha256().digest()


@given(st.data(), SIZES)
def test_a_leaf_is_proved_and_nothing_else_is(draw: st.DataObject, size: int) -> None:
    index = draw.draw(st.integers(0, size - 1))
    known, root = grown(size, []), oracle(size).get_root()
    proof = path(tree.inclusion(index, size), known)

    assert proof == oracle(size).prove_inclusion(index + 1, size).path[1:]
    assert inclusion_holds(data(index), index, size, proof, root)
    assert not inclusion_holds(data(index + 1), index, size, proof, root)
    assert not inclusion_holds(data(index), index, size, [*proof, root], root)
    assert not inclusion_holds(data(index), size, size, proof, root)
    assert not inclusion_holds(data(index), index, size, proof, data(0))


@given(st.data(), SIZES)
def test_growth_is_proved_and_rewriting_is_not(draw: st.DataObject, new: int) -> None:
    old = draw.draw(st.integers(1, new))
    before, after = oracle(old).get_root(), oracle(new).get_root()
    proof = path(tree.consistency(old, new), grown(new, []))

    assert consistency_holds(old, before, new, after, proof)
    assert not consistency_holds(old, data(old), new, after, proof)
    assert not consistency_holds(old, before, new, data(new), proof)
    assert not consistency_holds(old, before, new, after, [*proof, after])
    if proof:
        assert not consistency_holds(old, before, new, after, proof[:-1])


@given(st.integers(1, 2**40), st.data())
def test_a_proof_reads_the_logarithm_of_the_log(size: int, draw: st.DataObject) -> None:
    index, old = draw.draw(st.integers(0, size - 1)), draw.draw(st.integers(0, size))
    for spans in (tree.inclusion(index, size), tree.consistency(old, size)):
        assert len([one for span in spans for one in tree.subtrees(span)]) <= 2 * size.bit_length()


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 3)])
def test_no_proof_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        tree.inclusion(index, size)


@pytest.mark.parametrize(("old", "new"), [(3, 2), (-1, 2)])
def test_no_proof_of_a_tree_that_shrinks(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="does not follow"):
        tree.consistency(old, new)
