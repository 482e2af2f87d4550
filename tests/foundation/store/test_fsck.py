"""The re-reading of a log: an honest one has no faults, and every kind of tampering is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from comity.foundation.canonical import written
from comity.foundation.keys import SigningKey
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.note import Ed25519Key
from comity.foundation.store import checkpoints, ledger
from comity.foundation.store.fsck import Report, fsck
from comity.foundation.store.store import Store, Transaction
from comity.vocabulary.entry import CLOSED, Act, Entry

_LOG = SigningKey(bytes(range(32)))
_KEY = Ed25519Key("north/log", _LOG.public)


def _checked(store: Store) -> Report:
    with store.reading() as transaction:
        return fsck(transaction, [_KEY], lambda *_: None)


@pytest.fixture
def log(store: Store) -> Store:
    """Return a log of 700 entries, some erased, 100 not in the tree yet, with checkpoints at 1, 256, 300 and 600."""
    for batch in (1, 255, 44, 300):
        with store.acting() as act:
            for number in range(batch):
                act.log(Entry(act=Act.COLLECTED, subject=f"s{number}"))
        with store.upkeep() as transaction:
            ledger.integrate(transaction)
            size, root = ledger.head(transaction)
            checkpoints.put(transaction, size, checkpoint_format.sign(Checkpoint("north/log", size, root), _LOG))
    with store.acting() as act:
        ledger.erase(act, [5, 6])
        act.log(Entry(act=Act.ERASED, subject=CLOSED, count=2))
        act.log_many([Entry(act=Act.ERASED)] * 99)
    return store


def test_an_honest_log_has_no_faults(log: Store) -> None:
    """All is counted, entries that the tree does not hold yet included; progress ends at the whole."""
    told: list[tuple[int, int]] = []
    with log.reading() as transaction:
        report = fsck(transaction, [_KEY], lambda done, total: told.append((done, total)))
        assert (report.size, report.root) == ledger.head(transaction)
    assert report.faults == ()
    assert (report.entries, report.erased, report.checkpoints, report.tiles) == (700, 2, 4, 4)
    assert told[-1] == (700, 700)


def test_an_empty_log_has_no_faults(store: Store) -> None:
    assert _checked(store).found == 0


_FORGED = checkpoint_format.sign(Checkpoint("north/log", 300, bytes(32)), _LOG)
_FOREIGN = checkpoint_format.sign(Checkpoint("north/log", 300, bytes(32)), SigningKey(bytes(32)))


@pytest.mark.parametrize(
    ("statement", "values", "words"),
    [
        ("UPDATE ledger_entry SET leaf = sha256(leaf) WHERE index = 9", (), "entry 9 is not what its leaf commits to"),
        ("UPDATE ledger_entry SET leaf = sha256(leaf) WHERE index = 5", (), "tile 0/0 does not hold"),
        ("UPDATE ledger_entry SET leaf = sha256(leaf) WHERE index = 599", (), "tree's head does not state"),
        ("UPDATE ledger_entry SET leaf = sha256(leaf) WHERE index = 650", (), "entry 650 is not what its leaf"),
        ("UPDATE ledger_entry SET entry = entry || 'x' WHERE index = 9", (), "entry 9 is not what its leaf"),
        (
            "UPDATE ledger_entry SET entry = %s WHERE index = 9",
            (written(Entry(act=Act.DENIED)),),
            "entry 9 is not what",
        ),
        ("UPDATE ledger_entry SET salt = sha256(salt) WHERE index = 9", (), "entry 9 is not what its leaf commits to"),
        ("UPDATE ledger_entry SET subject = 'x' WHERE index = 9", (), "entry 9 is listed under another"),
        ("UPDATE ledger_entry SET time = 1 WHERE index = 9", (), "entry 9 is listed under another"),
        ("DELETE FROM ledger_entry WHERE index = 9", (), "entry 9 is missing"),
        ("DELETE FROM ledger_entry WHERE index = 699", (), "head says 700 entries"),
        ("DELETE FROM ledger_entry WHERE index >= 590", (), "tree's head does not state"),
        ("UPDATE ledger_head SET size = 701", (), "head says 701 entries"),
        ("UPDATE ledger_tree SET root = sha256(root)", (), "tree's head does not state"),
        ("UPDATE ledger_tree SET size = 599", (), "tree's head does not state"),
        ("UPDATE ledger_tile SET hashes = sha256(hashes) WHERE level = 1", (), "tile 1/0 does not hold"),
        ("UPDATE ledger_tile SET hashes = sha256(hashes) WHERE index = 1", (), "tile 0/1 does not hold"),
        ("DELETE FROM ledger_tile WHERE index = 2", (), "tile 0/2 is missing"),
        ("INSERT INTO ledger_tile VALUES (2, 0, sha256(''))", (), "tiles that no entry belongs to"),
        (
            "UPDATE ledger_checkpoint SET note = %s WHERE size = 300",
            (_FORGED,),
            "checkpoint 300 does not state the root",
        ),
        ("UPDATE ledger_checkpoint SET note = %s WHERE size = 300", (_FOREIGN,), "checkpoint 300: the"),
        ("UPDATE ledger_checkpoint SET note = 'x' WHERE size = 300", (), "checkpoint 300: the"),
        ("UPDATE ledger_checkpoint SET size = 301 WHERE size = 300", (), "checkpoint 301 does not state the root"),
        ("UPDATE ledger_checkpoint SET size = 601 WHERE size = 600", (), "checkpoint 601 is larger than the tree"),
        (
            "UPDATE ledger_entry SET salt = NULL, entry = NULL, subject = '' WHERE index = 9",
            (),
            "3 entries are erased, and the log says of 2",
        ),
    ],
)
def test_every_kind_of_tampering_is_found(log: Store, statement: str, values: tuple[object, ...], words: str) -> None:
    with log.upkeep() as transaction:
        assert transaction.run(statement, *values) >= 1
    report = _checked(log)
    assert report.found >= 1
    assert any(words in fault for fault in report.faults), report.faults


def test_a_log_written_anew_as_a_whole_is_found_by_its_old_checkpoints(log: Store) -> None:
    """Leaf, entry, tiles and head all forged to agree with each other: the signed checkpoints still do not."""

    def forge(transaction: Transaction) -> None:
        ledger.erase(transaction, [9])
        transaction.run("UPDATE ledger_entry SET leaf = sha256('other') WHERE index = 9")
        transaction.run("DELETE FROM ledger_tile")
        transaction.run("UPDATE ledger_tree SET size = 0, root = sha256('')")
        ledger.integrate(transaction)

    _apply(log, forge)
    report = _checked(log)
    assert [fault.partition(" does")[0] for fault in report.faults] == [
        "checkpoint 256",
        "checkpoint 300",
        "checkpoint 600",
        "3 entries are erased, and the log says of 2 that they were",
    ]


def test_faults_are_counted_beyond_those_listed(log: Store) -> None:
    _apply(log, lambda transaction: transaction.run("UPDATE ledger_entry SET subject = 'x' WHERE index < 500"))
    report = _checked(log)
    assert len(report.faults) == 100
    assert report.found == 500


def _apply(store: Store, change: Callable[[Transaction], object]) -> None:
    with store.upkeep() as transaction:
        change(transaction)
