"""Log proofs: they hold without network, and a byte changed anywhere in them is refused."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from builders.lattice import LatticeKey
from builders.trees import MemoryTiles
from comity.foundation.keys import SigningKey
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import proof as proofs
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import CosigningKey, LatticeWitnessKey, WitnessKey, cosign, cosign_lattice
from comity.foundation.ledger.policy import Quorum
from comity.foundation.ledger.proof import LogProof
from comity.foundation.ledger.tree import Tree
from comity.vocabulary.fault import Fault

_LOG, _SOUTH, _WEST = (SigningKey(name.ljust(32)) for name in (b"north", b"south", b"west"))
_LATTICE = LatticeKey("south")
_WITNESSES = [WitnessKey("south/witness", _SOUTH.public), WitnessKey("west/witness", _WEST.public)]
_WITH_LATTICE = [*_WITNESSES, LatticeWitnessKey("south/witness", _LATTICE.public)]
_LEAVES = [number.to_bytes(32, "big") for number in range(300)]
_QUORUM = Quorum(2, frozenset({"south/witness"}))


def _made(index: int = 77, extra: bytes = b"", keys: Sequence[CosigningKey] = _WITNESSES) -> LogProof:
    tiles = MemoryTiles()
    tiles.append(_LEAVES)
    tree = Tree(tiles, 300)
    text = checkpoints.text(Checkpoint("north/log", 300, tree.root()))
    signed = notes.read(checkpoints.sign(Checkpoint("north/log", 300, tree.root()), _LOG))
    given = [
        cosign(text, "south/witness", _SOUTH, 1_700_000_000),
        cosign(text, "west/witness", _WEST, 1_700_000_001),
        cosign_lattice(text, "south/witness", _LATTICE, 1_700_000_000),
        cosign(text, "stranger/witness", _LOG, 1_700_000_001),
    ]
    note = notes.written(notes.joined(signed, given))
    return replace(proofs.made(index, tree.inclusion(index), note, keys), extra=extra)


def _verify(proof: LogProof, *, leaf: bytes = _LEAVES[77], quorum: Quorum = _QUORUM, extra: bytes = b"") -> Checkpoint:
    return proof.verify(leaf, "north/log", _LOG.public, _WITNESSES, quorum, extra=extra)


def test_a_proof_holds_and_states_its_checkpoint() -> None:
    assert _verify(_made()).size == 300
    assert b"stranger" not in _made().checkpoint


def test_every_change_of_a_byte_of_the_canonical_form_is_refused() -> None:
    """Each byte, changed in each bit: the form is not canonical, or the proof does not hold."""
    data = _made(extra=b"context").written()
    assert _verify(LogProof.read(data), extra=b"context").size == 300
    for place in range(len(data)):
        for bit in range(8):
            changed = data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]
            with pytest.raises(Fault):
                _verify(LogProof.read(changed), extra=b"context")


def test_a_proof_carries_the_lattice_cosignature_for_who_knows_its_key() -> None:
    """Where both must have cosigned it counts, and where it is unknown, or one byte differs, the proof is refused."""
    proof = _made(keys=_WITH_LATTICE)
    both = Quorum(1, frozenset({"south/witness"}), both=True)
    assert proof.verify(_LEAVES[77], "north/log", _LOG.public, _WITH_LATTICE, both).size == 300
    with pytest.raises(Fault, match="both cosignatures of south/witness missing"):
        _made().verify(_LEAVES[77], "north/log", _LOG.public, _WITH_LATTICE, both)
    with pytest.raises(Fault, match="unknown key named south/witness"):
        _verify(proof)
    data = proof.written()
    for place in range(0, len(data), 11):
        changed = data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :]
        with pytest.raises(Fault):
            LogProof.read(changed).verify(_LEAVES[77], "north/log", _LOG.public, _WITH_LATTICE, both)


def test_every_change_of_a_byte_of_the_text_is_refused() -> None:
    data = _made().text()
    for place in range(len(data)):
        for bit in (0, 1, 5):
            changed = data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]
            with pytest.raises(Fault):
                _verify(LogProof.from_text(changed))


def test_what_does_not_fit_the_proof_is_refused() -> None:
    """Another leaf, log, key, quorum or extra data; a signature by somebody unknown; a foreign checkpoint."""
    proof = _made()
    stranger = notes.read(proof.checkpoint)
    added = notes.joined(stranger, [cosign(stranger.text, "stranger/witness", _WEST, 5)])
    cases = [
        lambda: _verify(proof, leaf=_LEAVES[78]),
        lambda: _verify(proof, extra=b"x"),
        lambda: _verify(proof, quorum=Quorum(3)),
        lambda: _verify(proof, quorum=Quorum(1, frozenset({"east/witness"}))),
        lambda: proof.verify(_LEAVES[77], "south/log", _LOG.public, _WITNESSES, _QUORUM),
        lambda: proof.verify(_LEAVES[77], "north/log", _WEST.public, _WITNESSES, _QUORUM),
        lambda: proof.verify(_LEAVES[77], "north/log", _LOG.public, _WITNESSES[:1], Quorum(1)),
        lambda: _verify(replace(proof, checkpoint=notes.written(added))),
        lambda: _verify(replace(proof, index=78)),
        lambda: _verify(replace(proof, hashes=proof.hashes[1:])),
    ]
    for case in cases:
        with pytest.raises(Fault):
            case()


@given(index=st.integers(0, 299), extra=st.binary(max_size=40))
def test_both_forms_come_back_as_they_went(index: int, extra: bytes) -> None:
    proof = _made(index, extra)
    assert LogProof.read(proof.written()) == proof
    assert LogProof.from_text(proof.text()) == proof


@given(data=st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_or_come_out_the_same(data: bytes) -> None:
    for body in (data, b"c2sp.org/tlog-proof@v1\n" + data, b"c2sp.org/tlog-proof@v1\nindex 7\n" + data):
        try:
            proof = LogProof.from_text(body)
        except Fault:
            continue
        assert proof.text() == body
    with suppress(Fault):
        assert LogProof.read(data).written() == data


def test_the_text_is_laid_out_as_the_specification_says() -> None:
    rows = _made(extra=b"abc").text().decode().split("\n")
    assert rows[:3] == ["c2sp.org/tlog-proof@v1", "extra YWJj", "index 77"]
    assert rows[3 + len(_made().hashes)] == ""
    assert rows[4 + len(_made().hashes)] == "north/log"
