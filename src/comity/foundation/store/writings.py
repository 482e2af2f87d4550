"""Writings: reports and notices in all their versions. No version is ever replaced, nor removed but with the whole."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from comity.foundation.canonical import read, written
from comity.foundation.store import tally
from comity.foundation.store.page import LARGEST, bounded
from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.instant import Instant
from comity.vocabulary.notice import Notice
from comity.vocabulary.record import RecordKind
from comity.vocabulary.report import Report
from comity.vocabulary.writing import Cancellation

AnyWriting: TypeAlias = Report | Notice
"""What there is of writings."""

_COLUMNS = "writing.kind, body, changed, cancellation"
_NEWEST = (
    f"SELECT {_COLUMNS} FROM writing JOIN writing_version"  # noqa: S608 - a constant of ours
    " ON writing_version.writing = writing.id AND writing_version.version = writing.version"
)


class KeptWriting(msgspec.Struct, frozen=True):
    """A writing in its newest version."""

    kind: RecordKind
    writing: AnyWriting
    changed: Instant
    cancellation: Cancellation | None

    def counts(self, now: Instant) -> bool:
        """Whether it is neither cancelled nor expired."""
        return self.cancellation is None and now < self.writing.expires


def kind_of(writing: AnyWriting) -> RecordKind:
    """Return which kind of record the writing is."""
    return RecordKind.NOTICE if isinstance(writing, Notice) else RecordKind.REPORT


def claim(t: ActTransaction, id: str) -> KeptWriting | None:  # noqa: A002 - what every record calls it
    """Return the writing, or None, and let nobody else change it before this transaction ends."""
    t.row("SELECT 1 FROM writing WHERE id = %s FOR UPDATE", id)
    return get(t, id)


def add(t: ActTransaction, writing: AnyWriting) -> None:
    """Keep a version of a writing, as its newest from now on: the first, or one that follows it."""
    t.run(
        "INSERT INTO writing (id, kind, version, changed) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (id) DO UPDATE SET version = excluded.version, changed = excluded.changed",
        *(writing.id, kind_of(writing).value, writing.version, writing.time),
    )
    t.run(
        "INSERT INTO writing_version (writing, version, body) VALUES (%s, %s, %s)",
        *(writing.id, writing.version, written(writing)),
    )


def cancel(t: ActTransaction, cancellation: Cancellation) -> bool:
    """Keep that a writing counts no more; False if that is so already, or there is no such writing."""
    return (
        t.run(
            "UPDATE writing SET cancellation = %s, changed = %s WHERE id = %s AND cancellation IS NULL",
            *(written(cancellation), cancellation.time, cancellation.writing),
        )
        == 1
    )


def get(t: Transaction, id: str) -> KeptWriting | None:  # noqa: A002 - what every record calls it
    """Return the writing in its newest version, or None."""
    row = t.row(f"{_NEWEST} WHERE writing.id = %s", id)
    return _kept(row) if row else None


def versions(t: Transaction, id: str) -> list[AnyWriting]:  # noqa: A002 - what every record calls it
    """Return every version of the writing, the newest last."""
    rows = t.rows(
        "SELECT kind, body FROM writing_version JOIN writing ON writing = id WHERE id = %s"
        " ORDER BY writing_version.version LIMIT %s",
        *(id, LARGEST),
    )
    return [_written(kind, body) for kind, body in rows]


def newest(t: Transaction, limit: int) -> list[KeptWriting]:
    """Return the writings that were changed last, each in its newest version, the last changed first."""
    rows = t.rows(f"{_NEWEST} ORDER BY changed DESC, writing.id LIMIT %s", bounded(limit))
    return [_kept(row) for row in rows]


def page(t: Transaction, after: str, limit: int) -> list[KeptWriting]:
    """Return writings in their newest version by id, those after one."""
    rows = t.rows(f"{_NEWEST} WHERE writing.id > %s ORDER BY writing.id LIMIT %s", after, bounded(limit))
    return [_kept(row) for row in rows]


def erase(t: ActTransaction, id: str) -> bool:  # noqa: A002 - what every record calls it
    """Erase the writing in all its versions; False if it is gone already."""
    t.run("DELETE FROM writing_version WHERE writing = %s", id)
    return t.run("DELETE FROM writing WHERE id = %s", id) == 1


def count(t: Transaction) -> int:
    """Return how many writings there are, as far as `tally.about` counts."""
    return tally.about(t, "writing")


def _kept(row: Row) -> KeptWriting:
    kind, body, changed, cancellation = row
    ended = read(cancellation, Cancellation, where="cancellation") if cancellation is not None else None
    return KeptWriting(RecordKind(kind), _written(kind, body), changed, ended)


def _written(kind: str, body: bytes) -> AnyWriting:
    if kind == RecordKind.NOTICE.value:
        return read(body, Notice, where=kind)
    return read(body, Report, where=kind)
