"""Statements: what a connection is asked again and again stays ready in the database, and is run without a cursor.

psycopg adapts values and rows here as it does everywhere. What its cursors do besides costs four times as much
processor time as all the rest, with every statement (docs/decisions/0223).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias, cast

import psycopg
from psycopg import abc
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

Row: TypeAlias = tuple[Any, ...]

MOST = 500
"""Statements that a connection keeps ready: more than there are, so that none is read and planned again and again."""
_OFTEN = 3
"""The how-manieth time makes a statement one that is kept ready."""
_DONE = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})
_PLACE = re.compile(r"%([sb%])")
_FORMATS = {"s": PyFormat.AUTO, "b": PyFormat.BINARY}


@lru_cache(maxsize=2 * MOST)
def _numbered(statement: str) -> tuple[bytes, tuple[PyFormat, ...]]:
    """Return the statement as the database reads it, with its places numbered, and in which form each is filled."""
    formats: list[PyFormat] = []

    def number(found: re.Match[str]) -> str:
        if found[1] == "%":
            return "%"
        formats.append(_FORMATS[found[1]])
        return f"${len(formats)}"

    return _PLACE.sub(number, statement).encode(), tuple(formats)


class Connection(psycopg.Connection[Row]):
    """A connection that runs statements so. It may be used as any other besides."""

    def __init__(self, *arguments: Any, **more: Any) -> None:  # noqa: ANN401 - as psycopg makes them
        super().__init__(*arguments, **more)
        self._ready: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self._seen: dict[tuple[str, tuple[int, ...]], int] = {}
        self._named = 0

    def rows(self, statement: str, values: Sequence[object]) -> list[Row]:
        """Run a statement and return its rows."""
        adapted, result = self._ran(statement, values)
        return adapted.load_rows(0, result.ntuples, tuple)

    def touched(self, statement: str, values: Sequence[object]) -> int:
        """Run a statement and return how many rows it touched, -1 if it touches none."""
        count = self._ran(statement, values)[1].command_tuples
        return -1 if count is None else count

    def say(self, words: bytes) -> None:
        """Run what has no values and no rows: to begin a transaction, or to end it."""
        self._expect_done(self.pgconn.exec_(words))

    def rollback(self) -> None:
        """Undo the transaction; what was ready is made ready anew, since what it names may be gone."""
        begun = self.pgconn.transaction_status != TransactionStatus.IDLE
        super().rollback()
        if begun:
            self._ready.clear()
            self._seen.clear()
            self.say(b"DEALLOCATE ALL")

    def _ran(self, statement: str, values: Sequence[object]) -> tuple[abc.Transformer, PGresult]:
        text, places = _numbered(statement)
        if len(values) != len(places):
            raise psycopg.ProgrammingError(f"{len(values)} values for {len(places)} places")
        adapted: abc.Transformer = Transformer.from_context(self)
        given = cast("Sequence[bytes]", adapted.dump_sequence(values, places))  # None stands for no value
        types = adapted.types or ()
        if name := self._made_ready(statement, text, types):
            result = self.pgconn.exec_prepared(name, given, adapted.formats, Format.BINARY)
        else:
            result = self.pgconn.exec_params(text, given, types, adapted.formats, Format.BINARY)
        self._expect_done(result)
        adapted.set_pgresult(result)
        return adapted, result

    def _made_ready(self, statement: str, text: bytes, types: tuple[int, ...]) -> bytes | None:
        """Return under which name the statement is ready for values of these types, None if it is asked seldom."""
        key = statement, types
        if name := self._ready.get(key):
            return name
        if len(self._ready) >= MOST:
            return None
        if len(self._seen) >= 2 * MOST:
            self._seen.clear()
        self._seen[key] = self._seen.get(key, 0) + 1
        if self._seen[key] < _OFTEN:
            return None
        self._named += 1
        name = b"comity_%d" % self._named
        self._expect_done(self.pgconn.prepare(name, text, types))
        del self._seen[key]
        self._ready[key] = name
        return name

    def _expect_done(self, result: PGresult) -> None:
        """Raise what psycopg raises of a result that is none.

        An error without a state is not the database's but the line's: libpq tells of its end so, often before it
        calls the connection bad.
        """
        if result.status in _DONE:
            return
        if self.pgconn.status == ConnStatus.BAD or not result.error_field(DiagnosticField.SQLSTATE):
            raise psycopg.OperationalError(result.get_error_message(self.info.encoding))
        raise error_from_result(result, self.info.encoding)
