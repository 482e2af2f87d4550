"""Watching: the areas, and the rules that watch the picture, as the settings ask for them; no store is needed.

A node at work and a recording that is only looked at put them together here, so that both find the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import combinations
from operator import itemgetter
from pathlib import Path

import msgspec
import numpy as np

from comity.detection.detector import (
    Detector,
    HandlingOf,
    Listener,
    Noted,
    Sensing,
    Shown,
    Sparing,
    Sweeping,
)
from comity.foundation.coastline import Coastline
from comity.node import coastlines
from comity.node.feed_settings import FeedSettings
from comity.node.rules import areas_named, detectors, rules
from comity.node.setting import converted
from comity.node.settings import PictureSettings
from comity.picture.areas import Areas, read_geojson
from comity.picture.placed import Placed
from comity.picture.placements import Placements
from comity.vocabulary.alert import Alert
from comity.vocabulary.columns import Moves
from comity.vocabulary.fault import Fault
from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import HOUR, Duration, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track

_APART: Duration = HOUR
"""A batch whose times lie farther apart, as where clocks are off, is shown to all rules row by row."""


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """What of a `node.toml` says how the picture is watched; its other tables are passed over."""

    picture: PictureSettings = msgspec.field(default_factory=PictureSettings)
    feed: tuple[FeedSettings, ...] = ()


def read(text: str, where: str) -> Watched:
    """Return what the text of a `node.toml`, whole or in part, says of the picture and the feeds.

    Raises:
        Fault: a setting of theirs is unknown or malformed.
    """
    return converted(text, Watched, where)


def drawn(areas: Areas, picture: PictureSettings) -> PictureSettings:
    """Return the settings with borders and crossing points as the areas' kinds tell them, where none are set.

    Each two areas drawn as `waters` or `land` have a border between them; those drawn as `crossing-point` are such.
    """
    if picture.borders or picture.crossing_points:
        return picture
    kinds = {name: getattr(areas.get(name), "kind", "") for name in areas.names()}
    sides = [name for name, kind in kinds.items() if kind in {"waters", "land"}]
    points = tuple(name for name, kind in kinds.items() if kind == "crossing-point")
    return msgspec.structs.replace(picture, borders=tuple(combinations(sides, 2)), crossing_points=points)


def areas_of(picture: PictureSettings, folder: Path) -> Areas:
    """Return the areas that the settings name, from their file in the folder; none where they name no file.

    Raises:
        Fault: the file is no GeoJSON of named areas, or lacks one that the settings speak of.
    """
    file = folder / picture.areas
    areas = Areas(read_geojson(file.read_bytes(), str(file)) if picture.areas else ())
    expect(areas, picture, str(file), folder)
    return areas


def expect(areas: Areas, picture: PictureSettings, where: str, folder: Path = Path()) -> None:
    """Refuse settings that speak of an area which is not there.

    Raises:
        Fault: they do.
    """
    named = {name for pair in picture.borders for name in pair} | set(picture.crossing_points)
    named |= areas_named(rules(picture, folder))
    for name in sorted(named):
        if areas.get(name) is None:
            raise Fault(f"there is no area {name!r}", where=where, remedy="Correct the picture's settings.")


def region_of(areas: Areas) -> Callable[[Position], str | None]:
    """Return what names the region of a position: an alert that no rule has given an area gets that one."""
    regions = {name for name in areas.names() if getattr(areas.get(name), "kind", "") == "region"}
    return lambda position: next((name for name in areas.at(position) if name in regions), None)


def handling_of(feeds: Iterable[FeedSettings]) -> HandlingOf:
    """Return what tells the handling of a feed's sightings; a source that is no feed has the strictest."""
    marks = {feed.name: feed.handling for feed in feeds}
    return lambda source: marks.get(source, Handling())


def coast_of(file: Path | None = None) -> Callable[[], Coastline]:
    """Return what loads the coastline in the file, or the one that comes along, when it is first asked for."""
    return cache(lambda: coastlines.load(file or coastlines.SHIPPED))


def detectors_of(
    picture: PictureSettings,
    areas: Areas,
    handling: HandlingOf,
    coast: Callable[[], Coastline] | None = None,
    folder: Path = Path(),
) -> list[Detector]:
    """Return the rules that watch the picture, with the thresholds of the settings and of the file that they name.

    Raises:
        Fault: the file of rules, in the folder, is not right.
    """
    return detectors(rules(picture, folder), areas, coast or coast_of(), handling)


def noticed(
    watching: Sequence[Detector], placed: Iterable[Placed], finished: Callable[[Alert], Alert] = lambda alert: alert
) -> list[Alert]:
    """Show each sighting to each detector, and what they find to those that listen; return it, finished.

    Of one alert told twice, the later telling stands. Time goes on with each sighting and not with each batch: what is
    found must not depend on how the feed was cut.
    """
    found: dict[str, Alert] = {}
    moves = placed.moves() if isinstance(placed, Placements) else None
    if moves is None or not isinstance(placed, Placements) or np.ptp(moves.time) > _APART:
        raised = list(_one_by_one(watching, placed))
    else:
        raised = _side_by_side(watching, placed, moves)
    for alert in raised:
        found[alert.id] = alert
    told = [finished(alert) for alert in found.values()]
    listeners = [detector for detector in watching if isinstance(detector, Listener)] if told else []
    heard = {more.id: more for alert in told for listener in listeners for more in listener.hear(alert)}
    return [*told, *(finished(alert) for alert in heard.values())]


def _one_by_one(watching: Sequence[Detector], placed: Iterable[Placed]) -> Iterator[Alert]:
    newest: Instant = 0
    for place in placed:
        for detector in watching:
            yield from _seen(detector, place.state, place.sighting)
        if place.sighting.time > newest:
            newest = place.sighting.time
            for detector in watching:
                yield from detector.advance(newest)


def _seen(detector: Detector, track: Track | None, sighting: Sighting) -> list[Alert]:
    if track is not None:
        return detector.observe(track, sighting)
    return detector.sense(sighting) if isinstance(detector, Sensing) else []


def _side_by_side(watching: Sequence[Detector], placed: Placements, moves: Moves) -> list[Alert]:
    """Show the batch to each detector by itself; put what they find into the order in which it happened."""

    def shown(row: int) -> tuple[Track | None, Sighting]:
        place = placed[row]
        return place.state, place.sighting

    raised: list[tuple[int, bool, int, Alert]] = []
    for place, detector in enumerate(watching):
        raised += [(row, ended, place, alert) for row, ended, alert in _found(detector, moves, shown)]
    return [alert for *_, alert in sorted(raised, key=itemgetter(0, 1, 2))]


def _found(detector: Detector, moves: Moves, shown: Shown) -> Iterable[Noted]:
    if isinstance(detector, Sweeping):
        return detector.sweep(moves, shown)
    wanted = detector.wants(moves) | ~moves.quiet if isinstance(detector, Sparing) else np.ones_like(moves.quiet)
    timely = not (isinstance(detector, Sparing) and detector.timeless)
    found: list[Noted] = []
    for row in np.flatnonzero(wanted | moves.later if timely else wanted).tolist():
        if wanted[row]:
            found += [(row, False, alert) for alert in _seen(detector, *shown(row))]
        if timely and moves.later[row]:
            found += [(row, True, alert) for alert in detector.advance(int(moves.time[row]))]
    return found
