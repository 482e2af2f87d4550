"""Connections: the pool of them to the node's database, each checked before it is given out."""

from __future__ import annotations

import select
from typing import Any

import structlog
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout

from comity.foundation.clock import steady
from comity.foundation.store.statements import MOST, Connection

_STATEMENT_TIMEOUT = "60s"
_LOCK_TIMEOUT = "30s"
_RECONNECT = 3.0
"""Seconds after which the pool stops trying by itself, with ever longer pauses, and tries for the next who asks."""
_TURN = 2.0
"""Seconds of waiting after which it is looked whether the pool is still open."""
_LINE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4, "tcp_user_timeout": 30_000}
"""Of a database on another machine: after half a minute without a sign of it the line is held to be cut."""
_log = structlog.get_logger()


class AllInUse(PoolTimeout):
    """No connection came free in time: others kept all that there may be."""


class _Pool(ConnectionPool[Connection]):
    """A pool that is asked in short turns, so that nobody waits once it is closed.

    Whoever was given a connection that turned out to be broken is put back among those who wait, also when the pool has
    been closed since (psycopg_pool 3.3): nobody would tell him before his time is over.
    """

    def getconn(self, timeout: float | None = None) -> Connection:
        """Return a connection; `timeout` is in seconds, as for the pool.

        Raises:
            PoolClosed: the pool is closed, or was closed a moment ago.
            AllInUse: there was none in time, as all are in use.
            PoolTimeout: there was none in time, as the database gives none.
        """
        wanted = self.timeout if timeout is None else timeout
        end, told = steady() + wanted, False
        while True:
            left = end - steady()
            try:
                return super().getconn(min(max(left, 0.001), _TURN))
            except PoolTimeout as error:
                if not told:
                    _log.warning("a connection to the database is waited for", seconds=wanted, **self._at_work())
                    told = True
                if left <= _TURN:
                    raise (self._refused() or error) from error

    def _refused(self) -> AllInUse | None:
        work = self._at_work()
        spent = work["connections"] == work["most"] and not work["free"]
        return AllInUse(f"all {work['most']} connections are in use") if spent else None

    def _at_work(self) -> dict[str, int]:
        """Return how many connections there are, may be and are free, and how many wait for one."""
        found = self.get_stats()
        words = {
            "pool_size": "connections",
            "pool_max": "most",
            "pool_available": "free",
            "requests_waiting": "waiting",
        }
        return {word: found.get(name, 0) for name, word in words.items()}


def watched(url: str) -> str:
    """Return the connection string with what finds out a line that is cut, unless it says otherwise itself.

    The time-outs of statements are the database's own: of a database that is gone nobody keeps them.
    """
    parts: dict[str, Any] = {**_LINE, **conninfo_to_dict(url)}
    return make_conninfo(**parts)


def pool(url: str, connections: int, patience: float) -> ConnectionPool[Connection]:
    """Return a pool of at most so many connections to the database at a libpq connection string, open.

    Whoever wants one waits `patience` seconds at most. No transaction is begun on them: whoever takes one does that.
    """
    made = _Pool(
        watched(url),
        connection_class=Connection,
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
    connection.prepared_max = MOST


def _expect_open(connection: Connection) -> None:
    """Raise OperationalError if the database has closed the connection, without a question to it.

    One would cost as much as most of what is asked then. Where the database has said something unasked there is one: it
    may have been its last word.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        connection.execute("", prepare=False)
