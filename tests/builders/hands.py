"""A clock for tests in which days pass."""

from __future__ import annotations

from builders import pair
from comity.foundation.clock import Clock
from comity.vocabulary.instant import Instant


class Hand(Clock):
    """A clock that is set by hand."""

    shown = pair.NOW

    def now(self) -> Instant:
        """Return what it shows."""
        return self.shown
