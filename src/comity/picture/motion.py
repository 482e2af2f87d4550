"""Motion: how each kind of subject can move, which decides what a filter believes."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from comity.picture.arrays import Models
from comity.vocabulary.subject import SubjectKind


class Motion(msgspec.Struct, frozen=True, kw_only=True):
    """How a kind of subject moves."""

    fastest: float
    """Metres a second. What would need more is not the same subject."""
    typical: float
    """Metres a second: standard deviation on each axis of a velocity nobody has measured."""
    noise: float
    """Spectral density of its acceleration on each axis when it is slow, square metres a cubic second."""
    brisk: float
    """Metres a second at which that is doubled: to turn takes more acceleration the faster one goes."""
    turn: float
    """Radians a second: a turn that is worth a mode of its own."""
    stops: bool = True
    """Whether it may lie still."""

    def noise_at(self, east: float, north: float) -> float:
        """Return the spectral density of its acceleration at that velocity (metres a second)."""
        return self.noise * (1.0 + (east * east + north * north) / (self.brisk * self.brisk))


MOTIONS: dict[SubjectKind, Motion] = {
    SubjectKind.VESSEL: Motion(fastest=35.0, typical=6.0, noise=0.02, brisk=5.0, turn=0.01),
    SubjectKind.AIRCRAFT: Motion(fastest=400.0, typical=120.0, noise=10.0, brisk=100.0, turn=0.05, stops=False),
    SubjectKind.VEHICLE: Motion(fastest=70.0, typical=12.0, noise=0.5, brisk=10.0, turn=0.15),
    SubjectKind.PARTY: Motion(fastest=10.0, typical=1.5, noise=0.05, brisk=3.0, turn=0.1),
}
"""35 m/s is 68 knots. Chosen on recorded AIS of harbours, so that fast ferries stay within the gate as they turn."""

UNKNOWN = Motion(fastest=70.0, typical=6.0, noise=0.1, brisk=5.0, turn=0.02)
"""Of every other kind."""


def motion_of(kind: SubjectKind) -> Motion:
    """Return how that kind moves."""
    return MOTIONS.get(kind, UNKNOWN)


KINDS = {kind: row for row, kind in enumerate(MOTIONS)}
"""The row in `MODELS` of each kind; that of every other is the last."""
_ALL = (*MOTIONS.values(), UNKNOWN)
MODELS = Models(
    noise=np.array([motion.noise for motion in _ALL]),
    brisk=np.array([motion.brisk for motion in _ALL]),
    typical=np.array([motion.typical for motion in _ALL]),
    turn=np.array([(0.0, motion.turn, -motion.turn, math.nan if motion.stops else 0.0) for motion in _ALL]),
    first=np.array([0.7, 0.1, 0.1, 0.1]),
    stay=np.array([300.0, 60.0, 60.0, 300.0]),
)
"""How the fusion core has them move: straight on, turning left, turning right, lying still."""
