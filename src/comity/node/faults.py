"""Faults: how often each part of the work has failed since the node began, for those who watch over it."""

from __future__ import annotations

from collections import Counter
from threading import Lock


class Faults:
    """A count for each part. Its methods may be called from any thread."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._turn = Lock()

    def count(self, part: str) -> None:
        """Count one more fault of the part."""
        with self._turn:
            self._counts[part] += 1

    def counts(self) -> dict[str, int]:
        """Return how many faults each part has had."""
        with self._turn:
            return dict(self._counts)
