"""Watching: the areas, and the rules that watch the picture, as the settings ask for them; no store is needed.

A node at work and a recording that is only looked at put them together here, so that both find the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np

from comity.detection.detector import Detector, HandlingOf, Listener, Sensing, Sparing
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
from comity.vocabulary.fault import Fault
from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import HOUR, Duration, Instant
from comity.vocabulary.place import Position

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
    sensing = [detector for detector in watching if isinstance(detector, Sensing)]
    timely = [detector for detector in watching if not (isinstance(detector, Sparing) and detector.timeless)]
    newest: Instant = 0
    for time, showing in _shown(watching, placed):
        for alert in _seen(showing, sensing) if showing is not None else ():
            found[alert.id] = alert
        later, newest = time > newest, max(newest, time)
        for detector in timely if later else ():
            for alert in detector.advance(newest):
                found[alert.id] = alert
    told = [finished(alert) for alert in found.values()]
    listeners = [detector for detector in watching if isinstance(detector, Listener)] if told else []
    heard = {more.id: more for alert in told for listener in listeners for more in listener.hear(alert)}
    return [*told, *(finished(alert) for alert in heard.values())]


def _seen(showing: tuple[Placed, Sequence[Detector]], sensing: Sequence[Sensing]) -> Iterator[Alert]:
    place, watching = showing
    if place.state is None:
        for sensed in sensing:
            yield from sensed.sense(place.sighting)
        return
    for detector in watching:
        yield from detector.observe(place.state, place.sighting)


def _shown(
    watching: Sequence[Detector], placed: Iterable[Placed]
) -> Iterator[tuple[Instant, tuple[Placed, Sequence[Detector]] | None]]:
    """Yield the time of each sighting, and to which detectors it must be shown; None where to none."""
    moves = placed.moves() if isinstance(placed, Placements) else None
    if moves is None or not isinstance(placed, Placements) or np.ptp(moves.time) > _APART:
        yield from ((place.sighting.time, (place, watching)) for place in placed)
        return
    codes = np.zeros(len(moves), np.int64)
    for bit, detector in enumerate(watching):
        wanted = detector.wants(moves) | ~moves.quiet if isinstance(detector, Sparing) else True
        codes |= np.where(wanted, 1 << bit, 0)
    chosen = {
        code: [detector for bit, detector in enumerate(watching) if code >> bit & 1]
        for code in np.unique(codes).tolist()
    }
    for row, (time, code) in enumerate(zip(moves.time.tolist(), codes.tolist(), strict=True)):
        yield time, (placed[row], chosen[code]) if code else None
