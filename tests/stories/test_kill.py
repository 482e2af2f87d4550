"""Need: power cuts at any moment, on either side, lose nothing and double nothing.

COMITY_SOAK says how many times a node is killed (3 if it is not set); the moments are drawn from a fixed seed.
"""

from __future__ import annotations

import os
import random  # noqa: TID251 - seeded
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from msgspec.structs import replace

from comity.demo.desk import Desk, wait_for
from comity.foundation import canonical
from comity.foundation.clock import wall
from comity.sources.feed import open_reader, read_file
from comity.sources.origin import Origin
from comity.vocabulary.alert import Alert
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import MINUTE, SECOND
from stories.conftest import BuildTown
from stories.duties import release
from stories.fleet import Fleet
from stories.house import PATIENCE, House
from stories.town import Town

pytestmark = pytest.mark.story
_KILLS = int(os.environ.get("COMITY_SOAK", "3"))
_SEED = 41
_LIFE = 3_000
"""Milliseconds that a node lives between two kills, at most."""
_SAIL = 6 * SECOND * _KILLS
"""Wall milliseconds in which the feed passes: some for each kill and the start after it."""
_FLEET = Fleet(begin=0, silent=min(10 + 2 * _KILLS, 120), apart=MINUTE, beacon=True)


class _Officer:
    """An officer who releases each alert once, whatever happens to the node in between."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.ending = threading.Event()

    def work(self) -> None:
        """Release all that there is, again and again until told to end; a broken line is no reason to stop."""
        while not self.ending.is_set():
            try:
                desk = self._house.desk()
                while not self.ending.wait(0.1):
                    self._release(desk)
            except (httpx.HTTPError, Fault):
                self.ending.wait(0.2)
            finally:
                self._house.close()

    def _release(self, desk: Desk) -> None:
        """Release the alerts that are not among the releases: what was asked last may have been done or not."""
        given = {item["record"] for item in desk.releases()}
        for queued in desk.alerts():
            alert = queued["alert"]
            if alert["kind"] == "going-dark" and alert["id"] not in given:
                release(desk, alert, "south")


def _sail(town: Town) -> Fleet:
    """Let the fleet sail from now on, hours of it in seconds, by the clocks of all nodes."""
    now = wall() + 3 * SECOND
    fleet = replace(_FLEET, begin=now)
    north, _ = town.houses
    for house in town.houses:
        assert house.process.stop() == 0
        house.set_clock((now, now), (now + _SAIL, fleet.end))
    fleet.write(north.folder / "coast.nmea")
    for house in town.houses:
        house.start()
    return fleet


def _kill(town: Town) -> None:
    """Kill nodes at random moments, the sender and the receiver in turn, and start each again."""
    chance, moment = random.Random(_SEED), threading.Event()  # noqa: S311 - to be the same each time
    for number in range(_KILLS):
        victim = town.houses[number % 2]
        moment.wait(chance.uniform(0.0, _LIFE) / 1_000)
        victim.process.kill()
        moment.wait(chance.uniform(0.0, 0.5))
        victim.start()


def _proven(north: House) -> int:
    """Return how many releases have a receipt that is proven by the partner's log."""
    return north.count("SELECT count(*) FROM receipt_proof")


def _sightings_are_those_of_the_file(north: House, fleet: Fleet) -> None:
    origin = Origin(source="coast", simulated=True)
    told = [sighting.id for sighting in read_file(north.folder / "coast.nmea", open_reader("ais", origin))]
    assert len(told) == len(fleet.messages())
    assert sorted(name for (name,) in north.rows("SELECT id FROM sighting")) == sorted(told)
    assert north.count("SELECT position FROM feed WHERE name = 'coast'") == len(told)
    assert sum(entry.count for entry in _entries(north, Act.COLLECTED)) == len(told)


def _alerts_are_one_for_each_silence(north: House, fleet: Fleet) -> None:
    bodies = north.rows("SELECT body FROM alert WHERE kind = 'going-dark'")
    dark = [canonical.read(bytes(body), Alert).subjects[0].mmsi for (body,) in bodies]
    assert sorted(number or 0 for number in dark) == fleet.mmsis
    alerts = {name for (name,) in north.rows("SELECT id FROM alert")}
    assert len(alerts) == fleet.alerts
    assert Counter(entry.subject for entry in _entries(north, Act.COMBINED)) == Counter(alerts)


def _releases_are_one_for_each_alert(north: House, south: House, before: int) -> None:
    dark = Counter(name for (name,) in north.rows("SELECT id FROM alert WHERE kind = 'going-dark'"))
    sent = north.rows("SELECT id, record, state, sequence FROM outbox WHERE kind = 'release' ORDER BY sequence")
    assert {state for _, _, state, _ in sent} == {"accepted"}
    assert Counter(record for _, record, _, _ in sent) == dark
    assert Counter(entry.subject for entry in _entries(north, Act.DISCLOSED)) == dark
    assert Counter(entry.subject for entry in _entries(north, Act.RECEIPTED) if entry.subject in dark) == dark
    kept = south.rows(
        "SELECT id, record, sequence FROM inbox JOIN inbox_item ON message = id WHERE kind = 'release'"
        " ORDER BY sequence"
    )
    assert kept == [(message, record, number) for message, record, _, number in sent]
    received = _entries(south, Act.RECEIVED)[before:]
    assert [entry.subject for entry in received] == [record for _, record, _, _ in sent]
    judged = [entry for entry in _entries(north, Act.ALTERED) if entry.basis == "review"]
    assert len(judged) == north.count("SELECT count(*) FROM decision")


def _entries(house: House, act: Act) -> list[Entry]:
    """Return the entries of one act, in the order of the log."""
    found = house.rows("SELECT entry FROM ledger_entry WHERE act = %s ORDER BY index", act.value)
    return [canonical.read(bytes(body), Entry) for (body,) in found]


def test_killed_again_and_again_nodes_lose_and_double_nothing(build_town: BuildTown) -> None:
    """Sender and receiver are killed in the midst of feeding, releasing and receiving; in the end all adds up.

    Every sighting of the file is kept once; each silence raised one alert; each was released, received and receipted
    once; acts and entries are equal in number; both logs hold.
    """
    town = build_town("north", "south")
    north, south = town.houses
    town.feed(north, replace(_FLEET, silent=0, begin=0))
    (north.folder / "coast.nmea").write_bytes(b"")
    town.start()
    town.introduce()
    town.agree()
    for house in town.houses:
        house.close()
    before = len(_entries(south, Act.RECEIVED))
    fleet = _sail(town)
    officer = _Officer(north)
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(officer.work)
        try:
            _kill(town)
            wait_for("the end", lambda: wall() > fleet.begin + _SAIL, _SAIL / 1_000 + PATIENCE)
            wait_for("every release", lambda: work.done() or _proven(north) == fleet.silent, 2 * PATIENCE)
        finally:
            officer.ending.set()
        work.result()
    _sightings_are_those_of_the_file(north, fleet)
    _alerts_are_one_for_each_silence(north, fleet)
    _releases_are_one_for_each_alert(north, south, before)
    for house in town.houses:
        house.assert_sound()
        house.assert_calm()
