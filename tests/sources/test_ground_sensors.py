"""Ground sensors: something near, something on the radar, and never who."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.foundation.geodesy import plane
from comity.sources.ground_sensors import GroundSensorReader
from comity.sources.origin import Origin
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind

PAGE = Path(__file__).parents[2] / "docs" / "formats" / "feed-ground-sensors.md"
NEAR = {
    "sensing": "near", "time": "2026-01-01T12:00:00Z", "sensor": "s-17", "latitude": 56.9, "longitude": 11.7,
    "modality": "seismic", "reach": 40,
}  # fmt: skip
RADAR = {
    "sensing": "radar", "time": "2026-01-01T12:00:04Z", "sensor": "r-2", "latitude": 56.9, "longitude": 11.7,
    "range": 2_400.0, "bearing": 41.5, "range_error": 8.0, "bearing_error": 0.6,
}  # fmt: skip


def reader() -> GroundSensorReader:
    return GroundSensorReader(Origin(source="fence"))


def line(form: dict[str, object], **fields: object) -> bytes:
    return json.dumps(form | fields).encode()


def test_the_page_shows_real_lines() -> None:
    """Both are read as the page says."""
    found = [reader().take(text.encode()) for text in PAGE.read_text("utf-8").split("```\n")[1].splitlines()]
    assert [s.identity.kind for s in found if s is not None] == [SubjectKind.PARTY, SubjectKind.OBJECT]


@pytest.mark.parametrize("kind", ["party", "vehicle", "vessel", "aircraft", "object"])
def test_something_near(kind: str) -> None:
    """At the sensor, with half its reach as accuracy, and no identifier."""
    sighting = reader().take(line(NEAR, kind=kind))
    assert sighting is not None
    assert sighting.identity == Identity(kind=SubjectKind(kind))
    assert (sighting.position, sighting.accuracy) == (Position(56.9, 11.7), 20.0)


@given(st.floats(1, 20_000), st.floats(0, 359.9), st.floats(0.1, 500), st.floats(0.01, 45))
def test_something_on_the_radar(metres: float, bearing: float, range_error: float, bearing_error: float) -> None:
    """At its range and bearing; the accuracy is never better than either error makes it."""
    fields = {"range": metres, "bearing": bearing, "range_error": range_error, "bearing_error": bearing_error}
    sighting = reader().take(line(RADAR, **fields))
    assert sighting is not None
    assert sighting.position is not None
    east, north = plane(Position(56.9, 11.7), sighting.position)
    assert math.hypot(east, north) == pytest.approx(metres, rel=1e-6, abs=1e-3)
    turned = math.degrees(math.atan2(east, north)) - bearing
    assert (turned + 180) % 360 - 180 == pytest.approx(0, abs=0.1)
    assert sighting.accuracy is not None
    assert sighting.accuracy >= range_error
    assert sighting.accuracy >= metres * math.radians(bearing_error) - 1e-9


def test_a_trial_of_the_sensor_is_no_sighting() -> None:
    """It is counted as the sensor's own."""
    one = reader()
    assert one.take(line(NEAR, test=True)) is None
    assert (one.report.own, one.report.sightings, one.report.faults) == (1, 0, {})


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (line(NEAR, name="anybody"), "not a detection"),
        (line(NEAR, plate="AB12345"), "not a detection"),
        (line(NEAR, image="…"), "not a detection"),
        (line(NEAR, range=5), "not a detection"),
        (line(NEAR, reach=0), "not a detection"),
        (line(NEAR, modality="guess"), "not a detection"),
        (line(NEAR, sensing="camera"), "not a detection"),
        (line(RADAR, bearing=360), "not a detection"),
        (line(RADAR, bearing_error=90), "not a detection"),
        (b"[", "not a detection"),
        (b"\xff", "not a detection"),
        (line(NEAR, time="noon"), "not a time"),
        (line(NEAR, time="1900-01-01"), "not a time"),
        (line(NEAR, kind="person"), "a kind that sensors do not tell"),
    ],
)
def test_what_is_no_detection_is_refused_by_name(bad: bytes, fault: str) -> None:
    """An identity, a person, or nonsense: one rejection, and the next is taken."""
    one = reader()
    assert one.take(bad) is None
    assert (one.report.faults, one.report.rejected) == ({fault: 1}, 1)
    assert one.take(line(NEAR)) is not None


@given(st.data())
def test_no_changed_line_breaks_it(data: st.DataObject) -> None:
    """A real line with some bytes changed is refused, or is a detection without identity."""
    changed = bytearray(line(data.draw(st.sampled_from([NEAR, RADAR]))))
    for _ in range(data.draw(st.integers(1, 5))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    sighting = reader().take(bytes(changed))
    assert sighting is None or sighting.identity == Identity(kind=sighting.identity.kind)
