"""A batch: sightings handed over together, and how far the feed has come with them."""

from __future__ import annotations

import msgspec

from comity.vocabulary.sighting import Sighting

LARGEST = 500
"""Sightings in a batch."""


class Batch(msgspec.Struct, frozen=True):
    """At most `LARGEST` sightings in the feed's order.

    `position` counts all sightings of the feed up to and with these: kept with them, it is where a restart goes on.
    `rejected` counts what of the feed could not be used so far.
    """

    sightings: tuple[Sighting, ...]
    position: int
    rejected: int
