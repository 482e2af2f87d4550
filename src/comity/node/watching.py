"""Watching: the areas, and the rules that watch the picture, as the settings ask for them; no store is needed.

A node at work and a recording that is only looked at put them together here, so that both find the same.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path

import msgspec

from comity.detection.crossing import Crossing, CrossingSettings
from comity.detection.dark import Dark, DarkSettings
from comity.detection.detector import Detector, HandlingOf
from comity.detection.distress import Distress, DistressSettings
from comity.detection.meeting import Meeting, MeetingSettings
from comity.node.settings import FeedSettings, PictureSettings, span
from comity.picture.areas import Areas, read_geojson
from comity.picture.placed import Placed
from comity.vocabulary.alert import Alert
from comity.vocabulary.fault import Fault
from comity.vocabulary.handling import Handling
from comity.vocabulary.place import Position


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """What of a `node.toml` says how the picture is watched; its other tables are passed over."""

    picture: PictureSettings = msgspec.field(default_factory=PictureSettings)
    feed: tuple[FeedSettings, ...] = ()


def read(text: str, where: str) -> Watched:
    """Return what the text of a `node.toml`, whole or in part, says of the picture and the feeds.

    Raises:
        Fault: a setting of theirs is unknown or malformed.
    """
    try:
        return msgspec.convert(tomllib.loads(text), Watched)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        remedy = "See [picture] and [[feed]] in docs/reference/settings.md."
        raise Fault(f"the settings are not right: {error}", where=where, remedy=remedy) from error


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
    if not picture.areas:
        return Areas(())
    file = folder / picture.areas
    areas = Areas(read_geojson(file.read_bytes(), str(file)))
    expect(areas, picture, str(file))
    return areas


def expect(areas: Areas, picture: PictureSettings, where: str) -> None:
    """Refuse settings that speak of an area which is not there.

    Raises:
        Fault: they do.
    """
    named = {name for pair in picture.borders for name in pair} | set(picture.crossing_points)
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


def detectors_of(picture: PictureSettings, areas: Areas, handling: HandlingOf) -> list[Detector]:
    """Return the rules that watch the picture, with the thresholds that the settings give them."""
    crossing = CrossingSettings(borders=picture.borders, points=picture.crossing_points)
    return [
        Crossing(crossing, areas.at, handling),
        Dark(DarkSettings(gap=span(picture.dark)), handling),
        Meeting(MeetingSettings(duration=span(picture.meeting)), areas.at, handling),
        Distress(DistressSettings(), handling),
    ]


def noticed(detectors: Sequence[Detector], placed: Iterable[Placed]) -> list[Alert]:
    """Show each sighting to each detector; of one alert told twice, the later telling stands.

    Time goes on with each sighting and not with each batch: what is found must not depend on how the feed was cut.
    """
    found: dict[str, Alert] = {}
    for place in placed:
        for detector in detectors:
            if place.state is not None:
                found.update((alert.id, alert) for alert in detector.observe(place.state, place.sighting))
            found.update((alert.id, alert) for alert in detector.advance(place.sighting.time))
    return list(found.values())
