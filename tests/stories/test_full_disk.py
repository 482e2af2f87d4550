"""Need: a node whose disk is full says so, takes nothing in by halves, and goes on when there is room."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from comity.demo.desk import Desk, wait_for
from comity.vocabulary.fault import Fault
from stories.duties import PURPOSE, alerts, refused, settled
from stories.evenness import Books
from stories.house import PATIENCE, House
from stories.link import Link
from stories.small_disk import SmallDisk
from stories.town import Town

pytestmark = pytest.mark.story
_SIZE = 160 * 1024 * 1024
_MANY = 24
"""Releases that are more than the room left in the pages that the database has already."""
_ENDED = "the database has ended"
_NO_ROOM = "the database has no room left on its disk"


@pytest.fixture(scope="module")
def disk(rough_town: tuple[Town, Link]) -> Iterator[SmallDisk]:
    """Return the small disk on which `marsh` runs."""
    marsh = rough_town[0].houses[2]
    assert marsh.process.stop() == 0
    with SmallDisk(marsh, _SIZE) as small:
        marsh.start()
        yield small
        marsh.process.stop()
    marsh.start()


@pytest.fixture
def north(rough_town: tuple[Town, Link]) -> House:
    """Return the node that gives."""
    return rough_town[0].houses[0]


@pytest.fixture
def marsh(rough_town: tuple[Town, Link], disk: SmallDisk) -> House:
    """Return the node whose disk is small."""
    return rough_town[0].houses[2]


def _give(desk: Desk, partner: str, count: int) -> list[str]:
    (alert, *_) = alerts(desk, 1)
    desk.decide(alert["id"], "confirmed", "silent while others were heard")
    return [str(desk.release(alert["id"], partner, PURPOSE)["message"]) for _ in range(count)]


def _kept(house: House) -> tuple[int, ...]:
    tables = ("outbox", "inbox", "ledger_entry", "decision")
    return tuple(house.count(f"SELECT count(*) FROM {table}") for table in tables)  # noqa: S608 - names above


def _waiting(desk: Desk, messages: list[str]) -> bool:
    """Whether one of these has been tried in vain because the partner has no room."""
    found = [item for item in desk.releases() if item["message"] in messages and item["state"] == "queued"]
    return any("503" in item["last_fault"] for item in found)


def test_a_full_disk_is_told_and_nothing_is_done_by_halves(north: House, marsh: House, disk: SmallDisk) -> None:
    """The node with the full disk refuses acts and deliveries in so many words, and is there for whoever reads.

    What partners give waits with them and arrives once there is room, once each; partners elsewhere notice nothing.
    """
    books, desk, full = Books(north, marsh), north.desk(), marsh.desk()
    mine = alerts(full, 1)[0]["id"]
    disk.fill()
    messages = _give(desk, "marsh", _MANY)
    wait_for("a refusal for want of room", lambda: _waiting(desk, messages), PATIENCE)
    settled(desk, _give(desk, "south", 1))
    assert any(_NO_ROOM in line.get("fault", "") for line in marsh.said())
    before = None
    for _ in range(_MANY):  # the pages that there are have some room left for the first of them
        before = _kept(marsh)
        if _acts_in_vain(full, mine):
            break
    else:
        raise AssertionError("there was room for all")
    assert _kept(marsh) == before
    assert _NO_ROOM in str(refused(lambda: full.decide(mine, "confirmed", "silent" * 300)))
    assert httpx.get(f"http://{marsh.console}/healthz", timeout=PATIENCE, trust_env=False).status_code == 200
    disk.make_room()
    settled(desk, messages)
    books.assert_even(messages)
    settled(full, _give(full, "north", 1))


def _acts_in_vain(desk: Desk, alert: str) -> bool:
    """Judge the alert at length; whether that was refused for want of room."""
    try:
        desk.decide(alert, "confirmed", "silent" * 300)
    except Fault as fault:
        return _NO_ROOM in str(fault)
    return False


def test_a_database_that_ends_for_want_of_room_loses_nothing(north: House, marsh: House, disk: SmallDisk) -> None:
    """Its write-ahead log finds no room: PostgreSQL ends, the node says so and stops; started with room, it goes on."""
    books, desk = Books(north, marsh), north.desk()
    first = _give(desk, "marsh", 2)
    settled(desk, first)
    disk.fill()
    disk.end_segment()
    later = _give(desk, "marsh", 3)
    wait_for("the node's word", lambda: any(line["event"] == _ENDED for line in marsh.said()), PATIENCE)
    marsh.process.kill()  # it ends by itself too, when its last thread no longer waits for the database
    disk.make_room()
    marsh.start()
    settled(desk, first + later)
    books.assert_even(first + later)
