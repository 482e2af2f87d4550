"""Watching by columns: the rules find, in every batch, what they find where each sighting is shown to each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from comity.detection.detector import Detector
from comity.node import watching
from comity.node.settings import PictureSettings
from comity.node.watching import noticed
from comity.picture.areas import Areas, read_geojson
from comity.picture.tracks import Picture
from comity.training import files, library
from comity.training.world import World
from comity.vocabulary.alert import Alert
from comity.vocabulary.handling import Handling
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity

LENGTH = 400


def rules(world: World) -> list[Detector]:
    """Return the rules of a node in the world."""
    areas = Areas(read_geojson(files.areas(world)))
    settings = watching.drawn(areas, PictureSettings(ports=files.ports(world)))
    return watching.detectors_of(settings, areas, lambda _: Handling())


def bare(sighting: Sighting, place: int) -> Sighting:
    """Return the sighting as a position report has it: most tell a number and no name."""
    who = sighting.identity
    return sighting if place % 12 == 0 else replace(sighting, identity=Identity(kind=who.kind, mmsi=who.mmsi))


def found(sightings: Sequence[Sighting], detectors: Sequence[Detector], *, columns: bool) -> list[list[Alert]]:
    """Return what is told, batch by batch."""
    picture, told = Picture(), []
    for start in range(0, len(sightings), LENGTH):
        batch = sightings[start : start + LENGTH]
        told.append(noticed(detectors, picture.follow(batch) if columns else picture.take(batch)))
    return told


@pytest.mark.parametrize("name", ["distress", "port-visit", "shadowing"])
def test_by_columns_the_rules_find_the_same(name: str) -> None:
    """Each telling of each alert, word by word, in a world in which something happens."""
    world = World(library.load(name), 1)
    sightings = [bare(report.sighting, place) for place, report in enumerate(world.reports())]
    one_by_one = found(sightings, rules(world), columns=False)
    assert found(sightings, rules(world), columns=True) == one_by_one
    assert Counter(alert.kind.value for told in one_by_one for alert in told)[name]
