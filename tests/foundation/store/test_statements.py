"""What is proven: a statement gives the same without a cursor as with one, once, often, and after a rollback."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from comity.foundation.store.statements import MOST, Connection

VALUES = (7, 2**40, -(2**62), "Ærø % $1", b"\x00\xff", True, None, 0.25, ["a", None], [b"\x00"], [1, 2**40])
EACH = "SELECT " + ", ".join(["%s"] * len(VALUES))


@pytest.fixture
def connection(borrow_database: Callable[[], str]) -> Iterator[Connection]:
    """Return a connection to an empty database."""
    with Connection.connect(borrow_database(), autocommit=True) as made:
        yield made


def ready(connection: Connection) -> int:
    """Return how many statements the database holds ready."""
    return int(connection.execute("SELECT count(*) FROM pg_prepared_statements", prepare=False).fetchone()[0])  # type: ignore[index]


def test_rows_are_those_of_a_cursor_however_often_it_is_asked(connection: Connection) -> None:
    """Every type that the store keeps comes back as it went, before the statement is ready and after."""
    expected = connection.execute(EACH.encode(), VALUES, binary=True, prepare=False).fetchall()
    assert [connection.rows(EACH, VALUES) for _ in range(6)] == [expected] * 6
    assert ready(connection) == 1
    assert connection.rows("SELECT '100%%' LIKE %b, %s::text", ("1%", None)) == [(True, None)]


def test_an_undone_transaction_leaves_nothing_behind_that_is_missed(connection: Connection) -> None:
    """What was ready is made ready anew, also where psycopg has had the database forget everything."""
    connection.execute("CREATE TABLE thing (name text PRIMARY KEY)")
    add = "INSERT INTO thing VALUES (%s)"
    for _ in range(2):
        connection.say(b"BEGIN")
        assert [connection.touched(add, (str(name),)) for name in range(4)] == [1] * 4
        with connection.cursor() as cursor:
            cursor.executemany(add, [("x",), ("y",)])
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.touched(add, ("0",))
        connection.rollback()
        assert ready(connection) == 0
    assert connection.rows("SELECT count(*) FROM thing", ()) == [(0,)]


def test_faults_are_those_of_psycopg(connection: Connection) -> None:
    """Who judges them by their class finds the class that a cursor raises."""
    with pytest.raises(psycopg.errors.UndefinedTable):
        connection.rows("SELECT * FROM nothing", ())
    with pytest.raises(psycopg.DataError):
        connection.rows("SELECT %s", ("\x00",))
    with pytest.raises(psycopg.ProgrammingError, match="1 values for 2 places"):
        connection.rows("SELECT %s, %s", (1,))
    with pytest.raises(psycopg.OperationalError):
        connection.rows("SELECT pg_terminate_backend(pg_backend_pid())", ())


def test_what_is_kept_ready_is_bounded(connection: Connection) -> None:
    """Statements that differ each time do not fill the database's memory, and are answered nevertheless."""
    for number in range(MOST + 20):
        for _ in range(3):
            assert connection.rows(f"SELECT {number}", ()) == [(number,)]
    assert ready(connection) == MOST
