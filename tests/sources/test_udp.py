"""Datagrams: a real port on loopback, and what is sent to it."""

from __future__ import annotations

import socket
from threading import Event

import pytest

from builders import cot, klv, mavlink
from comity.sources.cot.event import Event as CotEvent
from comity.sources.mavlink.messages import GlobalPosition, Heartbeat
from comity.sources.origin import Origin
from comity.sources.udp import Datagrams
from comity.vocabulary.fault import Fault
from comity.vocabulary.sighting import Sighting

NOON = 1_767_268_800_000
ORIGIN = Origin(source="port", arrival=lambda: NOON)
ONE = CotEvent(type="a-f-A", uid="u", how="m-g", time=NOON, latitude=56.9, longitude=11.7)
AIS = (b"!AIVDM,1,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,0*09", b"!AIVDM,1,1,,A,16:=?;0P00`SstvFnFbeGH6L088h,0*44\r\n")
PIECES = klv.transport(klv.packet({**klv.place(13, 56.9, 11.7), 10: b"x" * 900}, NOON))
FLIGHT = mavlink.two(Heartbeat(0, 2, 3, 0, 4, 3)) + mavlink.two(GlobalPosition(1, 569_000_000, 1, 0, 0, 0, 0, 0, 0))


def sent(format_name: str, datagrams: list[bytes], count: int) -> tuple[list[Sighting], Datagrams]:
    port = Datagrams("127.0.0.1", 0, format_name, ORIGIN, skip=7, glance=0.05)
    stop, found = Event(), []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for data in datagrams:
            sender.sendto(data, ("127.0.0.1", port.port))
    for batch in port.batches(stop):
        found += batch.sightings
        assert batch.position == 7 + len(found)
        if len(found) >= count:
            stop.set()
    return found, port


@pytest.mark.parametrize(
    ("format_name", "datagrams", "count"),
    [
        ("cot", [cot.mesh(ONE), cot.xml(ONE), b"<event", cot.stream(ONE)], 3),
        ("ais", list(AIS), 2),
        ("klv", [PIECES[at : at + 500] for at in range(0, len(PIECES), 500)], 1),
        ("mavlink", [FLIGHT[:30], FLIGHT[30:]], 1),
    ],
)
def test_what_is_sent_is_taken(format_name: str, datagrams: list[bytes], count: int) -> None:
    """Whole in each datagram, or cut across them where the format's senders do that."""
    found, port = sent(format_name, datagrams, count)
    assert len(found) == count
    assert port.report.rejected == (format_name == "cot")


def test_an_ending_feed_gives_its_port_back() -> None:
    """The next can have it."""
    stop = Event()
    stop.set()
    first = Datagrams("127.0.0.1", 0, "cot", ORIGIN)
    assert list(first.batches(stop)) == []
    second = Datagrams("127.0.0.1", first.port, "cot", ORIGIN)
    with pytest.raises(Fault, match="no datagrams can be received"):
        Datagrams("127.0.0.1", first.port, "cot", ORIGIN)
    assert list(second.batches(stop)) == []


@pytest.mark.parametrize("host", ["nowhere", "203.0.113.1", ""])
def test_an_address_that_is_not_ours_is_a_fault(host: str) -> None:
    """It says which."""
    with pytest.raises(Fault) as caught:
        Datagrams(host, 0, "cot", ORIGIN)
    assert caught.value.where == f"{host}:0"


def test_a_live_feed_needs_the_time_of_arrival() -> None:
    """Without the clock there is no feed."""
    with pytest.raises(Fault, match="arrival"):
        Datagrams("127.0.0.1", 0, "cot", Origin(source="port"))
