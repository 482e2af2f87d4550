"""The story of the archive: what is durable is archived once, can be replayed, and goes when its time or leave is over.

    store -> files of a day and cell -> place reached and catalogue, in one transaction -> replay
    ordered out, or ended -> files written anew without it -> catalogue -> old files removed -> entry in the log

One thread of the node does it all, one round after another: so nothing is written while something is taken out. What
plate readers find, what is about persons, what a partner's TAK client sends and what comes of a feed nobody knows is
passed over (safeguards 6 and 8).
"""

from __future__ import annotations

import math
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import structlog

from comity.foundation.archive import replay
from comity.foundation.archive.engine import PATIENCE, Gone
from comity.foundation.archive.folder import Folder
from comity.foundation.archive.passages import passages
from comity.foundation.clock import Clock
from comity.foundation.store import archiving
from comity.foundation.store.archiving import Durable, Order
from comity.foundation.store.store import Store, Transaction
from comity.foundation.traffic import Passage
from comity.node.feed_settings import FeedSettings
from comity.node.feed_ways import archived
from comity.node.span import span
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.instant import DAY, HOUR, Duration, Instant
from comity.vocabulary.movement import ArchiveFile, Movement, Period
from comity.vocabulary.subject import SubjectKind

_log = structlog.get_logger()
_PAGE = 20_000
_ORDERS = 500
"""Orders that are carried out together."""
_LATE = HOUR
"""What ends within so long is taken out of a file together."""
_TOGETHER = 8
"""So many files of a size are merged into one."""
_FULL = 250_000
"""Rows. A file that has so many is merged no more."""
_SETTLED = 2 * DAY
"""A day that is over for so long gets few reports more: all that is small is merged."""
_MERGES = 20
_LOOKS = 3
"""How often a question is put anew where files were replaced under it."""
_LOOKING = 600.0
"""Seconds that looking for what must go out may take."""


class Archive:
    """The node's archive of movements."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        folder: Path,
        feeds: Mapping[str, FeedSettings],
        keep: Duration,
    ) -> None:
        """Keep the archive in `folder`, each row for its feed's time or for `keep`."""
        self._store = store
        self._clock = clock
        self._root = folder
        self._feeds = {name: feed for name, feed in feeds.items() if archived(feed.format) and not feed.theirs}
        self._keep = {name: span(feed.archived) if feed.archived else keep for name, feed in self._feeds.items()}
        self._keep |= {name: 0 for name, feed in feeds.items() if feed.theirs}
        self._opened: Folder | None = None
        self._opening = threading.Lock()
        self._clean = False
        """Whether every file is in the catalogue: after a fault in the midst of a round nobody knows."""

    @property
    def folder(self) -> Folder:
        """The files; the engine begins when they are first asked for."""
        with self._opening:
            if self._opened is None:
                self._opened = Folder(self._root)
            return self._opened

    def proceed(self, forgetting: Callable[[], object] = lambda: None) -> int:
        """Do what is to be done, and return how many sightings were archived. Only the process that runs the node may.

        `forgetting` is asked to let go of what was ordered out wherever else it may be, before an order is done.
        A round that fails is done again from where the catalogue stands.

        Raises:
            Fault: the disk does not take the files.
        """
        try:
            self._tidy()
            archived = self._take_in()
            self._carry_out(forgetting)
            self._expire()
            self._merge()
        except OSError as error:
            raise Fault(
                f"the archive cannot be written: {error.strerror}",
                where=str(self._root),
                remedy="Make room on the disk; nothing is lost meanwhile.",
            ) from error
        return archived

    def replay(
        self,
        transaction: Transaction,
        period: Period,
        *,
        after: tuple[Instant, int] = (-1, -1),
        limit: int = replay.MOST,
        patience: float = PATIENCE,
    ) -> list[Movement]:
        """Return movements of the period by their time, those after a (time, sequence).

        Raises:
            Fault: it asks for too much, or the answer takes too long.
        """
        replay.check(period)
        now = self._clock.now()
        for _ in range(_LOOKS):
            found = archiving.files(transaction, period.since, period.until)
            holding = [file for file in found if replay.may_hold(file, period) and file.end >= after[0]]
            files = replay.Files(holding, archiving.correcting(transaction), archiving.ordered_out(transaction))
            with suppress(Gone):  # a file was replaced since the catalogue was read
                return replay.page(self.folder, files, period, now=now, after=after, limit=limit, patience=patience)
        raise Missing(
            "files of the archive are missing", where=str(self._root), remedy="Bring it back with its database."
        )

    def passages(self, transaction: Transaction, period: Period, sources: Sequence[str]) -> tuple[list[Passage], int]:
        """Return the passages of a period that some feeds have told, and how many rows tell them.

        Raises:
            Fault: there are too many, or it takes too long.
        """
        found = archiving.files(transaction, period.since, period.until)
        holding = [file for file in found if replay.may_hold(file, period)]
        files = replay.Files(holding, archiving.correcting(transaction), archiving.ordered_out(transaction))
        return passages(self.folder, files, period, sources, now=self._clock.now(), patience=_LOOKING)

    def _tidy(self) -> None:
        """Remove what a round that did not end has left, and let a shorter keep count for what is there."""
        if self._clean:
            return
        with self._store.upkeep() as transaction:
            archiving.keep(transaction, self._keep)
            known = {file.path for file in archiving.all_files(transaction)}
        strays = self.folder.sweep(known)
        if strays:
            _log.info("archive swept", files=strays)
        self._clean = True

    def _take_in(self) -> int:
        """Archive what is durable and not archived yet, page by page."""
        archived = 0
        while True:
            with self._store.reading() as transaction:
                found = archiving.durable(transaction, archiving.reached(transaction), _PAGE)
            if not found:
                return archived
            movements = [self._movement(each) for each in found if self._is_kept(each)]
            self._clean = False
            files = self.folder.write(movements)
            with self._store.upkeep() as transaction:
                archiving.proceed(transaction, found[-1].sequence, files)
            self._clean = True
            archived += len(movements)

    def _is_kept(self, found: Durable) -> bool:
        sighting = found.sighting
        if sighting.source not in self._feeds or sighting.identity.kind is SubjectKind.PERSON:
            return False
        return sighting.time + self._keep[sighting.source] > self._clock.now()

    def _movement(self, found: Durable) -> Movement:
        feed = self._feeds[found.sighting.source]
        return Movement(
            sequence=found.sequence,
            version=found.version,
            received=found.received,
            track=found.track,
            sighting=found.sighting,
            tlp=feed.tlp,
            onward=feed.onward,
            grading=feed.handling.grading,
            purposes=feed.purposes,
            keep_until=found.sighting.time + self._keep[feed.name],
        )

    def _carry_out(self, forgetting: Callable[[], object]) -> None:
        """Take out what was ordered out, and enter it in the log."""
        with self._store.reading() as transaction:
            orders = archiving.orders(transaction, _ORDERS)
            files = archiving.all_files(transaction) if orders else []
        if not orders:
            return
        forgetting()
        asked = {order.sequence: (order.record, order.source) for order in orders}
        found = replay.of_records(self.folder, files, asked, _LOOKING)
        for file in files:
            gone = found.get(file.path, [])
            if gone:
                self._replaced(file, {sequence for _, sequence in gone}, Counter(number for number, _ in gone))
        went = Counter(number for gone in found.values() for number, _ in gone)
        for order in orders:
            self._done(order, order.rows + went[order.sequence])

    def _done(self, order: Order, rows: int) -> None:
        """Note that an order is carried out, with an entry where there was anything to take out."""
        if not rows:
            with self._store.upkeep() as transaction:
                archiving.done(transaction, order.sequence)
            return
        with self._store.acting() as act:
            archiving.done(act, order.sequence)
            act.log(order.entry(rows, "in the archive"))

    def _replaced(self, file: ArchiveFile, gone: set[int], counts: Mapping[int, int]) -> int:
        """Put what is left of a file in its place, and return how many rows went.

        The old file is removed before anybody says that they are gone.
        """
        self._clean = False
        left = self.folder.without(file, now=self._clock.now(), keep=self._keep, gone=gone)
        rows = file.rows - (left.rows if left else 0)
        with self._store.upkeep() as transaction:
            archiving.replace(transaction, [file.path], [left] if left else [])
            archiving.gone(transaction, counts, rows - len(gone))
        self.folder.remove([file.path])
        self._clean = True
        return rows

    def _expire(self) -> None:
        """Take out what has ended, with one entry a round."""
        with self._store.reading() as transaction:
            files = archiving.ended(transaction, self._clock.now() - _LATE, _TOGETHER)
        went = sum(self._replaced(file, set(), {}) for file in files)
        if went:
            with self._store.acting() as act:
                act.log(Entry(act=Act.ERASED, basis="retention.archive", subject="movements", count=went))

    def _merge(self) -> None:
        """Merge small files of a day and cell, of so many a round, so that orders do not wait for long."""
        now = self._clock.now()
        with self._store.reading() as transaction:
            files = archiving.crowded(transaction, _FULL, _TOGETHER, now - _SETTLED)
        parts = [list(part) for _, part in groupby(files, key=lambda file: (file.day, file.cell))]
        for together in [same for part in parts if (same := _mergeable(part, now))][:_MERGES]:
            self._clean = False
            whole = self.folder.merge(together)
            with self._store.upkeep() as transaction:
                archiving.replace(transaction, [file.path for file in together], [whole])
            self.folder.remove([file.path for file in together])
            self._clean = True


def _mergeable(small: Sequence[ArchiveFile], now: Instant) -> list[ArchiveFile]:
    """Return which small files of a day and cell to merge into one, if any: those of a size, once there are eight.

    So each row is written again once for each eightfold growth, and not with each round.
    """
    if small[0].day < now - _SETTLED:
        return _fitting(small)
    sizes: dict[int, list[ArchiveFile]] = defaultdict(list)
    for file in small:
        sizes[int(math.log(file.rows, _TOGETHER))].append(file)
    return next((_fitting(same) for same in sizes.values() if len(same) >= _TOGETHER), [])


def _fitting(files: Sequence[ArchiveFile]) -> list[ArchiveFile]:
    """Return as many of the files, in their order, as make no more than twice a full one, if those are several."""
    taken, rows = list[ArchiveFile](), 0
    for file in files:
        if rows + file.rows > 2 * _FULL:
            break
        taken.append(file)
        rows += file.rows
    return taken if len(taken) > 1 else []
