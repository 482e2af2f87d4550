"""A node at work: one thread for each feed, each partner, the log and the upkeep, until it is told to stop.

A thread that fails says so in the log and goes on after a pause; none takes another with it.
"""

from __future__ import annotations

import itertools
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import structlog

from comity.exchange.delivery import Courier
from comity.exchange.posting import line
from comity.foundation.clock import steady
from comity.foundation.store import feeds, outbox_state
from comity.foundation.store.store import News, Unavailable
from comity.node import feed_ways, flow_checkpoint, flow_monitor, flow_retention, trust, upkeep, witnesses
from comity.node.assemble import Node
from comity.node.feed_settings import FeedSettings
from comity.node.span import span
from comity.sources.batch import Batch
from comity.sources.mqtt import Subscribed
from comity.sources.origin import Origin
from comity.sources.poll import Polled
from comity.sources.replay import Replay
from comity.sources.tcp import Line as LiveLine
from comity.sources.udp import Datagrams
from comity.sources.wanted import read_file as read_wanted
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Duration
from comity.vocabulary.message import Lane
from comity.vocabulary.partner import Station

_log = structlog.get_logger()
_PAUSE = 1.0
"""Seconds between two rounds of upkeep, and before a thread that failed tries again."""
_COMMON = 5.0
"""Seconds between two looks at how own and partners' tracks go."""
_ARCHIVING = 5.0
"""Seconds between two rounds of the archive."""
_JOIN = 10.0
"""Seconds that a thread has to end."""
_WAKE = 0.5
"""Seconds after which it is looked whether a courier has something to bring though nobody said so, and whether there is
a new partner, who needs couriers too."""
_TOGETHER = 0.04
"""Seconds of which all news are told together to those who show them."""


@contextmanager
def running(node: Node, alone: Callable[[], bool]) -> Iterator[None]:
    """Run the node's threads within the block; the picture is made again first.

    `alone` tells whether this process still runs the node and the database answers; if not, the process is told to
    stop, so that whoever watches over it starts it again.
    """
    if node.policy is not None:
        with node.store.reading() as transaction:
            cards = witnesses.known(transaction)
            need = [card for each in witnesses.required(transaction, node.own, cards).values() for card in each]
        trust.expect_required(node.policy, need, node.settings.exchange.policy)
    node.learning.proceed()
    count = node.watch.rebuild(span(node.settings.picture.horizon))
    _log.info("picture rebuilt", sightings=count)
    work = _Work(node, alone)
    work.start()
    try:
        yield
    finally:
        work.stop()


class _Work:
    """The threads, and the one event that ends them all."""

    def __init__(self, node: Node, alone: Callable[[], bool]) -> None:
        self._node = node
        self._alone = alone
        self._ending = threading.Event()
        self._threads: dict[str, threading.Thread] = {}
        self._wakers: dict[tuple[str, str], threading.Event] = {}
        self._told: dict[tuple[str, str], int] = {}
        self._line = line()
        keeps = {feed.name: node.settings.keep(feed) for feed in node.settings.feed if feed.keep}
        self._short_feeds = flow_retention.ShortFeeds(node.store, node.clock, keeps)

    def start(self) -> None:
        exchange = self._node.settings.exchange
        for feed in self._node.settings.feed:
            if feed.tak:
                continue  # it comes in where TAK clients connect
            self._thread(f"feed {feed.name}", partial(self._feed, feed))
        self._thread("checkpoint", self._every(span(exchange.checkpoint) / 1000, self._checkpoint))
        self._thread("monitor", self._every(span(exchange.monitor) / 1000, self._monitor()))
        self._thread("upkeep", self._every(_PAUSE, partial(upkeep.proceed, self._node)))
        self._thread("proofs", self._every(_PAUSE, self._node.proofs.prove_due))
        self._thread("retention", self._every(_PAUSE, partial(upkeep.erase, self._node, self._short_feeds)))
        self._thread("archive", self._every(_ARCHIVING, self._archive))
        self._thread("common", self._every(_COMMON, self._node.common.follow))
        self._thread("informing", self._every(_PAUSE, self._node.informing.inform))
        self._thread("answers", self._every(_PAUSE, self._node.answers.look_up))
        self._thread("beat", self._beating(span(exchange.answers), self._node.answers.tell_due))
        self._thread("guard", self._every(_PAUSE, self._guard))
        self._thread("couriers", self._wake_couriers)
        self._thread("bell", self._ring)
        if self._node.settings.tak.listen:
            self._thread("tak", partial(self._node.tak.serve, self._node.folder, self._ending))

    def stop(self) -> None:
        self._ending.set()
        for waker in self._wakers.values():
            waker.set()
        for name, thread in list(self._threads.items()):
            thread.join(_JOIN)
            if thread.is_alive():
                _log.warning("thread does not end", thread=name)
        self._line.close()

    def _thread(self, name: str, work: Callable[[], None]) -> None:
        def guarded() -> None:
            while not self._ending.is_set():
                try:
                    work()
                except Fault as fault:
                    _log.warning("fault", thread=name, fault=str(fault))
                except Exception:  # noqa: BLE001 - told with its trace; the node goes on
                    _log.exception("failure", thread=name)
                else:
                    return
                self._node.faults.count(name)
                self._ending.wait(_PAUSE)

        self._threads[name] = threading.Thread(target=guarded, name=name, daemon=True)
        self._threads[name].start()

    def _every(self, seconds: float, work: Callable[[], object]) -> Callable[[], None]:
        def loop() -> None:
            while not self._ending.wait(seconds):
                work()

        return loop

    def _beating(self, beat: Duration, work: Callable[[], object]) -> Callable[[], None]:
        """Return what works at whole multiples of the beat by the node's clock, however long the work before took."""

        def loop() -> None:
            while not self._ending.wait((beat - self._node.clock.now() % beat) / 1000):
                work()

        return loop

    def _feed(self, feed: FeedSettings) -> None:
        """Take in what the feed brings, from where it was left, until it ends or the node does."""
        node = self._node
        with node.store.reading() as transaction:
            reached = feeds.position(transaction, feed.name)
        for batch in self._batches(feed, reached):
            while not self._taken(feed, batch):
                if self._ending.wait(_PAUSE):
                    return
        _log.info("feed ended", feed=feed.name)

    def _taken(self, feed: FeedSettings, batch: Batch) -> bool:
        """Take the batch in; False if the database did not: a live feed does not say it again, so it must wait here."""
        try:
            self._node.watch.take(feed.name, batch)
        except Unavailable as fault:
            _log.warning("batch waits", feed=feed.name, fault=str(fault))
            self._node.faults.count(f"feed {feed.name}")
            return False
        return True

    def _batches(self, feed: FeedSettings, reached: int) -> Iterator[Batch]:
        node, clock = self._node, self._node.clock
        form = feed_ways.format_name(node.folder, feed.format)
        listed = read_wanted(node.folder / feed.wanted, feed.purposes) if feed.wanted else None
        if feed.path:
            origin = Origin(
                source=feed.name,
                shift=feed.shift,
                simulated=feed.simulated,
                begin=feed.begun(),
                stations=feed.sensors(),
                wanted=listed,
            )
            file = node.folder / feed.path
            recording = Replay(file, form, origin, now=clock.now, until=clock.until, skip=reached)
            return recording.batches(self._ending)
        live = Origin(
            source=feed.name, simulated=feed.simulated, arrival=clock.now, stations=feed.sensors(), wanted=listed
        )
        if feed.poll or feed.subscribe:
            return self._fetched(feed, form, live, reached)
        host, _, port = (feed.connect or feed.listen).rpartition(":")
        if feed.listen:
            return Datagrams(host.strip("[]"), int(port), form, live, skip=reached).batches(self._ending)
        return LiveLine(host, int(port), form, live, skip=reached).batches(self._ending)

    def _fetched(self, feed: FeedSettings, form: str, live: Origin, reached: int) -> Iterator[Batch]:
        """Return what a feed brings for which somebody else's server is asked."""
        secret = feed_ways.secret(self._node.folder / feed.secret) if feed.secret else ""
        if feed.subscribe:
            return Subscribed(feed.subscribe, form, live, secret=secret, skip=reached).batches(self._ending)
        every = span(feed.every) / 1000
        return Polled(feed.poll, form, live, every=every, secret=secret, skip=reached).batches(self._ending)

    def _checkpoint(self) -> None:
        """Sign what has grown and have it witnessed by everyone known."""
        node = self._node
        with node.store.reading() as transaction:
            cards = witnesses.known(transaction)
        done = flow_checkpoint.checkpoint_once(node.store, node.own, cards)
        for name, fault in done.refused.items():
            _log.error("a witness refuses", witness=name, fault=fault)

    def _monitor(self) -> Callable[[], None]:
        """Return what follows partners' logs and finds those out that contradict themselves."""
        node = self._node
        patience = span(node.settings.exchange.cosigned_within)
        return flow_monitor.Monitor(node.store, node.own, node.clock, patience).look

    def _archive(self) -> None:
        """Let go of what was erased, archive what is new, take out what must go, and learn again without it."""
        self._node.watch.let_go()
        self._node.archive.proceed(self._node.watch.let_go)
        self._node.learning.proceed()

    def _guard(self) -> None:
        """Stop the process when the database has ended: there is nothing that a node may do without it."""
        if not self._ending.is_set() and not self._alone():
            _log.critical("the database has ended")
            self._ending.set()
            os.kill(os.getpid(), signal.SIGTERM)
            self._node.store.close()  # nobody waits any longer for a connection that does not come

    def _wake_couriers(self) -> None:
        """Look for what is to be sent whenever somebody says that there is something; other words are passed over."""
        with self._node.store.listening() as news:
            while not self._ending.is_set():
                self._couriers()
                due = steady() + _WAKE
                while not self._ending.is_set() and (left := due - steady()) > 0:
                    if News.OUTBOX.value in news(left):
                        self._wake()

    def _ring(self) -> None:
        """Tell those who show what is new in this process of what any process has done."""
        with self._node.store.listening() as news:
            while not self._ending.is_set():
                words = news(_WAKE)
                if words:
                    self._node.bell.ring(words)
                    self._ending.wait(_TOGETHER)

    def _couriers(self) -> None:
        """See that each lane of each partner has a courier, and wake those for whom something waits."""
        with self._node.store.reading() as transaction:
            names = [card.name for card in witnesses.known(transaction) if card.station is Station.NODE]
        for name, lane in itertools.product(names, Lane):
            key = (name, lane.value)
            if key not in self._wakers:
                self._wakers[key] = threading.Event()
                work = partial(self._courier(name, lane).run, self._ending, self._wakers[key])
                self._thread(f"courier {name} {lane.value}", work)
        self._wake()

    def _wake(self) -> None:
        """Wake the couriers for whom something new waits: old faults wait their pause out."""
        with self._node.store.glancing() as transaction:
            newest = outbox_state.newest_waiting(transaction)
        for key, entry in newest.items():
            if key in self._wakers and entry > self._told.get(key, -1):
                self._told[key] = entry
                self._wakers[key].set()

    def _courier(self, partner: str, lane: Lane) -> Courier:
        node = self._node
        return Courier(node.store, node.own, partner, node.clock, node.recheck, self._line, (lane,))
