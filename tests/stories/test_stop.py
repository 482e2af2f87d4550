"""Need: a node that is stopped, by hand or by a power cut, leaves nothing behind and starts again where it was."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from comity.demo.desk import wait_for
from comity.foundation.clock import steady
from comity.vocabulary.fault import Fault
from stories.conftest import BuildTown
from stories.duties import alerts, past
from stories.fleet import Fleet
from stories.house import PATIENCE, House

pytestmark = pytest.mark.story
_SOON = 15.0
"""Seconds within which a node must be gone."""


def _at_work(house: House) -> list[str]:
    """Return the command lines of all processes that work in the node's folder: the node itself and its database."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            within = process.name.isdigit() and house.folder in (process / "cwd").resolve().parents
            words = (process / "cmdline").read_bytes().replace(b"\x00", b" ").decode(errors="replace")
        except OSError:  # it ended while we looked, or is not ours
            continue
        if within or str(house.folder) in words:
            found.append(words)
    return found


def test_told_to_stop_a_node_ends_in_order_and_starts_again(build_town: BuildTown) -> None:
    """SIGTERM ends a busy node with exit code 0 in under 15 s; no process of its folder remains; it goes on later."""
    town = build_town("north")
    (north,) = town.houses
    count = town.feed(north, Fleet(begin=past(0), silent=3))
    north.start()
    town.add_people(north)
    assert any("postgres" in words for words in _at_work(north))
    desk = north.desk()
    before = [alert["id"] for alert in alerts(desk, 3)]
    begun = steady()
    north.process.signal(signal.SIGTERM)
    assert north.process.wait(_SOON) == 0
    assert steady() - begun < _SOON
    assert _at_work(north) == []
    assert north.said()[-1]["event"] == "node stopped"
    north.start()
    desk = north.desk()
    assert [alert["id"] for alert in alerts(desk, 3)] == before
    assert desk.summary()["sightings"] == count
    north.assert_calm()


def test_a_node_whose_database_has_ended_says_so_and_goes(build_town: BuildTown) -> None:
    """With people at work it ends with exit code 1 in under 15 s, tells them and its log why, and starts again."""
    town = build_town("north")
    (north,) = town.houses
    north.start()
    town.add_people(north)
    desk, over = north.desk(), threading.Event()
    told: list[str] = []

    def work() -> None:
        while not over.is_set():
            try:
                desk.summary()
            except Fault as fault:
                told.append(str(fault))
            except httpx.HTTPError:  # it has gone
                return

    with ThreadPoolExecutor(20) as people:
        works = [people.submit(work) for _ in range(20)]
        try:
            postmaster = int((north.folder / "database" / "data" / "postmaster.pid").read_text().split()[0])
            begun = steady()
            os.kill(postmaster, signal.SIGQUIT)
            assert north.process.wait(_SOON) == 1
            assert steady() - begun < _SOON
        finally:
            over.set()
        for each in works:
            each.result()
    assert told
    assert [words for words in told if "database does not answer" not in words] == []
    said = north.log.read_text("utf-8")
    assert "the database has ended" in said
    assert "Traceback" not in said
    north.start()
    assert north.process.stop() == 0
    north.assert_sound()


def test_killed_a_node_takes_its_database_with_it(build_town: BuildTown) -> None:
    """`kill -9` of the node alone leaves no PostgreSQL behind, and the next start has everything that was committed."""
    town = build_town("north")
    (north,) = town.houses
    count = town.feed(north, Fleet(begin=past(0), silent=3))
    north.start()
    town.add_people(north)
    alerts(north.desk(), 3)
    north.process.kill()
    wait_for("the end of the database", lambda: not _at_work(north), PATIENCE)
    north.start()
    desk = north.desk()
    assert len(alerts(desk, 3)) == 3
    assert desk.summary()["sightings"] == count
    assert north.process.stop() == 0
    assert _at_work(north) == []
    north.assert_sound()
    north.assert_calm()
