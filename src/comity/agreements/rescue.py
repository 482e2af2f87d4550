"""Rescue: which party is the competent rescue centre in which areas, and what distress lets through (safeguard 13)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from comity.agreements.clause import words
from comity.agreements.document import Node, mapping
from comity.agreements.flaw import Flaw, empty, repeated, unknown
from comity.foundation.geodesy import contains
from comity.vocabulary.handling import BEST, Onward, Tlp
from comity.vocabulary.instant import HOUR, Duration
from comity.vocabulary.place import Area, Position

CLAUSE: Final = "safeguard-13"
"""Stands where a release has a clause."""
FIELDS: Final = ("kind", "severity", "time", "position")
"""Position and need: never who it is."""
KEEP: Final[Duration] = 72 * HOUR
MARKS: Final = replace(BEST, tlp=Tlp.AMBER_STRICT, onward=Onward.NO, proceedings=False)
"""The widest handling that it travels under; the grading stays the record's own."""
BASIS: Final = "SOLAS V/33; MSC.167(78)"


class Centre(msgspec.Struct, frozen=True, kw_only=True):
    """A party that is the competent rescue centre in some areas."""

    node: str
    areas: tuple[str, ...]


def read(node: Node) -> tuple[Centre, ...]:
    """Return the centres of the document's `rescue`.

    Raises:
        Unreadable: it is no mapping `centres:` of nodes to names of areas.
    """
    centres = mapping(mapping(node, required=("centres",), optional=()).items["centres"])
    return tuple(Centre(node=name, areas=words(areas)) for name, areas in centres.items.items())


def competent(centres: Iterable[Centre], areas: Iterable[Area], position: Position) -> frozenset[str]:
    """Return the nodes in whose rescue areas the position lies."""
    around = {area.name for area in areas if contains(area, position)}
    return frozenset(centre.node for centre in centres if around.intersection(centre.areas))


def flaws(centres: tuple[Centre, ...], parties: Iterable[str], areas: Iterable[str]) -> Iterator[Flaw]:
    """Find all that makes the centres unusable; paths begin inside `centres`."""
    known = frozenset(areas)
    seen: set[str] = set()
    taken: dict[str, str] = {}
    for centre in centres:
        key = centre.node
        if key in seen:
            yield Flaw((key,), f"{key!r} stands twice", "Name it once.")
        seen.add(key)
        for flaw in unknown([key], parties, key, "party"):
            yield Flaw((key,), flaw.what, flaw.remedy)
        yield from empty(centre.areas, key, "area")
        yield from repeated(centre.areas, key)
        yield from unknown(centre.areas, known, key, "area of the annex")
        yield from _shared(centre, taken)


def _shared(centre: Centre, taken: dict[str, str]) -> Iterator[Flaw]:
    for place, area in enumerate(centre.areas):
        other = taken.setdefault(area, centre.node)
        if other != centre.node:
            yield Flaw((centre.node, place), f"{area!r} has {other} for its centre", "Name one centre for each area.")
