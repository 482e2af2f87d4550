"""Connections: the pool of them to the node's database, each checked before it is given out."""

from __future__ import annotations

import select
from typing import Any, TypeAlias

import psycopg
from psycopg_pool import ConnectionPool

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

_STATEMENT_TIMEOUT = "60s"
_LOCK_TIMEOUT = "30s"
_RECONNECT = 3.0
"""Seconds after which the pool stops trying by itself, with ever longer pauses, and tries for the next who asks."""
_STATEMENTS = 500
"""Statements that a connection keeps ready: more than there are, so that none is read and planned again and again."""


def pool(url: str, connections: int, patience: float) -> ConnectionPool[Connection]:
    """Return a pool of at most so many connections to the database at a libpq connection string, open.

    Whoever wants one waits `patience` seconds at most. No transaction is begun on them: whoever takes one does that.
    """
    made: ConnectionPool[Connection] = ConnectionPool(
        url,
        min_size=1,
        max_size=connections,
        timeout=patience,
        reconnect_timeout=_RECONNECT,
        open=False,
        check=_expect_open,
        configure=_configure,
        kwargs={
            "options": f"-c statement_timeout={_STATEMENT_TIMEOUT} -c lock_timeout={_LOCK_TIMEOUT}",
            "autocommit": True,
        },
    )
    made.open()
    return made


def _configure(connection: Connection) -> None:
    connection.prepared_max = _STATEMENTS


def _expect_open(connection: Connection) -> None:
    """Raise OperationalError if the database has closed the connection, without a question to it.

    One would cost as much as most of what is asked then. Where the database has said something unasked there is one: it
    may have been its last word.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        connection.execute("", prepare=False)
