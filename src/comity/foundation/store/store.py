"""The store: connections, transactions, and the rule that an act and its ledger entry are one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeAlias

import msgspec
import psycopg
from msgspec.structs import replace
from psycopg_pool import ConnectionPool, PoolTimeout

from comity.foundation.canonical import written
from comity.foundation.clock import Clock
from comity.foundation.keys import random_bytes
from comity.foundation.ledger.commitment import SALT_LENGTH, commitment
from comity.foundation.store.migration import migrate
from comity.vocabulary.entry import Entry
from comity.vocabulary.fault import Fault

Row: TypeAlias = tuple[Any, ...]

_STATEMENT_TIMEOUT = "60s"
_LOCK_TIMEOUT = "30s"
_PATIENCE = 30.0
_RUNNING = 0x434F_4D52_554E
"""Advisory lock of the one process that runs the node."""
_RECONNECT = 3.0
"""Seconds after which the pool stops trying by itself, with ever longer pauses, and tries for the next who asks."""
_BUSY = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)


class Unavailable(Fault):
    """The database did not do the work: it does not answer, or has no room. Nothing was changed; try again later."""


class Busy(Unavailable):
    """The database answers, but what was needed stayed in the hands of other work for too long."""


class Logged(msgspec.Struct, frozen=True):
    """Where an entry stands in the node's own log, and what opens its commitment."""

    index: int
    entry: bytes
    salt: bytes


class Transaction:
    """One database transaction. The files beside this one read and write through it, a noun each."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self.connection = connection

    def rows(self, statement: str, *values: object) -> list[Row]:
        """Run a statement and return its rows."""
        return self.connection.execute(statement.encode(), values).fetchall()

    def row(self, statement: str, *values: object) -> Row | None:
        """Run a statement and return its first row, if any."""
        return self.connection.execute(statement.encode(), values).fetchone()

    def run(self, statement: str, *values: object) -> int:
        """Run a statement and return how many rows it touched."""
        return self.connection.execute(statement.encode(), values).rowcount

    def run_many(self, statement: str, values: list[Row]) -> int:
        """Run a statement once for each row of values, in one batch, and return how many rows it touched."""
        with self.connection.cursor() as cursor:
            cursor.executemany(statement.encode(), values)
            return cursor.rowcount


class ActTransaction(Transaction):
    """A transaction that does something which must be in the ledger."""

    def __init__(self, connection: psycopg.Connection[Row], node: str, clock: Clock) -> None:
        super().__init__(connection)
        self._node = node
        self._clock = clock
        self.logged: list[Logged] = []

    def log(self, entry: Entry) -> Logged:
        """Append the entry to the log, under the node's name and time, and return where it stands.

        Do this last: from here to the end of the transaction no other act can be logged.
        """
        entry = replace(entry, node=self._node, time=self._clock.now(), officer=entry.officer or self._node)
        body, salt = written(entry), random_bytes(SALT_LENGTH)
        head = self.row("UPDATE ledger_head SET size = size + 1 RETURNING size - 1")
        if head is None:
            raise Fault("the ledger has lost its head", remedy="Restore the database from its backup.")
        self.run(
            "INSERT INTO ledger_entry (index, leaf, salt, act, time, subject, entry)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            *(head[0], commitment(salt, body), salt, entry.act.value, entry.time, entry.subject, body),
        )
        logged = Logged(head[0], body, salt)
        self.logged.append(logged)
        return logged


def _silent(error: Exception) -> Unavailable:
    return Unavailable(
        f"the database does not answer ({type(error).__name__})",
        remedy="Look at the node's log and the database's; the work is tried again.",
    )


def _answers(connection: psycopg.Connection[Row]) -> bool:
    try:
        return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.Error:
        return False


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
        self._url = url
        self._pool: ConnectionPool[psycopg.Connection[Row]] = ConnectionPool(
            url,
            min_size=1,
            max_size=connections,
            timeout=patience,
            reconnect_timeout=_RECONNECT,
            open=False,
            check=ConnectionPool.check_connection,
            kwargs={"options": f"-c statement_timeout={_STATEMENT_TIMEOUT} -c lock_timeout={_LOCK_TIMEOUT}"},
        )
        self._pool.open()

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
            raise _silent(error) from error
        with connection:
            if connection.execute("SELECT pg_try_advisory_lock(%s)", (_RUNNING,)).fetchone() != (True,):
                raise Fault("another process runs this node", remedy="Stop it first, or leave it running.")
            yield partial(_answers, connection)

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Row]]:
        try:
            with self._pool.connection() as connection:
                yield connection
        except _BUSY as error:
            raise Busy(
                f"other work kept the database too long ({type(error).__name__})", remedy="Try again in a moment."
            ) from error
        except psycopg.DataError as error:
            raise Fault(
                "a value is none that can be kept or looked for: a text with a zero character, or a number too large",
                remedy="Send another value.",
            ) from error
        except (PoolTimeout, psycopg.OperationalError) as error:
            raise _silent(error) from error

    @contextmanager
    def acting(self) -> Iterator[ActTransaction]:
        """Open a transaction for acts. It commits at the end of the block, or not at all.

        A block that logs nothing is rolled back: no act without entry, no entry without act (safeguard 2).
        """
        with self._connection() as connection:
            transaction = ActTransaction(connection, self._node, self._clock)
            yield transaction
            if not transaction.logged:
                raise AssertionError("an act must be logged in its own transaction")

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Open a read-only transaction that sees one moment."""
        with self._connection() as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield Transaction(connection)

    @contextmanager
    def upkeep(self) -> Iterator[Transaction]:
        """Open a transaction for the node's own bookkeeping, which touches no record and so needs no entry.

        Sessions, delivery attempts, checkpoints, what was witnessed of others.
        """
        with self._connection() as connection:
            yield Transaction(connection)
