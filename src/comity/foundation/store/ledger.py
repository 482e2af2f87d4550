"""The log in the store: its entries, its tiles, and what is proven from them.

Acts append entries in one order without gaps (`ActTransaction.log`); `integrate` takes committed ones into the tree.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation import canonical
from comity.foundation.ledger import proof as proofs
from comity.foundation.ledger import tile as tiles
from comity.foundation.ledger.cosignature import CosigningKey
from comity.foundation.ledger.growth import grow
from comity.foundation.ledger.policy import Quorum
from comity.foundation.ledger.tile import HASH_LENGTH, WIDTH
from comity.foundation.ledger.tree import Tree
from comity.foundation.store import checkpoints
from comity.foundation.store.store import Row, Transaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing

_INTEGRATOR = 0x434F_4D4C_4F47
"""Advisory lock, so that one integrator runs at a time."""
_BATCH = 16 * WIDTH
"""Entries taken into the tree at once."""
_MOST = 1000


class KeptEntry(msgspec.Struct, frozen=True):
    """An entry in the log: its leaf data, and what opens it unless that has been erased."""

    index: int
    leaf: bytes
    salt: bytes | None
    entry: bytes | None

    def read(self) -> Entry | None:
        """Return the entry itself, or none once it is erased."""
        return None if self.entry is None else canonical.read(self.entry, Entry, where=f"entry {self.index}")


class StoredTiles:
    """The tiles in the database, as a tree reads them."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the first `width` hashes of a tile.

        Raises:
            Missing: the tree has not grown so far.
        """
        found = self._transaction.row(
            "SELECT substring(hashes FROM 1 FOR %s) FROM ledger_tile WHERE level = %s AND index = %s",
            *(width * HASH_LENGTH, level, index),
        )
        if found is None or len(found[0]) < width * HASH_LENGTH:
            raise Missing("the tree has no such tile", where=tiles.path(tiles.Tile(level, index, width)))
        return bytes(found[0])


def logged(transaction: Transaction) -> int:
    """Return how many entries the log has, those included that the tree does not hold yet."""
    found = transaction.row("SELECT size FROM ledger_head")
    return int(found[0]) if found else 0


def size(transaction: Transaction) -> int:
    """Return how many entries the tree holds."""
    return head(transaction)[0]


def head(transaction: Transaction) -> tuple[int, bytes]:
    """Return size and root of the tree."""
    found = transaction.row("SELECT size, root FROM ledger_tree")
    if found is None:
        raise Fault("the ledger has lost its tree", remedy="Restore the database from its backup.")
    return int(found[0]), bytes(found[1])


def integrate(transaction: Transaction) -> int:
    """Take all committed entries into the tree, and return its size.

    One integrator runs at a time: another waits until this transaction ends.
    """
    transaction.row("SELECT pg_advisory_xact_lock(%s)", _INTEGRATOR)
    grown = size(transaction)
    while leaves := _leaves(transaction, grown, _BATCH):
        growth, changed = grow(StoredTiles(transaction), grown, leaves)
        transaction.run_many(
            "INSERT INTO ledger_tile (level, index, hashes) VALUES (%s, %s, %s)"
            " ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes",
            [(level, index, data) for (level, index), data in changed.items()],
        )
        transaction.run("UPDATE ledger_tree SET size = %s, root = %s", growth.size, growth.root())
        grown = growth.size
    return grown


def _leaves(transaction: Transaction, start: int, limit: int) -> list[bytes]:
    """Return the leaf data of the entries from `start`, up to the first gap."""
    found = transaction.rows(
        "SELECT index, leaf FROM ledger_entry WHERE index >= %s ORDER BY index LIMIT %s", start, limit
    )
    return [bytes(leaf) for place, (index, leaf) in enumerate(found, start) if index == place]


def inclusion(transaction: Transaction, index: int, size: int) -> list[bytes]:
    """Return the proof that the entry `index` is in the tree of that size.

    Raises:
        Fault: that tree has no such entry.
        Missing: the log's tree is not so large.
    """
    return Tree(StoredTiles(transaction), size).inclusion(index)


def consistency(transaction: Transaction, old: int, size: int) -> list[bytes]:
    """Return the proof that the tree of `old` entries is the beginning of the tree of `size`.

    Raises:
        Fault: `old` exceeds `size`.
        Missing: the log's tree is not so large.
    """
    return Tree(StoredTiles(transaction), size).consistency(old)


def witnessed_proof(
    transaction: Transaction, index: int, quorum: Quorum, witnesses: Sequence[CosigningKey]
) -> bytes | None:
    """Return the written log proof of an entry, under the newest checkpoint that these witnesses have cosigned enough.

    Cosignatures by others are left out, since its reader may not know them. None: there is no such checkpoint yet.
    """
    found = checkpoints.satisfying(transaction, index, witnesses, quorum)
    if found is None:
        return None
    return proofs.made(index, inclusion(transaction, index, found.size), found.note, witnesses).written()


def stored_tile(transaction: Transaction, tile: tiles.Tile) -> bytes:
    """Return the bytes of a tile or an entry bundle, as it is served.

    Raises:
        Missing: the tree has not grown so far.
    """
    if tile.level is not None:
        return StoredTiles(transaction).tile(tile.level, tile.index, tile.width)
    start = tile.index * WIDTH
    leaves = _leaves(transaction, start, tile.width) if start + tile.width <= size(transaction) else []
    if len(leaves) < tile.width:
        raise Missing("the tree has no such entries", where=tiles.path(tile))
    return tiles.bundle(leaves)


def entry(transaction: Transaction, index: int) -> KeptEntry | None:
    """Return the entry at `index`."""
    found = transaction.row("SELECT index, leaf, salt, entry FROM ledger_entry WHERE index = %s", index)
    return _kept(found) if found else None


def entries(transaction: Transaction, start: int, limit: int = 100) -> list[KeptEntry]:
    """Return entries from `start` on, oldest first."""
    return _many(
        transaction,
        "SELECT index, leaf, salt, entry FROM ledger_entry WHERE index >= %s ORDER BY index LIMIT %s",
        *(start, limit),
    )


def recent(transaction: Transaction, before: int | None = None, limit: int = 100) -> list[KeptEntry]:
    """Return the newest entries, or those before one, newest first."""
    last = logged(transaction) if before is None else before
    return _many(
        transaction,
        "SELECT index, leaf, salt, entry FROM ledger_entry WHERE index < %s ORDER BY index DESC LIMIT %s",
        *(last, limit),
    )


def of_subject(transaction: Transaction, subject: str, limit: int = 100) -> list[KeptEntry]:
    """Return the newest entries on what has this id, newest first."""
    return _many(
        transaction,
        "SELECT index, leaf, salt, entry FROM ledger_entry WHERE subject = %s ORDER BY index DESC LIMIT %s",
        *(subject, limit),
    )


def disclosed_to(transaction: Transaction, subject: str) -> set[str]:
    """Return every partner to whom what has this id was disclosed, by all entries that can still be read.

    However many there are, a thousand are read at a time.
    """
    partners: set[str] = set()
    last = -1
    while found := _many(
        transaction,
        "SELECT index, leaf, salt, entry FROM ledger_entry WHERE subject = %s AND index > %s AND act = %s"
        " AND entry IS NOT NULL ORDER BY index LIMIT %s",
        *(subject, last, Act.DISCLOSED.value, _MOST),
    ):
        last = found[-1].index
        partners |= {entry.partner for kept in found if (entry := kept.read()) is not None}
    return partners


def find(transaction: Transaction, subject: str, detail: str) -> KeptEntry | None:
    """Return the newest entry on this subject with this detail, among its newest 1,000."""
    for kept in of_subject(transaction, subject, _MOST):
        read = kept.read()
        if read is not None and read.detail == detail:
            return kept
    return None


def erase(transaction: Transaction, indexes: Sequence[int]) -> int:
    """Destroy salts and contents of entries, and return how many still had them. Their leaves stay, unopenable."""
    return transaction.run(
        "UPDATE ledger_entry SET salt = NULL, entry = NULL, subject = '' WHERE index = ANY(%s) AND entry IS NOT NULL",
        list(indexes),
    )


def _many(transaction: Transaction, statement: str, *values: object) -> list[KeptEntry]:
    return [_kept(row) for row in transaction.rows(statement, *values)]


def _kept(row: Row) -> KeptEntry:
    index, leaf, salt, entry = row
    return KeptEntry(index, bytes(leaf), None if salt is None else bytes(salt), None if entry is None else bytes(entry))
