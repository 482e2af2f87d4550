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
    """Spectral density of its acceleration on each axis, square metres a cubic second: how soon it turns."""


MOTIONS: dict[SubjectKind, Motion] = {
    SubjectKind.VESSEL: Motion(fastest=35.0, typical=6.0, noise=0.02),
    SubjectKind.AIRCRAFT: Motion(fastest=400.0, typical=120.0, noise=25.0),
    SubjectKind.VEHICLE: Motion(fastest=70.0, typical=12.0, noise=2.0),
    SubjectKind.PARTY: Motion(fastest=10.0, typical=1.5, noise=0.05),
}
"""35 m/s is 68 knots; a ferry that turns 90 degrees in a minute at 15 knots needs a noise of about 0.02."""

UNKNOWN = Motion(fastest=70.0, typical=6.0, noise=0.5)
"""Of every other kind."""


def motion_of(kind: SubjectKind) -> Motion:
    """Return how that kind moves."""
    return MOTIONS.get(kind, UNKNOWN)
