"""Usual: how traffic moves where, counted, and how improbable a passage is by those counts.

The test is a conformal one: a passage is put among those counted, and its p-value is the share of all of them that are
as rare as it or rarer. Were it drawn as they were, the p-value is at most x with a probability of at most x, whatever
the traffic is like (Vovk, Gammerman, Shafer: Algorithmic Learning in a Random World, 2005, chapter 2).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from comity.foundation.cell import parent

LEAST = 20
"""Passages by which motion in a place can be judged; with fewer, a wider place is asked."""
LEAST_AROUND = 100
"""Passages around by which it can be judged that a place is used at all."""
WIDER = (6, 5)
"""Resolutions of H3 that are asked in turn: about 36 and 253 km²."""
_AROUND = 5

Key = tuple[str, int]


class Odd(msgspec.Struct, frozen=True, kw_only=True):
    """How unusual one passage is, and beside what."""

    p: float
    """At most so often, were it usual."""
    motion: bool
    """Whether the motion is what is unusual; else the place."""
    usual: tuple[tuple[int, int], ...]
    """Beside which motions, the most frequent first, with how often each."""
    seen: int
    """How often this very motion, or this very place, was counted."""
    total: int
    """Among how many."""


class Counts:
    """Passages by kind, place and motion."""

    def __init__(self, passages: Iterable[tuple[str, int, int, int]]) -> None:
        """Count rows of kind, place, motion and number."""
        self._motions: dict[Key, Counter[int]] = defaultdict(Counter)
        self._places: dict[Key, Counter[int]] = defaultdict(Counter)
        for kind, place, motion, number in passages:
            for wider in (place, *(parent(place, resolution) for resolution in WIDER)):
                self._motions[kind, wider][motion] += number
            self._places[kind, parent(place, _AROUND)][place] += number

    def odd(self, kind: str, place: int, motion: int, own: Own | None = None) -> Odd | None:
        """Return how unusual the passage is, leaving out the track's `own` passages; None where too little is known."""
        found = [each for each in (self._by_motion(kind, place, motion, own), self._by_place(kind, place, own)) if each]
        if not found:
            return None
        least = min(found, key=lambda each: each.p)
        return msgspec.structs.replace(least, p=min(1.0, len(found) * least.p))  # the lesser of two is lesser by chance

    def _by_motion(self, kind: str, place: int, motion: int, own: Own | None) -> Odd | None:
        for wider in (place, *(parent(place, resolution) for resolution in WIDER)):
            counted = self._motions.get((kind, wider), Counter())
            others = counted if own is None else counted - own.motions[kind, wider]
            if (total := others.total()) >= LEAST:
                usual = tuple(others.most_common(3))
                return Odd(p=_share(others, motion), motion=True, usual=usual, seen=others[motion], total=total)
        return None

    def _by_place(self, kind: str, place: int, own: Own | None) -> Odd | None:
        around = parent(place, _AROUND)
        counted = self._places.get((kind, around), Counter())
        others = counted if own is None else counted - own.places[kind, around]
        if (total := others.total()) < LEAST_AROUND:
            return None
        return Odd(p=_share(others, place), motion=False, usual=(), seen=others[place], total=total)


class Own:
    """What one track added to the counts."""

    def __init__(self, passages: Iterable[tuple[str, int, int]]) -> None:
        counts = Counts((kind, place, motion, 1) for kind, place, motion in passages)
        self.motions: Mapping[Key, Counter[int]] = counts._motions  # noqa: SLF001 - of this file
        self.places: Mapping[Key, Counter[int]] = counts._places  # noqa: SLF001 - of this file


def _share(counted: Counter[int], value: int) -> float:
    """Return the share of those counted, with this one among them, that are as rare as it or rarer."""
    with_it = counted[value] + 1
    rarer = sum(number for other, number in counted.items() if number <= with_it and other != value)
    return (rarer + with_it) / (counted.total() + 1)


def score(shares: Sequence[float]) -> float:
    """Return how improbable so small a product of p-values is, by chance: minus its natural logarithm.

    Fisher's method: the product of n independent p-values is at most q with probability q * sum (-ln q)^j / j!, j < n.
    """
    surprise = -sum(math.log(share) for share in shares)
    if surprise <= 0.0:
        return 0.0
    terms = [place * math.log(surprise) - math.lgamma(place + 1) for place in range(len(shares))]
    most = max(terms)
    return max(0.0, surprise - most - math.log(sum(math.exp(term - most) for term in terms)))
