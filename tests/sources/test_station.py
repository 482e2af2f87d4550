"""Stations as they are written in settings."""

from __future__ import annotations

import pytest

from comity.sources import station
from comity.sources.station import Station
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Position


def test_forms() -> None:
    """A place, with a height, with errors, with a number."""
    place = Position(56.5, -11.5)
    assert station.read("56.5,-11.5") == Station(position=place)
    assert station.read("56.5, -11.5, 120") == Station(position=place, height=120.0)
    assert station.read("0/7=56.5,-11.5,120,70,0.08") == Station(
        position=place, height=120.0, number=(0, 7), range_error=70.0, azimuth_error=0.08
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "56.5",
        "56.5,north",
        "91,0",
        "0,181",
        "nan,0",
        "0,0,inf",
        "0,0,0,-1,1",
        "0,0,0,0,0,0",
        "7=0,0",
        "0/256=0,0",
        "a/b=0,0",
    ],
)
def test_what_is_no_station(text: str) -> None:
    """It says how to write one."""
    with pytest.raises(Fault, match="no station") as caught:
        station.read(text)
    assert "latitude" in caught.value.remedy
