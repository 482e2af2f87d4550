"""Evidence: the sightings that an alert stands on, evenly thinned, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from comity.detection.detector import HandlingOf
from comity.vocabulary.handling import Handling, strictest
from comity.vocabulary.instant import Instant

MOST = 200
"""Sightings that an alert names."""


class Seen(Protocol):
    """What an alert can stand on: a sighting, or what a rule has kept of one."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def time(self) -> Instant: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def simulated(self) -> bool: ...  # noqa: D102


class Evidence:
    """Sightings in the order of being seen: the first, the last, and every n-th between."""

    __slots__ = ("_every", "_first", "_kept", "_last", "_seen", "simulated", "sources")

    def __init__(self) -> None:
        self._kept: list[tuple[int, str]] = []
        self._every = 1
        self._seen = 0
        self._first: tuple[int, str] | None = None
        self._last: tuple[int, str] | None = None
        self.sources: frozenset[str] = frozenset()
        self.simulated = False

    def __len__(self) -> int:
        """Return how many sightings were seen, kept or not."""
        return self._seen

    def add(self, sighting: Seen) -> None:
        """See one more."""
        item = (sighting.time, sighting.id)
        self._first = self._first or item
        self._last = item
        if self._seen % self._every == 0:
            self._kept.append(item)
            if len(self._kept) > MOST - 2:
                self._kept = self._kept[::2]
                self._every *= 2
        self._seen += 1
        if sighting.source not in self.sources:
            self.sources |= {sighting.source}
        self.simulated = self.simulated or sighting.simulated

    @classmethod
    def of(cls, seen: Iterable[Seen]) -> Evidence:
        """Return what these are together, in their order."""
        evidence = cls()
        for one in seen:
            evidence.add(one)
        return evidence

    def sightings(self) -> tuple[str, ...]:
        """Return the ids of those kept, oldest first: at most `MOST`."""
        ends = [item for item in (self._first, self._last) if item]
        return tuple(dict.fromkeys(name for _, name in sorted([*self._kept, *ends])))

    def handling(self, handling_of: HandlingOf) -> Handling:
        """Return the strictest handling of its sources; the strictest there is if it has none."""
        marks = [handling_of(source) for source in sorted(self.sources)]
        return strictest(*marks) if marks else Handling()
