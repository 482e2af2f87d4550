"""The witness's decision: never two roots at one size, never back, and the statuses that C2SP tlog-witness names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from builders.trees import MemoryTiles, naive_root
from comity.foundation.keys import SigningKey
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import witness
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.note import Ed25519Key, encoded
from comity.foundation.ledger.tree import EMPTY_ROOT, Tree
from comity.foundation.ledger.witness import Remembered
from comity.vocabulary.fault import Fault

_SIGNER = SigningKey(bytes(range(32)))
_KEY = Ed25519Key("north/log", _SIGNER.public)
_LEAVES = [f"leaf {number}".encode() for number in range(40)]
_TILES = MemoryTiles()
_TILES.append(_LEAVES)


def _note(size: int, root: bytes | None = None, origin: str = "north/log", key: SigningKey = _SIGNER) -> bytes:
    return checkpoints.sign(Checkpoint(origin, size, naive_root(_LEAVES[:size]) if root is None else root), key)


def _asked(old: int, proof: list[bytes], note: bytes, remembered: Remembered) -> witness.Decision:
    return witness.decide(witness.read(witness.written(old, proof, note)), remembered, _KEY)


def _remembered(size: int) -> Remembered:
    return Remembered(size, naive_root(_LEAVES[:size]))


def _proof(old: int, size: int) -> list[bytes]:
    return Tree(_TILES, size).consistency(old)


@pytest.mark.parametrize(("old", "size"), [(0, 0), (0, 1), (0, 40), (1, 40), (7, 8), (8, 40), (40, 40)])
def test_an_honest_log_is_granted(old: int, size: int) -> None:
    decision = _asked(old, _proof(old, size), _note(size), _remembered(old))
    assert decision.status == 200
    assert decision.remember == _remembered(size)


@pytest.mark.parametrize(
    ("old", "proof", "note", "remembered", "status"),
    [
        pytest.param(5, [], _note(9, key=SigningKey(bytes(32))), 5, 403, id="another key"),
        pytest.param(9, [], _note(5), 9, 400, id="old size exceeds the checkpoint's"),
        pytest.param(5, _proof(5, 9), _note(9), 7, 409, id="older than what is remembered"),
        pytest.param(7, _proof(7, 9), _note(9), 5, 409, id="newer than what is remembered"),
        pytest.param(0, [], _note(9), 5, 409, id="as if nothing were remembered"),
        pytest.param(5, [], _note(9), 5, 422, id="no proof"),
        pytest.param(5, _proof(6, 9), _note(9), 5, 422, id="a proof from elsewhere"),
        pytest.param(5, _proof(5, 9), _note(9, bytes(32)), 5, 422, id="another root"),
        pytest.param(9, [], _note(9, bytes(32)), 9, 422, id="another root of the same size"),
        pytest.param(9, [bytes(32)], _note(9), 9, 422, id="a proof where none belongs"),
        pytest.param(0, [bytes(32)], _note(9), 0, 422, id="a proof from nothing"),
        pytest.param(0, [], _note(0, bytes(32)), 0, 422, id="another root of nothing"),
    ],
)
def test_anything_else_is_refused_with_its_status(
    old: int, proof: list[bytes], note: bytes, remembered: int, status: int
) -> None:
    decision = _asked(old, proof, note, _remembered(remembered))
    assert decision.status == status
    assert decision.remember is None
    assert decision.words.endswith("\n")


def test_a_conflict_states_the_size_remembered() -> None:
    decision = _asked(5, _proof(5, 9), _note(9), _remembered(7))
    assert (decision.words, decision.content_type) == ("7\n", "text/x.tlog.size")


def test_an_unknown_log_is_not_found_whoever_signed() -> None:
    request = witness.read(witness.written(0, [], _note(9, origin="south/log")))
    assert witness.decide(request, Remembered(), None).status == 404
    assert witness.decide(request, Remembered(), _KEY).status == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        b"old 5\n" + _note(9),
        b"new 5\n\n" + _note(9),
        b"old 05\n\n" + _note(9),
        b"old -5\n\n" + _note(9),
        b"old 5 \n\n" + _note(9),
        b"old 5\nAAAA\n\n" + _note(9),
        b"old 5\n" + (encoded(bytes(32)).encode() + b"\n") * 64 + b"\n" + _note(9),
        b"old 5\n\nnorth/log\n5\n",
        b"old 5\n\nhello\n\n" + "\N{EM DASH} a AAAAAAA=\n".encode(),
        b"old 5\n\xff\n\n" + _note(9),
        b"old 5\n\n" + b"a" * 100_000,
    ],
)
def test_what_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(Fault):
        witness.read(body)


@given(data=st.binary(max_size=200), place=st.integers(0, 300), bit=st.integers(0, 7))
def test_arbitrary_and_mutated_requests_are_refused_or_come_out_the_same(data: bytes, place: int, bit: int) -> None:
    real = bytearray(witness.written(5, _proof(5, 9), _note(9)))
    real[place % len(real)] ^= 1 << bit
    for body in (data, b"old 5\n" + data, bytes(real)):
        try:
            request = witness.read(body)
        except Fault:
            continue
        assert witness.written(request.old, request.proof, body.partition(b"\n\n")[2]) == body


class _Watch(RuleBasedStateMachine):
    """A witness and a log that lies: it may show any of three trees that part from each other, at any size."""

    def __init__(self) -> None:
        super().__init__()
        self.remembered = Remembered()
        self.cosigned: dict[int, bytes] = {}
        self.trees = []
        for parting in (0, 7, 16):
            tiles = MemoryTiles()
            tiles.append([*_LEAVES[: 16 - parting], *(b"other %d %d" % (parting, number) for number in range(24))])
            self.trees.append(tiles)

    @rule(number=st.integers(0, 2), size=st.integers(0, 24), old=st.one_of(st.none(), st.integers(0, 24)))
    def ask(self, number: int, size: int, old: int | None) -> None:
        start = self.remembered.size if old is None else old
        tree = Tree(self.trees[number], size)
        proof = tree.consistency(start) if start <= size else []
        decision = _asked(start, proof, _note(size, tree.root()), self.remembered)
        if decision.remember is not None:
            assert decision.status == 200
            assert decision.remember.size >= self.remembered.size
            assert self.cosigned.setdefault(size, tree.root()) == tree.root()
            self.remembered = decision.remember

    @invariant()
    def one_history(self) -> None:
        """All that was cosigned belongs to one and the same tree."""
        assert any(
            all(Tree(tiles, size).root() == root for size, root in self.cosigned.items()) for tiles in self.trees
        )


_Watch.TestCase.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)
TestWatch = _Watch.TestCase


def test_the_empty_tree_is_remembered_where_nothing_is() -> None:
    assert Remembered() == Remembered(0, EMPTY_ROOT)
