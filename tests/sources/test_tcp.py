"""Live feeds: a real server on loopback that drops the connection in the middle of a sentence."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from builders import asterix, squitters
from comity.sources.ais import decode
from comity.sources.origin import Origin
from comity.sources.tcp import Line, Patience
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY
from comity.vocabulary.sighting import Sighting

ONE = b"!AIVDM,1,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,0*09\r\n"
TWO = b"!AIVDM,1,1,,A,16:=?;0P00`SstvFnFbeGH6L088h,0*44\r\n"
THREE = b"!AIVDM,1,1,,A,16`l:v8P0W8Vw>fDVB0t8OvJ0H;9,0*0A\r\n"
QUICK = Patience(connect=5.0, silence=0.3, glance=0.05, first_retry=0.01, longest_retry=0.05)
ORIGIN = Origin(source="mast", arrival=lambda: 1_700_000_000_000)


class Mast:
    """A receiver that serves each connection the next of its scripts, and then hangs up or falls silent."""

    def __init__(self, *scripts: tuple[list[bytes], bool]) -> None:
        self._scripts = scripts
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.silent: list[socket.socket] = []
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.close()
        self._thread.join(10)
        for connection in self.silent:
            connection.close()

    def _serve(self) -> None:
        for pieces, hangs_up in self._scripts:
            connection, _ = self._server.accept()
            for piece in pieces:
                connection.sendall(piece)
            if hangs_up:
                connection.close()
            else:
                self.silent.append(connection)


@pytest.fixture
def masts() -> Iterator[list[Mast]]:
    """Hold the masts of a test, and close them behind it."""
    made: list[Mast] = []
    yield made
    for mast in made:
        mast.close()


def taken(line: Line, count: int) -> list[Sighting]:
    stop = Event()
    found: list[Sighting] = []
    for batch in line.batches(stop):
        found += batch.sightings
        assert batch.position == len(found)
        if len(found) >= count:
            stop.set()
    return found


def test_a_connection_dropped_in_mid_sentence_loses_only_that_sentence(masts: list[Mast]) -> None:
    """The half sentence is counted and never joined to what the next connection brings."""
    mast = Mast(([ONE, TWO[:20]], True), ([TWO[20:], THREE], True))
    masts.append(mast)
    line = Line("127.0.0.1", mast.port, "ais", ORIGIN, patience=QUICK)
    found = taken(line, 2)
    assert [sighting.identity.mmsi for sighting in found] == [decode(one[14:42]).mmsi for one in (ONE, THREE)]
    assert line.report.faults == {"line cut off": 1, "not a sentence": 1}
    assert all(sighting.time == 1_700_000_000_000 for sighting in found)


def test_pieces_of_a_sentence_are_joined(masts: list[Mast]) -> None:
    """Bytes that come one by one make the same sighting."""
    mast = Mast(([ONE[place : place + 1] for place in range(len(ONE))], True))
    masts.append(mast)
    line = Line("127.0.0.1", mast.port, "ais", ORIGIN, patience=QUICK)
    assert len(taken(line, 1)) == 1
    assert line.report.rejected == 0


def test_binary_frames_are_cut_off_with_their_connection(masts: list[Mast]) -> None:
    """Half a Beast frame is counted, and the next connection begins with a whole one."""
    first, second, third = (
        squitters.beast(squitters.squitter(0x48AA00 + number, squitters.name(f"TST{number}")), 0) for number in range(3)
    )
    mast = Mast(([first, second[:11]], True), ([third[:5], third[5:]], True))
    masts.append(mast)
    line = Line("127.0.0.1", mast.port, "adsb", ORIGIN, patience=QUICK)
    assert [s.identity.call_sign for s in taken(line, 2)] == ["TST0", "TST2"]
    assert line.report.faults == {"line cut off": 1}


def test_blocks_of_a_radar_are_cut_off_with_their_connection(masts: list[Mast]) -> None:
    """Half an ASTERIX block is counted; the time of arrival tells the day."""
    items = {"010": b"\0\7", "070": asterix.time_of_day(80_000), "105": asterix.wgs(56.25, 11.75, 4, 25)}
    block = asterix.block(62, asterix.record(62, items))
    later = asterix.block(62, asterix.record(62, items | {"070": asterix.time_of_day(80_001)}))
    mast = Mast(([block, later[:9]], True), ([later], True))
    masts.append(mast)
    line = Line("127.0.0.1", mast.port, "asterix", ORIGIN, patience=QUICK)
    assert [s.time for s in taken(line, 2)] == [
        1_700_000_000_000 - 1_700_000_000_000 % DAY + t for t in (80_000_000, 80_001_000)
    ]
    assert line.report.faults == {"line cut off": 1}


def test_a_silent_connection_is_given_up_and_made_anew(masts: list[Mast]) -> None:
    """A mast that holds the connection and says nothing more does not hold the feed."""
    mast = Mast(([ONE], False), ([TWO], True))
    masts.append(mast)
    line = Line("127.0.0.1", mast.port, "ais", ORIGIN, patience=QUICK)
    assert len(taken(line, 2)) == 2


def test_a_mast_that_is_not_there_is_tried_again(masts: list[Mast]) -> None:
    """Refused connections wait longer each time, stop at once when told, and say what is wrong."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    line = Line("127.0.0.1", port, "ais", ORIGIN, patience=QUICK)
    stop = Event()
    thread = Thread(target=lambda: list(line.batches(stop)))
    thread.start()
    while not line.trouble:
        stop.wait(0.01)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert "refused" in line.trouble.lower()


def test_it_stops_while_the_mast_is_silent(masts: list[Mast]) -> None:
    """A stop is seen at the next glance, though no byte comes."""
    mast = Mast(([ONE], False))
    masts.append(mast)
    patience = Patience(connect=5.0, silence=60.0, glance=0.05, first_retry=0.01)
    line = Line("127.0.0.1", mast.port, "ais", ORIGIN, patience=patience)
    assert len(taken(line, 1)) == 1
    assert not line.connected


def test_a_live_feed_needs_the_time_of_arrival() -> None:
    """Without it reports without a time would be lost silently."""
    with pytest.raises(Fault, match="time of arrival"):
        Line("127.0.0.1", 1, "ais", Origin(source="mast"))
