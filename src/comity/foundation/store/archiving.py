"""The catalogue of the archive: its files, the place reached, and what must go out of it (docs/formats/archive.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from comity.foundation.canonical import own
from comity.foundation.store import tally
from comity.foundation.store.page import bounded
from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import DAY, Duration, Instant
from comity.vocabulary.movement import ArchiveFile
from comity.vocabulary.sighting import Sighting

_COLUMNS = "path, day, cell, first, last, rows, begins, finishes, south, west, north, east, ends, corrections, size"
"""In the order of an `ArchiveFile`'s fields."""


class Durable(msgspec.Struct, frozen=True):
    """A sighting as it stands in the store, for the archive."""

    sequence: int
    version: int
    received: Instant
    track: str
    sighting: Sighting


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A record that must go out of the archive, by whose word."""

    sequence: int
    record: str
    source: str
    """Whose rows alone are meant; empty: anybody's."""
    officer: str
    basis: str
    made: Instant
    rows: int
    """How many have gone so far."""

    def entry(self, count: int, detail: str) -> Entry:
        """Return the entry of what was erased by this word."""
        return Entry(
            act=Act.ERASED,
            officer=self.officer,
            basis=self.basis,
            subject=self.record,
            count=count,
            detail=detail,
        )


class Day(msgspec.Struct, frozen=True):
    """What the archive holds of one day."""

    day: Instant
    rows: int
    files: int
    cells: int
    size: int
    """Bytes."""


def reached(t: Transaction) -> int:
    """Return the sequence up to which sightings are archived."""
    row = t.row("SELECT sequence FROM archive_mark")
    return int(row[0]) if row else 0


def durable(t: Transaction, after: int, limit: int) -> list[Durable]:
    """Return the sightings that were taken in after a sequence, in that order.

    Sequences are given in the order of commits, since one process at a time takes sightings in, a batch at a time.
    """
    rows = t.rows(
        "SELECT sequence, version, coalesce(received, time), coalesce(track, ''), body FROM sighting"
        " WHERE sequence > %s ORDER BY sequence LIMIT %s",
        *(after, bounded(limit)),
    )
    return [Durable(row[0], row[1], row[2], row[3], own(row[4], Sighting)) for row in rows]


def proceed(t: Transaction, sequence: int, files: Sequence[ArchiveFile]) -> None:
    """Move the place reached on, and put what was written until there into the catalogue."""
    t.run("UPDATE archive_mark SET sequence = %s", sequence)
    replace(t, (), files)


def replace(t: Transaction, old: Iterable[str], new: Iterable[ArchiveFile]) -> None:
    """Put files into the catalogue in place of others."""
    t.run("DELETE FROM archive_file WHERE path = ANY(%s)", list(old))
    t.run_many(
        f"INSERT INTO archive_file ({_COLUMNS}) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)",  # noqa: S608 - a constant of ours
        [msgspec.structs.astuple(file) for file in new],
    )


def files(t: Transaction, since: Instant, until: Instant) -> list[ArchiveFile]:
    """Return the files with sightings of the days from `since` until `until`."""
    return _files(t, "day > %s AND day < %s ORDER BY day, cell, first", since - DAY, until)


def all_files(t: Transaction) -> list[ArchiveFile]:
    """Return every file."""
    return _files(t, "true ORDER BY day, cell, first")


def correcting(t: Transaction) -> list[ArchiveFile]:
    """Return the files that hold corrections."""
    return _files(t, "corrections > 0 ORDER BY day, cell, first")


def ended(t: Transaction, by: Instant, limit: int) -> list[ArchiveFile]:
    """Return files with rows that ended before a moment."""
    return _files(t, "ends < %s ORDER BY ends LIMIT %s", by, limit)


def days(t: Transaction) -> list[Day]:
    """Return how much there is of each day."""
    rows = t.rows(
        "SELECT day, sum(rows)::bigint, count(*), count(DISTINCT cell), sum(size)::bigint FROM archive_file"
        " GROUP BY day ORDER BY day"
    )
    return [Day(*row) for row in rows]


def behind(t: Transaction) -> int:
    """Return how many sightings are not archived yet, or passed over: counted up to `tally.MOST`."""
    row = t.row(
        "SELECT count(*) FROM (SELECT FROM sighting WHERE sequence > (SELECT sequence FROM archive_mark)"
        " ORDER BY sequence LIMIT %s) AS counted",
        tally.MOST,
    )
    return int(row[0]) if row else 0


def waiting(t: Transaction) -> int:
    """Return how many records wait to be taken out."""
    row = t.row("SELECT count(*) FROM archive_order WHERE done IS NULL")
    return int(row[0]) if row else 0


def crowded(t: Transaction, full: int, together: int, settled: Instant) -> list[ArchiveFile]:
    """Return the files with fewer than `full` rows of each day and cell that has so many together, or of a day settled.

    A day that began before `settled` is asked to have one such file alone.
    """
    return _files(
        t,
        "rows < %s AND (day, cell) IN (SELECT day, cell FROM archive_file WHERE rows < %s GROUP BY day, cell"
        " HAVING count(*) >= %s OR (count(*) > 1 AND day < %s)) ORDER BY day, cell, first",
        *(full, full, together, settled),
    )


def keep(t: Transaction, lengths: Mapping[str, Duration]) -> None:
    """Let each file end as early as the shortest keep of a feed asks that is shorter than it was."""
    kept: dict[str, int] = {str(name): int(length) for name, length in t.rows("SELECT source, keep FROM archive_keep")}
    for name, length in sorted(lengths.items()):
        if length < kept.get(name, 0):
            t.run("UPDATE archive_file SET ends = least(ends, begins + %s)", length)
        if length != kept.get(name):
            t.run(
                "INSERT INTO archive_keep (source, keep) VALUES (%s, %s)"
                " ON CONFLICT (source) DO UPDATE SET keep = excluded.keep",
                *(name, length),
            )


def order(t: ActTransaction, record: str, officer: str, basis: str, source: str = "") -> None:
    """Order a record out of the archive: the node's next round does it, and enters it in the log.

    With a source, only what came of it goes: nobody calls back what is another's.
    """
    t.run(
        "INSERT INTO archive_order (record, source, officer, basis, made) VALUES (%s, %s, %s, %s, %s)",
        *(record, source, officer, basis, t.now()),
    )


def orders(t: Transaction, limit: int) -> list[Order]:
    """Return the orders that are not carried out, oldest first."""
    rows = t.rows(
        "SELECT sequence, record, source, officer, basis, made, rows FROM archive_order WHERE done IS NULL"
        " ORDER BY sequence LIMIT %s",
        bounded(limit),
    )
    return [Order(**dict(zip(Order.__struct_fields__, row, strict=True))) for row in rows]


def ordered_out(t: Transaction) -> list[tuple[str, str]]:
    """Return each record that an order not carried out yet is about, and the source of which alone it is meant."""
    rows = t.rows("SELECT DISTINCT record, source FROM archive_order WHERE done IS NULL")
    return [(record, source) for record, source in rows]


def erased(t: Transaction) -> frozenset[str]:
    """Return each record that was erased wherever it was, while the archive or a memory may have it still."""
    return frozenset(record for record, source in ordered_out(t) if not source)


def gone(t: Transaction, counts: Mapping[int, int], expired: int) -> None:
    """Note how many rows have gone for each order, and how many because their time was over."""
    t.run_many("UPDATE archive_order SET rows = rows + %s WHERE sequence = %s", [(n, s) for s, n in counts.items()])
    t.run(
        "UPDATE archive_mark SET erased = erased + %s, expired = expired + %s",
        *(sum(counts.values()), expired),
    )


def went(t: Transaction) -> tuple[int, int]:
    """Return how many rows have ever gone by order, and how many because their time was over."""
    row = t.row("SELECT erased, expired FROM archive_mark")
    return (int(row[0]), int(row[1])) if row else (0, 0)


def done(t: Transaction, sequence: int) -> None:
    """Note that an order is carried out."""
    t.run("UPDATE archive_order SET done = %s WHERE sequence = %s", t.now(), sequence)


def _files(t: Transaction, condition: str, *values: object) -> list[ArchiveFile]:
    rows = t.rows(f"SELECT {_COLUMNS} FROM archive_file WHERE {condition}", *values)  # noqa: S608 - constants of ours
    return [_file(row) for row in rows]


def _file(row: Row) -> ArchiveFile:
    return ArchiveFile(**dict(zip(ArchiveFile.__struct_fields__, row, strict=True)))
