"""The story of a sighting: it arrives, takes its place in the picture, and may make something stand out.

    feed -> sightings -> tracks -> alerts -> store, with one entry for the batch and one for each new alert

One thread a feed reads and waits; the picture is one, so they take turns at it. A batch is stored whole, with the
place reached in its feed, in one transaction: a node that is killed resumes where it stopped, and nothing is read
twice or lost. After a start the picture is made again from the sightings stored.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import msgspec
import structlog
from msgspec.structs import replace

from comity.detection.detector import Detector, Listener
from comity.foundation.canonical import digest, written
from comity.foundation.clock import Clock
from comity.foundation.store import alerts, archiving, feeds, sightings, tracks
from comity.foundation.store.archiving import Order
from comity.foundation.store.store import ActTransaction, Store, Transaction
from comity.node.feed_settings import FeedSettings
from comity.node.live import LivePicture
from comity.node.watching import noticed
from comity.picture.coverage import Cell, CoverageMap
from comity.picture.placed import Placed
from comity.picture.registration import Offset
from comity.picture.tracks import Picture
from comity.sources.batch import Batch
from comity.vocabulary.alert import Alert
from comity.vocabulary.decision import Judgement
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import Duration, Instant
from comity.vocabulary.instant import written as time_written
from comity.vocabulary.place import Position
from comity.vocabulary.track import Track

_log = structlog.get_logger()
_PAGE = 5_000

Disguise: TypeAlias = Callable[[str], str]
"""A keyed one-way function on ids."""
Region: TypeAlias = Callable[[Position], str | None]
"""The name of the region that holds a position, where one does."""


class Taken(msgspec.Struct, frozen=True):
    """What came of one batch."""

    sightings: int
    alerts: tuple[Alert, ...]
    tracks: tuple[Track, ...]


class _Seen(msgspec.Struct, frozen=True):
    batch: Batch
    placed: Sequence[Placed]
    raised: dict[str, Alert]


class Watch:
    """The picture and its detectors over the node's store."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        picture: Picture,
        detectors: Sequence[Detector],
        feeds: Mapping[str, FeedSettings],
        region: Region = lambda _: None,
        disguised: Disguise = lambda name: name,
    ) -> None:
        self._store = store
        self._clock = clock
        self._picture = picture
        self._detectors = detectors
        self._feeds = feeds
        self._region = region
        self._disguised = disguised
        self._listeners = [detector for detector in detectors if isinstance(detector, Listener)]
        self._turn = threading.Lock()
        self._unkept: dict[str, _Seen] = {}
        """For each feed, what was seen in a batch that is not kept yet: the picture has it, the store has not."""
        self._rejected: dict[str, int] = {}
        """For each feed, how much of what this run could not use is stored already."""
        self.live = LivePicture()
        """What the console's live channel reads: told after each batch is durable."""
        self.coverage = CoverageMap()
        """What each feed has seen of late, where and when."""

    def take(self, feed: str, batch: Batch) -> Taken:
        """Take one batch of the feed in, durably, and return what came of it.

        If that fails, call it again with the very same batch: it is placed once, and its alerts are not lost.
        """
        if not batch.sightings:
            with self._store.upkeep() as transaction:
                feeds.advance(transaction, feed, batch.position, self._newly_rejected(feed, batch))
            self._rejected[feed] = batch.rejected
            return Taken(0, (), ())
        with self._turn:
            seen = self._unkept[feed] = self._seen(feed, batch)
            placed, changed = seen.placed, _changed(seen.placed)
            with self._store.acting() as act:
                fresh = self._keep(act, feed, batch, placed, changed, list(seen.raised.values()))
                erased = self._erased_again(act, placed)
            del self._unkept[feed]
            self._rejected[feed] = batch.rejected
            self._forget(erased)
            changed = [track for track in changed if track.id not in erased]
            self.live.tell(changed)
        for alert in fresh:
            _log.info("alert", id=alert.id, kind=alert.kind.value, time=time_written(alert.time))
        return Taken(len(placed), tuple(fresh), tuple(changed))

    def rebuild(self, horizon: Duration) -> int:
        """Make the picture again from the stored sightings of the last `horizon`, and return how many those were."""
        count, after = 0, self._clock.now() - horizon
        cursor = 0
        with self._turn:
            self._remember()
            while True:
                with self._store.reading() as transaction:
                    page = sightings.page(transaction, after, cursor, _PAGE)
                if not page:
                    return count
                cursor = page[-1].sequence
                count += len(page)
                placed = self._picture.follow([kept.sighting for kept in page])
                self._noticed(placed)
                self.live.tell(_changed(placed))

    def let_go(self) -> None:
        """Forget the tracks that somebody had erased, whatever process that was: nobody is shown them any more.

        What came of them since the erasing is erased with an entry of its own.
        """
        with self._store.reading() as transaction:
            orders = _erasings(transaction)
        if not orders:
            return
        with self._turn:
            self._forget([order.record for order in orders])
            for order in orders:
                with self._store.reading() as transaction:
                    if not _is_here(transaction, order.record):
                        continue
                with self._store.acting() as act:
                    _erase_again(act, order)

    def _forget(self, records: Sequence[str]) -> None:
        self._picture.let_go(records)
        self.live.let_go(records)

    def _erased_again(self, act: ActTransaction, placed: Sequence[Placed]) -> list[str]:
        """Erase what the batch has brought of tracks that were erased meanwhile, and return which those are.

        Asked once the batch's tracks are written: whoever erases one later finds it, and who has erased one before
        is seen here. So an erased track comes back to nobody, not even until the picture lets go of it.
        """
        orders = _erasings(act)
        brought = {place.track for place in placed} if orders else set()
        found = [order for order in orders if order.record in brought]
        for order in found:
            _erase_again(act, order)
        return [order.record for order in found]

    def _remember(self) -> None:
        """Tell the listeners of the alerts that are stored, the oldest first."""
        cursor, page = 0, list[alerts.KeptAlert]()
        while self._listeners and (cursor == 0 or page):
            with self._store.reading() as transaction:
                page = alerts.queue(transaction, after=cursor, limit=_PAGE)
            for kept in page:
                cursor = kept.sequence
                for listener in self._listeners:
                    if kept.judgement is not Judgement.REJECTED:
                        listener.hear(kept.alert)
            cursor = max(cursor, 1)

    def covered(self, begin: Instant, end: Instant, source: str | None = None) -> list[Cell]:
        """Return where the feeds have seen tracks from `begin` to `end`, of one feed or all."""
        with self._turn:
            return self.coverage.cells(begin, end, source)

    def offsets(self) -> dict[str, tuple[Offset, ...]]:
        """Return by how much the sensors of each feed are off, as far as has been learned since the start."""
        with self._turn:
            return self._picture.offsets()

    def _newly_rejected(self, feed: str, batch: Batch) -> int:
        """Return what has been rejected since the last batch stored; a batch counts from its reader's beginning."""
        before = self._rejected.get(feed, 0)
        return batch.rejected - before if batch.rejected >= before else batch.rejected  # less: the reader is a new one

    def _seen(self, feed: str, batch: Batch) -> _Seen:
        """Place the batch, unless that is done; alerts of one that was never kept go with it."""
        before = self._unkept.get(feed)
        if before is not None and before.batch is batch:
            return before
        placed = self._picture.follow(batch.sightings)
        raised = before.raised if before else {}
        return _Seen(batch, placed, raised | {alert.id: alert for alert in self._noticed(placed)})

    def _noticed(self, placed: Sequence[Placed]) -> list[Alert]:
        self._covered(placed)
        return noticed(self._detectors, placed, self._finished)

    def _covered(self, placed: Sequence[Placed]) -> None:
        """Note where the feeds have seen tracks."""
        for place in placed:
            position = place.sighting.position
            if place.state is not None and position is not None:
                self.coverage.see(place.sighting.source, place.state, position, place.sighting.time)

    def _finished(self, alert: Alert) -> Alert:
        """Give the alert its region, and an id that nobody can compute from what they have sensed themselves."""
        return replace(alert, id=self._disguised(alert.id), area=alert.area or self._region(alert.position))

    def _keep(
        self,
        act: ActTransaction,
        feed: str,
        batch: Batch,
        placed: Sequence[Placed],
        changed: Sequence[Track],
        raised: Sequence[Alert],
    ) -> list[Alert]:
        sightings.add(act, [(place.sighting, place.track) for place in placed])
        tracks.put(act, changed)
        feeds.advance(act, feed, batch.position, self._newly_rejected(feed, batch))
        acts = [(alert, done) for alert in raised if (done := alerts.add(act, alert, self._clock.now()))]
        settings = self._feeds[feed]
        purposes = " ".join(purpose.value for purpose in settings.purposes)
        act.log(
            Entry(
                act=Act.COLLECTED,
                basis=f"feed {feed}",
                purpose=purposes,
                subject=feed,
                count=len(batch.sightings),
                detail=f"up to item {batch.position}",
            )
        )
        for alert, done in acts:
            act.log(
                Entry(
                    act=done,
                    basis=f"rule {alert.rule} {alert.version}",
                    subject=alert.id,
                    digest=digest(written(alert)),
                    count=len(alert.sightings),
                )
            )
        return [alert for alert, done in acts if done is Act.COMBINED]


def _erasings(transaction: Transaction) -> list[Order]:
    """Return what was ordered out of all that the node has, and is not out yet."""
    return [order for order in archiving.orders(transaction, _PAGE) if not order.source]


def _is_here(transaction: Transaction, track: str) -> bool:
    return tracks.get(transaction, track) is not None or bool(sightings.of_track(transaction, track, 1))


def _erase_again(act: ActTransaction, order: Order) -> None:
    count = int(tracks.erase(act, order.record)) + sightings.erase_track(act, order.record)
    act.log(order.entry(count, "what came after the erasing"))


def _changed(placed: Sequence[Placed]) -> list[Track]:
    """Return the newest state of each track that the sightings moved."""
    return list({place.track: place.state for place in placed if place.state}.values())
