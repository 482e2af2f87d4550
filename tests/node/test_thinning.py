"""What is proven: old checkpoints go, and nothing that rests on the log is weaker for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import pytest
from litestar import Litestar
from msgspec.structs import replace

from builders.hands import Hand
from builders.pair import NOW
from builders.stations import station
from builders.web import serving
from comity.api.log import log_router
from comity.exchange.partner_log import PartnerLog
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import WitnessKey, cosign
from comity.foundation.ledger.note import Ed25519Key
from comity.foundation.ledger.policy import Quorum
from comity.foundation.ledger.proof import LogProof
from comity.foundation.store import checkpoints, export, fsck, ledger
from comity.foundation.store.store import Store
from comity.node.thinning import Thinning
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import HOUR, MINUTE

NORTH, NEXT = station("north"), station("north-anew")
WITNESSES = [station(name) for name in ("south", "west", "east")]
KEYS = [WitnessKey(each.card.witness_name, each.card.witness) for each in WITNESSES]
LOG_KEYS = [Ed25519Key("north/log", own.card.log) for own in (NEXT, NORTH)]
EVERY = [Quorum(len(some), frozenset(key.name for key in some)) for n in range(4) for some in combinations(KEYS, n)]


CHANGED = 54
"""How many checkpoints there are before the log's key is changed."""
KEEP = 2 * HOUR


@pytest.fixture
def log(borrow_database: Callable[[], str]) -> Iterator[tuple[Store, Hand]]:
    """Return a log of seven hours: a checkpoint every five minutes, two each cosigned by another set of witnesses.

    After four hours and half its key is changed; from then on the witness `east` cosigns nothing.
    """
    hand = Hand()
    store = Store(borrow_database(), node="north", clock=hand)
    for number in range(CHANGED + 30):
        hand.shown = NOW + number * 5 * MINUTE
        with store.acting() as act:
            act.log(Entry(act=Act.CONSULTED))
            ledger.integrate(act)
            made = Checkpoint("north/log", *ledger.head(act))
            key = (NORTH if number < CHANGED else NEXT).keys.log
            checkpoints.put(act, made.size, checkpoint_format.sign(made, key))
            chosen = [each for bit, each in enumerate(WITNESSES) if number // 2 * 5 % 8 & 1 << bit]
            text, given = checkpoint_format.text(made), chosen if number < CHANGED else chosen[:2]
            signed = [cosign(text, each.card.witness_name, each.keys.witness, 1) for each in given]
            checkpoints.add_cosignatures(act, made.size, signed)
    yield store, hand
    store.close()


def _proofs(store: Store) -> list[LogProof]:
    """Return for each checkpoint the proof of its newest entry, as a bundle made under it at its time carries it."""
    with store.reading() as t:
        kept = checkpoints.after(t, 0, 1000)
        return [
            LogProof(each.size - 1, tuple(ledger.inclusion(t, each.size - 1, each.size)), each.note) for each in kept
        ]


def _found(store: Store) -> list[int]:
    """Return the size of what is found for each quorum that an agreement may ask for, for entries of all ages."""
    with store.reading() as t:
        found = [checkpoints.satisfying(t, index, KEYS, quorum) for quorum in EVERY for index in range(0, 84, 7)]
    return [each.size if each else 0 for each in found]


def test_old_checkpoints_go_and_all_that_was_proven_holds(log: tuple[Store, Hand], tmp_path: Path) -> None:
    """Old bundles, `fsck`, an export, a monitor that has seen any of them, and the next proof to a witness."""
    store, hand = log
    proofs = _proofs(store)
    with store.upkeep() as t:
        checkpoints.refer(t, proofs[2].checkpoint)
        before = {each.size: each for each in checkpoints.after(t, 0, 1000)}
    gone = Thinning(store, hand, KEEP).thin()
    with store.reading() as t:
        after = {each.size: each for each in checkpoints.after(t, 0, 1000)}
        report = fsck.fsck(t, LOG_KEYS, lambda *_: None)
        seen = {checkpoints.last_seen(t, key.name) for key in KEYS}
        leaves = [each.leaf for each in ledger.entries(t, 0, 1000)]
        export.export(t, tmp_path / "log", lambda *_: None)
    assert gone == len(before) - len(after) > 20
    assert after.items() <= before.items()
    assert {3} | seen <= after.keys(), "a bundle refers to it, or the next proof starts there"
    assert {size for size in before if size > len(before) - 24} <= after.keys(), "those of the last two hours"
    assert (report.found, report.checkpoints, report.entries) == (0, len(after), len(before))
    assert export.reread(tmp_path / "log", LOG_KEYS[0], lambda *_: None).found == 0
    for proof in proofs:
        key = LOG_KEYS[proof.index < CHANGED].public
        assert proof.verify(leaves[proof.index], "north/log", key, KEYS, Quorum(0)).size == proof.index + 1
    with serving(Litestar([log_router(store)])) as url:
        card = replace(station("north", url).card, log=NEXT.card.log)
        with PartnerLog(card, earlier=LOG_KEYS[1:]) as followed:
            for proof in proofs[::9]:
                assert followed.follow(proof.checkpoint) == after[len(before)].note


def test_who_asks_for_certain_witnesses_finds_what_was_found_before(log: tuple[Store, Hand]) -> None:
    """Whatever quorum, of whatever witnesses, for an entry of whatever age; one that is away for days included."""
    store, hand = log
    before = _found(store)
    assert Thinning(store, hand, KEEP).thin() > 20
    assert _found(store) == before
    assert before.count(0) < len(before) / 2


def test_it_is_done_once_an_hour_and_a_second_time_changes_nothing(log: tuple[Store, Hand]) -> None:
    """Hours that are thinned are not read again; a node that was started anew reads them, and finds nothing to do."""
    store, hand = log
    thinning = Thinning(store, hand, KEEP)
    assert thinning.thin() > 0
    hand.shown += 59 * MINUTE
    assert thinning.thin() == 0
    assert Thinning(store, Hand(), KEEP).thin() == 0, "by a clock that is behind nothing is old"
    hand.shown += HOUR
    assert 0 < thinning.thin() <= 24
    assert Thinning(store, hand, KEEP).thin() == 0
