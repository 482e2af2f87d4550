"""Memory: what a rule remembers of each track, for at most so many tracks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Generic, TypeVar

_Kind = TypeVar("_Kind")

TRACKS = 50_000
"""Tracks that a rule remembers unless its settings say otherwise."""


class Memory(Generic[_Kind]):
    """Values by key, oldest use first; the one used longest ago is forgotten for a new one."""

    def __init__(self, limit: int = TRACKS) -> None:
        self._limit = limit
        self._held: OrderedDict[str, _Kind] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[_Kind]:
        """Return the values, the one used longest ago first."""
        return iter(self._held.values())

    def names(self) -> list[str]:
        """Return the keys, the one used longest ago first."""
        return list(self._held)

    def get(self, key: str) -> _Kind | None:
        """Return the value, its place unchanged."""
        return self._held.get(key)

    def put(self, key: str, value: _Kind) -> _Kind | None:
        """Keep the value as the one used last; return the one forgotten for it, if any."""
        self._held[key] = value
        self._held.move_to_end(key)
        return self._held.popitem(last=False)[1] if len(self._held) > self._limit else None

    @property
    def full(self) -> bool:
        """Whether one is forgotten for the next new one."""
        return len(self._held) >= self._limit

    def put_new(self, key: str, value: _Kind) -> tuple[str, _Kind] | None:
        """Keep a value whose key is new; return the one forgotten for it, if any, with its key."""
        self._held[key] = value
        return self._held.popitem(last=False) if len(self._held) > self._limit else None

    def renew(self, key: str) -> None:
        """Note that a value was used last, if it is remembered."""
        if key in self._held:
            self._held.move_to_end(key)

    def drop(self, key: str) -> _Kind | None:
        """Forget and return the value."""
        return self._held.pop(key, None)
