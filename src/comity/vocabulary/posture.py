"""Postures: how wide relations with a partner allow a node to give."""

from __future__ import annotations

from enum import Enum


class Posture(Enum):
    """From the widest to the narrowest. A person sets it, with a reason and a date on which it is looked at again."""

    OPEN = "open"
    """All that the agreements give. It counts where nobody has set any."""
    GUARDED = "guarded"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"

    @property
    def narrowness(self) -> int:
        """Its place in the order: 0 is the widest."""
        return tuple(Posture).index(self)
