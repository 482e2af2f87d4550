"""Need: whatever a feed brings, the node takes what is good, counts what is not, and goes on."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from msgspec.structs import replace

from comity.demo import reports
from comity.demo.desk import wait_for
from comity.demo.reports import How, Who
from comity.demo.sentences import Header, Message, lines
from comity.demo.voyage import Moment
from comity.foundation import canonical
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from stories.conftest import BuildTown
from stories.duties import past
from stories.fleet import CENTRE, Fleet
from stories.house import PATIENCE, House

pytestmark = pytest.mark.story
_FLEET = Fleet(begin=0, silent=2)
_MARKUP = "<IMG SRC=X ONERROR=1"
_MARKED = 299_300_001
_FAR = 299_300_002
_GOOD = b"!AIVDM,1,1,,B,13F?Vv700<DJuLEtvep`iToV0<00,0*78"


def _mmsi(message: Message) -> int:
    return message.number(8, 30)


def _hostile(at: Instant) -> list[bytes]:
    """Return lines that a broken or hostile receiver may send; none of them is a good sentence."""
    return [
        b"",
        b"\x00" * 400,
        b"\x1b[2J\x1b]0;owned\x07!AIVDM",
        b"!AIVDM,1,1,,B,13F?Vv700<DJuLEtvep`iToV0<00,0*00",
        _GOOD[:30],
        _GOOD[:-3],
        _GOOD.replace(b"13F", b"1\x00F"),
        b"!AIVDM,9,1,3,A,13F?Vv700<DJuLEtvep`iToV0<00,0*1C",
        b"!AIVDM,0,99999999999999999999,,A,,0*00",
        b"\\c:99999999999999999999*00\\" + _GOOD,
        b"\\" * 5_000,
        b"$PGHP,1,9999,99,99,99,99,99,999,,,,1,78*00",
        b"\xff\xfe\xed" * 300,
        "!AIVDM,1,1,,Ä,€,0*11".encode(),
        b"!" + b"A" * 16_000,
        b"A" * 10_000_000,
        b"%s%n%x" * 100,
        *(line.encode() for line in lines(at, Header(), _nowhere(at))),
    ]


def _nowhere(at: Instant) -> Message:
    """Return a report from a place that is not on the Earth."""
    return reports.position(_FAR, Moment(Position(111.0, 222.0), 6.0, 0.0), at, How())


def _marked(at: Instant) -> list[str]:
    """Return the sentences of a vessel whose name is markup, with its position."""
    who = Who(
        mmsi=_MARKED, name=_MARKUP, call_sign="</B>", ship_type=70, length=90, destination="';DROP", class_b=False
    )
    said = [(at + 1_000 * number, message) for number, message in enumerate(reports.identity(who))]
    moment = Moment(CENTRE, 6.0, 0.0)
    said += [(at + 30_000 * number + 500, reports.position(_MARKED, moment, at, How())) for number in range(1, 5)]
    return [line for time, message in said for line in lines(time, Header(), message)]


def _sightings(house: House) -> Counter[int | None]:
    """Return how many sightings of each MMSI the node keeps."""
    bodies = house.rows("SELECT body FROM sighting")
    return Counter(canonical.read(bytes(body), Sighting).identity.mmsi for (body,) in bodies)


def _expected(messages: list[Message]) -> Counter[int | None]:
    return Counter(_mmsi(message) for message in messages)


def test_a_hostile_recording_costs_nothing_but_itself(build_town: BuildTown) -> None:
    """Between control characters, NULs, ten megabytes in a line, lies and markup, every good sentence is kept.

    What is bad is counted; a name that is markup is handed out as the text it is, under a type that no browser runs.
    """
    town = build_town("north")
    (north,) = town.houses
    fleet = replace(_FLEET, begin=past(_FLEET.length))
    town.feed(north, fleet)
    messages = fleet.messages()
    half = len(messages) // 2
    text = [b"".join(_block(fleet.begin + at, message)) for at, message in messages]
    middle = fleet.begin + messages[half][0]
    hostile = b"\n".join([*_hostile(middle), *(line.encode() for line in _marked(middle))]) + b"\n"
    (north.folder / "coast.nmea").write_bytes(b"".join([*text[:half], hostile, *text[half:]]))
    north.start()
    town.add_people(north)

    good = _expected([message for _, message in messages])
    wait_for("every good sentence", lambda: good <= _sightings(north), PATIENCE)
    found = _sightings(north)
    assert {mmsi: found[mmsi] for mmsi in good} == good
    assert set(found) - set(good) <= {_MARKED, _FAR}
    assert not [one for one in _places(north) if not (-90 <= one.latitude <= 90 and -180 <= one.longitude <= 180)]
    assert north.count("SELECT rejected FROM feed WHERE name = 'coast'") >= 10
    _shows_markup_as_text(north)
    assert len(north.desk().alerts()) >= fleet.alerts
    north.assert_calm()
    north.assert_sound()


def _block(time: Instant, message: Message) -> Iterator[bytes]:
    for line in lines(time, Header(), message):
        yield f"{line}\n".encode()


def _places(house: House) -> list[Position]:
    read = (canonical.read(bytes(body), Sighting) for (body,) in house.rows("SELECT body FROM sighting"))
    return [sighting.position for sighting in read if sighting.position is not None]


def _shows_markup_as_text(house: House) -> None:
    desk = house.desk()
    answer: httpx.Response = desk._client.get("/tracks")
    assert answer.headers["content-type"].startswith("application/json")
    names = {track["identity"].get("name") for track in answer.json()}
    assert _MARKUP in names


@contextmanager
def _speaking(*parts: bytes) -> Iterator[str]:
    """Serve a live feed that says one part in each connection, and yield its address.

    The last connection stays open until the end of the block.
    """
    ending = threading.Event()

    def speak(listening: socket.socket) -> None:
        for number, part in enumerate(parts, 1):
            with listening.accept()[0] as connection:
                connection.sendall(part)
                if number == len(parts):
                    ending.wait(2 * PATIENCE)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        speaker = threading.Thread(target=speak, args=(listening,), daemon=True)
        speaker.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        ending.set()
        speaker.join(PATIENCE)


def test_a_live_feed_that_breaks_in_a_sentence_comes_back(build_town: BuildTown) -> None:
    """The connection breaks in the middle of a sentence, twice: those two are lost and counted, and no other."""
    town = build_town("north")
    (north,) = town.houses
    fleet = replace(_FLEET, begin=past(_FLEET.length))
    messages = [message for _, message in fleet.messages()]
    blocks = [b"".join(_block(fleet.begin + at, message)) for at, message in fleet.messages()]
    single = [place for place, message in enumerate(messages) if message.number(0, 6) == 1]
    cuts = [single[len(single) // 3], single[2 * len(single) // 3]]
    first = b"".join(blocks[: cuts[0]]) + blocks[cuts[0]][:-9]
    second = b"".join(blocks[cuts[0] + 1 : cuts[1]]) + blocks[cuts[1]][:-9]
    with _speaking(first, second, b"".join(blocks[cuts[1] + 1 :])) as address:
        north.set(f'[[feed]]\nname = "live"\nformat = "ais"\nconnect = "{address}"\npurposes = ["smuggling"]')
        north.start()
        kept = _expected(messages) - _expected([messages[cut] for cut in cuts])
        wait_for("what came whole", lambda: _sightings(north) >= kept, PATIENCE)
        assert _sightings(north) == kept
        assert north.count("SELECT rejected FROM feed WHERE name = 'live'") == 2
        assert north.process.stop() == 0
    north.assert_calm()
