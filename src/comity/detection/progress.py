"""Progress: how far each source has come, and which have fallen silent while others went on."""

from __future__ import annotations

from collections.abc import Iterable

from comity.vocabulary.instant import Duration, Instant


class Progress:
    """How far sources have come, each by its own clock (docs/decisions/0062).

    A source is silent once another has gone on for `lag` since it was last heard. How far the other had gone before
    does not count: that one feed is read hours behind another says nothing of what it sees.
    """

    def __init__(self, lag: Duration) -> None:
        self._lag = lag
        self._first: dict[str, Instant] = {}
        self._newest: dict[str, Instant] = {}
        self._heard: set[str] = set()
        self._then: dict[str, dict[str, Instant]] = {}
        """For each source, how far all had come about when it was last heard."""

    def hear(self, source: str, time: Instant) -> None:
        """Note that a source tells of that time."""
        newest = self._newest.get(source)
        if newest is None:
            self._first[source] = newest = time
        self._newest[source] = max(newest, time)
        self._heard.add(source)

    def look(self) -> None:
        """Note how far all have come; once in a while is enough, as it delays silence by no more than that while."""
        now = dict(self._newest)
        for source in self._heard:
            self._then[source] = now
        self._heard.clear()

    def newest(self, sources: Iterable[str]) -> Instant:
        """Return how far the first of these has come, 0 if none was ever heard."""
        return max((self._newest.get(source, 0) for source in sources), default=0)

    def are_silent(self, sources: Iterable[str]) -> bool:
        """Whether all of these are silent."""
        return all(self._is_silent(source) for source in sources)

    def _is_silent(self, source: str) -> bool:
        then = self._then.get(source)
        if then is None or source in self._heard:
            return False
        return any(time - then.get(other, self._first[other]) > self._lag for other, time in self._newest.items())
