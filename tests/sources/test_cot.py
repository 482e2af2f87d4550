"""Cursor on Target: three frames, one event; what it may name and what not; XML that is a weapon."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import cot
from comity.sources.cot import event_protobuf, event_xml
from comity.sources.cot.event import Event
from comity.sources.cot.stream import LONGEST, CotStream
from comity.sources.feed import read_file
from comity.sources.origin import Origin
from comity.vocabulary.instant import LATEST
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

ORIGIN = Origin(source="tak")
NOON = 1_767_268_800_000
FRAMES = [cot.xml, cot.stream, cot.mesh]
DRONE = Event(
    type="a-f-A-M-F-Q", uid="drone-1", how="m-g", time=NOON, latitude=56.9, longitude=11.7, error=5.0, speed=21.5,
    course=90.0, call_sign="GULL 1",
)  # fmt: skip
PAGE = Path(__file__).parents[2] / "docs" / "formats" / "feed-cot.md"
_WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc", "Cs"]), max_size=30)
EVENTS = st.builds(
    Event,
    type=st.sampled_from(["a-f-A-M-F-Q", "a-h-S-X", "a-u-G", "a-n-G-E-V-C", "b-m-p-s-m", "u-d-f"]),
    uid=_WORDS,
    how=st.sampled_from(["m-g", "h-e", "m-s"]),
    time=st.integers(1, LATEST),
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    error=st.just(math.nan) | st.floats(0.1, 1e6),
    speed=st.floats(0, 900),
    course=st.floats(0, 359),
    call_sign=_WORDS,
)


def taken(data: bytes) -> tuple[list[Sighting], CotStream]:
    stream = CotStream(ORIGIN)
    return [*stream.feed(data), *stream.end()], stream


@pytest.mark.parametrize("framed", FRAMES)
def test_an_event_is_a_sighting(framed: Callable[[Event], bytes]) -> None:
    """Position, one-sigma error, track and call sign, the same from each form."""
    (sighting,), stream = taken(framed(DRONE))
    assert sighting.identity == Identity(kind=SubjectKind.AIRCRAFT, name="GULL 1")
    assert (sighting.time, sighting.position) == (NOON, Position(56.9, 11.7))
    assert (sighting.accuracy, sighting.speed, sighting.course, sighting.simulated) == (5.0, 21.5, 90.0, False)
    assert stream.report.summary().faults == {}


def test_the_page_shows_a_real_event() -> None:
    """What stands there is read as the page says."""
    (sighting,), _ = taken(PAGE.read_text("utf-8").split("```\n")[1].encode())
    assert (sighting.identity.name, sighting.accuracy) == ("GULL 1", 5.0)


@given(EVENTS)
def test_what_is_written_is_read_again(event: Event) -> None:
    """XML and protobuf hold the same event, to the last bit of its numbers."""
    from_xml, from_protobuf = event_xml.read(cot.xml(event)), event_protobuf.read(cot.message(event))
    assert from_protobuf is not None
    for field in Event.__struct_fields__:
        expected, got = getattr(event, field), getattr(from_xml, field)
        if field == "simulated":
            assert got == (event.how == "m-s") == from_protobuf.simulated
        elif field == "error" and math.isnan(event.error):
            assert got == from_protobuf.error == 9_999_999.0
        else:
            assert got == expected == getattr(from_protobuf, field), field


@given(
    st.lists(st.tuples(EVENTS, st.sampled_from(FRAMES)), min_size=1, max_size=5),
    st.sampled_from([b"", b"\r\n", b'<?xml version="1.0"?>\n']),
    st.data(),
)
def test_wherever_the_bytes_are_cut_the_events_are_the_same(
    events: list[tuple[Event, Callable[[Event], bytes]]], between: bytes, data: st.DataObject
) -> None:
    """A mixture of all forms, in one piece or in many, counts every event."""
    whole = b"".join(framed(event) + between for event, framed in events)
    sightings, stream = taken(whole)
    assert (stream.report.messages, stream.report.rejected) == (len(events), 0)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    pieces = CotStream(ORIGIN)
    found = [s for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True) for s in pieces.feed(whole[a:b])]
    assert [*found, *pieces.end()] == sightings
    assert pieces.report.summary() == stream.report.summary()


@given(st.binary(max_size=200).filter(lambda noise: not set(noise) & {0xBF, ord("<")}), st.sampled_from(FRAMES))
def test_noise_costs_no_event(noise: bytes, framed: Callable[[Event], bytes]) -> None:
    """It is counted once, and the events behind it are read."""
    sightings, stream = taken(noise + cot.stream(DRONE) + noise + cot.xml(DRONE) + framed(DRONE))
    assert len(sightings) == 3
    assert stream.report.faults.get("bytes between frames", 0) == (2 if noise.strip() else 0)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("a-f-A-C-F", SubjectKind.AIRCRAFT),
        ("a-u-S", SubjectKind.VESSEL),
        ("a-h-U-S", SubjectKind.VESSEL),
        ("a-f-G-E-V-C", SubjectKind.VEHICLE),
        ("a-f-G-E-S", SubjectKind.OBJECT),
        ("a-f-G-I", SubjectKind.OBJECT),
        ("a-f-G-U-C", SubjectKind.PARTY),
        ("a-u-G", SubjectKind.PARTY),
        ("a-f-P", None),
        ("b-m-p-s-m", None),
        ("b-a-o-tbl", None),
        ("t-x-c-t", None),
        ("a", None),
    ],
)
def test_only_ships_and_aircraft_have_names(kind: str, expected: SubjectKind | None) -> None:
    """A call sign on the ground is a person's, and stays out; what is no atom is no sighting, and never distress."""
    event = Event(type=kind, uid="u", how="m-g", time=NOON, latitude=1.0, longitude=2.0, call_sign="SOMEBODY")
    sightings, stream = taken(cot.xml(event))
    assert [s.identity.kind for s in sightings] == ([] if expected is None else [expected])
    assert stream.report.messages == 1
    named = expected in {SubjectKind.VESSEL, SubjectKind.AIRCRAFT}
    assert all((s.identity.name == "SOMEBODY") == named and not s.distress for s in sightings)


def _bomb() -> bytes:
    doctype = b'<!DOCTYPE event [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    return b'<event type="a-f-A" time="2026-01-01T12:00:00Z">' + doctype + b"</event>"


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (b"<event>" + b"<a>" * 40 + b"</a>" * 40 + b"</event>", "elements too deep"),
        (_bomb(), "not well-formed XML"),
        (b"<event>&unknown;</event>", "not well-formed XML"),
        (b"<event><point></event>", "not well-formed XML"),
        (b"<event/>", "not an event"),
        (cot.xml(DRONE).replace(b"2026", b"yyyy"), "not a time"),
        (cot.xml(DRONE).replace(b"2026", b"1926"), "not a time"),
        (b"\xbf\x02\x12\x09", "not a protobuf message"),
        (b"\xbf\x02\x12\x00", "not an event"),
        (b"<event " + b"x" * LONGEST, "event too long"),
        (cot.xml(DRONE)[:-9], "event cut off"),
        (cot.stream(DRONE)[:-9], "event cut off"),
        (cot.mesh(DRONE)[:-9], "event cut off"),
    ],
)
def test_what_is_no_event_is_refused_by_name(bad: bytes, fault: str) -> None:
    """One rejection, and the next event is taken."""
    stream = CotStream(ORIGIN)
    assert [*stream.feed(bad), *stream.end()] == []
    assert (stream.report.faults.get(fault), stream.report.rejected) == (1, 1)
    assert len(list(stream.feed(cot.xml(DRONE)))) == 1


def test_a_document_type_is_refused_before_it_declares() -> None:
    """In front of the event, where it may stand by the rules of XML, it is noise, and its entities are unknown."""
    document = b'<?xml version="1.0"?><!DOCTYPE event [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + cot.xml(DRONE)
    sightings, stream = taken(document)
    assert len(sightings) == 1
    assert stream.report.faults == {"bytes between frames": 1}


def test_a_client_without_a_fix_is_nowhere() -> None:
    """0, 0 is no place, and neither is a latitude of 91."""
    for place in ({"latitude": 0.0, "longitude": 0.0}, {"latitude": 91.0, "longitude": 1.0}):
        event = Event(type="a-f-A", uid="u", how="m-g", time=NOON, **place)
        sightings, stream = taken(cot.xml(event))
        assert (sightings, stream.report.faults) == ([], {"no position": 1})


@settings(max_examples=50)
@given(st.binary(max_size=400))
def test_no_bytes_break_it(data: bytes) -> None:
    """Nothing raises, and nothing is held back after the end."""
    _, stream = taken(data + b"<event " + data + b"\xbf\x01\xbf" + data)
    before = stream.report.rejected
    stream.drop()
    assert stream.report.rejected == before


def _elsewhere() -> list[Path]:
    """Return clients' own events, where a folder of recordings is named and holds them."""
    return sorted(Path(os.environ.get("COMITY_RECORDINGS", "/nonexistent")).glob("cot/*.cot"))


@pytest.mark.parametrize("path", [None, *_elsewhere()], ids=str)
def test_clients_own_events_are_read(tmp_path: Path, path: Path | None) -> None:
    """Every event that a client wrote decodes, whatever its type."""
    if path is None:
        path = tmp_path / "own.cot"
        path.write_bytes(b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n" + cot.xml(DRONE))
    stream = CotStream(ORIGIN)
    list(read_file(path, stream))
    assert (stream.report.messages, stream.report.faults) == (1, {})
