"""Messages: every decoded field against an independent decoder, on every recording kept."""

from __future__ import annotations

import gzip
import operator
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyais
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.sources.ais import LONGEST, Message, NotDecoded, decode
from comity.sources.nmea import Payload, Receiver
from comity.sources.report import Report

FILES = [
    "decode_encode_messages.txt", "gatehouse.nmea", "mixed.txt", "nmea_data_sample.txt", "replay_dump.txt",
    "sample.ais", "small_cb_example.txt", "stream_example.txt", "tagblock.nmea", "test.aivdm", "timestamped.ais",
    "typeexamples.nmea",
]  # fmt: skip
JUDGED: dict[str, list[dict[str, tuple[Any, Any]]]] = {
    "stream_example.txt": [
        # Reserved types of ship: pyais turns them to 0, we keep the number that was sent.
        {"ship_type": (39, None)},
        {"ship_type": (39, None)},
        {"ship_type": (6, None)},
        {"ship_type": (15, None)},
        # An aid's name that ended in its fixed field: pyais goes on into the padding behind it.
        {"name": ("NEIST POINT", "NEIST POINT" + "@" * 21 + "L")},
    ],
    "danish-waters-2013.nmea.gz": [
        # A destination with leavings behind its end mark: pyais shows them.
        {"destination": ("VARIABLE", "VARIABLE@@H   @E")},
    ],
}
"""Where the two differ, and why ours stands."""
FULL = {1, 2, 3, 4, 5, 9, 11, 18, 19, 21, 24, 27}
REAL = "13F?Vv700<DJuLEtvep`iToV0<00"


def payloads(data: bytes) -> list[Payload]:
    receiver = Receiver(Report())
    return [payload for line in data.split(b"\n") if (payload := receiver.take(line)) is not None]


def theirs(payload: Payload) -> object:
    """Return what pyais says of the same payload, as one sentence whose checksum it is not asked to check."""
    return pyais.decode(b"!AIVDM,1,1,,A,%s,%d*00" % (payload.characters, payload.fill))


def field(message: object, name: str) -> Any:  # noqa: ANN401 - their fields are of every type
    return getattr(message, name, None)


def differences(ours: Message, other: object) -> dict[str, tuple[Any, Any]]:
    """Field by field: what we say, what they say, where the two are not the same."""
    compared = {
        "type": (ours.type, field(other, "msg_type")),
        "mmsi": (ours.mmsi, int(field(other, "mmsi"))),
        "repeat": (ours.repeat, field(other, "repeat")),
    }
    if ours.type in FULL - {5, 24}:
        compared |= motion(ours, other)
    if ours.type in {5, 19, 21, 24}:
        compared |= identity(ours, other)
    if ours.type in FULL:
        compared |= rest(ours, other)
    return {name: pair for name, pair in compared.items() if pair[0] != pair[1]}


def motion(ours: Message, other: object) -> dict[str, tuple[Any, Any]]:
    far = ours.type == 27
    course, speed = field(other, "course"), field(other, "speed")
    longitude, latitude, second = field(other, "lon"), field(other, "lat"), field(other, "second")
    inside = (longitude is not None and abs(longitude) <= 180, latitude is not None and abs(latitude) <= 90)
    return {
        "status": (ours.status, None if field(other, "status") is None else int(field(other, "status"))),
        "speed": (ours.speed, None if speed in {None, 102.3} or (far and speed == 63) or speed == 1_023 else speed),
        "accurate": (ours.accurate, bool(field(other, "accuracy"))),
        "longitude": (None if ours.longitude is None else round(ours.longitude, 6), longitude if inside[0] else None),
        "latitude": (None if ours.latitude is None else round(ours.latitude, 6), latitude if inside[1] else None),
        "course": (ours.course, course if course is not None and course < 360 else None),
        "heading": (ours.heading, field(other, "heading") if (field(other, "heading") or 0) < 360 else None),
        "second": (ours.second, second if second is not None and second < 60 and ours.type not in {4, 11} else None),
    }


def rest(ours: Message, other: object) -> dict[str, tuple[Any, Any]]:
    """Compare what is neither motion nor identity; a rate of turn in degrees a minute, without its sign."""

    def number(name: str, nothing: int) -> int | None:
        value = field(other, name)
        return None if value is None or int(value) == nothing else int(value)

    turn = field(other, "turn")
    sent = ours.turn if ours.turn is None or abs(ours.turn) == 127 else round((ours.turn / 4.733) ** 2)
    parts = [field(other, name) for name in ("year", "month", "day", "hour", "minute", "second")]
    time = ours.utc is not None and datetime.fromtimestamp(ours.utc / 1_000, tz=UTC)
    latest = (2_099, 12, 31, 23, 59, 59)
    said = ours.type in {4, 11} and parts[0] >= 2_000 and all(map(operator.le, parts, latest)) and 0 not in parts[1:3]
    return {
        "turn": (None if sent is None else abs(sent), None if turn is None or int(turn) == -128 else abs(int(turn))),
        "manoeuvre": (ours.manoeuvre, number("maneuver", 0)),
        "raim": (ours.raim, None if field(other, "raim") is None else bool(field(other, "raim"))),
        "fix": (ours.fix, number("epfd", 0)),
        "altitude": (ours.altitude, number("alt", 4_095)),
        "aid": (ours.aid, number("aid_type", 0)),
        "off_position": (ours.off_position, None if ours.type != 21 else bool(field(other, "off_position"))),
        "virtual": (ours.virtual, None if ours.type != 21 else bool(field(other, "virtual_aid"))),
        "eta": (ours.eta, None if ours.type != 5 else tuple(parts[1:5])),
        "utc": (list(time.timetuple()[:6]) if time else None, parts if said else None),
    }


def identity(ours: Message, other: object) -> dict[str, tuple[Any, Any]]:
    name = getattr(other, "shipname", None) or getattr(other, "name", None)
    longer = getattr(other, "name_ext", None) or ""
    return {
        "imo": (ours.imo, field(other, "imo") or None),
        "call_sign": (ours.call_sign, (field(other, "callsign") or "").strip() or None),
        "name": (ours.name, ((name or "") + longer).strip() or None),
        "ship_type": (ours.ship_type, field(other, "ship_type") or None if ours.type != 21 else None),
        "destination": (ours.destination, (field(other, "destination") or "").strip() or None),
        "draught": (ours.draught, field(other, "draught") or None),
        "sides": (
            (ours.bow, ours.stern, ours.port, ours.starboard),
            tuple(field(other, f"to_{side}") for side in ("bow", "stern", "port", "starboard"))
            if ours.mothership is None
            else (None,) * 4,
        ),
    }


def compared(data: bytes) -> tuple[int, list[tuple[Payload, dict[str, tuple[Any, Any]]]]]:
    count, found = 0, []
    for payload in payloads(data):
        try:
            ours = decode(payload.characters, payload.fill)
        except NotDecoded:
            continue
        count += 1
        if difference := differences(ours, theirs(payload)):
            found.append((payload, difference))
    return count, found


@pytest.mark.parametrize("name", FILES)
def test_every_field_is_what_another_decoder_says(vectors: Path, name: str) -> None:
    """On each kept recording, message by message and field by field."""
    count, found = compared((vectors / name).read_bytes())
    assert count > 0
    assert [difference for _, difference in found] == JUDGED.get(name, [])


def test_danish_waters_are_what_another_decoder_says(recording: Path) -> None:
    """All 26,077 messages of the recording of Danish waters."""
    count, found = compared(gzip.decompress(recording.read_bytes()))
    assert count == 26_077
    assert [difference for _, difference in found] == JUDGED[recording.name]


def test_a_class_a_report_says_what_it_says() -> None:
    """A real sentence, whose values libais gives: longitude -161.88266, latitude -5.27792, 1.2 knots, fishing."""
    message = decode(REAL.encode())
    assert (message.type, message.mmsi, message.status) == (1, 224_651_000, 7)
    assert message.longitude == pytest.approx(-161.88265991, abs=2e-5)
    assert message.latitude == pytest.approx(-5.27791643, abs=2e-5)
    assert (message.speed, message.course, message.heading, message.second) == (1.2, 224.6, 155, 51)


@pytest.mark.parametrize(
    ("characters", "fill", "fault"),
    [
        (b"", 0, "not armoured"),
        (b"1" * (LONGEST + 1), 0, "not armoured"),
        (b"13F?Vv700<DJuLE\xff", 0, "not armoured"),
        (REAL[:-1].encode(), 0, "too short"),
        (REAL.encode() + b"0", 0, "too long"),
        (b"1", 0, "too short"),
        (b"0" * 28, 0, "unknown message type"),
        (b"wwwwwwwwwwwwwwwwwwwwwwwwwwww", 0, "unknown message type"),
        (b"1" + b"w" * 27, 0, "MMSI of more than nine digits"),
        (b"H3l:Et<" + b"0" * 21, 0, "unknown part of type 24"),
    ],
)
def test_what_is_no_message_is_refused_by_name(characters: bytes, fill: int, fault: str) -> None:
    """Its name is what a reader of the counts sees."""
    with pytest.raises(NotDecoded, match=fault):
        decode(characters, fill)


ARMOUR = bytes(range(48, 88)) + bytes(range(96, 120))


@given(st.lists(st.sampled_from(list(ARMOUR)), max_size=80), st.integers(0, 5))
def test_whatever_is_armoured_decodes_or_is_refused(characters: list[int], fill: int) -> None:
    """Only NotDecoded comes out, and what is decoded stays within the words' limits."""
    try:
        message = decode(bytes(characters), fill)
    except NotDecoded:
        return
    assert 0 <= message.mmsi <= 999_999_999
    assert message.longitude is None or -180 <= message.longitude <= 180
    assert message.latitude is None or -90 <= message.latitude <= 90
    assert message.course is None or 0 <= message.course < 360
    assert message.heading is None or 0 <= message.heading < 360
    assert message.name is None or re.fullmatch(r"[ -_]{1,40}", message.name)


@given(st.binary(max_size=60), st.integers(0, 5))
def test_whatever_is_not_armoured_is_refused(characters: bytes, fill: int) -> None:
    """Only NotDecoded comes out of arbitrary bytes."""
    try:
        decode(characters, fill)
    except NotDecoded:
        return
    assert set(characters) <= set(ARMOUR)
