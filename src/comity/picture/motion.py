"""Motion: how each kind of subject can move, which decides what a filter believes."""

from __future__ import annotations

import msgspec

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

    def noise_at(self, east: float, north: float) -> float:
        """Return the spectral density of its acceleration at that velocity (metres a second)."""
        return self.noise * (1.0 + (east * east + north * north) / (self.brisk * self.brisk))


MOTIONS: dict[SubjectKind, Motion] = {
    SubjectKind.VESSEL: Motion(fastest=35.0, typical=6.0, noise=0.02, brisk=5.0),
    SubjectKind.AIRCRAFT: Motion(fastest=400.0, typical=120.0, noise=10.0, brisk=100.0),
    SubjectKind.VEHICLE: Motion(fastest=70.0, typical=12.0, noise=0.5, brisk=10.0),
    SubjectKind.PARTY: Motion(fastest=10.0, typical=1.5, noise=0.05, brisk=3.0),
}
"""35 m/s is 68 knots. Chosen on recorded AIS of harbours, so that fast ferries stay within the gate as they turn."""

UNKNOWN = Motion(fastest=70.0, typical=6.0, noise=0.1, brisk=5.0)
"""Of every other kind."""


def motion_of(kind: SubjectKind) -> Motion:
    """Return how that kind moves."""
    return MOTIONS.get(kind, UNKNOWN)
