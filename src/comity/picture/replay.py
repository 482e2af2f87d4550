"""Replay: scans that come late are put in their place, and what was done since is done again.

Before each act the core's state is kept. When one comes that is earlier than others already done, the core goes back to
the state before the first later one, and does them all in order. A track keeps its number: it is drawn from the act
that began it. Memory is bounded: acts are forgotten by age, by number and by the size of what is kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import msgspec

from comity.picture.core import Core, Kept, Result

Act = Callable[[Core], Result]
"""What is done to the core: a scan, and whoever takes part in it as a guest."""
BLOCK = 1 << 24
"""Numbers of tracks set apart for each act."""


class ReplaySettings(msgspec.Struct, frozen=True, kw_only=True):
    """How far back scans may be put."""

    lag: float = 30.0
    """Seconds before the newest act, beyond which what comes is too late."""
    acts: int = 256
    """That are kept."""
    room: int = 64_000_000
    """Bytes of state that are kept."""


class _Done(msgspec.Struct):
    """An act with the state before it."""

    time: float
    sensor: str
    act: Act
    number: int
    before: Kept


class Replay:
    """A core whose scans may come late."""

    def __init__(self, core: Core, settings: ReplaySettings | None = None) -> None:
        self.core = core
        self._settings = settings or ReplaySettings()
        self._done: deque[_Done] = deque()
        self._size = 0
        self._number = 0
        self._forgotten = float("-inf")
        """The time of the latest act that cannot be undone."""
        self.replayed = False
        """Whether the last act was put before others, which were done again."""

    def take(self, time: float, sensor: str, act: Act) -> Result | None:
        """Do an act in its place; None if that is too long ago, and nothing is done then.

        `sensor` names the only one whose rates the act may change; it must leave no track behind that it did not begin
        or find.
        """
        newest = self._done[-1].time if self._done else self._forgotten
        if time < max(self._forgotten, newest - self._settings.lag):
            return None
        later: list[_Done] = []
        while self._done and self._done[-1].time > time:
            done = self._done.pop()
            self._size -= done.before.size
            self.core.restore(done.before)
            later.append(done)
        self.replayed = bool(later)
        self._number += 1
        result = self._do(time, sensor, act, self._number)
        for done in reversed(later):
            self._do(done.time, done.sensor, done.act, done.number)
        self._bound()
        return result

    def apart(self, act: Act) -> Result:
        """Do an act that cannot be put in its place as the newest; what was done before it stands."""
        self.settle()
        self.replayed = False
        self._number += 1
        self.core.count_from(self._number * BLOCK)
        return act(self.core)

    def settle(self) -> None:
        """Let everything done so far stand: tracks are about to be added or dropped by hand."""
        if self._done:
            self._forgotten = self._done[-1].time
            self._done.clear()
            self._size = 0

    def __len__(self) -> int:
        """Return how many acts can be undone."""
        return len(self._done)

    @property
    def size(self) -> int:
        """Bytes of state that are kept."""
        return self._size

    def _do(self, time: float, sensor: str, act: Act, number: int) -> Result:
        before = self.core.keep(sensor)
        self.core.count_from(number * BLOCK)
        self._done.append(_Done(time, sensor, act, number, before))
        self._size += before.size
        return act(self.core)

    def _bound(self) -> None:
        settings, newest = self._settings, self._done[-1].time
        while len(self._done) > 1 and (
            len(self._done) > settings.acts or self._size > settings.room or self._done[0].time < newest - settings.lag
        ):
            done = self._done.popleft()
            self._size -= done.before.size
            self._forgotten = done.time
