"""The register: all live tracks, found by id, by identity and by place, within stated limits."""

from __future__ import annotations

from collections import OrderedDict
from operator import itemgetter

from comity.foundation.grid import Grid
from comity.picture.followers import Followers
from comity.picture.live import Live, combined
from comity.picture.settings import PictureSettings
from comity.picture.shelf import Shelf
from comity.vocabulary.columns import Sightings
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity
from comity.vocabulary.track import Track

_MOST_TOUCHES = 4_096
"""Touches that may wait for being put into order."""


def key_of(identity: Identity) -> str | None:
    """Return what the subject goes by, MMSI or aircraft address first; None for an unidentified one."""
    if identity.mmsi is not None:
        return f"{identity.kind.value}/mmsi/{identity.mmsi}"
    if identity.icao is not None:
        return f"{identity.kind.value}/icao/{identity.icao:06x}"
    if identity.call_sign:
        return f"{identity.kind.value}/call-sign/{identity.call_sign}"
    if identity.name:
        return f"{identity.kind.value}/name/{identity.name}"
    return None


class Register:
    """Live tracks, the latest ended ones, and identities that wait for a position."""

    def __init__(self, settings: PictureSettings) -> None:
        self._settings = settings
        self._known = Shelf(settings.identified)
        self._newcomers = Shelf(settings.newcomers)
        self._plots: dict[str, Shelf] = {}
        self._by_id: dict[str, Live] = {}
        self._by_key: dict[str, list[Live]] = {}
        self._places: Grid[str] = Grid()
        self._ended: OrderedDict[str, Track] = OrderedDict()
        self._gone: list[Live] = []
        self._waiting: OrderedDict[str, Identity] = OrderedDict()
        self.followers = Followers()
        self.fallen: set[int] = set()
        """The MMSIs of tracks that are followed by columns no longer, since that was last cleared."""
        self.base = 1
        """What is touched is counted, so that the order of the shelf is that of the sightings: here a batch began."""
        self._turn = 1
        self._batch: Sightings | None = None
        self._touches: list[tuple[int, Live]] = []

    def __len__(self) -> int:
        return len(self._by_id)

    def track(self, track: str) -> Track | None:
        """Return the confirmed track of that id, live or lately ended."""
        live = self._by_id.get(track)
        if live is None:
            return self._ended.get(track)
        self._write(live)
        return live.track() if live.confirmed else None

    def live(self) -> list[Live]:
        """Return the live tracks, tentative ones included."""
        self.settle()
        return list(self._by_id.values())

    def ended_plots(self) -> list[Live]:
        """Return the tracks of plots that have ended since this was last asked."""
        gone, self._gone = self._gone, []
        return gone

    def near(self, position: Position) -> list[Live]:
        """Return those with an identity within reach of a plot, and some beyond."""
        self.settle()
        found = [self._by_id[track] for track in self._places.near(position, self._settings.widest)]
        for live in found:
            self._release(live)
        return found

    def namesakes(self, key: str, time: Instant) -> list[Live]:
        """Return the live tracks of that identity, less those silent for too long before `time`: they end."""
        found = self._by_key.get(key)
        if not found:
            return []
        for live in found:
            self._release(live)
        oldest = time - self._settings.identified_silence
        for live in [live for live in found if live.heard < oldest]:
            self.end(live)
        return self._by_key.get(key, [])

    def alone(self, key: str) -> Live | None:
        """Return the one live track of that identity; None where there is none, or several."""
        found = self._by_key.get(key, ())
        return found[0] if len(found) == 1 else None

    def add(self, live: Live) -> None:
        """Take in a new track; what has waited under its identity is merged into it."""
        if live.id in self._by_id:
            self.end(self._by_id[live.id])
        self._by_id[live.id] = live
        if live.key is not None:
            waiting = self._waiting.pop(live.key, None)
            if waiting is not None:
                live.identity = combined(waiting, live.identity)
            found = self._by_key.setdefault(live.key, [])
            if len(found) >= self._settings.namesakes:
                self.end(min(found, key=lambda other: other.heard))
                found = self._by_key.setdefault(live.key, found)
            found.append(live)
        self.touch(live)

    def touch(self, live: Live) -> None:
        """Note that a track has been heard and may have moved."""
        if live.key is not None:
            self._places.put(live.id, live.estimate.position)
        if live.key is None:
            leaving = self._plots.setdefault(live.begun_by, Shelf(self._settings.unidentified)).put(live)
        elif live.count > 1:
            if live.count == 2:
                self._newcomers.drop(live)
            if len(self._touches) > _MOST_TOUCHES or self._known.lacks_room(live):
                self.settle()
            leaving = self._known.put(live)
            self._turn += 1
            self._touches.append((self._turn, live))
        else:
            leaving = self._newcomers.put(live)
        if leaving is not None:
            self.end(leaving)

    def end(self, live: Live) -> None:
        """End a track: it receives nothing more."""
        self._release(live)
        for shelf in (self._known, self._newcomers, *self._plots.values()):
            shelf.drop(live)
        self._by_id.pop(live.id, None)
        self._places.drop(live.id)
        if live.key is None:
            self._gone.append(live)
        else:
            found = self._by_key[live.key]
            found.remove(live)
            if not found:
                del self._by_key[live.key]
        if live.confirmed:
            self._ended[live.id] = live.track()
            if len(self._ended) > self._settings.ended:
                self._ended.popitem(last=False)

    def let_go(self, track: str) -> None:
        """Forget a track, and that it ever was: what comes of its subject begins another."""
        live = self._by_id.get(track)
        if live is not None:
            self.end(live)
        self._ended.pop(track, None)

    def end_silent(self, now: Instant) -> list[Track]:
        """End the tracks that have been silent for too long at `now`; return the confirmed ones."""
        self.settle()
        oldest = now - self._settings.identified_silence
        gone = self._known.silent(oldest) + self._newcomers.silent(oldest)
        for live in gone:
            self.end(live)
        for source in self._plots:
            gone += self.end_silent_plots(source, now)
        return [live.track() for live in gone if live.confirmed]

    def end_silent_plots(self, source: str, now: Instant) -> list[Live]:
        """End and return the tracks of plots that the source began and that have been silent for too long at `now`."""
        shelf = self._plots.get(source)
        gone = shelf.silent(now - self._settings.unidentified_silence) if shelf else []
        for live in gone:
            self.end(live)
        return gone

    def wait(self, key: str, sighting: Sighting) -> None:
        """Keep an identity until its first position."""
        older = self._waiting.pop(key, sighting.identity)
        self._waiting[key] = combined(older, sighting.identity)
        if len(self._waiting) > self._settings.waiting:
            self._waiting.popitem(last=False)

    def begin(self, batch: Sightings) -> None:
        """Begin a batch that is followed by columns."""
        self._batch, self.base = batch, self._turn + 4
        self.fallen.clear()

    def go_to(self, row: int) -> None:
        """Place a row of the batch by itself from now on."""
        self._turn = self.base + 4 * row

    def finish(self) -> None:
        """End the batch."""
        if self._batch is not None:
            self._turn = self.base + 4 * len(self._batch.rows)
            self.followers.ended(self._batch)
        self._batch = None

    def settle(self) -> None:
        """Write all that was followed by columns into its tracks, and put the shelf into order."""
        for live in self.followers.pending():
            self._write(live)
        self._touches.sort(key=itemgetter(0))
        for _, live in self._touches:
            self._known.renew(live)
        self._touches.clear()

    def _write(self, live: Live) -> None:
        touched = self.followers.write(live, self._batch)
        if touched:
            self._places.put(live.id, live.estimate.position)
            self._touches.append((touched, live))

    def _release(self, live: Live) -> None:
        """Write a track, which is about to change by itself, and follow it no longer."""
        if live.column >= 0:
            self._write(live)
            self.followers.release(live)
            self.fallen.add(live.identity.mmsi or 0)
