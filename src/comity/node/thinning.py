"""Thinning: of our log's old checkpoints a few an hour are kept, and whatever was proven by the others still holds.

What goes and what stays, and why: docs/decisions/0244-old-checkpoints-are-thinned.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, takewhile

import msgspec

from comity.foundation.clock import Clock
from comity.foundation.ledger import note as notes
from comity.foundation.store import checkpoints
from comity.foundation.store.checkpoints import Aged
from comity.foundation.store.store import Store
from comity.vocabulary.instant import HOUR, Duration, Instant

_PAGE = 1_000


class _Judged(msgspec.Struct, frozen=True):
    """A checkpoint: in which hour since 1970 it was made, and who has signed it, the log itself by its key of then."""

    size: int
    hour: int
    signers: frozenset[tuple[str, bytes]]
    needed: bool


class Thinning:
    """Letting go of checkpoints that are older than `keep`, milliseconds, but for one of each hour and set of keys."""

    def __init__(self, store: Store, clock: Clock, keep: Duration) -> None:
        self._store = store
        self._clock = clock
        self._keep = keep
        self._done = 0
        """Up to a checkpoint of this size all were thinned."""
        self._looked: Instant | None = None

    def thin(self) -> int:
        """Let go of those that have become too old, and return how many; looked at once an hour.

        Of each hour stays the newest that the same keys have signed: whoever needs one cosigned by certain witnesses
        finds one that holds the same entries.
        """
        now = self._clock.now()
        if self._looked is not None and now < self._looked + HOUR:
            return 0
        gone = sum(self._drop(hour) for hour in self._hours(now - self._keep))
        self._looked = now
        return gone

    def _drop(self, hour: list[_Judged]) -> int:
        stays = {one.signers: one.size for one in hour}
        goes = [one.size for one in hour if not one.needed and one.size != stays[one.signers]]
        gone = 0
        if goes:
            with self._store.upkeep() as transaction:
                gone = checkpoints.drop(transaction, goes)
        self._done = hour[-1].size
        return gone

    def _hours(self, before: Instant) -> Iterator[list[_Judged]]:
        """Yield the checkpoints of each hour that was over by then, oldest first."""
        for _, hour in groupby(self._judged(before), lambda one: one.hour):
            yield list(hour)

    def _judged(self, before: Instant) -> Iterator[_Judged]:
        for one in takewhile(lambda one: (one.time // HOUR + 1) * HOUR <= before, self._aged()):
            signed = notes.read(one.note, f"checkpoint {one.size}").signatures
            signers = frozenset((each.name, each.id) for each in signed)
            yield _Judged(one.size, one.time // HOUR, signers, one.needed)

    def _aged(self) -> Iterator[Aged]:
        last = self._done
        while True:
            with self._store.reading() as transaction:
                page = checkpoints.oldest(transaction, last, _PAGE)
            yield from page
            if not page:
                return
            last = page[-1].size
