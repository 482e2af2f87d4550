"""The filter: a Kalman filter of constant velocity on the plane that touches the Earth at the track's own position.

Both axes have the same noise, so they share one 2 x 2 covariance of position and velocity, and the whole filter is a
handful of products. The plane is laid anew at every report. Displacements beyond 50 km go along the great circle.
Bar-Shalom, Li, Kirubarajan, "Estimation with Applications to Tracking and Navigation" (2001), sections 5.2 and 6.2.2
(white-noise acceleration), is the source of the equations.
"""

from __future__ import annotations

import math

import msgspec

from comity.foundation.geodesy import RADIUS, distance, offset, plane, wrapped
from comity.picture.motion import Motion
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position

GATE = 18.42
"""Squared distance in standard deviations that 99.99 % of true reports stay within (chi-square, two degrees)."""
FLAT = 50_000.0
"""Metres within which the plane stands for the Earth."""
SPEED_DEVIATION = 0.5
"""Metres a second on each axis: that of a reported speed and course (AIS rounds to 0.1 knots and 0.1 degrees)."""


class Estimate(msgspec.Struct, frozen=True, gc=False):
    """Where something is and how it moves at a time, as far as is known."""

    time: Instant
    position: Position
    east: float
    """Metres a second, as `north`."""
    north: float
    position_variance: float
    """On each axis, square metres."""
    covariance: float
    """Of position and velocity on one axis, square metres a second."""
    velocity_variance: float
    """On each axis, square metres a square second."""


class Innovation(msgspec.Struct, frozen=True, gc=False):
    """How a reported position differs from the predicted one."""

    east: float
    """Metres, as `north`."""
    north: float
    variance: float
    """Expected on each axis, square metres: prediction and measurement together."""
    noise: float
    """Of the measurement alone, square metres."""

    @property
    def squared(self) -> float:
        """The squared distance in standard deviations, to be held against `GATE`."""
        return (self.east * self.east + self.north * self.north) / self.variance

    @property
    def cost(self) -> float:
        """Twice the negative logarithm of its likelihood, but for a constant: what association minimises."""
        return self.squared + 2.0 * math.log(self.variance)


def started(
    time: Instant, position: Position, deviation: float, velocity: tuple[float, float] | None, motion: Motion
) -> Estimate:
    """Return the estimate after a first report; `deviation` in metres, `velocity` east and north in metres a second."""
    east, north = velocity or (0.0, 0.0)
    spread = SPEED_DEVIATION if velocity else motion.typical
    return Estimate(time, position, east, north, deviation * deviation, 0.0, spread * spread)


def predicted(estimate: Estimate, time: Instant, motion: Motion) -> Estimate:
    """Return the estimate as it stands at a later `time`, nothing new being known."""
    step = (time - estimate.time) / 1000.0
    if step <= 0.0:
        return estimate
    noise = motion.noise_at(estimate.east, estimate.north)
    covariance, velocity = estimate.covariance, estimate.velocity_variance
    return Estimate(
        time,
        moved(estimate.position, estimate.east * step, estimate.north * step),
        estimate.east,
        estimate.north,
        estimate.position_variance + step * (2.0 * covariance + step * (velocity + step * noise / 3.0)),
        covariance + step * (velocity + step * noise / 2.0),
        velocity + step * noise,
    )


def innovation(prior: Estimate, position: Position, deviation: float) -> Innovation:
    """Return how a position of standard `deviation` (metres on each axis) differs from the predicted `prior`."""
    east, north = displacement(prior.position, position)
    return Innovation(east, north, prior.position_variance + deviation * deviation, deviation * deviation)


def updated(prior: Estimate, news: Innovation, velocity: tuple[float, float] | None) -> Estimate:
    """Return the estimate after the report that brought `news`, and the velocity it gave if any."""
    gain, rate = prior.position_variance / news.variance, prior.covariance / news.variance
    left = news.noise / news.variance  # one less the gain, exact also where the prediction is worth nothing
    posterior = Estimate(
        prior.time,
        moved(prior.position, gain * news.east, gain * news.north),
        prior.east + rate * news.east,
        prior.north + rate * news.north,
        prior.position_variance * left,
        prior.covariance * left,
        prior.velocity_variance - rate * prior.covariance,
    )
    return posterior if velocity is None else _with_velocity(posterior, velocity)


def _with_velocity(prior: Estimate, velocity: tuple[float, float]) -> Estimate:
    east, north = velocity[0] - prior.east, velocity[1] - prior.north
    variance = prior.velocity_variance + SPEED_DEVIATION * SPEED_DEVIATION
    if east * east + north * north > GATE * variance:
        return prior
    gain, pull = prior.velocity_variance / variance, prior.covariance / variance
    return Estimate(
        prior.time,
        moved(prior.position, pull * east, pull * north),
        prior.east + gain * east,
        prior.north + gain * north,
        prior.position_variance - pull * prior.covariance,
        prior.covariance * (1.0 - gain),
        prior.velocity_variance * (1.0 - gain),
    )


def moved(origin: Position, east: float, north: float) -> Position:
    """Return the position so many metres east and north: on the plane, or along the great circle beyond 50 km."""
    if east * east + north * north <= FLAT * FLAT:
        return offset(origin, east, north)
    angle, bearing = math.hypot(east, north) / RADIUS, math.atan2(east, north)
    phi = math.radians(origin.latitude)
    sine = math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(bearing)
    across = math.atan2(math.sin(bearing) * math.sin(angle) * math.cos(phi), math.cos(angle) - math.sin(phi) * sine)
    latitude = math.degrees(math.asin(max(-1.0, min(1.0, sine))))
    return Position(latitude, wrapped(origin.longitude + math.degrees(across)))


def displacement(origin: Position, position: Position) -> tuple[float, float]:
    """Return metres east and north from `origin`: the inverse of `moved`."""
    east, north = plane(origin, position)
    if east * east + north * north <= FLAT * FLAT:
        return east, north
    length = distance(origin, position)
    phi_a, phi_b = math.radians(origin.latitude), math.radians(position.latitude)
    across = math.radians(position.longitude - origin.longitude)
    bearing = math.atan2(
        math.sin(across) * math.cos(phi_b),
        math.cos(phi_a) * math.sin(phi_b) - math.sin(phi_a) * math.cos(phi_b) * math.cos(across),
    )
    return length * math.sin(bearing), length * math.cos(bearing)


def velocity_of(speed: float | None, course: float | None) -> tuple[float, float] | None:
    """Return metres a second east and north, where both speed and course (degrees from north) are known."""
    if speed is None:
        return None
    if course is None:
        return (0.0, 0.0) if speed < SPEED_DEVIATION else None
    angle = math.radians(course)
    return speed * math.sin(angle), speed * math.cos(angle)
