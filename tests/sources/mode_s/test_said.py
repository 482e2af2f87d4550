"""What squitters say: parity, altitudes, velocities, names, each read as it was written."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import squitters
from comity.foundation.geodesy import KNOT
from comity.sources.mode_s import frame, said
from comity.sources.mode_s.altitude import FOOT, metres
from comity.sources.mode_s.frame import Ignored, NotSquitter, remainder
from comity.sources.mode_s.said import Emergency, Name, Place, Quality, Velocity

ICAO = 0x48AABB


def read(message: int) -> object:
    return said.read(frame.read(squitters.squitter(ICAO, message)))


@given(st.binary(min_size=11, max_size=11))
def test_parity_is_that_of_long_division(head: bytes) -> None:
    """The table and the division bit by bit agree, and a changed bit is seen."""
    parity = squitters.parity(int.from_bytes(head, "big"), 88)
    whole = head + parity.to_bytes(3, "big")
    assert remainder(whole) == 0
    for bit in (0, 40, 111):
        assert remainder((int.from_bytes(whole, "big") ^ 1 << bit).to_bytes(14, "big")) != 0


def gillham(hundreds: int) -> int:
    """Return the twelve bits for an altitude in hundreds of feet, by counting up the code from its bottom."""
    count = hundreds + 12
    coarse, step = divmod(count, 5)
    fine = (1, 2, 3, 4, 7)[step] if coarse % 2 == 0 else (7, 4, 3, 2, 1)[step]
    d2, d4, a1, a2, a4, b1, b2, b4 = (((coarse ^ coarse >> 1) >> shift) & 1 for shift in range(7, -1, -1))
    c1, c2, c4 = (((fine ^ fine >> 1) >> shift) & 1 for shift in range(2, -1, -1))
    return squitters.packed(*((bit, 1) for bit in (c1, a1, c2, a2, c4, a4, b1, 0, b2, d2, b4, d4)))


@pytest.mark.parametrize(
    ("pulses", "feet"),
    [
        ("C4", -1_200),
        ("C2 C4", -1_100),
        ("C2", -1_000),
        ("C1 C2", -900),
        ("C1", -800),
        ("B4 C1", -700),
        ("B4 C1 C2", -600),
    ],
)
def test_the_first_steps_of_gillham(pulses: str, feet: int) -> None:
    """The bottom of the table of ICAO Annex 10, volume IV, appendix 1."""
    order = ("C1", "A1", "C2", "A2", "C4", "A4", "B1", "Q", "B2", "D2", "B4", "D4")
    code = squitters.packed(*((pulse in pulses.split(), 1) for pulse in order))
    assert metres(code) == pytest.approx(feet * FOOT)


@given(st.integers(-12, 1_267))
def test_gillham_is_read_as_it_is_counted(hundreds: int) -> None:
    """Steps of 100 ft from -1,200 to 126,700."""
    assert metres(gillham(hundreds)) == pytest.approx(hundreds * 100 * FOOT)


@given(st.integers(0, 4_095))
def test_every_code_is_an_altitude_or_none(code: int) -> None:
    """None of the twelve bits leads out of the atmosphere."""
    height = metres(code)
    assert height is None or -400 < height < 39_000


@given(st.integers(-40, 2_006))
def test_steps_of_25_feet(count: int) -> None:
    """From -1,000 to 50,150 ft."""
    altitude = count * 25
    place = read(squitters.in_air(1, 1, odd=False, altitude=squitters.feet(altitude)))
    assert isinstance(place, Place)
    assert place.pressure_altitude == pytest.approx(altitude * FOOT)
    assert place.altitude is None
    above = read(squitters.in_air(1, 1, odd=False, altitude=squitters.feet(altitude), kind=20))
    assert isinstance(above, Place)
    assert (above.altitude, above.pressure_altitude) == (pytest.approx(altitude * FOOT), None)


@given(st.integers(-1_000, 1_000), st.integers(-1_000, 1_000), st.integers(-500, 500), st.sampled_from([1, 4]))
def test_velocity_over_ground(east: int, north: int, climb: int, times: int) -> None:
    """Knots east and north become metres a second and a course; four times as many where the aircraft is that fast."""
    velocity = read(squitters.over_ground(east, north, climb, fast=times == 4))
    assert isinstance(velocity, Velocity)
    factor = KNOT * times
    assert velocity.speed == pytest.approx(math.hypot(east, north) * factor)
    assert velocity.climb == pytest.approx(climb * 64 * FOOT / 60)
    if east or north:
        assert velocity.course is not None
        assert velocity.speed * math.sin(math.radians(velocity.course)) == pytest.approx(east * factor, abs=1e-6)
        assert velocity.speed * math.cos(math.radians(velocity.course)) == pytest.approx(north * factor, abs=1e-6)


def test_velocity_through_the_air_is_none_over_ground() -> None:
    """Airspeed and heading stay what they are."""
    velocity = read(squitters.through_air(375, 694))
    assert velocity == Velocity(airspeed=pytest.approx(375 * KNOT), heading=pytest.approx(243.984375))


@pytest.mark.parametrize(
    ("code", "knots"),
    [(0, None), (1, 0), (2, 0.125), (8, 0.875), (9, 1), (12, 1.75), (13, 2), (38, 14.5), (39, 15), (93, 69), (94, 70),
     (108, 98), (109, 100), (123, 170), (124, 175), (125, None)],
)  # fmt: skip
def test_speed_on_the_ground(code: int, knots: float | None) -> None:
    """The first and last code of each stretch of the table."""
    place = read(squitters.on_ground(1, 1, odd=False, movement=code, track=64))
    assert isinstance(place, Place)
    assert place.velocity == Velocity(speed=None if knots is None else pytest.approx(knots * KNOT), course=180.0)


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=8))
def test_names(call_sign: str) -> None:
    """Eight characters, spaces behind them gone."""
    assert read(squitters.name(call_sign)) == Name(call_sign)


def test_no_name_and_an_impossible_one() -> None:
    """An aircraft that was not told its own; a character that there is not."""
    assert read(4 << 51) == Name(None)
    with pytest.raises(NotSquitter, match="characters"):
        read(squitters.name("ABC") ^ 27)


def test_emergency_and_quality() -> None:
    """States and categories as they are; a category of version 0 is none."""
    assert read(squitters.emergency(5)) == Emergency(5)
    assert read(squitters.status(9)) == Quality(9)
    with pytest.raises(Ignored, match="type code 31"):
        read(squitters.status(9, version=0))
    with pytest.raises(Ignored, match="type code 0 "):
        read(0)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("8D485020994409940838175B284F", Velocity(speed=81.900137, course=182.880378, climb=-4.22656)),
        ("8DA05F219B06B6AF189400CBC33F", Velocity(airspeed=375 * KNOT, heading=243.984375, climb=-11.70432)),
    ],
)
def test_published_velocities(message: str, expected: Velocity) -> None:
    """Worked examples of J. Sun, The 1090 Megahertz Riddle, second edition, chapter 7."""
    found = said.read(frame.read(bytes.fromhex(message)))
    assert isinstance(found, Velocity)
    for field in ("speed", "course", "airspeed", "heading", "climb"):
        assert getattr(found, field) == pytest.approx(getattr(expected, field), abs=1e-5)


@given(st.integers(0, (1 << 56) - 1))
def test_no_message_breaks_it(message: int) -> None:
    """Whatever the 56 bits are."""
    with suppress(NotSquitter, Ignored):
        assert read(message) is not None
