"""What waits for a slow TAK client: of each track its newest position, and of too many the oldest none."""

from __future__ import annotations

from typing import Generic, TypeVar

from comity.vocabulary.fault import Fault

_What = TypeVar("_What")


class Waiting(Generic[_What]):
    """Waits by id, at most `most`; `passed_over` counts those that made room unsent."""

    def __init__(self, most: int) -> None:
        if most < 1:
            raise Fault("there must be room for one at least", remedy="Give another limit.")
        self._most = most
        self._held: dict[str, _What] = {}
        self.passed_over = 0

    def __len__(self) -> int:
        return len(self._held)

    def put(self, id: str, what: _What) -> None:  # noqa: A002 - what every record calls it
        """Let it wait in the place of the older of its id, behind all others; where there is no room, the first goes.

        Put the oldest first: then the oldest are passed over.
        """
        self._held.pop(id, None)
        self._held[id] = what
        if len(self._held) > self._most:
            del self._held[next(iter(self._held))]
            self.passed_over += 1

    def take(self, count: int) -> list[_What]:
        """Return those that wait longest, and let them wait no more."""
        ids = [id for _, id in zip(range(count), self._held, strict=False)]  # noqa: A001
        return [self._held.pop(id) for id in ids]  # noqa: A001
