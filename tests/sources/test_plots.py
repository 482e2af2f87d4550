"""Plots: where something is, and never who."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.sources.origin import Origin
from comity.sources.plots import PlotReader
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind

PLOT = {"time": "2026-01-01T12:00:00.000Z", "latitude": 56.93125, "longitude": 11.7041, "accuracy": 30}


def line(**fields: object) -> bytes:
    return json.dumps(PLOT | fields).encode()


@pytest.mark.parametrize("kind", ["vessel", "aircraft", "party"])
def test_a_plot_is_a_sighting_without_identity(kind: str) -> None:
    """Position, accuracy and kind, and no identifier of any sort."""
    sighting = PlotReader(Origin(source="radar")).take(line(kind=kind, speed=0.4, course=211.0))
    assert sighting is not None
    assert sighting.identity == Identity(kind=SubjectKind(kind))
    assert sighting.position == Position(56.93125, 11.7041)
    assert (sighting.accuracy, sighting.speed, sighting.course) == (30.0, 0.4, 211.0)


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (line(mmsi=219_000_001), "not a plot"),
        (line(name="anybody"), "not a plot"),
        (line(latitude=91), "not a plot"),
        (line(accuracy=0), "not a plot"),
        (line(course=360), "not a plot"),
        (line(latitude=None), "not a plot"),
        (b"[1, 2]", "not a plot"),
        (b"{", "not a plot"),
        (b"[" * 5_000, "not a plot"),
        (b"\xff\xfe", "not a plot"),
        (line(time="noon"), "not a time"),
        (line(time="1900-01-01T00:00:00Z"), "not a time"),
        (line(kind="person"), "a kind that plots do not have"),
        (line(kind="anything"), "a kind that plots do not have"),
    ],
)
def test_what_is_no_plot_is_refused_by_name(bad: bytes, fault: str) -> None:
    """An identity, a person, or nonsense: one rejection, and the next plot is taken."""
    reader = PlotReader(Origin(source="radar"))
    assert reader.take(bad) is None
    assert reader.report.faults == {fault: 1}
    assert reader.take(line()) is not None


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    """Nothing raises."""
    PlotReader(Origin(source="radar")).take(data)


@given(st.data())
def test_no_changed_plot_breaks_it(data: st.DataObject) -> None:
    """A real plot with some bytes changed is refused, or is a plot."""
    changed = bytearray(line(kind="vessel"))
    for _ in range(data.draw(st.integers(1, 5))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    sighting = PlotReader(Origin(source="radar")).take(bytes(changed))
    assert sighting is None or sighting.identity.mmsi is None
