"""Zones: whose a place is, and what kind of land or sea it is by the Convention on the Law of the Sea (1982)."""

from __future__ import annotations

from enum import Enum

import msgspec

from comity.vocabulary import country
from comity.vocabulary.fault import Fault


class ZoneKind(Enum):
    """Kinds of land and sea, from the inside outwards."""

    LAND = "land"
    INTERNAL_WATERS = "internal-waters"
    """Landward of the baseline (art. 8)."""
    TERRITORIAL_SEA = "territorial-sea"
    """At most 12 nm from it (art. 3)."""
    CONTIGUOUS_ZONE = "contiguous-zone"
    """At most 24 nm from it (art. 33); a part of the exclusive economic zone."""
    EEZ = "eez"
    """Beyond the territorial sea, at most 200 nm from the baseline (art. 55, 57)."""
    HIGH_SEAS = "high-seas"
    """Nobody's (art. 86)."""


INSIDE = frozenset({ZoneKind.LAND, ZoneKind.INTERNAL_WATERS, ZoneKind.TERRITORIAL_SEA})
"""Where a State is sovereign (art. 2)."""


class Zone(msgspec.Struct, frozen=True, omit_defaults=True):
    """A zone of a State, by its ISO 3166-1 code in small letters; the high seas have none."""

    kind: ZoneKind
    state: str = ""

    def __str__(self) -> str:
        return f"{self.state}.{self.kind.value}" if self.state else self.kind.value

    def holds(self, other: Zone) -> bool:
        """Whether whatever lies in the other zone lies in this one: the contiguous zone is a part of the eez."""
        belts = {ZoneKind.EEZ: (ZoneKind.EEZ, ZoneKind.CONTIGUOUS_ZONE)}
        return self.state == other.state and other.kind in belts.get(self.kind, (self.kind,))


def read(text: str) -> Zone:
    """Return the zone that a text such as `se.territorial-sea` or `high-seas` names.

    Raises:
        Fault: it names none.
    """
    state, dot, kind = text.rpartition(".")
    for one in ZoneKind:
        if one.value == kind and (one is ZoneKind.HIGH_SEAS) == (not dot) and (not dot or country.is_code(state)):
            return Zone(one, state)
    raise Fault(f"{text[:80]!r} is no zone", remedy="Write it like se.territorial-sea, or high-seas.")
