"""The fusion core: plots of many sensors become tracks that each have a probability of being something.

A scan is one sensor's plots of one instant. Tracks near it are brought forward, paired with plots (gating), weighed
against each other (marginals) and updated (existence); a plot of nothing known begins a track. Rates of clutter, of
what is new and of what is seen, and usual speeds, are learned on the way. Pure: plain arrays in and out, no clock.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from comity.foundation.compiled import compiled
from comity.picture.arrays import Edges, Flags, Floats, Models, Plots, Rows, Whole
from comity.picture.bank import First, begin, empty, first_rows, grown, packed
from comity.picture.branches import ESTABLISHED, Ends, absorb, split
from comity.picture.clutter import VERDICT, Expected, Rates, Trial, judge
from comity.picture.existence import update, weights
from comity.picture.gating import edges
from comity.picture.imm import advance
from comity.picture.marginals import Belief, marginals
from comity.picture.named import Named, named
from comity.picture.shown import shown

_SURE, _FOLLOWED = 0.9, 2.5
"""Existence and plots from which a track's speed tells what speeds are usual, against..."""
_WEIGHT, _SLOWEST = 2.0, 0.2
"""...so many tracks of the speed expected, of which it falls no lower than that part."""
_FALLEN = 0.05
"""Part of the odds with which it began, below which a track is dropped in any case."""


class CoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the core works."""

    gate: float = 16.0
    """Squared deviations within which a plot may be of a track."""
    widest: float = 1_000.0
    """Metres, whatever the filter's doubt."""
    lasts: float = 300.0
    """Seconds that something lasts on average once no sensor sees it."""
    shown: float = 0.5
    """Existence from which a track is shown whose place is known well; more is wanted where it is known less..."""
    vague: float = 200.0
    """...up to so many metres (the root of the mean square), beyond which a track is as good as none..."""
    shown_hits: float = 1.5
    """...and how many plots it must have had."""
    near: float = 100.0
    """Metres within which tracks that are not sure enough each may be of one thing, shown if they are together."""
    least: float = 5e-3
    """Existence below which a track is dropped."""
    room: int = 200_000
    """Tracks at most; those least probable go first."""
    early: float = 10.0
    """Seconds by which a scan may be older than a track that it is held against."""
    coasting: float = 200.0
    """Seconds for which a track is held against scans after its last state."""


class Result(NamedTuple):
    """What became of one scan."""

    track: Whole
    """(m,) The number of the track that each plot most probably is of; its own new one if it began one; or -1."""
    parent: Whole
    """(m,) The number of the track from which that one has just branched, or -1."""
    surety: Floats
    """(m,) How probable that is."""
    dropped: Whole
    """The numbers of tracks that are no more."""


class Kept(NamedTuple):
    """What the core was at one time, as far as one sensor's scan may change it."""

    rows: Rows
    sensor: str
    rates: Rates | None
    models: Models
    size: int
    """Bytes that it holds."""


class Core:
    """All tracks."""

    def __init__(self, models: Models, settings: CoreSettings | None = None, *, flat: bool = False) -> None:
        self.models = models
        self._expected = models.typical
        self.settings = settings or CoreSettings()
        self.flat = flat
        self.rows = empty(256, models.turn.shape[1])
        self.count = 0
        self._serial = 0
        self._rates: dict[str, Rates] = {}
        self._numbers: dict[str, int] = {}

    def sensor(self, name: str, expected: Expected) -> None:
        """Say what is expected of a sensor before its first scan."""
        self._rates[name] = Rates(expected, flat=self.flat)

    def scan(self, sensor: str, now: float, plots: Plots, *, whole: bool = True) -> Result:
        """Take in the plots of one sensor at one time (seconds).

        Where the scan is not whole but only part of what the sensor looks at, tracks without a plot were not missed.
        """
        rates = self._rates.get(sensor)
        if rates is None:
            rates = self._rates[sensor] = Rates(Expected(), flat=self.flat)
        cells = rates.located(plots.place)
        rows, settings = self.held(), self.settings
        passed = now - rows.time
        chosen = np.flatnonzero((passed >= -settings.early) & (passed <= settings.coasting))
        fade(rows, chosen, passed, settings.lasts)
        advance(rows, self.models, chosen, now, self.flat)
        at, seen = rates.seen(rows, chosen)
        share = rates.share(cells)
        revise(rows, chosen, at, rates.share(np.maximum(at, 0)))
        pairs = edges(rows, chosen, plots, settings.gate, settings.widest, self.flat)
        edge = (at < 0) & (np.diff(pairs.start) > 0)  # plots say that it is watched there too
        at[edge], seen[edge] = cells[pairs.plot[pairs.start[:-1][edge]]], rates.usual()
        if not whole:
            at = np.where(np.diff(pairs.start) > 0, at, -1)
            seen = np.where(at >= 0, seen, 0.0)
        belief = marginals(pairs, weights(rows, chosen, pairs, seen, rates.density(cells)), len(plots.place))
        self._room_for(len(pairs.plot))
        rows = self.held()
        was = rows.exists[chosen]
        late = chosen[passed[chosen] < 0.0]
        kept = [array[late] for array in rows[:4]]
        probable = belief.pair.copy()
        branch = self._split(now, chosen, plots, pairs, belief)
        update(rows, chosen, plots, pairs, belief, seen, self.flat)
        for array, before in zip(rows[:4], kept, strict=True):  # what is late is counted, and moves nothing
            array[late] = before
        rows.looks[chosen] += at >= 0
        self._watched(sensor, rows, chosen, at if whole else np.maximum(at, 0))
        absorb(rows, now, chosen, pairs, belief.pair, len(plots.place), self.flat)
        rates.learn(cells, belief.fresh, 1.0)
        judge(rates.cells, rows, chosen, at, Trial(was, 1.0 - belief.none, floor(rows, settings.least)[chosen]))
        self._learn_speeds()
        begun = self._begin(now, plots, First(belief.fresh, share))
        found = named(rows.serial, chosen, pairs, Named(probable, branch, begun, belief.fresh * share))
        return Result(*found, self._prune())

    def add(self, now: float, plots: Plots, exists: float) -> Whole:
        """Take in tracks that are known from elsewhere; return their numbers."""
        count = len(plots.place)
        numbers = self._begin(now, plots, First(np.ones(count), np.full(count, exists)))
        self.held().looks[-count:] = VERDICT + 1
        self.held().hits[-count:] = ESTABLISHED
        return numbers

    def forget(self, numbers: Whole) -> None:
        """Drop tracks by their numbers."""
        self._keep(~np.isin(self.held().serial, numbers))

    def where(self, numbers: Whole) -> Whole:
        """Return the rows of tracks by their numbers, -1 for those that are not here."""
        serial = self.held().serial
        order = np.argsort(serial, kind="stable")
        at = np.minimum(np.searchsorted(serial, numbers, sorter=order), max(len(serial) - 1, 0))
        found = order[at] if len(serial) else np.zeros(len(numbers), np.int64)
        return np.where(serial[found] == numbers, found, -1) if len(serial) else found - 1

    def keep(self, sensor: str) -> Kept:
        """Return what is held now, with that sensor's rates, for `restore`."""
        rows, rates = self.held(), self._rates.get(sensor)
        copy = Rows(*(array.copy() for array in rows))  # type: ignore[arg-type]
        held = rates.copy() if rates is not None else None
        size = sum(array.nbytes for array in copy) + (held.size if held is not None else 0)
        return Kept(copy, sensor, held, self.models, size)

    def restore(self, kept: Kept) -> None:
        """Go back to what was held; numbers that were given stay given."""
        self.count = 0
        self._room_for(len(kept.rows.time))
        self.count = len(kept.rows.time)
        for array, old in zip(self.held(), kept.rows, strict=True):
            array[:] = old
        self.models = kept.models
        if kept.rates is None:
            self._rates.pop(kept.sensor, None)
        else:
            self._rates[kept.sensor] = kept.rates

    def count_from(self, serial: int) -> None:
        """Give the tracks that begin from now on the numbers from there, none of which may be in use."""
        self._serial = serial

    def shown(self) -> Whole:
        """Return the rows of the tracks that are to be shown: in a sensor's view, and sure enough, or near enough."""
        settings = self.settings
        return shown(self.held(), settings.shown, settings.shown_hits, settings.vague, settings.near)

    def held(self) -> Rows:
        """Return the rows in use: views of the arrays, until tracks are added or dropped."""
        return first_rows(self.rows, self.count)

    def _begin(self, now: float, plots: Plots, first: First) -> Whole:
        """Begin a track for every plot that may be of something new; return their numbers, -1 for none."""
        self._room_for(len(plots.place))
        begun = begin(self.rows, (self.count, self._serial), now, plots, self.models, first)
        self._serial += len(begun)
        self.count += int((begun >= 0).sum())
        return begun

    def _room_for(self, count: int) -> None:
        """Make room for so many tracks more; what was held before are then other arrays."""
        while self.count + count > len(self.rows.time):
            self.rows = grown(self.rows)

    def _split(self, now: float, chosen: Whole, plots: Plots, pairs: Edges, belief: Belief) -> Whole:
        """Begin the branches of young tracks."""
        branch = split(self.rows, Ends(self.count, self._serial, now), chosen, plots, pairs, belief, self.flat)
        made = int((branch >= 0).sum())
        self.count += made
        self._serial += made
        return branch

    def _watched(self, sensor: str, rows: Rows, chosen: Whole, at: Whole) -> None:
        """Note of which tracks the sensor looks for, and which have left its view: those have no cell (-1)."""
        number = self._numbers.setdefault(sensor, len(self._numbers) + 1)
        rows.watcher[chosen[at >= 0]] = number
        left = chosen[at < 0]
        rows.watcher[left[rows.watcher[left] == number]] = -1

    def _learn_speeds(self) -> None:
        """Expect of what is new the speeds that what is known has."""
        rows = self.held()
        sure = np.flatnonzero((rows.exists > _SURE) & (rows.hits >= _FOLLOWED))
        kinds, mean, spread = rows.kind[sure], rows.mean[sure], rows.spread[sure]
        squares = mean[:, :, 1] ** 2 + mean[:, :, 3] ** 2 + spread[:, :, 1, 1] + spread[:, :, 3, 3]
        known = np.bincount(kinds, (squares * rows.mode[sure]).sum(axis=1) / 2.0, minlength=len(self._expected))
        count = np.bincount(kinds, minlength=len(self._expected))
        speeds = np.sqrt((_WEIGHT * self._expected**2 + known) / (_WEIGHT + count))
        self.models = self.models._replace(typical=np.maximum(speeds, _SLOWEST * self._expected))

    def _prune(self) -> Whole:
        exists = self.held().exists
        kept = exists >= floor(self.held(), self.settings.least)
        if kept.sum() > self.settings.room:
            kept[np.argpartition(exists, -self.settings.room)[: -self.settings.room]] = False
        dropped = self.held().serial[~kept]
        self._keep(kept)
        return dropped

    def _keep(self, kept: Flags) -> None:
        if not kept.all():
            self.count = packed(self.rows, kept)


def floor(rows: Rows, least: float) -> Floats:
    """Return the existence below which each track is dropped: where little is new, one begins low."""
    return np.minimum(least, _FALLEN * rows.odds)


def fade(rows: Rows, chosen: Whole, passed: Floats, lasts: float) -> None:
    """Let what may have gone in the meantime be gone."""
    rows.exists[chosen] *= np.exp(-np.maximum(passed[chosen], 0.0) / lasts)


@compiled
def revise(rows: Rows, chosen: Whole, at: Whole, share: Floats) -> None:
    """Judge tracks that have not shown yet what they are by what is known now of first plots there."""
    for i in range(len(chosen)):
        one = chosen[i]
        if at[i] >= 0 and rows.looks[one] < VERDICT:
            odds = share[i] / (1.0 - share[i])
            held = rows.exists[one] / (1.0 - rows.exists[one]) * odds / rows.odds[one]
            rows.exists[one] = held / (1.0 + held)
            rows.odds[one] = odds
