"""Acknowledgements and cancellations between partners: who took note of what, and what counts no more."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation.store.page import bounded
from comity.foundation.store.store import ActTransaction, Transaction
from comity.vocabulary.instant import Instant
from comity.vocabulary.writing import Ending


class Acknowledged(msgspec.Struct, frozen=True):
    """That an officer of ours took note of what a partner gave."""

    officer: str
    time: Instant


class Cancelled(msgspec.Struct, frozen=True):
    """That a partner says of what it gave that it counts no more."""

    ending: Ending
    time: Instant
    """By the partner's clock."""

    def covers(self, written: Instant) -> bool:
        """Whether it says so of a version that the partner wrote then, by its clock.

        What was replaced is what had been written before; what is mistaken or over is all of it.
        """
        return self.ending is not Ending.REPLACED or written < self.time


def add(t: ActTransaction, sender: str, message: bytes, place: int, acknowledged: Acknowledged) -> bool:
    """Keep that an officer took note of a record in a partner's message; False if one did before, who stands."""
    return (
        t.run(
            "INSERT INTO acknowledgement (sender, message, place, officer, time) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            *(sender, message, place, acknowledged.officer, acknowledged.time),
        )
        == 1
    )


def ours(t: Transaction, messages: Sequence[bytes]) -> dict[tuple[str, bytes, int], Acknowledged]:
    """Return who took note of what in these messages of partners, by sender, message and place."""
    rows = t.rows(
        "SELECT sender, message, place, officer, time FROM acknowledgement WHERE message = ANY(%s)", list(messages)
    )
    return {(sender, message, place): Acknowledged(officer, time) for sender, message, place, officer, time in rows}


def add_partners(t: ActTransaction, message: bytes, place: int, time: Instant) -> bool:
    """Keep that a partner's officer took note of what a release of ours holds there; False if that is kept already."""
    return (
        t.run(
            "INSERT INTO acknowledged (message, place, time) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            *(message, place, time),
        )
        == 1
    )


def partners(t: Transaction, messages: Sequence[bytes]) -> dict[bytes, Instant]:
    """Return when partners say that their officers first took note of which of these releases of ours."""
    rows = t.rows(
        "SELECT message, min(time) FROM acknowledged WHERE message = ANY(%s) GROUP BY message", list(messages)
    )
    return dict(rows)


def cancel(t: ActTransaction, sender: str, record: str, cancelled: Cancelled) -> bool:
    """Keep that a partner's record counts no more; False if that is kept already.

    One that was replaced may be replaced again, or end for good; after that, nothing changes.
    """
    return (
        t.run(
            "INSERT INTO cancelled (sender, record, ending, time) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (sender, record) DO UPDATE"
            " SET ending = excluded.ending, time = excluded.time, sequence = DEFAULT"
            " WHERE cancelled.ending = %s AND (excluded.ending <> %s OR excluded.time > cancelled.time)",
            *(sender, record, cancelled.ending.value, cancelled.time, Ending.REPLACED.value, Ending.REPLACED.value),
        )
        == 1
    )


def cancelled(t: Transaction, records: Sequence[str]) -> dict[tuple[str, str], Cancelled]:
    """Return which of these records of partners count no more, by sender and record; `covers` says which versions."""
    rows = t.rows("SELECT sender, record, ending, time FROM cancelled WHERE record = ANY(%s)", list(records))
    return {(sender, record): Cancelled(Ending(ending), time) for sender, record, ending, time in rows}


def newest_partners(t: Transaction, limit: int) -> list[tuple[int, bytes]]:
    """Return a number that grows, and the release, of what partners' officers took note of last, the newest first."""
    rows = t.rows("SELECT sequence, message FROM acknowledged ORDER BY sequence DESC LIMIT %s", bounded(limit))
    return [(row[0], row[1]) for row in rows]


def newest_cancelled(t: Transaction, limit: int) -> list[tuple[int, str, str]]:
    """Return a number that grows, sender and record of what partners cancelled last, the newest first."""
    rows = t.rows("SELECT sequence, sender, record FROM cancelled ORDER BY sequence DESC LIMIT %s", bounded(limit))
    return [(row[0], row[1], row[2]) for row in rows]
