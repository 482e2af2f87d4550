"""An act: one source's scan with the guests that take part in it, as it is done to the core, once or again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from comity.picture.arrays import Floats, Plots, Whole
from comity.picture.core import Core, Result
from comity.picture.filter import Estimate
from comity.picture.live import Live
from comity.picture.motion import KINDS
from comity.picture.sphere import points

_KNOWN = 0.999
"""Existence of a track that others have confirmed."""


class Guests(NamedTuple):
    """Tracks from elsewhere, as they stand at one time."""

    plots: Plots
    covariance: Floats
    """(n,) Of place and velocity on each axis, square metres a second."""
    velocity: Floats
    """(n,) The variance of velocity on each axis, square metres a square second."""

    def added(self, core: Core, time: float) -> list[int]:
        """Put them into the core; return their numbers."""
        numbers = core.add(time, self.plots, _KNOWN)
        spread = core.held().spread[-len(numbers) :]
        for axis in (0, 2):
            spread[:, :, axis + 1, axis + 1] = self.velocity[:, None]
            spread[:, :, axis, axis + 1] = spread[:, :, axis + 1, axis] = self.covariance[:, None]
        return [int(number) for number in numbers]


def arrived(lives: Sequence[Live], states: Sequence[Estimate]) -> Guests:
    """Return tracks as they stand, all at the time of the first."""
    variance = np.array([state.position_variance for state in states])
    plots = Plots(
        points(np.array([(state.position.latitude, state.position.longitude) for state in states])),
        np.column_stack([variance, np.zeros(len(states)), variance]),
        np.array([(state.east, state.north) for state in states]),
        np.array([KINDS.get(live.identity.kind, len(KINDS)) for live in lives], dtype=np.int64),
    )
    return Guests(
        plots,
        np.array([state.covariance for state in states]),
        np.array([state.velocity_variance for state in states]),
    )


class ScanAct(msgspec.Struct, kw_only=True):
    """A scan to be done."""

    source: str
    time: float
    """Seconds."""
    plots: Plots
    whole: bool
    gone: Whole
    """Tracks that have ended since the act before."""
    guests: Guests | None
    numbers: list[int] = []
    """What the guests are called while they are there."""

    def done(self, core: Core) -> Result:
        """Do it."""
        core.forget(self.gone)
        self.numbers = self.guests.added(core, self.time) if self.guests else []
        result = core.scan(self.source, self.time, self.plots, whole=self.whole)
        if self.numbers:
            core.forget(np.array(self.numbers))
        return result
