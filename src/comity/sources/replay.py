"""Replay: a recording handed over as if it were happening, each sighting when its time has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from threading import Event

from comity.sources.batch import LARGEST, Batch
from comity.sources.feed import open_stream, read_file
from comity.sources.origin import Origin
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Duration, Instant
from comity.vocabulary.sighting import Sighting

GATHER: Duration = 200
"""Wall milliseconds to wait at least, so that a busy feed comes in batches and not one by one."""
_LONGEST_WAIT: Duration = 60_000


class Replay:
    """One recording, from its beginning or from where an earlier run had come.

    `now` tells what the node's clock shows and `until` how many wall milliseconds pass until it shows an instant
    (`Clock.now` and `Clock.until`). The order is the file's; what comes late in it is handed over at once. `skip` is
    the position of the last batch that was kept: the same file and settings resume exactly behind it.
    """

    def __init__(
        self,
        path: Path,
        format_name: str,
        origin: Origin,
        *,
        now: Callable[[], Instant],
        until: Callable[[Instant], Duration],
        skip: int = 0,
        gather: Duration = GATHER,
    ) -> None:
        if origin.arrival is not None:
            raise Fault("a recording has no time of arrival", where=str(path), remedy="Give a shift instead.")
        self._stream = open_stream(format_name, origin)
        self._path = path
        self._now = now
        self._until = until
        self._skip = skip
        self._gather = gather
        self.report = self._stream.report

    def batches(self, stop: Event) -> Iterator[Batch]:
        """Yield batches of sightings that are due, waiting in between, until the recording ends or `stop` is set.

        Raises:
            Missing: there is no such file.
            Fault: it cannot be read, or is shorter than what was already taken from it.
        """
        position = self._skip
        due: list[Sighting] = []
        for sighting in self._remaining():
            while not stop.is_set() and self._now() < sighting.time:
                if due:
                    position += len(due)
                    yield Batch(tuple(due), position, self.report.rejected)
                    due = []
                self._wait(sighting.time, stop)
            if stop.is_set():
                break
            due.append(sighting)
            if len(due) == LARGEST:
                position += len(due)
                yield Batch(tuple(due), position, self.report.rejected)
                due = []
        if due and not stop.is_set():
            yield Batch(tuple(due), position + len(due), self.report.rejected)

    def _remaining(self) -> Iterator[Sighting]:
        sightings = read_file(self._path, self._stream)
        skipped = sum(1 for _ in islice(sightings, self._skip))
        if skipped < self._skip:
            raise Fault(
                f"the recording has {skipped} sightings, but {self._skip} were already taken from it",
                where=str(self._path),
                remedy="Put back the recording that this feed began with, or give the feed another name.",
            )
        return sightings

    def _wait(self, instant: Instant, stop: Event) -> None:
        milliseconds = min(max(self._until(instant), self._gather), _LONGEST_WAIT)
        stop.wait(milliseconds / 1_000)
