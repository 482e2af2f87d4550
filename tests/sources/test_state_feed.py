"""State vectors: CSV and JSON of any length, and what is wrong with a field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.recordings import recordings
from comity.foundation.geodesy import KNOT
from comity.sources.feed import read_file
from comity.sources.origin import Origin
from comity.sources.state_feed import MOST, StateReader
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

ORIGIN = Origin(source="test")
VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "adsb"
ARRAY: list[object] = [
    "48aabb", "TST42   ", "", 1_699_999_998, 1_700_000_000, 12.25, 55.5, 10_363.2, False, 231.5, 135.0, 0.0, None,
    10_668.0, "1000", False, 0,
]  # fmt: skip


def changed(place: int, value: object) -> list[object]:
    return [*ARRAY[:place], value, *ARRAY[place + 1 :]]


def states(*arrays: list[object]) -> bytes:
    return json.dumps({"time": 1_700_000_000, "states": arrays}).encode()


def taken(*chunks: bytes) -> tuple[list[Sighting], StateReader]:
    reader = StateReader(ORIGIN)
    pieces, found = reader.pieces(), []
    for chunk in chunks:
        found += [s for piece in pieces.feed(chunk) if (s := reader.take(piece)) is not None]
    found += [s for piece in pieces.end() if (s := reader.take(piece)) is not None]
    pieces.count(reader.report)
    return found, reader


def test_an_array() -> None:
    """Its position has its own time; heights, speed and course are as they stand there."""
    (sighting,), reader = taken(states(ARRAY))
    assert sighting.identity == Identity(kind=SubjectKind.AIRCRAFT, icao=0x48AABB, call_sign="TST42")
    assert (sighting.position, sighting.time) == (Position(55.5, 12.25), 1_699_999_998_000)
    assert (sighting.speed, sighting.course, sighting.accuracy) == (231.5, 135.0, None)
    assert (sighting.altitude, sighting.pressure_altitude, sighting.distress) == (10_668.0, 10_363.2, False)
    assert reader.report.summary().faults == {}


def test_without_a_position_there_is_identity() -> None:
    """At the time of the last message."""
    (sighting,), _ = taken(states(changed(5, None)))
    assert (sighting.position, sighting.time) == (None, 1_700_000_000_000)


@pytest.mark.parametrize(("code", "distress"), [("7700", True), ("7600", False), ("7500", False), (None, False)])
def test_distress(code: str | None, distress: bool) -> None:  # noqa: FBT001 - what is expected
    """Code 7700 and no other."""
    assert taken(states(changed(14, code)))[0][0].distress == distress


def test_the_page_shows_what_is_read() -> None:
    """The example of docs/formats."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "formats" / "feed-state-vectors.md").read_text("utf-8")
    (sighting,), _ = taken(page.split("```\n")[1].encode())
    expected = taken(states(ARRAY))[0][0]
    assert (sighting.identity, sighting.position, sighting.time) == (
        expected.identity,
        expected.position,
        expected.time,
    )


def test_history_as_csv() -> None:
    """400 rows over England: positions older than their rows, codes as decimals, some moments told again."""
    reader = StateReader(ORIGIN)
    found = list(read_file(VECTORS / "england-2021.csv", reader))
    report = reader.report
    assert (report.sentences, report.messages, report.rejected) == (400, 400, 0)
    assert len(found) + report.faults.get("a state of a moment told before", 0) == 400
    assert len({(s.identity.icao, s.time) for s in found}) == len(found)
    assert all(s.position is not None and 49 < s.position.latitude < 56 for s in found)


def test_a_trajectory() -> None:
    """Objects by name, in knots, feet and milliseconds; a course that is none costs only itself."""
    said = {
        "icao24": "48aabb", "latitude": 55.5, "longitude": 12.25, "track": 315, "altitude": 35_000,
        "groundspeed": 450, "timestamp": 1_700_000_000_250, "callsign": "TST42", "vertical_rate": 0,
    }  # fmt: skip
    (sighting,), _ = taken(json.dumps([said]).encode())
    assert (sighting.time, sighting.course) == (1_700_000_000_250, 315.0)
    assert sighting.speed == pytest.approx(450 * KNOT)
    assert sighting.pressure_altitude == pytest.approx(10_668)
    (sighting,), reader = taken(json.dumps([said | {"track": -11}]).encode())
    assert (sighting.course, reader.report.faults) == (None, {"course out of range": 1})


@given(st.lists(st.integers(1, 50), max_size=30), st.sampled_from(['\\"', "[{", "]}", "\\\\", "plain"]))
def test_a_document_is_read_however_it_is_cut(cuts: list[int], text: str) -> None:
    """Two polls one behind the other, with brackets and quotes within texts."""
    arrays = [[f"48aa{n:02x}", *ARRAY[1:12], [1, [2]], *ARRAY[13:]] for n in range(1, 4)]
    arrays[1][2] = text
    stream, chunks = states(*arrays[:2]) + b"\n" + states(arrays[2]), []
    for cut in cuts:
        chunks.append(stream[:cut])
        stream = stream[cut:]
    found, reader = taken(*chunks, stream)
    assert [s.identity.icao for s in found] == [0x48AA01, 0x48AA02, 0x48AA03]
    assert reader.report.faults == {}


@pytest.mark.parametrize(
    ("array", "fault"),
    [
        (ARRAY[:16], "an array of too few fields"),
        (changed(0, "48aab"), "not an aircraft address"),
        (changed(0, "zzzzzz"), "not an aircraft address"),
        (changed(0, "000000"), "not an aircraft address"),
        (changed(0, None), "not an aircraft address"),
        (changed(1, "A\u0007"), "a call sign that cannot be"),
        (changed(1, "TOO LONG FOR A CALL SIGN"), "a call sign that cannot be"),
        (changed(1, {}), "a field of the wrong kind"),
        (changed(6, 91), "latitude out of range"),
        (changed(5, value=True), "longitude out of range"),
        (changed(9, "fast"), "speed is not a number"),
        (changed(3, 17), "placed out of range"),
        ([*ARRAY[:3], None, None, *ARRAY[5:]], "not a time"),
    ],
)
def test_what_is_wrong_is_named(array: list[object], fault: str) -> None:
    """It costs the vector, and the next is read."""
    found, reader = taken(states(array, ARRAY))
    assert (len(found), reader.report.faults, reader.report.rejected) == (1, {fault: 1}, 1)


@pytest.mark.parametrize(
    ("stream", "fault", "lost"),
    [
        (b"one,two\n1,2\n", "no heading of state vectors", 2),
        (b"time,icao24,lat,lon\n1,2\n", "a row of another width than its heading", 1),
        (b'[{"a":1}]', "no state vector by the names of its fields", 1),
        (b"[[1,]]", "not JSON", 1),
        (b"[}", "not a document", 1),
        (b"[" * 17, "a document nested too deeply", 1),
        (b'[["' + b"x" * 20_000 + b'"]]', "a state vector too long", 1),
        (states(ARRAY)[:-30], "a document cut short", 1),
        (b'{"timestamp":{"0":1}}', "a document without state vectors", 0),
    ],
)
def test_what_is_wrong_with_a_stream(stream: bytes, fault: str, lost: int) -> None:
    """Each has its name."""
    found, reader = taken(stream)
    assert (found, reader.report.rejected) == ([], lost)
    assert fault in reader.report.faults


def test_a_moment_told_again_is_no_news() -> None:
    """Networks repeat the last that they know."""
    found, reader = taken(states(ARRAY, changed(4, 1_700_000_005), changed(3, 1_700_000_003)))
    assert (len(found), reader.report.faults) == (2, {"a state of a moment told before": 1})


def test_aircraft_are_forgotten_again() -> None:
    """No more are remembered than the limit."""
    reader = StateReader(ORIGIN)
    for number in range(1, MOST + 20):
        reader.take(json.dumps(changed(0, f"{number:06x}")).encode())
    assert len(reader._last) == MOST


@given(st.binary(max_size=300), st.sampled_from([b"", b"[", b'{"states":[', b"time,icao24,lat,lon\n"]))
def test_no_bytes_break_it(data: bytes, before: bytes) -> None:
    """As JSON, as CSV, and as a piece."""
    _, reader = taken(before + data)
    reader.take(data)
    assert reader.report.rejected <= sum(reader.report.faults.values())


_COUNTED = {
    "adsb/OpenSky_Plane_States.csv": (6_052, 5_407, 0),
    "adsb/gliders/sisteron.json.gz": (1_605, 1_605, 0),
    "adsb/onground/zurich_airport.json.gz": (17_132, 17_131, 0),
    "adsb/calibration/noumea.json.gz": (1_176, 1_176, 0),
}
_WHOLE = [(path, counts) for name, counts in _COUNTED.items() for path in recordings(name)]

if _WHOLE:

    @pytest.mark.parametrize(
        ("path", "counts"),
        _WHOLE,
        ids=lambda value: value.name if isinstance(value, Path) else "",
    )
    def test_whole_recordings(path: Path, counts: tuple[int, int, int]) -> None:
        """Vectors, sightings, refused."""
        reader = StateReader(ORIGIN)
        found = list(read_file(path, reader))
        assert (reader.report.sentences, len(found), reader.report.rejected) == counts
