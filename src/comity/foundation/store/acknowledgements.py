"""Acknowledgements and cancellations between partners: who took note of what, and what counts no more."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

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


def add(t: ActTransaction, sender: str, message: bytes, officer: str, time: Instant) -> bool:
    """Keep that an officer took note of a partner's message; False if one did before, who stands."""
    return (
        t.run(
            "INSERT INTO acknowledgement (sender, message, officer, time) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            *(sender, message, officer, time),
        )
        == 1
    )


def ours(t: Transaction, messages: Sequence[bytes]) -> dict[tuple[str, bytes], Acknowledged]:
    """Return who took note of which of these messages of partners, by sender and message."""
    rows = t.rows("SELECT sender, message, officer, time FROM acknowledgement WHERE message = ANY(%s)", list(messages))
    return {(sender, message): Acknowledged(officer, time) for sender, message, officer, time in rows}


def add_partners(t: ActTransaction, message: bytes, time: Instant) -> bool:
    """Keep that a partner's officer took note of a release of ours; False if that is kept already."""
    return t.run("INSERT INTO acknowledged (message, time) VALUES (%s, %s) ON CONFLICT DO NOTHING", message, time) == 1


def partners(t: Transaction, messages: Sequence[bytes]) -> dict[bytes, Instant]:
    """Return when partners say that their officers took note of which of these releases of ours."""
    return dict(t.rows("SELECT message, time FROM acknowledged WHERE message = ANY(%s)", list(messages)))


def cancel(t: ActTransaction, sender: str, record: str, cancelled: Cancelled) -> bool:
    """Keep that a partner's record counts no more; False if that is kept already."""
    return (
        t.run(
            "INSERT INTO cancelled (sender, record, ending, time) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            *(sender, record, cancelled.ending.value, cancelled.time),
        )
        == 1
    )


def cancelled(t: Transaction, records: Sequence[str]) -> dict[tuple[str, str], Cancelled]:
    """Return which of these records of partners count no more, by sender and record."""
    rows = t.rows("SELECT sender, record, ending, time FROM cancelled WHERE record = ANY(%s)", list(records))
    return {(sender, record): Cancelled(Ending(ending), time) for sender, record, ending, time in rows}
