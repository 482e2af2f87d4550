"""Onward: leaves to pass records on, asked for, given, declined, used and shown."""

from __future__ import annotations

import msgspec

from comity.foundation.store.page import bounded
from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.instant import Instant
from comity.vocabulary.onward import OnwardState
from comity.vocabulary.purpose import Purpose

_COLUMNS = (
    "id, originator, holder, recipient, message, place, record, purpose, reason, state, made, officer, leave,"
    " signature, passed"
)


class KeptOnward(msgspec.Struct, frozen=True, kw_only=True):
    """One record that is to be passed on, as this node knows of it. Times are the node's."""

    id: bytes
    originator: str
    holder: str
    recipient: str
    message: bytes
    """In which the originator gave it to the holder."""
    place: int
    record: str
    purpose: Purpose
    reason: str = ""
    state: OnwardState = OnwardState.ASKED
    made: Instant
    officer: str = ""
    """Of this node: who acted last."""
    leave: bytes | None = None
    signature: bytes | None = None
    passed: bytes | None = None
    """At the holder: the message that passes it on."""


def add(t: ActTransaction, kept: KeptOnward) -> bool:
    """Keep a new one; False if there is one of this id already."""
    return (
        t.run(
            f"INSERT INTO onward ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"  # noqa: S608
            " ON CONFLICT DO NOTHING",
            *(kept.id, kept.originator, kept.holder, kept.recipient, kept.message, kept.place, kept.record),
            *(kept.purpose.value, kept.reason, kept.state.value, kept.made, kept.officer),
            *(kept.leave, kept.signature, kept.passed),
        )
        == 1
    )


def change(t: ActTransaction, kept: KeptOnward) -> None:
    """Keep how it stands now."""
    t.run(
        "UPDATE onward SET state = %s, officer = %s, leave = %s, signature = %s, passed = %s WHERE id = %s",
        *(kept.state.value, kept.officer, kept.leave, kept.signature, kept.passed, kept.id),
    )


def hold(t: ActTransaction, id: bytes) -> KeptOnward | None:  # noqa: A002 - the column's name
    """Return the one of this id, and let nobody else change it before this transaction ends."""
    row = t.row(f"SELECT {_COLUMNS} FROM onward WHERE id = %s FOR UPDATE", id)  # noqa: S608 - fixed columns
    return _kept(row) if row else None


def get(t: Transaction, id: bytes) -> KeptOnward | None:  # noqa: A002 - the column's name
    """Return the one of this id, if there is one."""
    row = t.row(f"SELECT {_COLUMNS} FROM onward WHERE id = %s", id)  # noqa: S608 - fixed columns
    return _kept(row) if row else None


def recent(t: Transaction, limit: int) -> list[KeptOnward]:
    """Return the newest, newest first."""
    rows = t.rows(f"SELECT {_COLUMNS} FROM onward ORDER BY made DESC, id LIMIT %s", bounded(limit))  # noqa: S608 - fixed
    return [_kept(row) for row in rows]


def waiting(t: Transaction, originator: str, holder: str) -> int:
    """Return how many wishes of a holder wait for the originator's answer."""
    row = t.row(
        "SELECT count(*) FROM onward WHERE originator = %s AND holder = %s AND state = 'asked'", originator, holder
    )
    return int(row[0]) if row else 0


def copies(t: Transaction, originator: str, message: bytes, place: int) -> list[KeptOnward]:
    """Return where this node passed on what an originator gave it at this place, oldest first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM onward WHERE originator = %s AND message = %s AND place = %s"  # noqa: S608 - fixed
        " AND passed IS NOT NULL ORDER BY made, id",
        *(originator, message, place),
    )
    return [_kept(row) for row in rows]


def passing(t: Transaction, originator: str, record: str, message: bytes) -> KeptOnward | None:
    """Return by which leave a message of this node passes on a record of this originator, None if by none."""
    row = t.row(
        f"SELECT {_COLUMNS} FROM onward WHERE originator = %s AND record = %s AND passed = %s",  # noqa: S608 - fixed
        *(originator, record, message),
    )
    return _kept(row) if row else None


def copies_of(t: Transaction, originator: str, record: str) -> list[KeptOnward]:
    """Return where this node passed on a record of this originator, whichever giving of it, oldest first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM onward WHERE originator = %s AND record = %s"  # noqa: S608 - fixed
        " AND passed IS NOT NULL ORDER BY made, id",
        *(originator, record),
    )
    return [_kept(row) for row in rows]


def shown(t: Transaction, holder: str, record: str, purpose: str) -> list[KeptOnward]:
    """Return the leaves that a holder has shown this node for a record and purpose, newest first, twenty at most."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM onward WHERE holder = %s AND record = %s AND purpose = %s"  # noqa: S608 - fixed
        " AND state = 'shown' ORDER BY made DESC, id LIMIT 20",
        *(holder, record, purpose),
    )
    return [_kept(row) for row in rows]


def _kept(row: Row) -> KeptOnward:
    columns = dict(zip(KeptOnward.__struct_fields__, row, strict=True))
    return KeptOnward(**{**columns, "purpose": Purpose(columns["purpose"]), "state": OnwardState(columns["state"])})
