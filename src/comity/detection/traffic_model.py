"""A traffic model: what was usual in which period by which feeds (docs/formats/traffic-model.md). A plain value.

By how much is odd among those it was learned from it is known what is to be expected: each track's watch is scored by
the passages of all others, so a track of tomorrow, were it like them, is scored as they were.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from comity.detection.stretch import Stretch
from comity.detection.usual import Counts, Own
from comity.foundation.cell import COARSE, parent
from comity.foundation.traffic import Passage
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY, Instant

_SCORES = 1_000
"""Scores that are kept of each kind and coarse cell: those below expect more alarms than anybody asks for."""
LEAST = 300
"""Passages that a model is learned from."""


class TrafficModel(msgspec.Struct, frozen=True, kw_only=True):
    """What was learned."""

    format: int = 1
    number: int
    learned: Instant
    since: Instant
    until: Instant
    sources: tuple[str, ...]
    movements: int
    erased: int
    expired: int
    days: float
    passages: tuple[tuple[str, int, int, int], ...]
    """Kind, place, motion, how often."""
    scores: tuple[tuple[str, int, int, tuple[float, ...]], ...]
    """Kind, coarse cell, watches, the highest scores, falling."""


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """Of what a model is learned, beside the passages."""

    number: int
    learned: Instant
    since: Instant
    until: Instant
    sources: tuple[str, ...]
    movements: int = 0
    erased: int = 0
    expired: int = 0


def learn(passages: Sequence[Passage], of: Learned) -> TrafficModel:
    """Return the model of the passages, which are those of one track together and in time.

    Raises:
        Fault: they are too few.
    """
    if len(passages) < LEAST:
        raise Fault(
            f"{len(passages)} passages are too few to learn from",
            remedy=f"Learn from a longer period or more feeds: {LEAST} at least.",
        )
    counted = Counter((each.kind, each.place, each.motion) for each in passages)
    rows = tuple((*key, number) for key, number in sorted(counted.items()))
    times = [each.time for each in passages]
    scores: dict[tuple[str, int], list[float]] = defaultdict(list)
    for kind, cell, found in _watches(passages, Counts(rows)):
        scores[kind, cell].append(found)
    return TrafficModel(
        **msgspec.structs.asdict(of),
        days=max((max(times) - min(times)) / DAY, 1e-3),
        passages=rows,
        scores=tuple(
            (*key, len(found), tuple(sorted(found, reverse=True)[:_SCORES])) for key, found in sorted(scores.items())
        ),
    )


def _watches(passages: Sequence[Passage], counts: Counts) -> Iterator[tuple[str, int, float]]:
    """Yield kind, coarse cell and score of the oddest stretch of each watch."""
    for _, group in groupby(passages, key=lambda each: each.track):
        track = list(group)
        own = Own((each.kind, each.place, each.motion) for each in track)
        begin = track[0].time
        stretch, best = Stretch[None](begin), ("", 0, -1.0)
        for each in track:
            if stretch.is_over(each.time):
                if best[2] >= 0.0:
                    yield best
                stretch, best = Stretch[None](each.time), ("", 0, -1.0)
            odd = counts.odd(each.kind, each.place, each.motion, own)
            if odd is None or not stretch.is_new(each.time, each.place, each.motion):
                continue
            found = stretch.add(each.time, odd, None)
            if found > best[2]:
                best = (each.kind, parent(each.place, COARSE), found)
        if best[2] >= 0.0:
            yield best


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """How many as odd a day are to be expected in an area, and by how many watches that is known."""

    a_day: float
    as_odd: int
    watches: int


class Background:
    """A model made ready to judge by."""

    def __init__(self, model: TrafficModel) -> None:
        self.model = model
        self.counts = Counts(model.passages)
        self._scores = {
            (kind, cell): (watches, [-each for each in found]) for kind, cell, watches, found in model.scores
        }

    def expected(self, kind: str, place: int, score: float) -> Expectation | None:
        """Return how many watches a day in the coarse cell around score so high; None where none were learned.

        One more than were seen, in the days learned: of a score never seen nobody knows that it is rarer than that.
        """
        found = self._scores.get((kind, parent(place, COARSE)))
        if found is None:
            return None
        watches, falling = found
        as_odd = bisect_left(falling, -score)
        while as_odd < len(falling) and -falling[as_odd] >= score:
            as_odd += 1
        return Expectation(a_day=(as_odd + 1) / self.model.days, as_odd=as_odd, watches=watches)
