"""Scans: the plots that one source gives at one instant, none of which says who it is.

They go through the fusion core. Tracks with an identity that are near take part in each scan as guests: a plot may be
of one of them, and then moves it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from comity.picture.arrays import Plots
from comity.picture.clutter import Expected
from comity.picture.core import Core, CoreSettings
from comity.picture.filter import Estimate, started, velocity_of
from comity.picture.live import Live
from comity.picture.measured import measured
from comity.picture.motion import KINDS, MODELS, motion_of
from comity.picture.placed import Outcome, Placed
from comity.picture.register import Register
from comity.picture.settings import PictureSettings
from comity.picture.sphere import degrees, points
from comity.vocabulary.instant import SECOND, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting

_SURE = 0.9
"""Existence that a track of plots needs to be confirmed, beside the number of its plots."""
_KNOWN = 0.999
"""Existence of a track that others have confirmed."""
_WHOLE = SECOND
"""Instants of one source so far apart are whole scans; closer ones are parts of one, in which nothing is missed."""
_EXPECTED = Expected(clutter=1e-8, birth=1e-9)
_UNKNOWN_VELOCITY = (math.nan, math.nan)


class Scans:
    """Places plots: each goes to the track that it most probably is of, or begins a tentative one."""

    def __init__(self, register: Register, settings: PictureSettings) -> None:
        self._register = register
        self._settings = settings
        self._newest: dict[str, Instant] = {}
        self._lives: dict[int, Live] = {}
        self._core = Core(
            MODELS,
            CoreSettings(
                widest=settings.widest,
                early=settings.lateness / SECOND,
                coasting=settings.unidentified_silence / SECOND,
                room=2 * settings.unidentified,
            ),
        )

    def place(self, scan: Sequence[Sighting]) -> list[Placed]:
        """Place the plots of one source and instant."""
        source, time = scan[0].source, scan[0].time
        self._register.end_silent_plots(source, time)
        self._forget()
        before = self._newest.get(source)
        if before is None:
            self._core.sensor(source, _EXPECTED)
        elif time < before - self._settings.lateness:
            return [Placed(sighting=plot, track="", outcome=Outcome.LATE, state=None) for plot in scan]
        self._newest[source] = max(time, before or time)
        guests = self._invited(scan)
        whole = before is None or abs(time - before) >= _WHOLE
        result = self._core.scan(source, time / SECOND, self._plots(scan), whole=whole)
        numbers = zip(result.track.tolist(), result.parent.tolist(), strict=True)
        placed = [self._placed(plot, *number, guests) for plot, number in zip(scan, numbers, strict=True)]
        for number in result.dropped.tolist():
            live = self._lives.pop(number, None)
            if live is not None:
                self._register.end(live)
        if guests:
            self._core.forget(np.array(list(guests)))
        self._forget()
        return placed

    def adopt(self, live: Live) -> None:
        """Go on with a stored track of plots."""
        self._lives[self._added([live], [live.estimate])[0]] = live

    def _forget(self) -> None:
        """Drop the rows of tracks that have ended."""
        gone = [live.number for live in self._register.ended_plots()]
        for number in gone:
            self._lives.pop(number, None)
        if gone:
            self._core.forget(np.array(gone))

    def _plots(self, scan: Sequence[Sighting]) -> Plots:
        known = [measured(plot, self._settings) for plot in scan]
        velocity = [velocity_of(plot.speed, plot.course) or _UNKNOWN_VELOCITY for plot in scan]
        return Plots(
            points(np.array([(place.latitude, place.longitude) for place, _ in known])),
            np.array([noise for _, noise in known]),
            np.array(velocity),
            np.array([KINDS.get(plot.identity.kind, len(KINDS)) for plot in scan], dtype=np.int64),
        )

    def _invited(self, scan: Sequence[Sighting]) -> dict[int, Live]:
        """Put the tracks with an identity that are near into the core, by their numbers there."""
        time = scan[0].time
        near = {live.id: live for plot in scan if plot.position for live in self._register.near(plot.position)}
        lives = [live for live in near.values() if live.confirmed and self._timely(live, time)]
        return dict(zip(self._added(lives, [live.ahead(time) for live in lives]), lives, strict=True)) if lives else {}

    def _timely(self, live: Live, time: Instant) -> bool:
        return -self._settings.lateness <= time - live.estimate.time <= self._settings.coasting

    def _added(self, lives: Sequence[Live], states: Sequence[Estimate]) -> list[int]:
        """Put tracks into the core as they stand, all at the time of the first; return their numbers."""
        variance = np.array([state.position_variance for state in states])
        plots = Plots(
            points(np.array([(state.position.latitude, state.position.longitude) for state in states])),
            np.column_stack([variance, np.zeros(len(states)), variance]),
            np.array([(state.east, state.north) for state in states]),
            np.array([KINDS.get(live.identity.kind, len(KINDS)) for live in lives], dtype=np.int64),
        )
        numbers = self._core.add(states[0].time / SECOND, plots, _KNOWN)
        spread = self._core.held().spread[-len(states) :]
        for axis in (0, 2):
            spread[:, :, axis + 1, axis + 1] = np.array([state.velocity_variance for state in states])[:, None]
            across = np.array([state.covariance for state in states])[:, None]
            spread[:, :, axis, axis + 1] = spread[:, :, axis + 1, axis] = across
        return [int(number) for number in numbers]

    def _placed(self, plot: Sighting, number: int, parent: int, guests: Mapping[int, Live]) -> Placed:
        live = guests.get(number) or self._lives.get(number)
        if live is None:
            return self._begun(plot, number, self._lives.get(parent))
        again = live.scan == (plot.source, plot.time)
        live.scan = (plot.source, plot.time)
        outcome = Outcome.LATE
        if plot.time >= live.estimate.time:
            live.estimate = live.fix = self._estimate(number, plot.time)
            outcome = Outcome.TAKEN
        if not live.confirmed and not again:
            sure = float(self._core.held().exists[self._core.where(np.array([number]))[0]]) >= _SURE
            live.hit(plot.time, self._settings.confirm_hits, self._settings.confirm_within, sure=sure)
        live.note(plot)
        self._register.touch(live)
        if not live.confirmed:
            return Placed(sighting=plot, track=live.id, outcome=Outcome.TENTATIVE, state=None)
        return Placed(sighting=plot, track=live.id, outcome=outcome, state=live.track())

    def _begun(self, plot: Sighting, number: int, parent: Live | None) -> Placed:
        position, motion = plot.position or Position(0.0, 0.0), motion_of(plot.identity.kind)
        velocity = velocity_of(plot.speed, plot.course)
        estimate = started(plot.time, position, self._settings.deviation(plot), velocity, motion)
        live = Live(plot, estimate, key=None, confirmed=False)
        live.number, live.scan = number, (plot.source, plot.time)
        if parent is not None:  # what it had before it branched counts for it too
            live.hits = (*parent.hits, plot.time)[-self._settings.confirm_hits :]
        self._lives[number] = live
        self._register.add(live)
        return Placed(sighting=plot, track=live.id, outcome=Outcome.TENTATIVE, state=None)

    def _estimate(self, number: int, time: Instant) -> Estimate:
        """Return a track's state in the core, over its modes, with what both axes have in common."""
        rows, at = self._core.held(), int(self._core.where(np.array([number]))[0])
        mode, mean, spread = rows.mode[at], rows.mean[at], rows.spread[at]
        middle = mode @ mean
        whole = np.einsum("k,kij->ij", mode, spread) + np.einsum("k,ki,kj->ij", mode, mean - middle, mean - middle)
        latitude, longitude = degrees(rows.place[at : at + 1])[0].tolist()
        return Estimate(
            time,
            Position(latitude, longitude),
            float(middle[1]),
            float(middle[3]),
            float(whole[0, 0] + whole[2, 2]) / 2.0,
            float(whole[0, 1] + whole[2, 3]) / 2.0,
            float(whole[1, 1] + whole[3, 3]) / 2.0,
        )
