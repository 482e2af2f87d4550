"""The bell: whoever waits for something new is told when an act of this or another process has committed it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TypeAlias

Hearer: TypeAlias = Callable[[frozenset[str]], None]
"""Takes the words that say what is new (`foundation.store.store.News`)."""


class Bell:
    """Its methods may be called from any thread."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._hearers: list[Hearer] = []

    def ring(self, words: frozenset[str]) -> None:
        """Tell all who hear it, one after another."""
        with self._turn:
            hearers = list(self._hearers)
        for hearer in hearers:
            hearer(words)

    def hear(self, hearer: Hearer) -> None:
        """Have the hearer told from now on."""
        with self._turn:
            self._hearers.append(hearer)
