"""Placed: what the picture made of one sighting."""

from __future__ import annotations

from enum import Enum

import msgspec

from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track


class Outcome(Enum):
    """What became of a sighting."""

    TAKEN = "taken"
    """Its position is in the track's state."""
    IDENTITY = "identity"
    """It has no position; its identity is in the track's."""
    WAITING = "waiting"
    """It has no position and there is no track yet: its identity waits for one."""
    TENTATIVE = "tentative"
    """It may be clutter, or an impossible jump: it counts for a track that is not confirmed yet."""
    LATE = "late"
    """It is older than the track's state: counted and kept, and the state left as it is."""
    OUTLIER = "outlier"
    """Its position fits too badly to be believed yet: counted and kept, and left out of the state."""
    RESTARTED = "restarted"
    """It agrees with earlier outliers: the track goes on from them."""


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A sighting, the track it belongs to, and that track just after it."""

    sighting: Sighting
    track: str
    """The track's id, also while the track is tentative; empty while the sighting waits for one, or came too late."""
    outcome: Outcome
    state: Track | None
    """None while there is no confirmed track."""
