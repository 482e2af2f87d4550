"""What is proven: tracks of several nations that are of one subject are found, and others are not taken for it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from comity.foundation.geodesy import distance
from comity.picture.common import OLDEST, Common
from comity.picture.contact import Contact
from comity.picture.filter import moved
from comity.vocabulary.common import CommonTrack, Part
from comity.vocabulary.instant import MINUTE, SECOND, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind

HERE = Position(56.0, 11.0)
BEGIN = 1_700_000_000_000
VESSEL = Identity(kind=SubjectKind.VESSEL)


class Ship:
    """A ship that goes straight, and what nations say of it with errors of their own."""

    def __init__(self, east: float, north: float, *, speed: float = 6.0, course: float = 45.0) -> None:
        self.east, self.north, self.speed, self.course = east, north, speed, course

    def at(self, time: Instant) -> Position:
        """Return where it truly is."""
        way = self.speed * (time - BEGIN) / 1000
        angle = math.radians(self.course)
        return moved(HERE, self.east + way * math.sin(angle), self.north + way * math.cos(angle))

    def told(
        self, owner: str, name: str, time: Instant, chance: np.random.Generator, identity: Identity = VESSEL
    ) -> Contact:
        """Return what a nation says of it."""
        east, north = chance.normal(0.0, 40.0, 2)
        return Contact(
            part=Part(owner=owner, id=name, last=time),
            identity=identity,
            position=moved(self.at(time), east, north),
            speed=self.speed,
            course=self.course,
            deviation=40.0,
        )


def followed(
    ships: dict[tuple[str, str], tuple[Ship, Identity]], seed: int = 1, minutes: int = 4
) -> tuple[Common, Instant]:
    """Let each nation tell of its ships every ten seconds or so, at times of its own."""
    common, chance = Common(), np.random.default_rng(seed)
    for step in range(6 * minutes):
        for place, ((owner, name), (ship, identity)) in enumerate(ships.items()):
            time = BEGIN + step * 10 * SECOND + 3 * SECOND * (place % 3)
            common.take([ship.told(owner, name, time, chance, identity)])
        common.tracks(time)
    return common, time


def owners(track: CommonTrack) -> tuple[str, ...]:
    return tuple(part.owner for part in track.parts)


def test_three_nations_see_one_ship() -> None:
    """Without a name, at different times: one track, surer than any of them, with one id from the first word on."""
    ship = Ship(0, 0)
    common, now = followed({(owner, "t"): (ship, VESSEL) for owner in ("dk", "se", "de")})
    (track,) = common.tracks(now)
    assert owners(track) == ("de", "dk", "se")
    assert track.independent
    assert track.variance < 40.0**2 / 2
    assert distance(track.position, ship.at(track.last)) < 100
    alone, _ = followed({("dk", "t"): (ship, VESSEL)})
    assert alone.tracks(now)[0].id == track.id, "it was Denmark's first"


@pytest.mark.parametrize("seed", range(5))
def test_ships_that_pass_are_two(seed: int) -> None:
    """Two ships 60 m apart for a moment, on crossing courses, one seen by each nation."""
    crossing = {("dk", "a"): (Ship(-500, -500, course=45), VESSEL), ("se", "b"): (Ship(500, -530, course=315), VESSEL)}
    common, now = followed(crossing, seed)
    assert len(common.tracks(now)) == 2


@pytest.mark.parametrize("seed", range(5))
def test_a_convoy_is_not_one_ship(seed: int) -> None:
    """Three ships 600 m apart on one course, each seen by both: three tracks, each of the right two."""
    ships = [Ship(600 * place, 0) for place in range(3)]
    seen = {(owner, str(place)): (ship, VESSEL) for owner in ("dk", "se") for place, ship in enumerate(ships)}
    common, now = followed(seen, seed)
    found = common.tracks(now)
    assert [owners(track) for track in found] == [("dk", "se")] * 3
    assert all(len({part.id for part in track.parts}) == 1 for track in found)


def test_what_rests_on_one_transmitter_is_not_counted_twice() -> None:
    """Both nations hear the ship's own AIS: they are one, at once, and no surer together than the surest."""
    known = Identity(kind=SubjectKind.VESSEL, mmsi=219_000_001)
    common, now = followed({("dk", "a"): (Ship(0, 0), known), ("se", "b"): (Ship(0, 0), known)}, minutes=1)
    (track,) = common.tracks(now)
    assert not track.independent
    assert "mmsi/219000001" in track.provenance
    assert track.variance >= 0.9 * 40.0**2


def test_a_number_is_evidence_and_no_key() -> None:
    """One MMSI at two places is two ships; two MMSIs on one way for long are one, said to be in dispute."""
    known = Identity(kind=SubjectKind.VESSEL, mmsi=219_000_001)
    other = Identity(kind=SubjectKind.VESSEL, mmsi=219_000_002)
    common, now = followed({("dk", "a"): (Ship(0, 0), known), ("se", "b"): (Ship(4_000, 0), known)})
    assert len(common.tracks(now)) == 2
    common, now = followed({("dk", "a"): (Ship(0, 0), known), ("se", "b"): (Ship(0, 0), other)}, minutes=1)
    assert len(common.tracks(now)) == 2, "what they call themselves counts while little else is known"
    common, now = followed({("dk", "a"): (Ship(0, 0), known), ("se", "b"): (Ship(0, 0), other)}, minutes=6)
    (track,) = common.tracks(now)
    assert track.disputed


def test_kinds_and_persons() -> None:
    """A boat is no aircraft that flies above it; what is not told agrees with either; a person is in no picture."""
    flying = Identity(kind=SubjectKind.AIRCRAFT)
    untold = Identity(kind=SubjectKind.OBJECT)
    person = Identity(kind=SubjectKind.PERSON)
    common, now = followed({("dk", "a"): (Ship(0, 0), VESSEL), ("se", "b"): (Ship(0, 0), flying)})
    assert len(common.tracks(now)) == 2
    common, now = followed({("dk", "a"): (Ship(0, 0), VESSEL), ("se", "b"): (Ship(0, 0), untold)})
    (track,) = common.tracks(now)
    assert track.identity.kind is SubjectKind.VESSEL
    common, now = followed({("dk", "a"): (Ship(0, 0), VESSEL), ("se", "b"): (Ship(0, 0), person)})
    assert [owners(track) for track in common.tracks(now)] == [("dk",)]


def test_what_is_gone_leaves_nothing() -> None:
    """What its owner took back is in no track, nor in where the rest is said to be; the old falls out by itself."""
    ship = Ship(0, 0)
    common, now = followed({("dk", "a"): (ship, VESSEL), ("se", "b"): (ship, VESSEL)})
    assert len(common.tracks(now)[0].parts) == 2
    common.keep("se", ())
    alone, _ = followed({("dk", "a"): (ship, VESSEL)})
    (track,) = common.tracks(now)
    assert owners(track) == ("dk",)
    assert track.provenance == ("dk",)
    assert alone.tracks(now)[0].id == track.id
    assert common.tracks(now + OLDEST + MINUTE) == []


def test_no_owner_stands_twice_in_a_track() -> None:
    """Two tracks that one nation has of one ship stay two: to join them is that nation's own business."""
    ship = Ship(0, 0)
    common, now = followed(
        {("dk", "a"): (ship, VESSEL), ("dk", "b"): (ship, VESSEL), ("se", "c"): (ship, VESSEL)}, minutes=3
    )
    assert sorted(len(track.parts) for track in common.tracks(now)) == [1, 2]
