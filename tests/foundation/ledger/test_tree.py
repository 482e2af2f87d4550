"""The tree: held against RFC 6962's recursive definitions, and against the vectors of another implementation."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.trees import MemoryTiles, naive_path, naive_proof, naive_root
from comity.foundation.ledger.growth import Growth
from comity.foundation.ledger.tree import (
    EMPTY_ROOT,
    ProofFault,
    Tree,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from comity.vocabulary.fault import Fault

_VECTORS = Path(__file__).parents[2] / "vectors" / "transparency"
_SIZES = st.one_of(st.integers(1, 40), st.sampled_from([255, 256, 257, 511, 512, 513, 700]))


def _leaves(count: int) -> list[bytes]:
    return [f"leaf {number}".encode() for number in range(count)]


def _vectors(kind: str) -> dict[str, dict[str, Any]]:
    vectors: dict[str, dict[str, Any]] = json.loads((_VECTORS / f"{kind}.json").read_text())
    return vectors


def _bytes(value: str) -> bytes:
    return base64.b64decode(value)


@pytest.mark.parametrize("name", _vectors("inclusion"))
def test_inclusion_vectors_hold_or_are_refused_as_they_say(name: str) -> None:
    vector = _vectors("inclusion")[name]
    proof = [_bytes(value) for value in vector["proof"] or []]
    values = (vector["leafIdx"], vector["treeSize"], _bytes(vector["leafHash"]), proof, _bytes(vector["root"]))
    if vector["wantErr"]:
        with pytest.raises(ProofFault):
            verify_inclusion(*values)
    else:
        verify_inclusion(*values)


@pytest.mark.parametrize("name", _vectors("consistency"))
def test_consistency_vectors_hold_or_are_refused_as_they_say(name: str) -> None:
    vector = _vectors("consistency")[name]
    proof = [_bytes(value) for value in vector["proof"] or []]
    values = (vector["size1"], vector["size2"], _bytes(vector["root1"]), _bytes(vector["root2"]), proof)
    no_hash = len(values[2]) != 32  # where the vector does not care for the roots, and we do
    if vector["wantErr"] or no_hash:
        with pytest.raises(ProofFault):
            verify_consistency(*values)
    else:
        verify_consistency(*values)


@settings(deadline=None, max_examples=40)
@given(size=_SIZES, data=st.data())
def test_proofs_are_those_of_the_definition_and_hold(size: int, data: st.DataObject) -> None:
    """Root, inclusion and consistency proofs from tiles equal the recursive definition's, and verify."""
    leaves = _leaves(size)
    tiles = MemoryTiles()
    growth = tiles.append(leaves)
    tree = Tree(tiles, size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert tree.root() == growth.root() == naive_root(leaves)
    assert tree.inclusion(index) == naive_path(index, leaves)
    assert tree.consistency(old) == naive_proof(old, leaves)
    verify_inclusion(index, size, leaf_hash(leaves[index]), tree.inclusion(index), tree.root())
    verify_consistency(old, size, naive_root(leaves[:old]), tree.root(), tree.consistency(old))


@settings(deadline=None, max_examples=40)
@given(batches=st.lists(st.integers(0, 300), min_size=1, max_size=6), data=st.data())
def test_a_tree_grown_in_batches_is_the_tree_grown_at_once(batches: list[int], data: st.DataObject) -> None:
    """However leaves arrive, the tiles are the same; and older trees can be read from the newer tiles."""
    leaves = _leaves(sum(batches))
    piecemeal, at_once = MemoryTiles(), MemoryTiles()
    at_once.append(leaves)
    start = 0
    for batch in batches:
        piecemeal.append(leaves[start : start + batch])
        start += batch
    assert piecemeal.kept == at_once.kept
    old = data.draw(st.integers(0, len(leaves)))
    assert Tree(at_once, old).root() == naive_root(leaves[:old])


def test_growth_over_three_levels_of_tiles_keeps_the_root_of_each_size() -> None:
    """At 65,536 leaves a tile of level 1 fills and one of level 2 begins: sizes around it have the right roots."""
    tiles = MemoryTiles()
    leaves = _leaves(65_800)
    tiles.append(leaves[:65_530])
    assert set(tiles.kept) >= {(0, 255), (1, 0)}
    for leaf in leaves[65_530:65_540]:
        growth = tiles.append([leaf])
        assert growth.root() == Tree(tiles, tiles.size).root() == naive_root(leaves[: tiles.size])
    assert (2, 0) in tiles.kept
    assert len(tiles.kept[2, 0]) == 32
    proof = Tree(tiles, 65_540).consistency(300)
    verify_consistency(300, 65_540, naive_root(leaves[:300]), naive_root(leaves[:65_540]), proof)


@settings(deadline=None, max_examples=60)
@given(size=st.integers(2, 80), data=st.data())
def test_a_changed_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    """Another place, size, leaf or root, a hash changed, added or left out: none verifies."""
    tiles = MemoryTiles()
    root = tiles.append(_leaves(size)).root()
    index = data.draw(st.integers(0, size - 1))
    leaf, proof = leaf_hash(_leaves(size)[index]), Tree(tiles, size).inclusion(index)
    place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    changed = [*proof[:place], _flipped(proof[place], bit), *proof[place + 1 :]]
    other = data.draw(st.integers(0, size - 1).filter(lambda value: value != index))
    for values in (
        (index, size, leaf, changed, root),
        (index, size, leaf, [*proof, root], root),
        (index, size, leaf, proof[:-1], root),
        (other, size, leaf, proof, root),
        (index, size, _flipped(leaf, bit), proof, root),
        (index, size, leaf, proof, _flipped(root, bit)),
        (-1, size, leaf, proof, root),
        (index, index, leaf, proof, root),
    ):
        with pytest.raises(ProofFault):
            verify_inclusion(*values)


@settings(deadline=None, max_examples=60)
@given(size=st.integers(3, 80), data=st.data())
def test_a_changed_consistency_proof_is_refused(size: int, data: st.DataObject) -> None:
    """Other roots, a hash changed, added or left out: none verifies."""
    leaves, tiles = _leaves(size), MemoryTiles()
    root = tiles.append(leaves).root()
    old = data.draw(st.integers(1, size - 1))
    old_root, proof = naive_root(leaves[:old]), Tree(tiles, size).consistency(old)
    place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    changed = [*proof[:place], _flipped(proof[place], bit), *proof[place + 1 :]]
    for values in (
        (old, size, old_root, root, changed),
        (old, size, old_root, root, [*proof, root]),
        (old, size, old_root, root, proof[:-1]),
        (old, size, _flipped(old_root, bit), root, proof),
        (old, size, old_root, _flipped(root, bit), proof),
        (size, old, old_root, root, proof),
    ):
        with pytest.raises(ProofFault):
            verify_consistency(*values)


def test_the_empty_tree_begins_every_tree_and_only_with_its_own_root() -> None:
    """From size 0 the proof is empty; a proof that is not, or another root of nothing, is refused."""
    root = naive_root([b"a"])
    verify_consistency(0, 1, EMPTY_ROOT, root, [])
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    for old_root, proof in ((EMPTY_ROOT, [root]), (root, [])):
        with pytest.raises(ProofFault):
            verify_consistency(0, 1, old_root, root, proof)
    assert Tree(MemoryTiles(), 0).root() == Growth().root() == EMPTY_ROOT


@pytest.mark.parametrize("wrong", [-1, 5, 2**63])
def test_a_place_outside_the_tree_has_no_proof(wrong: int) -> None:
    tiles = MemoryTiles()
    tiles.append(_leaves(5))
    with pytest.raises(Fault):
        Tree(tiles, 5).inclusion(wrong)
    if wrong != 5:
        with pytest.raises(Fault):
            Tree(tiles, 5).consistency(wrong)


def _flipped(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
