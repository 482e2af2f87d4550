"""Scans: the plots that one source gives at one instant, none of which says who it is.

They go through the fusion core. Tracks with an identity that are near take part in each scan as guests: a plot may be
of one of them, and then moves it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from comity.picture.act import ScanAct, arrived
from comity.picture.arrays import Plots
from comity.picture.clutter import Expected
from comity.picture.core import Core, CoreSettings
from comity.picture.filter import started, velocity_of
from comity.picture.live import Live
from comity.picture.motion import KINDS, MODELS, motion_of
from comity.picture.placed import Outcome, Placed
from comity.picture.register import Register
from comity.picture.registration import Offset
from comity.picture.registrations import Registrations
from comity.picture.replay import Replay, ReplaySettings
from comity.picture.settings import PictureSettings
from comity.picture.sphere import points
from comity.picture.state import estimate_of, put_back
from comity.vocabulary.instant import SECOND, Instant
from comity.vocabulary.sighting import Sighting

_SURE = 0.9
"""Existence that a track of plots needs to be confirmed, beside the number of its plots."""
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
        self._gone: list[int] = []
        """Numbers of tracks that have ended and are still in the core."""
        self._core = Core(
            MODELS,
            CoreSettings(
                widest=settings.widest,
                early=settings.lateness / SECOND,
                coasting=settings.unidentified_silence / SECOND,
                room=2 * settings.unidentified,
            ),
        )
        self._registrations = Registrations(settings)
        self._replay = Replay(self._core, ReplaySettings(lag=settings.lateness / SECOND))

    def place(self, scan: Sequence[Sighting]) -> list[Placed]:
        """Place the plots of one source and instant."""
        source = scan[0].source
        time = self._registrations.learn(scan, [live.ahead(scan[0].time) for live in self._invited(scan, scan[0].time)])
        self._register.end_silent_plots(source, time)
        self._forget()
        before = self._newest.get(source)
        if before is None:
            self._core.sensor(source, _EXPECTED)
        lives = self._invited(scan, time)
        act = ScanAct(
            source=source,
            time=time / SECOND,
            plots=self._plots(scan),
            whole=before is None or abs(time - before) >= _WHOLE,
            gone=np.array(self._gone, np.int64),
            guests=arrived(lives, [live.ahead(time) for live in lives]) if lives else None,
        )
        result = self._replay.take(act.time, source, act.done)
        if result is None:
            if before is not None and time < before - self._settings.lateness:
                return [Placed(sighting=plot, track="", outcome=Outcome.LATE, state=None) for plot in scan]
            result = self._replay.apart(act.done)  # a source far behind others goes on by its own time
        self._gone.clear()
        self._newest[source] = max(time, before or time)
        guests = dict(zip(act.numbers, lives, strict=True))
        numbers = zip(result.track.tolist(), result.parent.tolist(), strict=True)
        placed = [self._placed(plot, time, *number, guests) for plot, number in zip(scan, numbers, strict=True)]
        dropped = result.dropped.tolist()
        if self._replay.replayed:
            held = np.array(list(self._lives), np.int64)
            dropped = held[self._core.where(held) < 0].tolist()
        for number in dropped:
            live = self._lives.pop(number, None)
            if live is not None:
                self._register.end(live)
        self._forget()
        return placed

    def offsets(self) -> dict[str, tuple[Offset, ...]]:
        """Return by how much each source's sensors are off, as far as is known."""
        return self._registrations.offsets()

    def adopt(self, live: Live) -> None:
        """Go on with a stored track of plots."""
        self._replay.settle()
        guests = arrived([live], [live.estimate])
        (live.number,) = guests.added(self._core, live.estimate.time / SECOND)
        self._lives[live.number] = live

    def _forget(self) -> None:
        """Drop the rows of tracks that have ended."""
        for live in self._register.ended_plots():
            if self._lives.pop(live.number, None) is not None:
                self._gone.append(live.number)

    def _plots(self, scan: Sequence[Sighting]) -> Plots:
        known = [self._registrations.corrected(plot) for plot in scan]
        velocity = [velocity_of(plot.speed, plot.course) or _UNKNOWN_VELOCITY for plot in scan]
        return Plots(
            points(np.array([(place.latitude, place.longitude) for place, _ in known])),
            np.array([noise for _, noise in known]),
            np.array(velocity),
            np.array([KINDS.get(plot.identity.kind, len(KINDS)) for plot in scan], dtype=np.int64),
        )

    def _invited(self, scan: Sequence[Sighting], time: Instant) -> list[Live]:
        """Return the tracks with an identity that are near."""
        near = {live.id: live for plot in scan if plot.position for live in self._register.near(plot.position)}
        return [live for live in near.values() if live.confirmed and self._timely(live, time)]

    def _timely(self, live: Live, time: Instant) -> bool:
        return -self._settings.lateness <= time - live.estimate.time <= self._settings.coasting

    def _placed(self, plot: Sighting, time: Instant, number: int, parent: int, guests: Mapping[int, Live]) -> Placed:
        live = guests.get(number) or self._lives.get(number)
        if live is None:
            return self._begun(plot, time, number, self._lives.get(parent))
        again = live.scan == (plot.source, plot.time)
        live.scan = (plot.source, plot.time)
        outcome, row = Outcome.LATE, int(self._core.where(np.array([number]))[0])
        if row >= 0 and time >= live.estimate.time and not self._replay.replayed:
            live.estimate = live.fix = estimate_of(self._core.held(), row, time)
            outcome = Outcome.TAKEN
        elif row >= 0 and live.key is None:
            live.estimate = live.fix = put_back(self._core.held(), row, max(time, live.estimate.time))
            outcome = Outcome.TAKEN
        if not live.confirmed and not again:
            sure = row >= 0 and float(self._core.held().exists[row]) >= _SURE
            live.hit(plot.time, self._settings.confirm_hits, self._settings.confirm_within, sure=sure)
        live.note(plot)
        self._register.touch(live)
        if not live.confirmed:
            return Placed(sighting=plot, track=live.id, outcome=Outcome.TENTATIVE, state=None)
        return Placed(sighting=plot, track=live.id, outcome=outcome, state=live.track())

    def _begun(self, plot: Sighting, time: Instant, number: int, parent: Live | None) -> Placed:
        position, motion = self._registrations.corrected(plot)[0], motion_of(plot.identity.kind)
        velocity = velocity_of(plot.speed, plot.course)
        estimate = started(time, position, self._settings.deviation(plot), velocity, motion)
        live = Live(plot, estimate, key=None, confirmed=False)
        live.number, live.scan = number, (plot.source, plot.time)
        if parent is not None:  # what it had before it branched counts for it too
            live.hits = (*parent.hits, plot.time)[-self._settings.confirm_hits :]
        self._lives[number] = live
        self._register.add(live)
        return Placed(sighting=plot, track=live.id, outcome=Outcome.TENTATIVE, state=None)
