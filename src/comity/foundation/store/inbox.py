"""The inbox: messages of partners, each with the receipt that was answered."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation.store import partners, tally
from comity.foundation.store.partners import KeptPartner
from comity.foundation.store.store import ActTransaction, News, Row, Transaction
from comity.vocabulary.instant import Instant

_COLUMNS = "sender, id, kind, lane, sequence, received, cover, count, receipt, agreement"
_ITEM_COLUMNS = "sender, message, place, leaf, item, record, received, keep_until, record_kind"


_GLANCE = (
    "SELECT partner.*, coalesce(inbox_sequence.next, 1), inbox.receipt FROM (SELECT 1) AS asked"  # noqa: S608 - fixed
    f" LEFT JOIN (SELECT {partners.COLUMNS} FROM partner WHERE name = %s) AS partner ON true"
    " LEFT JOIN inbox_sequence ON inbox_sequence.sender = %s AND lane = %s"
    " LEFT JOIN inbox ON inbox.sender = %s AND inbox.id = %s"
)

_ADD = (
    "WITH arrival AS (INSERT INTO inbox (sender, id, kind, lane, sequence, received, cover, count, receipt,"
    " agreement) VALUES (%s, %s, %s, %s, %s, %s, %b, %s, %b, %b) RETURNING sender, id)"
    " INSERT INTO inbox_item (sender, message, place, leaf, item, record, received, keep_until, record_kind)"
    " SELECT sender, id, given.* FROM arrival,"
    " unnest(%b::integer[], %b::bytea[], %b::bytea[], %b::text[], %b::bigint[], %b::bigint[], %b::text[]) AS given"
)


class KeptArrival(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a partner."""

    sender: str
    id: bytes
    kind: str
    lane: str
    sequence: int
    received: Instant
    cover: bytes = b""
    """The envelope's signed outside, which opens nothing; empty of what was refused."""
    count: int = 0
    """How many items were taken in."""
    receipt: bytes
    agreement: bytes | None = None
    """Under which it came; None of what is no release."""


class KeptRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record that a partner gave, until it is erased."""

    sender: str
    message: bytes
    place: int
    """From 0, in the message."""
    leaf: bytes
    """Its hash in the tree that the envelope's header binds."""
    item: bytes | None
    """As it was given; None once erased."""
    record: str | None
    received: Instant
    keep_until: Instant | None
    kind: str | None = None
    """What kind of record; None: it is none."""


def expected(t: Transaction, sender: str, lane: str) -> int:
    """Return the sequence number that comes next from the sender in this lane: 1 at first."""
    row = t.row("SELECT next FROM inbox_sequence WHERE sender = %s AND lane = %s", sender, lane)
    return int(row[0]) if row else 1


class Glance(msgspec.Struct, frozen=True):
    """What there is to a message before it is opened: whose card counts, what comes next in the lane, the receipt."""

    partner: KeptPartner | None
    expected: int
    receipt: bytes | None
    """What was answered, if the message came before."""


def glance(t: Transaction, sender: str, lane: str, id: bytes) -> Glance:  # noqa: A002 - the column's name
    """Return, with one statement, what there is to the sender's message of this id in this lane."""
    row = t.row(_GLANCE, sender, sender, lane, sender, id)
    assert row is not None  # noqa: S101 - there is one row in any case
    *partner, expected, receipt = row
    return Glance(partners.kept(partner) if partner[0] is not None else None, expected, receipt)


def claim(t: ActTransaction, sender: str, lane: str) -> int:
    """Return what `expected` does, and let nobody else take in a message of this lane before this transaction ends."""
    held = "SELECT next FROM inbox_sequence WHERE sender = %s AND lane = %s FOR UPDATE"
    row = t.row(held, sender, lane)
    if row is None:  # the first of the lane
        t.run("INSERT INTO inbox_sequence (sender, lane, next) VALUES (%s, %s, 1) ON CONFLICT DO NOTHING", sender, lane)
        row = t.row(held, sender, lane)
        assert row is not None  # noqa: S101 - the row is there since the line above
    return int(row[0])


def among(t: Transaction, sender: str, ids: Sequence[bytes]) -> bool:
    """Whether any of these messages of the sender came before."""
    return t.row("SELECT 1 FROM inbox WHERE sender = %s AND id = ANY(%s) LIMIT 1", sender, list(ids)) is not None


def advance(t: ActTransaction, sender: str, lane: str, count: int = 1) -> None:
    """Expect the sequence number after the next `count`."""
    t.run("UPDATE inbox_sequence SET next = next + %s WHERE sender = %s AND lane = %s", count, sender, lane)


def add(t: ActTransaction, arrival: KeptArrival, records: Sequence[KeptRecord] = ()) -> None:
    """Add a message with its receipt, and what was taken in of it."""
    t.run(_ADD, *_values(arrival, records))
    t.announce(News.RECEIVED)


def add_many(t: ActTransaction, arrivals: Sequence[tuple[KeptArrival, Sequence[KeptRecord]]]) -> None:
    """Add each of several messages as `add` does, with one word for all."""
    t.run_many(_ADD, [_values(arrival, records) for arrival, records in arrivals])
    t.announce(News.RECEIVED)


def answer(t: ActTransaction, sender: str, id: bytes, receipt: bytes) -> None:  # noqa: A002 - the column's name
    """Give a message that was added without one its receipt, in the act that added it."""
    t.run("UPDATE inbox SET receipt = %s WHERE sender = %s AND id = %s", receipt, sender, id)


def _values(arrival: KeptArrival, records: Sequence[KeptRecord]) -> Row:
    return (
        *msgspec.structs.astuple(arrival),
        [one.place for one in records],
        *([one.leaf for one in records], [one.item for one in records], [one.record for one in records]),
        *([one.received for one in records], [one.keep_until for one in records], [one.kind for one in records]),
    )


def get(t: Transaction, sender: str, id: bytes) -> KeptArrival | None:  # noqa: A002 - the column's name
    """Return the sender's message of this id, if it came."""
    row = t.row(f"SELECT {_COLUMNS} FROM inbox WHERE sender = %s AND id = %s", sender, id)  # noqa: S608 - fixed
    return _arrival(row) if row else None


def recent(t: Transaction, limit: int = 100) -> list[KeptArrival]:
    """Return the newest messages, newest first."""
    rows = t.rows(f"SELECT {_COLUMNS} FROM inbox ORDER BY received DESC, id LIMIT %s", limit)  # noqa: S608 - fixed
    return [_arrival(row) for row in rows]


def supersede(t: ActTransaction, sender: str, tracks: Sequence[str]) -> None:
    """Say that newer positions of these tracks of the sender come in: those here are kept, and shown no more."""
    t.run(
        "UPDATE inbox_item SET superseded = true WHERE sender = %s AND record = ANY(%s) AND record_kind = 'track'"
        " AND NOT superseded",
        *(sender, list(tracks)),
    )


def releases(t: Transaction, now: Instant, limit: int = 100, *, tracks: bool = False) -> list[KeptRecord]:
    """Return the newest records that were accepted and may still be kept, newest first: either tracks, or all others.

    Persons are in neither: `persons` returns those. Of a track that is its newest position. What is overdue for erasure
    cannot be read any more, whether it has been erased yet or not.
    """
    rows = t.rows(
        f"SELECT {_ITEM_COLUMNS} FROM inbox_item WHERE item IS NOT NULL AND NOT superseded"  # noqa: S608 - fixed
        " AND (record_kind IS NOT DISTINCT FROM 'track') = %s AND keep_until > %s"
        " AND record_kind IS DISTINCT FROM 'person'"
        " ORDER BY received DESC, message, place LIMIT %s",
        *(tracks, now, limit),
    )
    return [_record(row) for row in rows]


def persons(t: Transaction, now: Instant, limit: int) -> list[KeptRecord]:
    """Return the newest records about persons that were accepted and may still be read, newest first."""
    rows = t.rows(
        f"SELECT {_ITEM_COLUMNS} FROM inbox_item WHERE item IS NOT NULL AND record_kind = 'person'"  # noqa: S608 - fixed
        " AND keep_until > %s ORDER BY received DESC, message, place LIMIT %s",
        *(now, limit),
    )
    return [_record(row) for row in rows]


def records(t: Transaction, sender: str, message: bytes) -> list[KeptRecord]:
    """Return what was taken in of a message, those erased since included, in order."""
    rows = t.rows(
        f"SELECT {_ITEM_COLUMNS} FROM inbox_item WHERE sender = %s AND message = %s ORDER BY place",  # noqa: S608
        *(sender, message),
    )
    return [_record(row) for row in rows]


def page(t: Transaction, after: tuple[str, bytes, int], limit: int) -> list[KeptRecord]:
    """Return records that are kept, by sender, message and place, those after one."""
    rows = t.rows(
        f"SELECT {_ITEM_COLUMNS} FROM inbox_item WHERE item IS NOT NULL AND keep_until IS NOT NULL"  # noqa: S608 - fixed
        " AND (sender, message, place) > (%s, %s, %s) ORDER BY sender, message, place LIMIT %s",
        *(*after, limit),
    )
    return [_record(row) for row in rows]


def has(t: Transaction, sender: str, record: str) -> bool:
    """Whether the sender ever gave a record of this id, erased since or not."""
    return t.row("SELECT 1 FROM inbox_item WHERE sender = %s AND record = %s LIMIT 1", sender, record) is not None


def newest(t: Transaction, limit: int) -> list[tuple[str, bytes, Instant]]:
    """Return sender, id and time of the newest releases that were accepted and not erased since, newest first.

    Positions of tracks are left out: they come all the time. So are persons, of whom nothing is told to all.
    """
    rows = t.rows(
        "SELECT sender, id, received FROM inbox WHERE kind = 'release'"
        " AND EXISTS (SELECT FROM inbox_item WHERE inbox_item.sender = inbox.sender AND message = id"
        " AND item IS NOT NULL AND record_kind IS DISTINCT FROM 'track' AND record_kind IS DISTINCT FROM 'person')"
        " ORDER BY received DESC, id LIMIT %s",
        limit,
    )
    return [(row[0], row[1], row[2]) for row in rows]


def count(t: Transaction) -> int:
    """Return how many records are kept of the `tally.MOST` accepted last; no persons are counted (safeguard 3)."""
    row = t.row(
        "SELECT count(*) FROM (SELECT item, keep_until, record_kind FROM inbox_item ORDER BY received DESC LIMIT %s)"
        " AS newest WHERE item IS NOT NULL AND keep_until IS NOT NULL AND record_kind IS DISTINCT FROM 'person'",
        tally.MOST,
    )
    return int(row[0]) if row else 0


def due_for_erasure(t: Transaction, now: Instant, limit: int) -> list[KeptRecord]:
    """Return records that may no longer be kept, the longest overdue first."""
    rows = t.rows(
        f"SELECT {_ITEM_COLUMNS} FROM inbox_item WHERE item IS NOT NULL AND keep_until <= %s"  # noqa: S608 - fixed
        " ORDER BY keep_until LIMIT %s",
        *(now, limit),
    )
    return [_record(row) for row in rows]


def erase(t: ActTransaction, sender: str, message: bytes, places: Sequence[int]) -> int:
    """Erase records of a message, and return how many were still there. That they came, and the receipt, stay."""
    return t.run(
        "UPDATE inbox_item SET item = NULL WHERE sender = %s AND message = %s AND place = ANY(%s) AND item IS NOT NULL",
        *(sender, message, list(places)),
    )


def _arrival(row: Row) -> KeptArrival:
    return KeptArrival(**dict(zip(KeptArrival.__struct_fields__, row, strict=True)))


def _record(row: Row) -> KeptRecord:
    return KeptRecord(**dict(zip(KeptRecord.__struct_fields__, row, strict=True)))
