"""The log in the store: what acts write enters the tree in order, once, and is proven at every size."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.trees import naive_root
from comity.foundation.canonical import NotCanonical
from comity.foundation.keys import SigningKey
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger import tile as tiles
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.commitment import commitment
from comity.foundation.ledger.cosignature import WitnessKey, cosign
from comity.foundation.ledger.note import Ed25519Key
from comity.foundation.ledger.policy import Quorum
from comity.foundation.ledger.proof import LogProof
from comity.foundation.ledger.tile import Tile
from comity.foundation.ledger.tree import leaf_hash, verify_consistency, verify_inclusion
from comity.foundation.store import checkpoints, ledger
from comity.foundation.store.fsck import fsck
from comity.foundation.store.store import Store
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing

_LOG, _SOUTH, _WEST = (SigningKey(name.ljust(32)) for name in (b"north", b"south", b"west"))


def _append(store: Store, count: int, subject: str = "s") -> None:
    with store.acting() as act:
        for number in range(count):
            act.log(Entry(act=Act.CONSULTED, subject=subject, detail=f"{number}"))


def _integrate(store: Store) -> int:
    with store.upkeep() as transaction:
        return ledger.integrate(transaction)


def _publish(store: Store, *witnesses: tuple[str, SigningKey]) -> int:
    with store.upkeep() as transaction:
        ledger.integrate(transaction)
        size, root = ledger.head(transaction)
        checkpoint = Checkpoint("north/log", size, root)
        checkpoints.put(transaction, size, checkpoint_format.sign(checkpoint, _LOG))
        given = [cosign(checkpoint_format.text(checkpoint), name, key, 1) for name, key in witnesses]
        if given:
            checkpoints.add_cosignatures(transaction, size, given)
    return size


def test_thousands_of_entries_in_random_batches_are_proven_at_random_old_sizes(store: Store) -> None:
    """In batches from 1 to 1,200, the tree is RFC 6962's over the leaves; proofs at old sizes come from its tiles."""
    draw = np.random.default_rng(6962)
    sizes = [0]
    while sizes[-1] < 5_000:
        _append(store, int(draw.choice([1, 3, 250, 700, 1_200])))
        sizes.append(_integrate(store))
    with store.reading() as transaction:
        leaves = [kept.leaf for kept in ledger.entries(transaction, 0, 10_000)]
        size, root = ledger.head(transaction)
        assert (size, root) == (len(leaves), naive_root(leaves))
        for old in [*sizes[1:], *map(int, draw.integers(1, size + 1, 15))]:
            old_root = naive_root(leaves[:old])
            verify_consistency(old, size, old_root, root, ledger.consistency(transaction, old, size))
            index = int(draw.integers(old))
            proof = ledger.inclusion(transaction, index, old)
            verify_inclusion(index, old, leaf_hash(leaves[index]), proof, old_root)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_entries_logged_together_stand_as_if_logged_one_by_one(store: Store, sizes: list[int]) -> None:
    """Each has its own salt and opens its own leaf; places follow on without gaps; the log holds, read anew."""
    with store.reading() as transaction:
        before = ledger.logged(transaction)
    given_in = [
        [Entry(act=Act.DISCLOSED, subject=f"{batch}-{number}", officer="anna" * (number % 2)) for number in range(size)]
        for batch, size in enumerate(sizes)
    ]
    with store.acting() as act:
        logged = [each for batch in given_in for each in act.log_many(batch)]
        logged.append(act.log(Entry(act=Act.ALTERED, subject="last", officer="anna")))
        assert act.logged == logged
    with store.reading() as transaction:
        kept = [ledger.entry(transaction, each.index) for each in logged]
        assert ledger.logged(transaction) == before + sum(sizes) + 1
    assert [each.index for each in logged] == list(range(before, before + sum(sizes) + 1))
    assert kept == [
        ledger.KeptEntry(each.index, commitment(each.salt, each.entry), each.salt, each.entry) for each in logged
    ]
    assert len({each.salt for each in logged}) == len(logged)
    read = [each.read() for each in kept if each is not None]
    assert [each and (each.act, each.subject, each.officer, each.node) for each in read[:-1]] == [
        (each.act, each.subject, each.officer or "north", "north") for batch in given_in for each in batch
    ]
    _integrate(store)
    with store.reading() as transaction:
        report = fsck(transaction, [Ed25519Key("north/log", _LOG.public)], lambda _done, _total: None)
    assert report.faults == ()


def test_of_entries_logged_together_all_are_kept_or_none(store: Store) -> None:
    """One that cannot be written keeps the others out, and the act that logs none is undone."""
    whole, broken = Entry(act=Act.ALTERED, subject="s"), Entry(act=Act.ALTERED, subject="\ud800")
    with pytest.raises(NotCanonical), store.acting() as act:
        act.log_many([whole, broken, whole])
    with pytest.raises(AssertionError, match="must be logged"), store.acting() as act:
        assert act.log_many([]) == []
    with suppress(ZeroDivisionError), store.acting() as act:
        act.log_many([whole, whole])
        raise ZeroDivisionError
    with store.reading() as transaction:
        assert (ledger.logged(transaction), ledger.recent(transaction)) == (0, [])


def test_batches_at_once_are_in_one_order_without_gaps(store: Store) -> None:
    """Eight threads, each with batches of its own: each batch stands together, and no place is empty."""

    def work(worker: int) -> None:
        for number in range(6):
            with store.acting() as act:
                act.log_many([Entry(act=Act.ALTERED, subject=f"{worker}-{number}")] * 20)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    with store.reading() as transaction:
        found = [kept.read() for kept in ledger.entries(transaction, 0, 2_000)]
    subjects = [each.subject for each in found if each]
    assert len(subjects) == 8 * 6 * 20
    batches = [subjects[place : place + 20] for place in range(0, len(subjects), 20)]
    assert all(len(set(batch)) == 1 for batch in batches)


def test_a_log_without_a_head_takes_no_entry(store: Store) -> None:
    with store.upkeep() as transaction:
        transaction.run("DELETE FROM ledger_head")
    with pytest.raises(Fault, match="lost its head"), store.acting() as act:
        act.log(Entry(act=Act.ALTERED))
    with store.upkeep() as transaction:
        assert transaction.row("SELECT count(*) FROM ledger_entry") == (0,)
        transaction.run("INSERT INTO ledger_head (size) VALUES (0)")


def test_integrating_again_changes_nothing_and_an_empty_log_has_an_empty_tree(store: Store) -> None:
    assert _integrate(store) == 0
    _append(store, 300)
    assert _integrate(store) == _integrate(store) == 300


def test_integrators_at_once_make_one_tree(store: Store) -> None:
    """Four integrators and four writers at the same time: every entry is in the tree once, in its order."""
    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(_append, store, 130) for _ in range(8)]
        integrators = [pool.submit(_integrate, store) for _ in range(8)]
        for future in [*writers, *integrators]:
            future.result()
    assert _integrate(store) == 8 * 130
    with store.reading() as transaction:
        leaves = [kept.leaf for kept in ledger.entries(transaction, 0, 2_000)]
        assert ledger.head(transaction) == (1_040, naive_root(leaves))


def test_an_entry_not_committed_is_not_taken_in(store: Store) -> None:
    """While an act is open its entry is not in the tree; once it rolls back, the next entry takes its place."""
    _append(store, 2)
    with suppress(ZeroDivisionError), store.acting() as act:
        act.log(Entry(act=Act.ALTERED))
        assert _integrate(store) == 2
        raise ZeroDivisionError
    _append(store, 1)
    assert _integrate(store) == 3


def test_tiles_and_bundles_are_served_as_far_as_the_tree_has_grown(store: Store) -> None:
    _append(store, 600)
    _integrate(store)
    _append(store, 10)
    with store.reading() as transaction:
        leaves = [kept.leaf for kept in ledger.entries(transaction, 0, 600)]
        full = ledger.stored_tile(transaction, Tile(0, 1))
        assert tiles.hashes(full, 256) == [leaf_hash(leaf) for leaf in leaves[256:512]]
        assert ledger.stored_tile(transaction, Tile(0, 1, 9)) == full[: 9 * 32]
        assert tiles.entries(ledger.stored_tile(transaction, Tile(None, 2, 88)), 88) == leaves[512:]
        for beyond in (Tile(0, 2, 89), Tile(0, 3, 1), Tile(1, 0, 3), Tile(None, 2, 89), Tile(None, 2**55 - 1)):
            with pytest.raises(Missing):
                ledger.stored_tile(transaction, beyond)


def test_an_erased_entry_keeps_its_leaf_and_loses_the_rest(store: Store) -> None:
    """Salt, content and subject go; tree, root and other entries stay as they were."""
    _append(store, 5, "vessel-1")
    _append(store, 1, "vessel-2")
    _integrate(store)
    with store.reading() as transaction:
        before, root = ledger.entry(transaction, 2), ledger.head(transaction)
    assert before is not None
    assert before.salt is not None
    assert before.entry is not None
    assert commitment(before.salt, before.entry) == before.leaf
    with store.acting() as act:
        assert ledger.erase(act, [2, 3]) == 2
        assert ledger.erase(act, [2]) == 0
        act.log(Entry(act=Act.ERASED, subject="vessel-1", count=2))
    with store.reading() as transaction:
        after = ledger.entry(transaction, 2)
        assert after == ledger.KeptEntry(2, before.leaf, None, None)
        assert after.read() is None
        assert ledger.head(transaction) == root
        assert [kept.index for kept in ledger.of_subject(transaction, "vessel-1")] == [6, 4, 1, 0]
        assert [kept.index for kept in ledger.of_subject(transaction, "vessel-1", 1)] == [6]


def test_entries_are_found_by_place_subject_and_detail(store: Store) -> None:
    _append(store, 4, "a")
    _append(store, 4, "b")
    with store.reading() as transaction:
        assert ledger.entry(transaction, 8) is None
        assert [kept.index for kept in ledger.recent(transaction, limit=2)] == [7, 6]
        assert [kept.index for kept in ledger.recent(transaction, 6, 2)] == [5, 4]
        found = ledger.find(transaction, "b", "1")
        assert found is not None
        assert found.index == 5
        assert ledger.find(transaction, "b", "9") is None
        assert (ledger.logged(transaction), ledger.size(transaction)) == (8, 0)


def test_a_witnessed_proof_is_under_the_newest_checkpoint_with_enough_cosignatures(store: Store) -> None:
    """None before there is one; then it verifies for whoever knows those witnesses, and carries no others."""
    south, west = ("south/witness", _SOUTH), ("west/witness", _WEST)
    known = [WitnessKey("south/witness", _SOUTH.public)]
    quorum = Quorum(1, frozenset({"south/witness"}))
    _append(store, 3)
    _publish(store, west)
    with store.reading() as transaction:
        assert ledger.witnessed_proof(transaction, 2, quorum, known) is None
        leaf = ledger.entries(transaction, 2, 1)[0].leaf
    _append(store, 2)
    _publish(store, south, west)
    _append(store, 2)
    _publish(store, west)
    with store.reading() as transaction:
        proof = LogProof.read(ledger.witnessed_proof(transaction, 2, quorum, known) or b"")
        assert ledger.witnessed_proof(transaction, 5, quorum, known) is None
    assert proof.verify(leaf, "north/log", _LOG.public, known, quorum).size == 5


def test_what_was_proven_stays_so_however_long_a_required_witness_is_away(store: Store) -> None:
    """The others cosign a checkpoint every second meanwhile: the last one that it cosigned is found past all those."""
    known = [WitnessKey("south/witness", _SOUTH.public), WitnessKey("west/witness", _WEST.public)]
    quorum = Quorum(1, frozenset({"south/witness"}))
    _append(store, 3)
    _publish(store, ("south/witness", _SOUTH), ("west/witness", _WEST))
    for _ in range(70):
        _append(store, 1)
        _publish(store, ("west/witness", _WEST))
    with store.reading() as transaction:
        leaf = ledger.entries(transaction, 2, 1)[0].leaf
        proof = LogProof.read(ledger.witnessed_proof(transaction, 2, quorum, known) or b"")
        assert ledger.witnessed_proof(transaction, 3, quorum, known) is None
    assert proof.verify(leaf, "north/log", _LOG.public, known, quorum).size == 3


def test_checkpoints_are_kept_once_a_size_with_the_newest_cosignature_of_each_witness(store: Store) -> None:
    _append(store, 3)
    size = _publish(store, ("south/witness", _SOUTH))
    with store.upkeep() as transaction:
        assert not checkpoints.put(transaction, size, b"another")
        kept = checkpoints.at(transaction, size)
        assert kept is not None
        later = cosign(kept.note.decode().partition("\n\n")[0] + "\n", "south/witness", _SOUTH, 9)
        assert checkpoints.add_cosignatures(transaction, size, [later]).cosigned == 1
        assert checkpoints.newest(transaction, cosigned=1) == checkpoints.newest(transaction)
        assert checkpoints.newest(transaction, cosigned=2) is None
        assert (checkpoints.last_seen(transaction, "south/witness"), checkpoints.last_seen(transaction, "x")) == (3, 0)
        with pytest.raises(Missing):
            checkpoints.add_cosignatures(transaction, 99, [later])


def test_no_proof_reaches_beyond_the_tree(store: Store) -> None:
    _append(store, 3)
    _integrate(store)
    with store.reading() as transaction:
        for ask in (
            lambda: ledger.inclusion(transaction, 3, 3),
            lambda: ledger.inclusion(transaction, 0, 4),
            lambda: ledger.consistency(transaction, 2, 4),
        ):
            with pytest.raises(Fault):
                ask()


def test_all_partners_to_whom_a_subject_was_disclosed_are_found_over_several_pages(store: Store) -> None:
    """The first and the last of more than two pages; other acts, other subjects and erased entries tell nobody."""
    with store.acting() as act:
        act.log(Entry(act=Act.DISCLOSED, subject="s", partner="first"))
        act.log(Entry(act=Act.DISCLOSED, subject="other", partner="others"))
        act.log(Entry(act=Act.WITHDRAWN, subject="s", partner="withdrawn"))
        erased = act.log(Entry(act=Act.DISCLOSED, subject="s", partner="erased")).index
        act.log_many([Entry(act=Act.DISCLOSED, subject="s", partner="middle") for _ in range(2_000)])
        act.log(Entry(act=Act.DISCLOSED, subject="s", partner="last"))
        ledger.erase(act, [erased])
    with store.reading() as transaction:
        assert ledger.disclosed_to(transaction, "s") == {"first", "middle", "last"}
        assert ledger.disclosed_to(transaction, "nobody") == set()
