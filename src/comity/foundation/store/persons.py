"""Persons: records about persons. Whatever reads a body takes the time: past its review date there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from comity.foundation.canonical import own, written
from comity.foundation.store.page import bounded
from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.instant import Instant
from comity.vocabulary.person import Person

_PAGE = 500
_COLUMNS = "body, review, changed, salt"


class KeptPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A record about a person, before its review date."""

    person: Person
    review: Instant
    changed: Instant
    salt: bytes
    """With the body it makes the digest that the log holds."""


class Shell(msgspec.Struct, frozen=True, kw_only=True):
    """That there is a record about a person, and nothing of what is in it."""

    id: str
    version: int
    review: Instant
    changed: Instant


def add(t: ActTransaction, kept: KeptPerson) -> None:
    """Keep a record about a person, in the place of the version before where there is one, which is gone then."""
    t.run(
        "INSERT INTO person (id, version, changed, review, salt, body) VALUES (%s, %s, %s, %s, %b, %b)"
        " ON CONFLICT (id) DO UPDATE SET version = excluded.version, changed = excluded.changed,"
        " review = excluded.review, salt = excluded.salt, body = excluded.body",
        *(kept.person.id, kept.person.version, kept.changed, kept.review, kept.salt, written(kept.person)),
    )


def get(t: Transaction, id: str, now: Instant) -> KeptPerson | None:  # noqa: A002 - what every record calls it
    """Return the record, None if there is none or its review date is past."""
    row = t.row(f"SELECT {_COLUMNS} FROM person WHERE id = %s AND review > %s", id, now)  # noqa: S608 - fixed columns
    return _kept(row) if row else None


def claim(t: ActTransaction, id: str) -> Shell | None:  # noqa: A002 - what every record calls it
    """Return that there is such a record, or None, and let nobody else change it before this transaction ends."""
    row = t.row("SELECT id, version, review, changed FROM person WHERE id = %s FOR UPDATE", id)
    return _shell(row) if row else None


def shell(t: Transaction, id: str) -> Shell | None:  # noqa: A002 - what every record calls it
    """Return that there is such a record, or None."""
    row = t.row("SELECT id, version, review, changed FROM person WHERE id = %s", id)
    return _shell(row) if row else None


def newest(t: Transaction, now: Instant, limit: int) -> list[KeptPerson]:
    """Return the records that can be read, the last changed first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM person WHERE review > %s ORDER BY changed DESC, id LIMIT %s",  # noqa: S608 - fixed
        *(now, bounded(limit)),
    )
    return [_kept(row) for row in rows]


def page(t: Transaction, after: str, now: Instant, limit: int) -> list[KeptPerson]:
    """Return records that can be read by id, those after one."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM person WHERE id > %s AND review > %s ORDER BY id LIMIT %s",  # noqa: S608 - fixed
        *(after, now, bounded(limit)),
    )
    return [_kept(row) for row in rows]


def unread(t: Transaction, now: Instant, asked: Callable[[Person], bool]) -> Iterator[Shell]:
    """Yield which records whose review date is past are those asked after: they are compared, and nothing is told."""
    after = ""
    while rows := t.rows(
        "SELECT id, version, review, changed, body FROM person WHERE id > %s AND review <= %s ORDER BY id LIMIT %s",
        *(after, now, _PAGE),
    ):
        after = rows[-1][0]
        yield from (_shell(row) for row in rows if asked(own(row[4], Person)))


def past(t: Transaction, before: Instant, limit: int) -> list[Shell]:
    """Return records whose review date is not after `before`, the longest past first: which, and nothing in them."""
    rows = t.rows(
        "SELECT id, version, review, changed FROM person WHERE review <= %s ORDER BY review, id LIMIT %s",
        *(before, bounded(limit)),
    )
    return [_shell(row) for row in rows]


def renew(t: ActTransaction, id: str, review: Instant, now: Instant) -> None:  # noqa: A002
    """Set another review date."""
    t.run("UPDATE person SET review = %s, changed = %s WHERE id = %s", review, now, id)


def erase(t: ActTransaction, id: str) -> bool:  # noqa: A002 - what every record calls it
    """Erase the record; False if it is gone already."""
    return t.run("DELETE FROM person WHERE id = %s", id) == 1


def gave(t: ActTransaction, message: bytes, record: str, keep_until: Instant) -> None:
    """Keep that a message gives a record about a person, and until when our own copy of it may be kept."""
    t.run("INSERT INTO person_given (message, record, keep_until) VALUES (%s, %s, %s)", message, record, keep_until)


def is_given(t: Transaction, message: bytes) -> bool:
    """Whether the message gives, or gave, a record about a person."""
    return t.row("SELECT 1 FROM person_given WHERE message = %s", message) is not None


def overdue(t: Transaction, now: Instant, limit: int) -> list[tuple[bytes, str]]:
    """Return messages, with the record, of which our own copy must be gone by now.

    What waits for a partner that is not cut off is left to the courier, which withdraws it.
    """
    rows = t.rows(
        "SELECT message, person_given.record FROM person_given JOIN outbox ON outbox.id = message"
        " WHERE keep_until <= %s AND EXISTS (SELECT FROM outbox_item AS item WHERE item.message = outbox.id"
        " AND item.item IS NOT NULL) AND (receipt IS NOT NULL OR EXISTS (SELECT FROM partner"
        " WHERE name = outbox.partner AND cut_off IS NOT NULL)) ORDER BY keep_until, message LIMIT %s",
        *(now, bounded(limit)),
    )
    return [(bytes(message), record) for message, record in rows]


def erase_given(t: ActTransaction, messages: Sequence[bytes]) -> int:
    """Erase our own copies of the records in these messages, and return how many those were."""
    t.run("UPDATE outbox SET envelope = '' WHERE id = ANY(%s)", list(messages))
    return t.run(
        "UPDATE outbox_item SET item = NULL, request = NULL WHERE message = ANY(%s) AND item IS NOT NULL",
        list(messages),
    )


def _kept(row: Row) -> KeptPerson:
    body, review, changed, salt = row
    return KeptPerson(person=own(body, Person), review=review, changed=changed, salt=salt)


def _shell(row: Row) -> Shell:
    return Shell(id=row[0], version=row[1], review=row[2], changed=row[3])
