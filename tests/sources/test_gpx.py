"""GPX: timed points of tracks and nothing else, in bounded memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.sources.feed import read_file
from comity.sources.gpx import GpxStream
from comity.sources.origin import Origin
from comity.sources.plain_xml import LONGEST_TOKEN
from comity.vocabulary.instant import LATEST, written
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

NOON = 1_767_268_800_000
VECTORS = Path(__file__).parents[1] / "vectors" / "gpx"
PAGE = Path(__file__).parents[2] / "docs" / "formats" / "feed-gpx.md"


def point(latitude: object = 56.9, longitude: object = 11.7, inner: str = f"<time>{written(NOON)}</time>") -> str:
    return f'<trkpt lat="{latitude}" lon="{longitude}">{inner}</trkpt>\n'


def document(*points: str, kind: str = "vessel", before: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">{before}'
        f"<trk><name>NOBODY</name><type>{kind}</type><trkseg>{''.join(points)}</trkseg></trk></gpx>"
    ).encode()


def taken(data: bytes) -> tuple[list[Sighting], GpxStream]:
    stream = GpxStream(Origin(source="file"))
    return [*stream.feed(data), *stream.end()], stream


def test_the_page_shows_a_real_document() -> None:
    """What stands there is read as the page says."""
    (sighting,), stream = taken(PAGE.read_text("utf-8").split("```\n")[1].encode())
    assert (sighting.time, sighting.position) == (NOON, Position(56.9, 11.7))
    assert sighting.identity == Identity(kind=SubjectKind.VESSEL)
    assert stream.report.faults == {}


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.gpx")), ids=lambda path: path.name)
def test_a_drawn_track_is_no_sighting(path: Path) -> None:
    """Real files whose points have no time: each is counted, none is made up."""
    stream = GpxStream(Origin(source="file"))
    assert list(read_file(path, stream)) == []
    assert stream.report.untimed == path.read_text("utf-8").count("<trkpt")
    assert stream.report.rejected == 0


@given(st.floats(-90, 90), st.floats(-180, 180), st.integers(0, LATEST), st.floats(0, 999), st.floats(0, 359.9))
def test_what_is_written_is_read_again(
    latitude: float, longitude: float, time: int, speed: float, course: float
) -> None:
    """Positions to the last bit, times to the millisecond, and what version 1.0 tells of motion."""
    inner = f"<ele>1</ele><time>{written(time)}</time><course>{course}</course><speed>{speed}</speed>"
    (sighting,), _ = taken(document(point(latitude, longitude, inner)))
    assert (sighting.position, sighting.time) == (Position(latitude, longitude), time)
    assert (sighting.speed, sighting.course, sighting.accuracy) == (speed, course, None)


@given(st.integers(0, 6), st.data())
def test_wherever_the_bytes_are_cut_the_points_are_the_same(count: int, data: st.DataObject) -> None:
    """In one piece or in many; one document after another."""
    whole = document(*[point(56 + n / 10) for n in range(count)])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    stream = GpxStream(Origin(source="file"))
    for _ in range(2):
        found = [s for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True) for s in stream.feed(whole[a:b])]
        assert [*found, *stream.end()] == taken(whole)[0]
    assert stream.report.sightings == 2 * count


@pytest.mark.parametrize(("kind", "expected"), [("Aircraft", "aircraft"), ("hiking", "object"), ("person", "object")])
def test_the_kind_is_what_the_track_says_and_never_a_person(kind: str, expected: str) -> None:
    """A name is not taken, whatever it is."""
    (sighting,), _ = taken(document(point(), kind=kind))
    assert sighting.identity == Identity(kind=SubjectKind(expected))


def test_routes_and_waypoints_are_named_and_give_nothing() -> None:
    """They say where somebody meant to go."""
    inner = f"<time>{written(NOON)}</time>"
    before = f'<wpt lat="1" lon="1">{inner}</wpt><rte><rtept lat="1" lon="1">{inner}</rtept></rte>'
    sightings, stream = taken(document(point(), before=before))
    assert len(sightings) == 1
    assert stream.report.faults == {
        "a waypoint, which is no track": 1,
        "a point of a route, which is no track": 1,
    }


@pytest.mark.parametrize(
    ("data", "fault", "count"),
    [
        (document(point("north")), "not a position", 0),
        (document(point(91)), "not a position", 0),
        (document(point("nan")), "not a position", 0),
        (document(point(inner="<time>noon</time>")), "not a time", 0),
        (document(point(), point())[:-20], "not well-formed XML", 2),
        (b"<kml/>", "not GPX", 0),
        (b"nonsense", "not well-formed XML", 0),
        (b'<!DOCTYPE gpx [<!ENTITY a "b">]>' + document(point())[21:], "a document type or entity", 0),
        (document("<a>" * 40), "elements too deep", 0),
        (b"<gpx " + b" " * (2 * LONGEST_TOKEN), "a tag or comment too long", 0),
        (b'<?xml version="1.0" encoding="nothing"?><gpx/>', "not well-formed XML", 0),
    ],
)
def test_what_is_no_track_is_refused_by_name(data: bytes, fault: str, count: int) -> None:
    """One rejection; what came before it counts, and so does the next document."""
    stream = GpxStream(Origin(source="file"))
    found = [s for at in range(0, len(data), 1_000) for s in stream.feed(data[at : at + 1_000])]
    assert (len([*found, *stream.end()]), stream.report.faults) == (count, {fault: 1})
    assert len([*stream.feed(document(point())), *stream.end()]) == 1


def test_a_connection_that_breaks_cuts_a_document_off() -> None:
    """It is counted, and the next is read."""
    stream = GpxStream(Origin(source="file"))
    assert len(list(stream.feed(document(point())[:-20]))) == 1
    stream.drop()
    assert stream.report.faults == {"document cut off": 1}
    assert len(list(stream.feed(document(point())))) == 1
    stream.drop()
    assert stream.report.rejected == 1


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    """Nothing raises."""
    taken(data)
    taken(document(point())[:-30] + data)
