"""The re-reading of a whole log: every entry, tile and checkpoint is held against what it must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from comity.foundation import canonical
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.commitment import commitment
from comity.foundation.ledger.growth import Growth
from comity.foundation.ledger.note import NoteFault, NoteKey
from comity.foundation.ledger.tree import EMPTY_ROOT, leaf_hash
from comity.foundation.store import checkpoints, ledger
from comity.foundation.store.checkpoints import KeptCheckpoint
from comity.foundation.store.store import Row, Transaction
from comity.vocabulary.entry import CLOSED, Act, Entry

_BATCH = 2048
MOST_FAULTS = 100
"""Told one by one; more are counted."""


class Report(msgspec.Struct, frozen=True):
    """What was read, and what is wrong with it: at most 100 faults in words, and how many there are in all."""

    entries: int
    erased: int
    tiles: int
    checkpoints: int
    size: int
    root: bytes
    faults: tuple[str, ...]
    found: int


def fsck(transaction: Transaction, keys: Sequence[NoteKey], progress: Callable[[int, int], None]) -> Report:
    """Re-read the log that these keys sign, the present one first, in one read-only transaction; memory stays small.

    `progress` is told now and then how many entries of how many are read.
    """
    reading = _Reading(transaction, keys)
    total = ledger.logged(transaction)
    for batch in _batches(transaction):
        reading.take(batch)
        progress(reading.entries, total)
    return reading.finish(total)


def _batches(transaction: Transaction) -> Iterator[list[Row]]:
    last = -1
    while rows := transaction.rows(
        "SELECT index, leaf, salt, entry, act, time, subject FROM ledger_entry"
        " WHERE index > %s ORDER BY index LIMIT %s",
        *(last, _BATCH),
    ):
        yield rows
        last = rows[-1][0]


class _Reading:
    """How far the log is read: the tree rebuilt so far, the checkpoint due next, what was found."""

    def __init__(self, transaction: Transaction, keys: Sequence[NoteKey]) -> None:
        self._transaction = transaction
        self._keys = keys
        self._growth = Growth()
        self._size, self._root = ledger.head(transaction)
        self._faults: list[str] = []
        self._found = 0
        self._due = _checkpoints(transaction)
        self._next = next(self._due, None)
        self.entries = self._erased = self._said = self._tiles = self._checkpoints = 0

    def take(self, rows: list[Row]) -> None:
        for index, leaf, salt, entry, *columns in rows:
            if index != self.entries:
                self._fault(f"entry {self.entries} is missing: the next one is {index}")
            self.entries += 1
            if salt is None:
                self._erased += 1
                if columns[-1]:
                    self._fault(f"entry {index} is erased, and still listed under its subject")
            else:
                self._open(index, bytes(leaf), bytes(salt), bytes(entry), columns)
            if self._growth.size < self._size:
                self._grow(bytes(leaf))

    def _open(self, index: int, leaf: bytes, salt: bytes, entry: bytes, columns: list[object]) -> None:
        if commitment(salt, entry) != leaf:
            self._fault(f"entry {index} is not what its leaf commits to")
            return
        try:
            read = canonical.read(entry, Entry)
        except canonical.NotCanonical as fault:
            self._fault(f"entry {index} is not readable: {fault.what}")
            return
        if read.act is Act.ERASED and read.subject == CLOSED:
            self._said += read.count
        if [read.act.value, read.time, read.subject] != columns:
            self._fault(f"entry {index} is listed under another act, time or subject than it has")

    def _grow(self, leaf: bytes) -> None:
        self._due_at(self._growth.size)
        for level, index, data in self._growth.add(leaf_hash(leaf)):
            self._tile(level, index, data)

    def _tile(self, level: int, index: int, data: bytes) -> None:
        self._tiles += 1
        found = self._transaction.row("SELECT hashes FROM ledger_tile WHERE level = %s AND index = %s", level, index)
        if found is None:
            self._fault(f"tile {level}/{index} is missing")
        elif bytes(found[0]) != data:
            self._fault(f"tile {level}/{index} does not hold the hashes of its entries")

    def _due_at(self, size: int) -> None:
        while self._next is not None and self._next.size <= size:
            self._checkpoint(self._next)
            self._next = next(self._due, None)

    def _checkpoint(self, kept: KeptCheckpoint) -> None:
        self._checkpoints += 1
        where = f"checkpoint {kept.size}"
        try:
            checkpoint = checkpoint_format.opened_by_any(kept.note, self._keys, where)
        except NoteFault as fault:
            self._fault(f"{where}: {fault.what}")
            return
        if checkpoint != Checkpoint(self._keys[0].name, kept.size, self._growth.root()):
            self._fault(f"{where} does not state the root of the first {kept.size} entries")

    def finish(self, total: int) -> Report:
        """Hold what is only known at the end against the tree rebuilt, and return the report."""
        self._due_at(self._growth.size)
        for level, index, data in self._growth.partial():
            self._tile(level, index, data)
        self._ends(total)
        root = self._growth.root() if self._growth.size else EMPTY_ROOT
        return Report(
            self.entries,
            self._erased,
            self._tiles,
            self._checkpoints,
            self._growth.size,
            root,
            tuple(self._faults),
            self._found,
        )

    def _ends(self, total: int) -> None:
        if self.entries != total:
            self._fault(f"the log's head says {total} entries, and there are {self.entries}")
        if (self._growth.size, self._growth.root()) != (self._size, self._root):
            self._fault(f"the tree's head does not state size and root of the {self._growth.size} entries in it")
        if self._erased > self._said:
            self._fault(f"{self._erased} entries are erased, and the log says of {self._said} that they were")
        stored = self._transaction.row("SELECT count(*) FROM ledger_tile")
        if stored is None or stored[0] != self._tiles:
            self._fault(f"there are tiles that no entry belongs to: {stored[0] if stored else 0} and not {self._tiles}")
        while self._next is not None:
            self._fault(f"checkpoint {self._next.size} is larger than the tree of {self._growth.size}")
            self._next = next(self._due, None)

    def _fault(self, words: str) -> None:
        self._found += 1
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(words)


def _checkpoints(transaction: Transaction) -> Iterator[KeptCheckpoint]:
    last = -1
    while found := checkpoints.after(transaction, last, _BATCH):
        yield from found
        last = found[-1].size
