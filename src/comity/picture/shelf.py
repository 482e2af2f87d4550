"""A shelf: live tracks in the order in which they were last heard, at most so many."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from comity.picture.live import Live
from comity.vocabulary.instant import Instant


class Shelf:
    """Live tracks by id; the one that was put longest ago leaves first."""

    def __init__(self, limit: int) -> None:
        """Make an empty shelf for `limit` tracks."""
        self._limit = limit
        self._held: OrderedDict[str, Live] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[Live]:
        return iter(self._held.values())

    def put(self, live: Live) -> Live | None:
        """Put it last, new or not; return the one that had to leave for it, if any."""
        self._held[live.id] = live
        self._held.move_to_end(live.id)
        if len(self._held) <= self._limit:
            return None
        return self._held.popitem(last=False)[1]

    def lacks_room(self, live: Live) -> bool:
        """Whether another would have to leave for it."""
        return len(self._held) >= self._limit and live.id not in self._held

    def renew(self, live: Live) -> None:
        """Put it last, if it is here."""
        if live.id in self._held:
            self._held.move_to_end(live.id)

    def drop(self, live: Live) -> None:
        """Take it off, if it is here."""
        self._held.pop(live.id, None)

    def silent(self, since: Instant) -> list[Live]:
        """Take off and return those at the front that have not been heard since then."""
        gone: list[Live] = []
        while self._held:
            live = next(iter(self._held.values()))
            if live.heard >= since:
                break
            del self._held[live.id]
            gone.append(live)
        return gone
