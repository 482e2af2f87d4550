"""A TAK session: one client's connection, from its greeting to its end (docs/formats/tak-out.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import structlog

from comity.exchange import tak_door
from comity.exchange.tak_door import Leaving
from comity.exchange.tak_waiting import Waiting
from comity.foundation.clock import Clock, steady
from comity.foundation.store.tak_clients import KeptClient
from comity.node.live import Reader
from comity.node.tak_alerts import Alerted, Marked
from comity.node.tak_judge import Judged
from comity.sources.batch import LARGEST, Batch
from comity.sources.cot.event import Event
from comity.sources.cot.greeting import Hall
from comity.sources.cot.stream import CotStream
from comity.sources.origin import Origin
from comity.vocabulary.fault import Refused
from comity.vocabulary.instant import DAY, MINUTE, Duration, Instant
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track

MOST_WAITING = 5_000
"""Tracks of which the newest position waits."""
AT_ONCE = 100
"""Tracks that are judged together."""
AHEAD: Duration = 5 * MINUTE
BEHIND: Duration = DAY
"""How far from the node's clock the time of what a client sends may lie."""
_MOST_SHOWN = 20_000
_MOST_ANSWERS = 16
_log = structlog.get_logger()


class Host(Protocol):
    """What a session asks of the node; `flow_tak` is it."""

    clock: Clock

    def enter(self, session: Session, name: str, token: str) -> KeptClient:
        """Let the client in, with an entry; an older session of it ends.

        Raises:
            Refused: it may not.
        """
        ...

    def leave(self, session: Session, why: str) -> None:
        """Note, with an entry, that the session is over."""
        ...

    def judged(self, client: KeptClient, tracks: Sequence[Track]) -> list[Judged]:
        """Return what of these may be shown now."""
        ...

    def alerted(self, client: KeptClient, has: Mapping[str, Marked]) -> list[Alerted]:
        """Return of which alerts it is to be told now that has these."""
        ...

    def refresh(self, client: KeptClient) -> float:
        """Return how many seconds lie between two rounds."""
        ...

    def reached(self, feed: str) -> int:
        """Return how far a feed has come."""
        ...

    def take(self, feed: str, batch: Batch) -> object:
        """Take in what a client has sent."""
        ...


class Session:
    """One connection. All but `replaced` is used by its own thread."""

    def __init__(self, host: Host, reader: Callable[[], Reader], peer: str) -> None:
        self._host = host
        self._reader = reader()
        self._hall = Hall()
        self._stream = CotStream(Origin(source="tak"))
        self._waiting: Waiting[Track] = Waiting(MOST_WAITING)
        self._answers: list[Leaving] = []
        self._shown: dict[str, tuple[str, Instant]] = {}
        """Of each track on the client's screen its uid there, and until when."""
        self._marked: dict[str, Marked] = {}
        """What is on the client's screen of alerts."""
        self._asked = 0
        self._round = 0.0
        self._position = 0
        self.peer = peer
        self.client: KeptClient | None = None
        self.version = 0
        self.sent = 0
        self.taken = 0
        self.dropped = 0
        self.replaced = False
        """Set by another thread: the client has connected anew."""

    @property
    def greeted(self) -> bool:
        """Whether it is known who is there."""
        return self.client is not None

    @property
    def passed_over(self) -> int:
        """How many positions were not sent, because newer ones had come before the client took them."""
        return self._waiting.passed_over

    def received(self, data: bytes) -> None:
        """Take what the client has sent.

        Raises:
            Refused: it may not be connected.
            Fault: it does not say who it is.
            Unavailable: the database does not answer.
        """
        if self.client is None:
            greeting = self._hall.feed(data)
            if greeting is None:
                return
            self._entered(self._host.enter(self, greeting.name, greeting.token))
            data = greeting.rest
        self._take(list(self._stream.feed(data)))
        while self._stream.controls:
            self._answer(self._stream.controls.popleft())

    def due(self) -> Sequence[Leaving]:
        """Return what is to be sent now: answers first, then what has moved and may be shown.

        Raises:
            Refused: the client may not be connected any more.
            Missing: its partner is cut off.
            Unavailable: the database does not answer.
        """
        client = self.client
        if client is None:
            return ()
        if self.replaced:
            raise Refused("the client has connected anew", where=client.name)
        if self._answers:
            answers, self._answers = self._answers, []
            return answers
        self.version = max(self.version, self._asked)
        if not self._waiting and steady() < self._round:
            return ()
        if not self._waiting:
            self._gather(client)
            if alerts := self._alerts(self._host.alerted(client, self._marked)):
                return alerts
        return self._told(self._host.judged(client, self._waiting.take(AT_ONCE)))

    def closed(self, why: str) -> None:
        """Note that the connection is over."""
        self._stream.drop()
        self._host.leave(self, why)

    def _entered(self, client: KeptClient) -> None:
        self.client = client
        if client.feed:
            self._position = self._host.reached(client.feed)
            self._stream = CotStream(Origin(source=client.feed, arrival=self._host.clock.now))
        self._answers.append(tak_door.supported(self._host.clock.now()))

    def _gather(self, client: KeptClient) -> None:
        self._round = steady() + self._host.refresh(client)
        before = self._waiting.passed_over
        for track in self._reader.moved(self._host.clock.now() - tak_door.STALE):
            self._waiting.put(track.id, track)
        if self._waiting.passed_over > before:
            _log.warning("TAK client is slow", client=client.name, passed_over=self._waiting.passed_over - before)

    def _told(self, judged: Sequence[Judged]) -> list[Leaving]:
        """Return the events, and what takes back what was shown and may not be shown any more."""
        now, leaving = self._host.clock.now(), list[Leaving]()
        for one in judged:
            before = self._shown.pop(one.track, None)
            if one.event is not None:
                self._shown[one.track] = (one.uid, one.event.stale)
                leaving.append(one.event)
            elif before is not None and now < before[1]:
                leaving.append(tak_door.removed(before[0], now))
        while len(self._shown) > _MOST_SHOWN:
            del self._shown[next(iter(self._shown))]
        self.sent += len(leaving)
        return leaving

    def _alerts(self, due: Sequence[Alerted]) -> list[Leaving]:
        """Return the events of these alerts, and what takes back those that may not be shown any more."""
        now = self._host.clock.now()
        self._marked = {alert: mark for alert, mark in self._marked.items() if mark.stale > now}
        leaving = list[Leaving]()
        for one in due:
            before = self._marked.pop(one.alert, None)
            if one.event is not None and one.mark is not None:
                self._marked[one.alert] = one.mark
                leaving.append(one.event)
            elif before is not None:
                leaving.append(tak_door.removed(before.uid, now))
        self.sent += len(leaving)
        return leaving

    def _answer(self, event: Event) -> None:
        now = self._host.clock.now()
        if len(self._answers) >= _MOST_ANSWERS:
            raise Refused("it asks faster than it takes answers", where=self.client.name if self.client else self.peer)
        if event.type == "t-x-c-t":
            self._answers.append(tak_door.present(now))
        elif event.type == "t-x-takp-q":
            self._answers.append(tak_door.answered(now, granted=event.protocol == 1))
            self._asked = 1 if event.protocol == 1 else self._asked

    def _take(self, found: list[Sighting]) -> None:
        client, now = self.client, self._host.clock.now()
        kept = [one for one in found if now - BEHIND <= one.time <= now + AHEAD]
        if client is None or not client.feed:
            self.dropped += len(found)
            return
        self.dropped += len(found) - len(kept)
        for start in range(0, len(kept), LARGEST):
            part = tuple(kept[start : start + LARGEST])
            self._position += len(part)
            self._host.take(client.feed, Batch(part, self._position, self._stream.report.rejected))
            self.taken += len(part)
