"""A common track: one subject as several nations see it, made of the track of each."""

from __future__ import annotations

import msgspec

from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One nation's track of it, and on what terms that is here."""

    owner: str
    """The node whose track it is."""
    id: str
    """As its owner calls it."""
    last: Instant
    handling: Handling | None = None
    """The marks under which a partner gave it; None: it is this node's own."""
    agreement: bytes = b""
    clause: str = ""


class CommonTrack(msgspec.Struct, frozen=True, kw_only=True):
    """Where nations that see the same together say it is, at `last`.

    It is for this node's people alone: no node gives a common track to anybody. What is given further is the node's
    own track, or what a partner gave, by that partner's leave.
    """

    id: str
    parts: tuple[Part, ...]
    """Sorted by owner; no owner stands twice."""
    identity: Identity
    last: Instant
    position: Position
    variance: float
    """Of the position on each axis, the mean of both, square metres."""
    speed: float
    """Over ground, metres a second."""
    course: float | None
    """Over ground, degrees from true north; None where it lies still."""
    provenance: tuple[str, ...]
    """The sensors and transmitters that it stands on: `node/source`, `node` where that is not told, `mmsi/…`."""
    independent: bool
    """Whether no two parts stand on the same."""
    disputed: bool
    """Whether the parts name it differently."""
    distress: bool = False
    simulated: bool = False
