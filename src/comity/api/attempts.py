"""Attempts: how often somebody may fail to sign in, within a memory that does not grow."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from comity.api.problems import TooMany
from comity.foundation.clock import steady

WINDOW = 300.0
"""Seconds within which failures are counted."""
PER_NAME = 10
"""Failures of one name from one address."""
PER_ADDRESS = 50
"""Failures of one address with any names: a whole office may sit behind one."""
MOST = 10_000
"""Names and addresses remembered; those that have failed longest ago are forgotten first."""


class Attempts:
    """Failed sign-ins, counted by name and address and by address."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._failures: OrderedDict[tuple[str, ...], tuple[float, int]] = OrderedDict()
        self._turn = Lock()

    def begin(self, name: str, address: str) -> None:
        """Count an attempt as failed until `succeeded` says otherwise, so that many at once are counted too.

        Raises:
            TooMany: this name from this address, or this address, has failed too often.
        """
        now = steady()
        limits = {(address, name): PER_NAME, (address,): PER_ADDRESS}
        with self._turn:
            counted = {key: self._count(key, now) for key in limits}
            for key, (since, failures) in counted.items():
                if failures >= limits[key]:
                    raise TooMany("too many failed sign-ins", seconds=max(1, round(since + WINDOW - now)))
            for key, (since, failures) in counted.items():
                self._failures[key] = (since, failures + 1)
                self._failures.move_to_end(key)
            while len(self._failures) > self._most:
                self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of this name from this address, and count this attempt of the address no more."""
        with self._turn:
            self._failures.pop((address, name), None)
            since, failures = self._failures.get((address,), (0.0, 0))
            if failures > 1:
                self._failures[(address,)] = (since, failures - 1)
            else:
                self._failures.pop((address,), None)

    def __len__(self) -> int:
        return len(self._failures)

    def _count(self, key: tuple[str, ...], now: float) -> tuple[float, int]:
        """Return since when failures are counted and how many there were."""
        since, failures = self._failures.get(key, (now, 0))
        return (since, failures) if now < since + WINDOW else (now, 0)
