"""The outbox: messages to partners, from the act that made them until their receipts."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation.store.store import ActTransaction, News, Row, Transaction
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant

_COLUMNS = (
    "id, partner, kind, lane, sequence, created, decided_wall, envelope, cover, count, record, entry,"
    " attempts, last_fault, state, receipt, receipted_wall"
)
_ITEM_COLUMNS = (
    "place, leaf, item, outbox_item.record, request, coalesce(outbox_item.entry, outbox.entry + place), withdrawn,"
    " keep_until"
)
_NOWHERE = -1
"""The entry of a message, until its transaction ends, whose acts have no place in the log yet."""


class KeptMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message to a partner. Times are the node's, but for those by the wall clock, which say so."""

    id: bytes
    partner: str
    kind: str
    lane: str
    sequence: int
    """For each partner and lane, from 1, without gaps."""
    created: Instant
    decided_wall: Instant
    envelope: bytes
    """As it goes at present; empty once something of it was erased."""
    cover: bytes
    """The signed outside of that envelope."""
    count: int
    """How many items were put in."""
    record: str | None = None
    """The one record released; None of none or of several."""
    entry: int
    """Where the act's first entry stands in our log."""
    attempts: int = 0
    last_fault: str = ""
    state: str = "queued"
    """`queued`, `accepted`, `refused` or `withdrawn`."""
    receipt: bytes | None = None
    receipted_wall: Instant | None = None


class KeptItem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing inside a message."""

    place: int
    leaf: bytes
    """Its hash in the tree that the envelope's header binds."""
    item: bytes | None
    """None once erased."""
    record: str | None = None
    request: bytes | None = None
    """What the permit was asked, to ask it again before delivery."""
    entry: int
    """Where its entry stands; of what is given in bulk, from the first of the message on, by the places."""
    withdrawn: int | None = None
    """The how-manieth renewal of the envelope left it out; None: it is in."""
    keep_until: Instant | None = None
    """Of a record; None of one from before this was kept: it says it itself."""


class NextPlace(msgspec.Struct, frozen=True):
    """Where the next message stands."""

    entry: int
    """The index of the act's first entry."""
    sequence: int
    """Its number in the lane."""
    known: bool
    """Whether the partner is a node that is not cut off."""
    prekey: bytes | None
    """The partner's newest prekey, if one is known."""


_NEXT = (
    "WITH head AS MATERIALIZED ({}), taken AS ("
    "INSERT INTO outbox_sequence (partner, lane, next) SELECT %s, %s, 2 FROM head"
    " ON CONFLICT (partner, lane) DO UPDATE SET next = outbox_sequence.next + 1 RETURNING next - 1 AS number)"
    " SELECT size, number, EXISTS (SELECT FROM partner WHERE name = %s AND station = 'node' AND cut_off IS NULL),"
    " (SELECT prekey FROM partner_prekey WHERE name = %s) FROM head, taken"
)


def next_place(t: ActTransaction, partner: str, lane: str) -> NextPlace:
    """Return where the next message of the partner's lane will stand, and let no other act come between.

    Its number is taken for good if the transaction commits, else given back. Whoever adds a message calls this before
    anything else of the outbox: every act then takes its locks in one order, the log's head first and a partner's
    sequence after it, and two acts never wait for each other.
    """
    row = t.row(_NEXT.format("SELECT size FROM ledger_head FOR UPDATE"), partner, lane, partner, partner)
    if row is None:
        raise Fault("the ledger has lost its head", remedy="Restore the database from its backup.")
    return NextPlace(*row)


def next_in_bulk(t: ActTransaction, partner: str) -> NextPlace:
    """Return what `next_place` does for the bulk lane, without a place in the log and without keeping it from others.

    Its number is the first that the act waits for: whoever has it logs nothing for another's sake, and adds nothing to
    another lane, before it is `placed` (docs/decisions/0232).
    """
    row = t.row(_NEXT.format(f"SELECT {_NOWHERE} AS size"), partner, "bulk", partner, partner)
    assert row is not None  # noqa: S101 - there is one row in any case
    return NextPlace(*row)


def placed(t: ActTransaction, id: bytes, entry: int) -> None:  # noqa: A002 - the column's name
    """Say where the first entry of a message of the bulk lane stands: the last thing that is said of it."""
    t.run("UPDATE outbox SET entry = %s WHERE id = %s", entry, id)


def add(t: ActTransaction, message: KeptMessage, items: Sequence[KeptItem]) -> None:
    """Add a message that waits for delivery, with what is inside."""
    nowhere = message.entry == _NOWHERE
    t.run(
        "WITH message AS (INSERT INTO outbox (id, partner, kind, lane, sequence, created, decided_wall, envelope,"
        " cover, count, record, entry) VALUES (%s, %s, %s, %s, %s, %s, %s, %b, %b, %s, %s, %s) RETURNING id)"
        " INSERT INTO outbox_item (message, place, leaf, item, record, request, entry, keep_until)"
        " SELECT message.id, given.* FROM message, unnest(%b::integer[], %b::bytea[], %b::bytea[], %b::text[],"
        " %b::bytea[], %b::bigint[], %b::bigint[]) AS given",
        *(message.id, message.partner, message.kind, message.lane, message.sequence, message.created),
        *(message.decided_wall, message.envelope, message.cover, message.count, message.record, message.entry),
        *([one.place for one in items], [one.leaf for one in items], [one.item for one in items]),
        *([one.record for one in items], [one.request for one in items]),
        *([None if nowhere else one.entry for one in items], [one.keep_until for one in items]),
    )
    t.announce(News.OUTBOX)


def items(t: Transaction, message: bytes) -> list[KeptItem]:
    """Return what is inside a message, those included that were withdrawn since, in order."""
    return items_of(t, [message])[message]


def items_of(t: Transaction, messages: Sequence[bytes]) -> dict[bytes, list[KeptItem]]:
    """Return of each of these messages what `items` does."""
    found: dict[bytes, list[KeptItem]] = {each: [] for each in messages}
    for message, *row in t.rows(
        f"SELECT message, {_ITEM_COLUMNS} FROM outbox_item JOIN outbox ON id = message WHERE message = ANY(%s)"  # noqa: S608 - fixed columns
        " ORDER BY message, place",
        list(messages),
    ):
        found[message].append(KeptItem(**dict(zip(KeptItem.__struct_fields__, row, strict=True))))
    return found


def get(t: Transaction, id: bytes) -> KeptMessage | None:  # noqa: A002 - the column's name
    """Return the message, if there is one."""
    row = t.row(f"SELECT {_COLUMNS} FROM outbox WHERE id = %s", id)  # noqa: S608 - fixed columns
    return _message(row) if row else None


def waiting(t: Transaction, partner: str, lane: str, limit: int) -> list[KeptMessage]:
    """Return the partner's messages without receipt, in the order in which they are sent."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM outbox WHERE partner = %s AND lane = %s AND receipt IS NULL"  # noqa: S608 - fixed
        " ORDER BY sequence LIMIT %s",
        *(partner, lane, limit),
    )
    return [_message(row) for row in rows]


def between(t: Transaction, partner: str, lane: str, first: int, end: int, limit: int) -> list[KeptMessage]:
    """Return the partner's messages from sequence `first` up to but not including `end`, receipted or not."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM outbox WHERE partner = %s AND lane = %s AND sequence >= %s"  # noqa: S608 - fixed
        " AND sequence < %s ORDER BY sequence LIMIT %s",
        *(partner, lane, first, end, limit),
    )
    return [_message(row) for row in rows]


def attempted(t: Transaction, id: bytes, fault: str) -> None:  # noqa: A002 - the column's name
    """Count an attempt to deliver that brought no receipt, and keep what was wrong in words."""
    t.run("UPDATE outbox SET attempts = attempts + 1, last_fault = %s WHERE id = %s", fault[:500], id)


def receipted(t: ActTransaction, id: bytes, state: str, receipt: bytes, wall: Instant) -> bool:  # noqa: A002
    """Keep the partner's receipt; False if the message has one already, which stands."""
    return receipted_many(t, [(id, state, receipt)], wall) == 1


def receipted_many(t: ActTransaction, receipts: Sequence[tuple[bytes, str, bytes]], wall: Instant) -> int:
    """Keep receipts, each with its message's id and state, and return of how many messages; one that has one keeps it.

    They came at `wall`, by the wall clock.
    """
    t.announce(News.RECEIPT)
    return t.run(
        "UPDATE outbox SET state = given.state, receipt = given.receipt, receipted_wall = %s, attempts = attempts + 1,"
        " last_fault = '' FROM unnest(%b::bytea[], %b::text[], %b::bytea[]) AS given (id, state, receipt)"
        " WHERE outbox.id = given.id AND outbox.receipt IS NULL",
        wall,
        *([each[0] for each in receipts], [each[1] for each in receipts], [each[2] for each in receipts]),
    )


def supersede(t: Transaction, id: bytes, envelope: bytes, cover: bytes) -> None:  # noqa: A002 - the column's name
    """Let another envelope go in the place of the present one, whose cover is kept: it may have arrived."""
    t.run("INSERT INTO outbox_superseded SELECT id, cover FROM outbox WHERE id = %s ON CONFLICT DO NOTHING", id)
    t.run("UPDATE outbox SET envelope = %s, cover = %s WHERE id = %s", envelope, cover, id)


def covers(t: Transaction, id: bytes) -> list[bytes]:  # noqa: A002 - the column's name
    """Return the covers of every envelope that went, or would have gone, under this id, the present one first."""
    return covers_of(t, [id])[id]


def covers_of(t: Transaction, messages: Sequence[bytes]) -> dict[bytes, list[bytes]]:
    """Return of each of these messages what `covers` does."""
    found: dict[bytes, list[bytes]] = {each: [] for each in messages}
    for message, cover in t.rows(
        "SELECT id, cover FROM (SELECT 0 AS turn, id, cover FROM outbox WHERE id = ANY(%s)"
        " UNION ALL SELECT 1, message, cover FROM outbox_superseded WHERE message = ANY(%s)) AS went ORDER BY turn",
        *(list(messages), list(messages)),
    ):
        found[message].append(cover)
    return found


def withdraw(t: ActTransaction, id: bytes, places: Sequence[int]) -> list[int]:  # noqa: A002 - the column's name
    """Mark items as withdrawn, and return the places of those that were not yet, in order."""
    rows = t.rows(
        "UPDATE outbox_item SET withdrawn = 1 + (SELECT count(*) FROM outbox_superseded WHERE message = %s)"
        " WHERE message = %s AND place = ANY(%s) AND withdrawn IS NULL RETURNING place",
        *(id, id, list(places)),
    )
    return sorted(row[0] for row in rows)


def ended(t: ActTransaction, id: bytes) -> None:  # noqa: A002 - the column's name
    """Say that nothing of the message is left to be given."""
    t.run("UPDATE outbox SET state = 'withdrawn' WHERE id = %s AND receipt IS NULL", id)


def erase(t: ActTransaction, id: bytes, place: int) -> bool:  # noqa: A002 - the column's name
    """Erase what was given; its leaf stays, so that the others of its message stay provable.

    False if it was erased already. The envelope goes too: only the partner could open it, and it has erased it.
    """
    t.run("UPDATE outbox SET envelope = '' WHERE id = %s", id)
    return (
        t.run(
            "UPDATE outbox_item SET item = NULL, request = NULL WHERE message = %s AND place = %s AND item IS NOT NULL",
            *(id, place),
        )
        == 1
    )


def of_record(t: Transaction, record: str, limit: int = 100) -> list[KeptMessage]:
    """Return the releases of a record, newest first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM outbox WHERE id IN (SELECT message FROM outbox_item WHERE record = %s)"  # noqa: S608
        " ORDER BY created DESC, id LIMIT %s",
        *(record, limit),
    )
    return [_message(row) for row in rows]


def holders(t: Transaction, record: str) -> list[tuple[str, bytes]]:
    """Return each partner to whom the record goes or went, with what was asked last.

    Not who refused it, nor from whom it was called back.
    """
    return [
        (partner, request)
        for partner, request in t.rows(
            "SELECT DISTINCT ON (partner) partner, request FROM outbox JOIN outbox_item ON message = id"
            " WHERE outbox_item.record = %s AND kind = 'release' AND state IN ('queued', 'accepted')"
            " AND withdrawn IS NULL AND request IS NOT NULL AND NOT EXISTS (SELECT FROM recall"
            " WHERE recall.message = outbox_item.message AND recall.place = outbox_item.place)"
            " ORDER BY partner, coalesce(outbox_item.entry, outbox.entry + place) DESC LIMIT 1000",
            record,
        )
    ]


def recent(t: Transaction, limit: int = 100) -> list[KeptMessage]:
    """Return the newest messages, newest first."""
    rows = t.rows(f"SELECT {_COLUMNS} FROM outbox ORDER BY entry DESC, id LIMIT %s", limit)  # noqa: S608 - fixed
    return [_message(row) for row in rows]


def releases(t: Transaction, limit: int = 100) -> list[KeptMessage]:
    """Return the newest releases, newest first; positions that subscribers are given all the time are left out."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM outbox WHERE kind = 'release' AND streamed IS NULL"  # noqa: S608 - fixed columns
        " ORDER BY entry DESC, id LIMIT %s",
        limit,
    )
    return [_message(row) for row in rows]


def _message(row: Row) -> KeptMessage:
    return KeptMessage(**dict(zip(KeptMessage.__struct_fields__, row, strict=True)))
