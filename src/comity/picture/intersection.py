"""Intersection: one estimate from two, whether or not it is known how much they have in common.

What rests on different sensors is added up as information. What may rest on the same is joined by covariance
intersection (Julier and Uhlmann, "A non-divergent estimation algorithm in the presence of unknown correlations",
American Control Conference 1997): never surer than either pair of errors allows, however they are correlated.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from comity.picture.filter import Estimate, displacement, moved

_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
_STEPS = 24
"""Of the search for the weight: it is then known to 0.00001."""
_LEAST = 1e-12


class _Information(NamedTuple):
    """The inverse of the covariance of position and velocity on one axis; both axes have the same."""

    position: float
    both: float
    velocity: float

    @property
    def determinant(self) -> float:
        return max(self.position * self.velocity - self.both * self.both, _LEAST)

    def plus(self, other: _Information) -> _Information:
        return _Information(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def scaled(self, factor: float) -> _Information:
        return _Information(*(factor * each for each in self))

    def times(self, place: float, speed: float) -> tuple[float, float]:
        return self.position * place + self.both * speed, self.both * place + self.velocity * speed

    def solved(self, place: float, speed: float) -> tuple[float, float]:
        """Return what `times` makes these two of."""
        scale = 1.0 / self.determinant
        return scale * (self.velocity * place - self.both * speed), scale * (self.position * speed - self.both * place)


def joined(one: Estimate, other: Estimate, *, independent: bool) -> Estimate:
    """Return where it is by both estimates, which are of the same time.

    `independent` says that their errors have nothing in common.
    """
    first, second = _information(one), _information(other)
    if not independent:
        weight = _weight(first, second)
        first, second = first.scaled(weight), second.scaled(1.0 - weight)
    whole = first.plus(second)
    aside = displacement(one.position, other.position)
    found = []
    for place, mine, theirs in zip(aside, (one.east, one.north), (other.east, other.north), strict=True):
        told, also = first.times(0.0, mine), second.times(place, theirs)
        found.append(whole.solved(told[0] + also[0], told[1] + also[1]))
    (shift_east, east), (shift_north, north) = found
    scale = 1.0 / whole.determinant
    return Estimate(
        one.time,
        moved(one.position, shift_east, shift_north),
        east,
        north,
        scale * whole.velocity,
        -scale * whole.both,
        scale * whole.position,
    )


def _information(estimate: Estimate) -> _Information:
    place, both, speed = estimate.position_variance, estimate.covariance, estimate.velocity_variance
    scale = 1.0 / max(place * speed - both * both, _LEAST)
    return _Information(scale * speed, -scale * both, scale * place)


def _weight(first: _Information, second: _Information) -> float:
    """Return the weight of the first, from 0 to 1, by which the joined covariance is smallest (golden section)."""

    def sureness(weight: float) -> float:
        return first.scaled(weight).plus(second.scaled(1.0 - weight)).determinant

    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if sureness(left) < sureness(right):
            low = left
        else:
            high = right
    return (low + high) / 2.0
