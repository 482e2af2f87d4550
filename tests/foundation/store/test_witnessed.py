"""What is witnessed: compare and set, never back, never two roots, and durable before anything is answered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from builders.trees import MemoryTiles, naive_root
from comity.foundation.keys import SigningKey
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import witness
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import WitnessKey, cosign
from comity.foundation.ledger.note import Ed25519Key, Signature
from comity.foundation.ledger.tree import Tree
from comity.foundation.ledger.witness import Decision
from comity.foundation.store import witnessed
from comity.foundation.store.store import Store
from comity.foundation.store.witnessed import Witnessed

_LOG, _WITNESS = SigningKey(bytes(range(32))), SigningKey(bytes(range(32, 64)))
_KEY = Ed25519Key("north/log", _LOG.public)
_LEAVES = [f"leaf {number}".encode() for number in range(40)]


def _tiles(leaves: list[bytes]) -> MemoryTiles:
    tiles = MemoryTiles()
    tiles.append(leaves)
    return tiles


def _request(old: int, size: int, leaves: list[bytes] = _LEAVES) -> witness.Request:
    tree = Tree(_tiles(leaves), size)
    note = checkpoints.sign(Checkpoint("north/log", size, tree.root()), _LOG)
    return witness.read(witness.written(old, tree.consistency(old), note))


def _consider(store: Store, request: witness.Request) -> tuple[Decision, tuple[Signature, ...]]:
    with store.upkeep() as transaction:
        return witnessed.consider(
            transaction, request, _KEY, lambda text: [cosign(text, "south/witness", _WITNESS, 1_700_000_000)]
        )


def test_a_log_is_followed_and_what_is_kept_carries_both_signatures(store: Store) -> None:
    for old, size in ((0, 5), (5, 5), (5, 9), (9, 40)):
        decision, cosignatures = _consider(store, _request(old, size))
        assert decision.status == 200
        assert len(cosignatures) == 1
    with store.reading() as transaction:
        kept = witnessed.get(transaction, "north/log")
        assert kept is not None
        assert (kept.size, kept.root) == (40, naive_root(_LEAVES))
        keys = [_KEY, WitnessKey("south/witness", _WITNESS.public)]
        assert len(notes.verify(notes.read(kept.note), keys)) == 2
        assert witnessed.by_hash(transaction, bytes(32)) is None


def test_a_cosignature_lost_on_its_way_is_given_again(store: Store) -> None:
    """Stored, but the log never got the answer: asking again as before conflicts, asking from there is granted."""
    _consider(store, _request(0, 5))
    lost, _ = _consider(store, _request(5, 9))
    assert lost.status == 200
    again, none = _consider(store, _request(5, 9))
    assert (again.status, again.words, none) == (409, "9\n", ())
    decision, cosignatures = _consider(store, _request(9, 9))
    assert decision.status == 200
    assert len(cosignatures) == 1


def test_an_answer_that_was_not_stored_leaves_nothing_behind(store: Store) -> None:
    """The transaction fails after the decision: the old tree stands, and the same request is granted afterwards."""
    _consider(store, _request(0, 5))
    with suppress(ZeroDivisionError), store.upkeep() as transaction:
        decision, _ = witnessed.consider(
            transaction, _request(5, 9), _KEY, lambda text: [cosign(text, "south/witness", _WITNESS, 1)]
        )
        assert decision.status == 200
        raise ZeroDivisionError
    assert _consider(store, _request(5, 9))[0].status == 200


def test_a_refusal_leaves_nothing_behind(store: Store) -> None:
    other = [*_LEAVES[:4], *(b"x%d" % number for number in range(30))]
    _consider(store, _request(0, 5))
    for request, status in ((_request(5, 9, other), 422), (_request(5, 5, other), 422), (_request(0, 9), 409)):
        decision, cosignatures = _consider(store, request)
        assert (decision.status, cosignatures) == (status, ())
    with store.reading() as transaction:
        kept = witnessed.get(transaction, "north/log")
    assert kept is not None
    assert kept.root == naive_root(_LEAVES[:5])


def test_of_two_forks_asked_for_at_once_one_is_cosigned(store: Store) -> None:
    """Eight requests from the same old size, for two trees that part: the cosigned ones all belong to one of them."""
    other = [*_LEAVES[:5], *(b"x%d" % number for number in range(30))]
    _consider(store, _request(0, 5))
    requests = [_request(5, 9, leaves) for leaves in (_LEAVES, other) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda request: _consider(store, request), requests))
    granted = {
        request.checkpoint.root
        for request, (decision, _) in zip(requests, answers, strict=True)
        if decision.status == 200
    }
    assert len(granted) == 1
    assert {decision.status for decision, _ in answers} == {200, 409}


def test_compare_and_set_never_goes_back_nor_to_another_root(store: Store) -> None:
    """Whoever calls it, with whatever decision: the table itself keeps one history."""

    def put(old: int, size: int, root: bytes) -> bool:
        with store.upkeep() as transaction:
            return witnessed.put(transaction, Witnessed("north/log", size, root, b"note"), old)

    assert not put(3, 5, bytes(32)), "nothing is remembered yet"
    assert put(0, 5, bytes(32))
    assert not put(0, 7, bytes(32)), "something is remembered"
    assert not put(4, 7, bytes(32)), "something else is remembered"
    assert not put(5, 4, bytes(32)), "back"
    assert not put(5, 5, b"\x01" * 32), "another root"
    assert put(5, 5, bytes(32))
    assert put(5, 6, b"\x01" * 32)
