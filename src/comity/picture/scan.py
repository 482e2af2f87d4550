"""Scans: the plots that one source gives at one instant, none of which says who it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from comity.picture.association import assigned
from comity.picture.filter import GATE, Estimate, innovation, started, velocity_of
from comity.picture.live import Live
from comity.picture.motion import motion_of
from comity.picture.placed import Outcome, Placed
from comity.picture.register import Register
from comity.picture.settings import PictureSettings
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting

_Plot = tuple[int, Sighting, Position]


class Scans:
    """Places plots: to confirmed tracks first, then to tentative ones; what is left begins a tentative one."""

    def __init__(self, register: Register, settings: PictureSettings) -> None:
        self._register = register
        self._settings = settings
        self._newest: dict[str, Instant] = {}

    def place(self, scan: Sequence[Sighting]) -> list[Placed]:
        """Place the plots of one source and instant; no two go to one track."""
        source, time = scan[0].source, scan[0].time
        self._register.end_silent_plots(source, time)
        if time < self._newest.get(source, time) - self._settings.lateness:
            return [Placed(sighting=plot, track="", outcome=Outcome.LATE, state=None) for plot in scan]
        self._newest[source] = max(time, self._newest.get(source, time))
        left = [(index, plot, plot.position) for index, plot in enumerate(scan) if plot.position is not None]
        placed: dict[int, Placed] = {}
        for suits in (_is_confirmed, _is_tentative):
            placed.update(self._associate(left, suits))
            left = [plot for plot in left if plot[0] not in placed]
        placed.update((index, self._begin(plot, position)) for index, plot, position in left)
        return [placed[index] for index in range(len(scan))]

    def _associate(self, plots: Sequence[_Plot], suits: Callable[[Live], bool]) -> dict[int, Placed]:
        ahead: dict[str, Estimate] = {}
        costs = [self._costs(plot, position, suits, ahead) for _, plot, position in plots]
        placed: dict[int, Placed] = {}
        for (index, plot, position), track in zip(plots, assigned(costs), strict=True):
            if track is not None:
                placed[index] = self._join(self._register.held(track), plot, position, ahead[track])
        return placed

    def _costs(
        self, plot: Sighting, position: Position, suits: Callable[[Live], bool], ahead: dict[str, Estimate]
    ) -> dict[str, float]:
        """Return the cost of each track that the plot may belong to."""
        deviation = self._settings.deviation(plot)
        costs: dict[str, float] = {}
        for live in self._register.near(position):
            if not suits(live) or not self._timely(live, plot):
                continue
            if live.id not in ahead:
                ahead[live.id] = live.ahead(plot.time)
            news = innovation(ahead[live.id], position, deviation)
            if news.squared <= GATE and math.hypot(news.east, news.north) <= self._settings.widest:
                costs[live.id] = news.cost
        return costs

    def _timely(self, live: Live, plot: Sighting) -> bool:
        if live.identity.kind is not plot.identity.kind or live.scan == (plot.source, plot.time):
            return False
        return -self._settings.lateness <= plot.time - live.estimate.time <= self._settings.coasting

    def _join(self, live: Live, plot: Sighting, position: Position, prior: Estimate) -> Placed:
        outcome = Outcome.TAKEN
        if plot.time < live.estimate.time:
            outcome = Outcome.LATE
        else:
            live.accept(prior, innovation(prior, position, self._settings.deviation(plot)), plot)
        if not (live.hit(plot.time, self._settings.confirm_hits, self._settings.confirm_within) or live.confirmed):
            outcome = Outcome.TENTATIVE
        live.scan = (plot.source, plot.time)
        live.note(plot)
        self._register.touch(live)
        return Placed(sighting=plot, track=live.id, outcome=outcome, state=live.track() if live.confirmed else None)

    def _begin(self, plot: Sighting, position: Position) -> Placed:
        velocity = velocity_of(plot.speed, plot.course)
        deviation, motion = self._settings.deviation(plot), motion_of(plot.identity.kind)
        live = Live(plot, started(plot.time, position, deviation, velocity, motion), key=None, confirmed=False)
        live.scan = (plot.source, plot.time)
        self._register.add(live)
        return Placed(sighting=plot, track=live.id, outcome=Outcome.TENTATIVE, state=None)


def _is_confirmed(live: Live) -> bool:
    return live.confirmed


def _is_tentative(live: Live) -> bool:
    return not live.confirmed and live.key is None
