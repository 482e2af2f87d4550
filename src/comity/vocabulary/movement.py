"""A movement: a sighting as the archive keeps it, and the files that hold it (docs/formats/archive.md)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from comity.vocabulary.handling import Grading, Onward, Tlp
from comity.vocabulary.instant import LATEST, Instant
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.sighting import Sighting


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """One sighting, when the node learned of it, and how it may be used."""

    sequence: int
    """The place in the order in which the node took sightings in."""
    version: int = 1
    """More than one where it corrects what was taken in before."""
    received: Instant
    track: str
    sighting: Sighting
    tlp: Tlp
    onward: Onward
    grading: Grading
    purposes: tuple[Purpose, ...]
    keep_until: Instant
    """From when on nobody reads it."""


class Box(msgspec.Struct, frozen=True):
    """A piece of the map between two parallels and two meridians; `west` above `east` crosses the antimeridian."""

    south: Annotated[float, msgspec.Meta(ge=-90, le=90)] = -90.0
    west: Annotated[float, msgspec.Meta(ge=-180, le=180)] = -180.0
    north: Annotated[float, msgspec.Meta(ge=-90, le=90)] = 90.0
    east: Annotated[float, msgspec.Meta(ge=-180, le=180)] = 180.0


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the archive: from `since` until before `until`, in an area, as known at a moment."""

    since: Instant
    until: Instant
    box: Box | None = None
    """Where; None: anywhere, also reports without a position."""
    known: Instant = LATEST
    """Only what had been received by then."""


class ArchiveFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the archive, as its catalogue knows it."""

    path: str
    """Below the archive's folder."""
    day: Instant
    """When its UTC day begins."""
    cell: str
    """The coarse H3 cell, or `none`."""
    first: int
    last: int
    """The lowest and the highest sequence inside."""
    rows: int
    begin: Instant
    end: Instant
    """The earliest and the latest time inside."""
    south: float | None
    west: float | None
    north: float | None
    east: float | None
    """What holds all positions inside; None where there are none."""
    ends: Instant
    """When the first row inside ends."""
    corrections: int
    """Rows inside that correct earlier ones."""
    size: int
    """Bytes."""
