"""Decoded tracks: three styles of heading, units, and rows that are not taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.foundation.geodesy import KNOT
from comity.sources.feed import read_file
from comity.sources.origin import Origin
from comity.sources.tracks_csv import TrackReader
from comity.vocabulary.instant import written
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

ORIGIN = Origin(source="test")
HEADING = b"time,latitude,longitude,speed,course,mmsi,name"


def taken(*lines: bytes) -> tuple[list[Sighting], TrackReader]:
    reader = TrackReader(ORIGIN)
    return [sighting for line in lines if (sighting := reader.take(line)) is not None], reader


def test_our_own_heading() -> None:
    """Metres a second and degrees stay as they are; the columns' order and case do not matter."""
    sightings, _ = taken(HEADING, b"2026-01-01T12:00:00Z,56.9,11.7,6.2,90.0,299000001,LYNGEN STAR")
    (one,) = sightings
    assert one.position == Position(56.9, 11.7)
    assert (one.speed, one.course, written(one.time)) == (6.2, 90.0, "2026-01-01T12:00:00.000Z")
    assert one.identity == Identity(kind=SubjectKind.VESSEL, mmsi=299_000_001, name="LYNGEN STAR")
    other, _ = taken(b"Longitude,LATITUDE,time", b"11.7,56.9,2026-01-01T12:00:00Z")
    assert other[0].position == Position(56.9, 11.7)


def test_marine_cadastre(vectors: Path) -> None:
    """Rows of New York harbour: knots become metres a second, a negative course is 409.6 too small, 511 is none."""
    reader = TrackReader(ORIGIN)
    sightings = list(read_file(vectors / "new-york-2020.csv", reader))
    assert (len(sightings), reader.report.sentences, reader.report.rejected) == (400, 400, 0)
    shrike = sightings[1]
    assert shrike.identity.name == "CG SHRIKE"
    assert (shrike.speed, shrike.course, shrike.heading) == (pytest.approx(19 * KNOT), 347.8, 349.0)
    assert sightings[0].identity.imo == 7_702_774
    assert all(s.heading is None or s.heading < 360 for s in sightings)


def test_solent(vectors: Path) -> None:
    """Rows of the Solent: times with milliseconds and without a zone are UTC."""
    reader = TrackReader(ORIGIN)
    sightings = list(read_file(vectors / "solent-2016.csv", reader))
    assert (len(sightings), reader.report.rejected) == (400, 0)
    assert written(sightings[0].time) == "2016-01-12T13:02:11.218Z"
    assert sightings[0].speed == pytest.approx(5.9 * KNOT)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (b"2026-01-01T12:00:00Z,56.9", "a row of another width than its heading"),
        (b'2026-01-01T12:00:00Z,56.9,11.7,6.2,90.0,299000001,"LYN', "not a row"),
        (b"\xff,56.9,11.7,6.2,90.0,299000001,X", "not a row"),
        (b"yesterday,56.9,11.7,6.2,90.0,299000001,X", "not a time"),
        (b"0001-01-01T00:00:00+14:00,56.9,11.7,6.2,90.0,299000001,X", "not a time"),
        (b"1969-01-01T00:00:00Z,56.9,11.7,6.2,90.0,299000001,X", "not a time"),
        (b"2026-01-01T12:00:00Z,,11.7,6.2,90.0,299000001,X", "latitude is not a number"),
        (b"2026-01-01T12:00:00Z,nan,11.7,6.2,90.0,299000001,X", "latitude out of range"),
        (b"2026-01-01T12:00:00Z,56.9,181,6.2,90.0,299000001,X", "longitude out of range"),
        (b"2026-01-01T12:00:00Z,56.9,11.7,-1,90.0,299000001,X", "speed out of range"),
        (b"2026-01-01T12:00:00Z,56.9,11.7,1e999,90.0,299000001,X", "speed out of range"),
        (b"2026-01-01T12:00:00Z,56.9,11.7,6.2,-1,299000001,X", "course out of range"),
        (b"2026-01-01T12:00:00Z,56.9,11.7,6.2,90.0,29.5,X", "mmsi is not whole"),
        (b"2026-01-01T12:00:00Z,56.9,11.7,6.2,90.0,9999999999,X", "mmsi out of range"),
        (b"2026-01-01T12:00:00Z,56.9,11.7,6.2,90.0,299000001," + b"X" * 121, "name is too long"),
        (b"2026-01-01T12:00:00Z,56.9,11.7,6.2,90.0,299000001,\x1b[2J", "name is not printable"),
    ],
)
def test_a_row_that_is_wrong_is_refused_by_name(row: bytes, fault: str) -> None:
    """One rejection under its name; the next row is taken."""
    sightings, reader = taken(HEADING, row, b"2026-01-01T12:00:00Z,56.9,11.7,,,,")
    assert reader.report.faults == {fault: 1}
    assert len(sightings) == 1
    assert sightings[0].identity == Identity(kind=SubjectKind.VESSEL)


def test_without_a_known_heading_nothing_is_taken() -> None:
    """A file of another kind gives no sighting, and says why."""
    sightings, reader = taken(b"a,b,c", b"1,2,3")
    assert sightings == []
    assert set(reader.report.faults) == {"no heading of a known style"}


def test_files_follow_one_another(vectors: Path) -> None:
    """After the end of one file the heading of the next is read anew, whatever its style."""
    reader = TrackReader(ORIGIN)
    count = sum(len(list(read_file(vectors / name, reader))) for name in ("new-york-2020.csv", "solent-2016.csv"))
    assert (count, reader.report.rejected) == (800, 0)
