"""Reports with an identity: which track of that identity they belong to, if any of them can be where they say."""

from __future__ import annotations

import msgspec

from comity.picture.filter import GATE, Estimate, Innovation, innovation, started, velocity_of
from comity.picture.live import PATIENCE, Live
from comity.picture.motion import motion_of
from comity.picture.placed import Outcome, Placed
from comity.picture.register import Register
from comity.picture.settings import PictureSettings
from comity.vocabulary.instant import MINUTE
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting

_FRESH = 5 * MINUTE
"""Beyond this the filter's doubt is so wide that the kind's speed must also allow it."""
_HITS = 3
"""Reports within `PATIENCE` that confirm a second track of one identity: one impossible jump makes none."""


class _Fit(msgspec.Struct, frozen=True):
    """How a report fits one track: `worse` is 0 within the gate, 1 where it is only possible."""

    live: Live
    prior: Estimate
    news: Innovation
    worse: int


class Identified:
    """Places reports that carry an identity."""

    def __init__(self, register: Register, settings: PictureSettings) -> None:
        self._register = register
        self._settings = settings

    def place(self, sighting: Sighting, key: str) -> Placed:
        """Place one report of the subject that goes by `key`."""
        position = sighting.position
        if position is None:
            return self._merge(sighting, key)
        deviation = self._settings.deviation(sighting)
        namesakes = self._register.namesakes(key, sighting.time)
        fits = [fit for live in namesakes if (fit := _fit(live, sighting, position, deviation))]
        if not fits:
            return self._begin(sighting, position, deviation, key, confirmed=not namesakes)
        best = fits[0] if len(fits) == 1 else min(fits, key=lambda fit: (fit.worse, fit.news.cost))
        return self._join(best, sighting, deviation)

    def _merge(self, sighting: Sighting, key: str) -> Placed:
        namesakes = self._register.namesakes(key, sighting.time)
        if not namesakes:
            self._register.wait(key, sighting)
            return Placed(sighting=sighting, track="", outcome=Outcome.WAITING, state=None)
        live = max(namesakes, key=lambda other: (other.confirmed, other.heard))
        return self._placed(live, sighting, Outcome.IDENTITY)

    def _begin(self, sighting: Sighting, position: Position, deviation: float, key: str, *, confirmed: bool) -> Placed:
        live = Live(sighting, _first(sighting, position, deviation), key=key, confirmed=confirmed)
        self._register.add(live)
        outcome = Outcome.TAKEN if confirmed else Outcome.TENTATIVE
        return Placed(sighting=sighting, track=live.id, outcome=outcome, state=live.track() if confirmed else None)

    def _join(self, fit: _Fit, sighting: Sighting, deviation: float) -> Placed:
        live = fit.live
        if sighting.time < live.estimate.time:
            return self._placed(live, sighting, Outcome.LATE)
        if fit.worse:
            return self._doubt(fit, sighting, deviation)
        live.accept(fit.prior, fit.news, sighting)
        if live.confirmed or live.hit(sighting.time, _HITS, PATIENCE):
            return self._placed(live, sighting, Outcome.TAKEN)
        return self._placed(live, sighting, Outcome.TENTATIVE)

    def _doubt(self, fit: _Fit, sighting: Sighting, deviation: float) -> Placed:
        """Refuse an outlier; where refused reports agree, go on from them, or tell a second subject from the first."""
        live = fit.live
        believed = live.refuse(fit.prior, sighting, deviation)
        if believed is None:
            return self._placed(live, sighting, Outcome.OUTLIER)
        heard_between = live.rival_since
        live.forget_rival()
        if not heard_between:
            live.restart(believed)
            return self._placed(live, sighting, Outcome.RESTARTED)
        second = Live(sighting, believed, key=live.key, confirmed=True)
        self._register.add(second)
        return Placed(sighting=sighting, track=second.id, outcome=Outcome.TAKEN, state=second.track())

    def _placed(self, live: Live, sighting: Sighting, outcome: Outcome) -> Placed:
        live.note(sighting)
        self._register.touch(live)
        state = live.track() if live.confirmed else None
        return Placed(sighting=sighting, track=live.id, outcome=outcome, state=state)


def _first(sighting: Sighting, position: Position, deviation: float) -> Estimate:
    velocity = velocity_of(sighting.speed, sighting.course)
    return started(sighting.time, position, deviation, velocity, motion_of(sighting.identity.kind))


def _fit(live: Live, sighting: Sighting, position: Position, deviation: float) -> _Fit | None:
    prior = live.ahead(sighting.time)
    news = innovation(prior, position, deviation)
    inside = news.squared <= GATE
    if inside and 0 <= sighting.time - live.estimate.time <= _FRESH:
        return _Fit(live, prior, news, 0)
    if not live.reaches(sighting, deviation):
        return None
    return _Fit(live, prior, news, 0 if inside else 1)
