"""The story of a recording that is only looked at: it becomes tracks and alerts as a node would make them.

    recordings -> sightings, merged as their time comes -> tracks -> alerts

Memory stays bounded whatever the recording holds: what was reported longest ago is left out first, and counted.
Nothing of it is stored.
"""

from __future__ import annotations

import heapq
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

import msgspec
from msgspec.structs import replace

from comity.detection.detector import Detector
from comity.node.wake import Wake
from comity.node.watching import noticed
from comity.picture.placed import Placed
from comity.picture.registration import Offset
from comity.picture.tracks import Picture
from comity.sources.batch import LARGEST
from comity.vocabulary.alert import Alert
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track

MOST_TRACKS = 200_000
"""Tracks kept to be shown; the one reported longest ago is left out first."""
MOST_ALERTS = 100_000
MOST_WAKES = 10_000
"""Tracks of which the way is kept to be drawn."""
_LONGEST_INSTANT = 8 * LARGEST
"""Sightings of one instant are placed together, so many at most: a recording may give one time to all of its rows."""


class Findings(msgspec.Struct):
    """What came of a recording so far."""

    sightings: int = 0
    first: Instant | None = None
    last: Instant | None = None
    outcomes: Counter[str] = msgspec.field(default_factory=Counter)
    """How many sightings had which `Outcome`."""
    tracks: OrderedDict[str, Track] = msgspec.field(default_factory=OrderedDict)
    """The newest state of each confirmed track, live or ended, by its id; the one reported last stands last."""
    tracks_left_out: int = 0
    alerts: OrderedDict[str, Alert] = msgspec.field(default_factory=OrderedDict)
    """Each alert as it was told last, by its id."""
    alerts_left_out: int = 0
    offsets: dict[str, tuple[Offset, ...]] = msgspec.field(default_factory=dict)
    """By how much the sensors of each source were found to be off at the end."""
    wakes: dict[str, Wake] = msgspec.field(default_factory=dict)
    """The ways of tracks, by their id, where they were asked for."""


class Look:
    """A picture and its rules over recordings."""

    def __init__(
        self,
        picture: Picture,
        detectors: Sequence[Detector],
        region: Callable[[Position], str | None] = lambda _: None,
        *,
        wakes: bool = False,
        most_tracks: int = MOST_TRACKS,
    ) -> None:
        self._picture = picture
        self._detectors = detectors
        self._region = region
        self._wakes = wakes
        self._most_tracks = most_tracks
        self.findings = Findings()

    def run(self, feeds: Sequence[Iterable[Sighting]]) -> Iterator[Findings]:
        """Take the feeds in, and yield what came of them so far after every few hundred sightings."""
        for batch in _batches(merged(feeds)):
            self.take(batch)
            yield self.findings
        self.findings.offsets = self._picture.offsets()

    def take(self, sightings: Sequence[Sighting]) -> None:
        """Take some in, after those before."""
        placed = self._picture.follow(sightings)
        alerts = noticed(self._detectors, placed, self._finished)
        findings = self.findings
        findings.sightings += len(sightings)
        for place in placed:
            self._note(place)
        for alert in alerts:
            findings.alerts[alert.id] = alert
        while len(findings.alerts) > MOST_ALERTS:
            findings.alerts.popitem(last=False)
            findings.alerts_left_out += 1

    def _finished(self, alert: Alert) -> Alert:
        return replace(alert, area=alert.area or self._region(alert.position))

    def _note(self, place: Placed) -> None:
        findings, time = self.findings, place.sighting.time
        findings.outcomes[place.outcome.value] += 1
        findings.first = time if findings.first is None else min(findings.first, time)
        findings.last = time if findings.last is None else max(findings.last, time)
        if place.state is None:
            return
        findings.tracks[place.track] = place.state
        findings.tracks.move_to_end(place.track)
        if len(findings.tracks) > self._most_tracks:
            gone, _ = findings.tracks.popitem(last=False)
            findings.wakes.pop(gone, None)
            findings.tracks_left_out += 1
        if self._wakes and (place.track in findings.wakes or len(findings.wakes) < MOST_WAKES):
            findings.wakes.setdefault(place.track, Wake()).add(place.state)


def merged(feeds: Sequence[Iterable[Sighting]]) -> Iterator[Sighting]:
    """Yield what the feeds give as their times come; within a feed the order is its own, and what is late stays late.

    So a node's feeds come too: each hands a sighting over when its time has come, or at once if it is past.
    """
    return (sighting for _, sighting in heapq.merge(*map(_due, feeds), key=itemgetter(0)))


def _due(feed: Iterable[Sighting]) -> Iterator[tuple[Instant, Sighting]]:
    newest = 0
    for sighting in feed:
        newest = max(newest, sighting.time)
        yield newest, sighting


def _batches(sightings: Iterator[Sighting]) -> Iterator[list[Sighting]]:
    batch: list[Sighting] = []
    for sighting in sightings:
        full = len(batch) >= LARGEST and sighting.time != batch[-1].time
        if full or len(batch) >= _LONGEST_INSTANT:
            yield batch
            batch = []
        batch.append(sighting)
    if batch:
        yield batch
