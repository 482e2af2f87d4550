"""The engine: DuckDB in memory, held to the archive's own folder and to bounds of memory, threads and time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from comity.vocabulary.fault import Fault, Missing

if TYPE_CHECKING:
    import duckdb  # takes a fifth of a second to load, which not every command that opens a node should wait for

Row: TypeAlias = tuple[Any, ...]

MEMORY = "768MB"
"""What all questions to one archive may take together."""
_THREADS = 2
PATIENCE = 10.0
"""Seconds that a question of a person may take."""
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": MEMORY,
    "threads": str(_THREADS),
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_object_cache": "false",
}


class Gone(Missing):
    """A file cannot be read: it may have been replaced since the catalogue was read; or the disk takes no file."""


class Engine:
    """DuckDB over one folder: it can reach nothing else, neither on the disk nor on the network."""

    def __init__(self, folder: Path) -> None:
        import duckdb  # noqa: PLC0415 - see above

        self._base = duckdb.connect(config=_SETTINGS)
        self._base.execute(f"SET allowed_directories = [{literal(str(folder.resolve()) + '/')}]")
        self._base.execute("SET enable_external_access = false")
        self._base.execute("SET lock_configuration = true")

    def close(self) -> None:
        """End the engine."""
        self._base.close()

    def rows(self, statement: str, values: Sequence[object] = (), patience: float = PATIENCE) -> list[Row]:
        """Ask one question and return its rows: the statement bounds how many.

        Raises:
            Gone: a file is no longer there.
            Fault: it takes longer than `patience` seconds, or more memory than there is for it.
        """
        with self.session(patience) as connection:
            return connection.execute(statement, list(values)).fetchall()

    @contextmanager
    def session(self, patience: float) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection of its own that is interrupted after so many seconds.

        Raises:
            Gone: a file is not there, or cannot be written.
            Fault: it took too long or too much memory.
        """
        import duckdb  # noqa: PLC0415 - see above

        connection = self._base.cursor()
        timer = threading.Timer(patience, connection.interrupt)
        timer.start()
        try:
            yield connection
        except duckdb.InterruptException as error:
            raise Fault(
                f"the archive did not answer within {patience:.0f} seconds",
                remedy="Ask for a shorter period or a smaller area.",
            ) from error
        except duckdb.OutOfMemoryException as error:
            raise Fault(
                f"the question takes more memory than the {MEMORY} that the archive may use",
                remedy="Ask for a shorter period or a smaller area.",
            ) from error
        except duckdb.IOException as error:
            raise Gone("a file of the archive cannot be read or written", where=str(error)[:300]) from error
        finally:
            timer.cancel()
            connection.close()


def literal(text: str) -> str:
    """Return the text as SQL writes it, for the few places where no parameter can stand."""
    return "'" + text.replace("'", "''") + "'"
