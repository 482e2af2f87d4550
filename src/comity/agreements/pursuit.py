"""Pursuit: where the ship pursued went, and whether the right of hot pursuit still holds (UNCLOS art. 111).

The page is docs/formats/pursuit.md. Each question is answered by yes, no, or None: not told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from itertools import pairwise
from typing import Final

import msgspec

from comity.agreements.law import CUSTOMS, POLLUTION, RESOURCES
from comity.agreements.zone import Chart, Located
from comity.foundation.geodesy import NAUTICAL_MILE, geodesic, wrapped
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import MINUTE, Duration, Instant, written
from comity.vocabulary.offence import Offence
from comity.vocabulary.place import Position
from comity.vocabulary.zone import INSIDE, Zone, ZoneKind

SILENCE: Final[Duration] = 15 * MINUTE
"""Longer than this between two rows, nobody can tell whether it was broken. Our number: the law has none."""
STEP: Final = 0.25 * NAUTICAL_MILE
"""Metres between the places that are looked at."""
MOST_SAMPLES: Final = 4_000


class Event(Enum):
    """What happened there."""

    NONE = ""
    SIGNAL = "signal"
    """The ship was given a visual or auditory signal to stop, where it could see or hear it (111(4))."""
    LOST = "lost"


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """Where the ship was when, and what happened."""

    time: Instant
    position: Position
    event: Event = Event.NONE


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the way, and in which zones it may lie."""

    time: Instant
    position: Position
    located: Located
    event: Event = Event.NONE


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Yes, no or not told, and why."""

    holds: bool | None
    words: str


def samples(track: Sequence[Fix], chart: Chart, until: Instant) -> tuple[Sample, ...]:
    """Return the places on the way up to an instant, a quarter of a nautical mile apart or nearer.

    Raises:
        Fault: the way is longer than 1,000 nm.
    """
    found: list[Sample] = []
    past = [fix for fix in track if fix.time <= until]
    for fix in _places(past):
        known = fix is past[-1] or fix.event is not Event.NONE
        if known or not found or geodesic(found[-1].position, fix.position) > STEP / 2:
            located = chart.at(fix.position)
            found.append(Sample(time=fix.time, position=fix.position, located=located, event=fix.event))
        if len(found) > MOST_SAMPLES:
            raise Fault("the track is longer than 1000 nm", where="track", remedy="Give the part since the signal.")
    return tuple(found)


def _places(track: Sequence[Fix]) -> Iterator[Fix]:
    for place, fix in enumerate(track):
        if place:
            yield from _between(track[place - 1], fix)
        yield fix


def _between(one: Fix, other: Fix) -> Iterator[Fix]:
    count = min(int(geodesic(one.position, other.position) / STEP), MOST_SAMPLES)
    east = wrapped(other.position.longitude - one.position.longitude)
    for step in range(1, count + 1):
        share = step / (count + 1)
        latitude = one.position.latitude + share * (other.position.latitude - one.position.latitude)
        longitude = wrapped(one.position.longitude + share * east)
        yield Fix(time=one.time + round(share * (other.time - one.time)), position=Position(latitude, longitude))


def begun(way: Sequence[Sample], state: str, offence: Offence | None) -> Finding:
    """Whether the pursuit began where the State may begin one, by a signal (111(1), (2), (4))."""
    start = next((one for one in way if one.event is Event.SIGNAL), None)
    if not way:
        return Finding(holds=False, words="no track tells where the pursuit began")
    if start is None:
        return Finding(holds=False, words="no signal to stop is in the track (111(4))")
    if not state:
        return Finding(holds=False, words="the State whose unit pursues is not told")
    each = [_may_begin(zone, state, offence) for zone in start.located.zones]
    where = " or ".join(map(str, start.located.zones)) or "a place that nobody can tell"
    words = f"begun at {written(start.time)} in {where}"
    if start.located.disputed or not each or len(set(each)) > 1 or None in each:
        return Finding(holds=None, words=f"{words}, where it is not settled whether it could begin (111(1))")
    return Finding(holds=each[0], words=words if each[0] else f"{words}, where it cannot begin (111(1))")


def _may_begin(zone: Zone, state: str, offence: Offence | None) -> bool | None:
    if zone.state != state:
        return False
    if zone.kind in INSIDE:
        return True
    if offence is None:
        return None
    if zone.kind is ZoneKind.CONTIGUOUS_ZONE and offence in CUSTOMS:
        return True
    return offence in RESOURCES | POLLUTION


def unbroken(way: Sequence[Sample], fixes: Sequence[Fix], until: Instant) -> Finding:
    """Whether it was not interrupted since the signal (111(1))."""
    start = next((one.time for one in way if one.event is Event.SIGNAL), None)
    if start is None:
        return Finding(holds=False, words="no signal to stop is in the track (111(4))")
    since = [fix for fix in fixes if start <= fix.time <= until]
    lost = next((fix.time for fix in since if fix.event is Event.LOST), None)
    if lost is not None:
        return Finding(holds=False, words=f"broken off at {written(lost)} (111(1))")
    times = [*(fix.time for fix in since), until]
    for one, other in pairwise(times):
        if other - one > SILENCE:
            minutes = (other - one) // MINUTE
            return Finding(holds=None, words=f"the track is silent for {minutes} min from {written(one)} (111(1))")
    return Finding(holds=True, words="not interrupted since")


def open_still(way: Sequence[Sample], state: str, let: Callable[[Zone, Position], bool]) -> Finding:
    """Whether the ship has come into no other State's territorial sea since, but where a power lets one (111(3))."""
    unsure: Sample | None = None
    start = next((place for place, one in enumerate(way) if one.event is Event.SIGNAL), 0)
    for one in way[start:]:
        closed = [
            zone.state != state and zone.kind in INSIDE and not let(zone, one.position) for zone in one.located.zones
        ]
        if closed and all(closed) and not one.located.disputed:
            where = " or ".join(map(str, one.located.zones))
            return Finding(holds=False, words=f"ended at {written(one.time)}, as it came into {where} (111(3))")
        if not closed or any(closed) or one.located.disputed:
            unsure = unsure or one
    if unsure is not None:
        where = " or ".join(map(str, unsure.located.zones)) or "a place that nobody can tell"
        return Finding(
            holds=None, words=f"at {written(unsure.time)} it was in {where}, where it may have ended (111(3))"
        )
    return Finding(holds=True, words="in no other State's territorial sea since")


def entries(
    way: Sequence[Sample], among: Callable[[Sample], tuple[bool, bool]], now: Sample
) -> tuple[Sample, ...] | None:
    """Return every place at which it may have come in for the last time; None where that was before the track.

    `among` says of a sample whether it may lie among the places, and whether it surely does. The first is the last
    place that was surely outside, because it came in between two. What has not come in yet comes in `now`.
    """
    inside = [among(one) for one in way]
    first = len(way)
    while first and inside[first - 1][0]:
        first -= 1
    if first == len(way):
        return (now,)
    if first == 0:
        return None
    last = len(way) - 1
    while last > first and inside[last][1] and inside[last - 1][1]:
        last -= 1
    return tuple(way[first - 1 : last + 1])
