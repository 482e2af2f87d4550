"""Global nearest neighbour: the plain way to track, kept as an oracle for the core's parts and for comparison.

Each plot goes to one track so that the sum of distances is least; tracks are confirmed by a number of plots and dropped
after a number of misses. The same filter, gating and groups as the core's, none of its probabilities.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from comity.foundation.compiled import compiled
from comity.picture.arrays import Edges, Flags, Floats, Models, Plots, Rows, Whole
from comity.picture.assignment import assigned
from comity.picture.bank import First, begin, empty, first_rows, grown, packed
from comity.picture.existence import update
from comity.picture.gating import distance, doubts, edges
from comity.picture.imm import advance
from comity.picture.marginals import Belief


class NearestSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How tracks come and go."""

    missed: float = 3.03
    """Deviations: what a miss costs; no plot further off is taken (the root of chi-square at 99 %)."""
    confirm: int = 3
    """Plots that make a track."""
    tentative_misses: int = 2
    """Misses in succession that end a track before that."""
    misses: int = 4
    """Misses in succession that end a track."""


class Nearest:
    """All tracks."""

    def __init__(self, models: Models, settings: NearestSettings | None = None, *, flat: bool = False) -> None:
        self._models = models
        self._settings = settings or NearestSettings()
        self._flat = flat
        self._rows = empty(256, models.turn.shape[1])
        self._count = 0
        self._misses = np.zeros(256, np.int64)
        self._sure = np.zeros(256, np.bool_)

    def scan(self, now: float, plots: Plots) -> None:
        """Take in the plots of one sensor at one time (seconds)."""
        rows = first_rows(self._rows, self._count)
        everything = np.arange(self._count)
        advance(rows, self._models, everything, now, self._flat)
        free = np.ones(len(plots.place), np.bool_)
        sure = self._sure[: self._count].copy()
        limits = (self._settings.misses, self._settings.tentative_misses)
        for chosen, limit in zip((everything[sure], everything[~sure]), limits, strict=True):
            hit = self._associate(rows, chosen, plots, free)
            self._misses[chosen] = np.where(hit, 0, self._misses[chosen] + 1)
            rows.looks[chosen] += hit
            self._sure[chosen] |= rows.looks[chosen] >= self._settings.confirm
            dropped = (self._misses[chosen] >= limit) & (sure[chosen] | ~self._sure[chosen])
            rows.exists[chosen[dropped]] = 0.0
        self._keep(rows.exists > 0.0)
        self._begin(now, plots, free)

    def places(self) -> Floats:
        """Return where the confirmed tracks are."""
        return self._rows.place[: self._count][self._sure[: self._count]]

    def _associate(self, rows: Rows, chosen: Whole, plots: Plots, free: Flags) -> Flags:
        """Give free plots to the chosen tracks; return which got one."""
        left = np.flatnonzero(free)
        rest = Plots(plots.place[left], plots.noise[left], plots.velocity[left], plots.kind[left])
        pairs = edges(rows, chosen, rest, self._settings.missed**2, math.inf, self._flat)
        taken = assigned(pairs, costs(doubts(rows, chosen), rest, pairs), self._settings.missed, len(left))
        hit = taken >= 0
        share = np.zeros(len(pairs.plot))
        share[taken[hit]] = 1.0
        belief = Belief(share, np.where(hit, 0.0, 1.0), np.zeros(len(left)))
        update(rows, chosen, rest, pairs, belief, np.zeros(len(chosen)), self._flat)
        free[left[pairs.plot[taken[hit]]]] = False
        return np.asarray(hit)

    def _begin(self, now: float, plots: Plots, free: Flags) -> None:
        while self._count + len(free) > len(self._rows.time):
            self._rows = grown(self._rows)
            self._misses = np.concatenate([self._misses, np.zeros_like(self._misses)])
            self._sure = np.concatenate([self._sure, np.zeros_like(self._sure)])
        first = First(np.where(free, 1.0, 0.0), np.full(len(free), 0.5))
        begun = begin(self._rows, (self._count, 0), now, plots, self._models, first)
        new = slice(self._count, self._count + int((begun >= 0).sum()))
        self._misses[new], self._sure[new], self._rows.exists[new] = 0, False, 1.0
        self._count = new.stop

    def _keep(self, kept: Flags) -> None:
        stay = np.flatnonzero(kept)
        self._misses[: len(stay)], self._sure[: len(stay)] = self._misses[stay], self._sure[stay]
        self._count = packed(self._rows, kept)


@compiled
def costs(known: Floats, plots: Plots, pairs: Edges) -> Floats:
    """Return the distance of each pair in deviations (Mahalanobis)."""
    found = np.empty(len(pairs.plot))
    for i in range(len(known)):
        for pair in range(pairs.start[i], pairs.start[i + 1]):
            plot = pairs.plot[pair]
            ee, en, nn = plots.noise[plot, 0], plots.noise[plot, 1], plots.noise[plot, 2]
            east, north = pairs.away[pair, 0], pairs.away[pair, 1]
            squared = distance(east, north, known[i, 0] + ee, known[i, 1] + en, known[i, 2] + nn)[0]
            found[pair] = math.sqrt(squared)
    return found
