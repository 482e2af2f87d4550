"""The store: connections, transactions, and the rule that an act and its ledger entry are one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from functools import partial
from typing import TypeVar

import msgspec
import psycopg
from msgspec.structs import replace

from comity.foundation.alike import written_alike
from comity.foundation.clock import Clock
from comity.foundation.keys import random_bytes
from comity.foundation.ledger.commitment import SALT_LENGTH, commitment
from comity.foundation.store.connections import pool, watched
from comity.foundation.store.migration import migrate
from comity.foundation.store.statements import Connection, Row
from comity.foundation.store.unavailable import Busy, Unavailable, silent, told
from comity.vocabulary.entry import Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant

__all__ = ["ActTransaction", "Busy", "Logged", "News", "Row", "Store", "Transaction", "Unavailable"]

_PATIENCE = 30.0
_RUNNING = 0x434F_4D52_554E
"""Advisory lock of the one process that runs the node."""
_APPEND = """
WITH head AS (UPDATE ledger_head SET size = size + %s RETURNING size - %s AS first),
added AS (
    INSERT INTO ledger_entry (index, leaf, salt, act, time, subject, entry)
    SELECT first + place - 1, leaf, salt, act, time, subject, entry
    FROM head, unnest(%b::bytea[], %b::bytea[], %b::text[], %b::bigint[], %b::text[], %b::bytea[])
        WITH ORDINALITY AS given (leaf, salt, act, time, subject, entry, place)
)
SELECT first FROM head"""
"""The lock on the head, the places it gives and the rows that fill them: one message to the database and back."""
_NEWS = "comity_news"
_READING = b"BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_WRITING = b"BEGIN"


class News(Enum):
    """What those who wait are told of when it has been committed: one word each, and nothing of what it is about."""

    ALERT = "alert"
    JUDGED = "judged"
    OUTBOX = "release"
    """Something is to be sent."""
    RECEIPT = "receipt"
    """Something that was sent has got its receipt."""
    RECEIVED = "received"


_ANNOUNCE = {news: f"NOTIFY {_NEWS}, '{news.value}'; ".encode() for news in News}


class Logged(msgspec.Struct, frozen=True):
    """Where an entry stands in the node's own log, and what opens its commitment."""

    index: int
    entry: bytes
    salt: bytes


class Transaction:
    """One database transaction. The files beside this one read and write through it, a noun each."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self.news: set[News] = set()
        self._clock = clock

    def now(self) -> Instant:
        """Return what the node's clock shows."""
        return self._clock.now()

    def rows(self, statement: str, *values: object) -> list[Row]:
        """Run a statement and return its rows."""
        return self.connection.rows(statement, values)

    def row(self, statement: str, *values: object) -> Row | None:
        """Run a statement and return its first row, if any."""
        return next(iter(self.connection.rows(statement, values)), None)

    def run(self, statement: str, *values: object) -> int:
        """Run a statement and return how many rows it touched."""
        return self.connection.touched(statement, values)

    def run_many(self, statement: str, values: list[Row]) -> int:
        """Run a statement once for each row of values, in one batch, and return how many rows it touched."""
        with self.connection.cursor() as cursor:
            cursor.executemany(statement.encode(), values)
            return cursor.rowcount

    def announce(self, news: News) -> None:
        """Tell all who listen, in any process, that there is something new, once this transaction has committed."""
        self.news.add(news)


_Kind = TypeVar("_Kind", bound=Transaction)


class ActTransaction(Transaction):
    """A transaction that does something which must be in the ledger."""

    def __init__(self, connection: Connection, node: str, clock: Clock) -> None:
        super().__init__(connection, clock)
        self._node = node
        self.logged: list[Logged] = []

    def log(self, entry: Entry) -> Logged:
        """Append the entry to the log, under the node's name and time, and return where it stands.

        Do this last: from here to the end of the transaction no other act can be logged.
        """
        return self.log_many([entry])[0]

    def log_many(self, entries: Sequence[Entry]) -> list[Logged]:
        """Append an entry for each of several operations, in one statement, and return where each stands.

        One operation has one entry (safeguard 2), also where many are done at once. They stand one after another and
        bear one time. Do this last, as with `log`.
        """
        if not entries:
            return []
        now = self._clock.now()
        whole = [replace(each, node=self._node, time=now, officer=each.officer or self._node) for each in entries]
        written = written_alike(whole, ("digest", "subject"))
        drawn = random_bytes(SALT_LENGTH * len(whole))
        salts = [drawn[place : place + SALT_LENGTH] for place in range(0, len(drawn), SALT_LENGTH)]
        first = self._append(whole, written, salts)
        logged = list(map(Logged, range(first, first + len(whole)), written, salts))
        self.logged += logged
        return logged

    def _append(self, entries: list[Entry], written: list[bytes], salts: list[bytes]) -> int:
        """Take as many places at the head and fill them, in one statement; return the first."""
        row = self.row(
            _APPEND,
            *(
                len(entries),
                len(entries),
                list(map(commitment, salts, written)),
                salts,
                [each.act.value for each in entries],
            ),
            *([each.time for each in entries], [each.subject for each in entries], written),
        )
        if row is None or row[0] is None:
            raise Fault("the ledger has lost its head", remedy="Restore the database from its backup.")
        return int(row[0])


def _answers(connection: psycopg.Connection[Row]) -> bool:
    try:
        return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.Error:
        return False


def _heard(connection: psycopg.Connection[Row], seconds: float) -> frozenset[str]:
    return frozenset(notice.payload for notice in connection.notifies(timeout=seconds, stop_after=1))


class Store:
    """The node's database.

    `url` is a libpq connection string; `node` is the name under which entries are logged; `patience` is how many
    seconds a transaction waits for one of the `connections`, which is also how long it takes to say that the database
    does not answer.
    """

    def __init__(
        self, url: str, *, node: str, clock: Clock, connections: int = 10, patience: float = _PATIENCE
    ) -> None:
        self._node = node
        self._clock = clock
        self._url = watched(url)
        self._pool = pool(url, connections, patience)

    def migrate(self) -> int:
        """Bring the schema up to this version's and return how many steps that took."""
        with self.upkeep() as transaction:
            return migrate(transaction.connection)

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    @contextmanager
    def alone(self) -> Iterator[Callable[[], bool]]:
        """Be the only process that runs this node, within the block; yields what tells whether that still holds.

        It rests on one connection: if that ends, so has the database, or another process may run the node.

        Raises:
            Fault: another process runs it.
            Unavailable: the database does not answer.
        """
        try:
            connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=round(_PATIENCE), options="-c statement_timeout=10s"
            )
        except psycopg.OperationalError as error:
            raise silent(error) from error
        with connection:
            if connection.execute("SELECT pg_try_advisory_lock(%s)", (_RUNNING,)).fetchone() != (True,):
                raise Fault("another process runs this node", remedy="Stop it first, or leave it running.")
            yield partial(_answers, connection)

    @contextmanager
    def listening(self) -> Iterator[Callable[[float], frozenset[str]]]:
        """Listen within the block; yields what waits so many seconds for news, and returns the words that came.

        News of one moment come together. None are lost between two calls.

        Raises:
            Unavailable: the database does not answer.
        """
        try:
            with psycopg.connect(self._url, autocommit=True, connect_timeout=round(_PATIENCE)) as connection:
                connection.execute(f"LISTEN {_NEWS}".encode())
                yield partial(_heard, connection)
        except psycopg.OperationalError as error:
            raise silent(error) from error

    @contextmanager
    def _begun(self, beginning: bytes, kind: Callable[[Connection], _Kind]) -> Iterator[_Kind]:
        """Open a transaction of this kind, and commit it at the end of the block, or not at all."""
        with self._connection() as connection:
            connection.say(beginning)
            transaction = kind(connection)
            yield transaction
            announced = b"".join(_ANNOUNCE[news] for news in transaction.news)
            connection.say(announced + b"COMMIT")  # in one message to the database

    def _plain(self, connection: Connection) -> Transaction:
        return Transaction(connection, self._clock)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with told(), self._pool.connection() as connection:
            yield connection

    @contextmanager
    def acting(self) -> Iterator[ActTransaction]:
        """Open a transaction for acts. It commits at the end of the block, or not at all.

        A block that logs nothing is rolled back: no act without entry, no entry without act (safeguard 2).
        """
        with self._begun(_WRITING, lambda found: ActTransaction(found, self._node, self._clock)) as transaction:
            yield transaction
            if not transaction.logged:
                raise AssertionError("an act must be logged in its own transaction")

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Open a read-only transaction that sees one moment."""
        with self._begun(_READING, self._plain) as transaction:
            yield transaction

    @contextmanager
    def glancing(self) -> Iterator[Transaction]:
        """Read with one statement, which sees one moment by itself: nothing is begun around it, and nothing ended.

        For what is asked all the time: two messages to the database and back fewer. Two statements see two moments.
        """
        with self._connection() as connection:
            yield self._plain(connection)

    @contextmanager
    def upkeep(self) -> Iterator[Transaction]:
        """Open a transaction for the node's own bookkeeping, which touches no record and so needs no entry.

        Sessions, delivery attempts, checkpoints, what was witnessed of others.
        """
        with self._begun(_WRITING, self._plain) as transaction:
            yield transaction
