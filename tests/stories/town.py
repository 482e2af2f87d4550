"""A town: nodes and an oversight witness as real processes in one folder, who know each other and have an agreement.

Everything goes through the functions that the commands use, or the commands themselves. Whoever builds a town stops it:
`Town.end` ends every process that it started, by its id.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg

from comity.agreements import terms
from comity.agreements.terms import Terms
from comity.api.passwords import hashed
from comity.demo.desk import Desk, wait_for
from comity.demo.process import at_once
from comity.exchange import cards, partners
from comity.foundation.clock import wall
from comity.foundation.store import officers
from comity.foundation.store.server import attached
from comity.node import witness_station
from comity.node.assemble import opened
from comity.node.create import NewNode, create
from comity.node.settings import FILE
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.instant import HOUR, Instant, written
from comity.vocabulary.officer import Officer, Role
from stories.fleet import GAP, Fleet
from stories.process import Process

OFFICER = "vera"
ADMINISTRATOR = "odd"
PASSWORD = "correct horse 9"
PATIENCE = 100.0
"""Seconds to wait for what takes a second on a machine that does nothing else; a courier may rest for sixty."""
OVERSIGHT = "oversight"
AGREEMENT = "skerry-watch"
PURPOSE = "smuggling"

_AGREEMENT = f"""agreement: {AGREEMENT}
version: 1
between: [PARTIES]
basis:
  - {{instrument: Memorandum on watching the skerries (invented), article: "2"}}
in_force: {{from: 2020-01-01, until: 2099-12-31}}
purposes: [smuggling, search-and-rescue]
clauses:
  - id: silences
    give: alert
    where: skerries
    if: alert.kind == going-dark
    to: all
    for: [smuggling]
    fields: [kind, severity, time, position, mmsi, confidence]   # no name, no call sign, no words
    handling: {{tlp: AMBER, onward: ask}}
    keep: 30 d
rescue:
  centres:
    south: [skerries]
after: {{erase: 30 d, prove: receipt}}
witnesses: {{quorum: 2, required: [{OVERSIGHT}]}}
annex:
  areas:
    skerries:
      type: Polygon
      title: Skerries
      source: drawn by hand for these tests
      coordinates: [[[10.0, 56.0], [13.0, 56.0], [13.0, 58.5], [10.0, 58.5], [10.0, 56.0]]]
"""
GIVEN = {"kind", "severity", "time", "position", "mmsi", "confidence"}
"""The fields that the agreement's clause gives."""


def agreement_text(*parties: str) -> str:
    """Return the agreement between these parties as people write it."""
    return _AGREEMENT.replace("PARTIES", ", ".join(parties))


def command(*arguments: object, told: str = "") -> subprocess.CompletedProcess[str]:
    """Run a `comity` command to its end, with `told` as its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "comity.cli.main", *(str(argument) for argument in arguments)],
        input=told,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )


def free_addresses(count: int) -> list[str]:
    """Return addresses that nobody has, below the ports that the kernel gives to outgoing connections."""
    first = 10_000 + os.getpid() * 37 % 20_000
    found: list[str] = []
    for port in range(first, first + 2_000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(f"127.0.0.1:{port}")
        if len(found) == count:
            return found
    raise AssertionError("there are no free ports")


class House:
    """One node of the town."""

    def __init__(self, folder: Path, country: str, console: str, exchange: str) -> None:
        self.name = folder.name
        self.country = country
        self.folder = folder
        self.console = console
        self.exchange = exchange
        self.log = folder / "node.log"
        self.process = Process(["node", "run", str(folder)], self.log, f"http://{console}/healthz")
        self._desks: list[Desk] = []

    def create(self) -> None:
        """Make the node."""
        create(
            self.folder,
            NewNode(
                name=self.name,
                agency=f"Agency {self.name}",
                country=self.country,
                console=self.console,
                exchange=self.exchange,
            ),
        )

    @property
    def card(self) -> bytes:
        """The node's signed card."""
        return cards.from_text((self.folder / "card.txt").read_text("ascii"))

    def set(self, text: str) -> None:
        """Add to the node's settings."""
        with (self.folder / FILE).open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")

    def set_clock(self, *points: tuple[Instant, Instant]) -> None:
        """Set the points, wall and shown, that the node's clock passes through from its next start on."""
        before = (self.folder / FILE).read_text("utf-8").split("\n[clock]", 1)[0]
        pairs = ", ".join(f'["{written(moment)}", "{written(shown)}"]' for moment, shown in points)
        (self.folder / FILE).write_text(f"{before}\n[clock]\npoints = [{pairs}]\n", "utf-8")

    def start(self) -> None:
        """Start the node's process and wait until it answers."""
        self.process.start()
        self.process.ready()

    def restart(self) -> None:
        """Stop the node as an administrator would, and start it."""
        assert self.process.stop() == 0
        self.start()

    def desk(self, officer: str = OFFICER) -> Desk:
        """Sign in; the town closes it."""
        self._desks.append(Desk(self.name, f"http://{self.console}", officer, PASSWORD))
        return self._desks[-1]

    def close(self) -> None:
        """Close every desk."""
        for desk in self._desks:
            desk.close()
        self._desks.clear()

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what stands in the node's database, whether it runs or not."""
        url = attached(self.folder / "database")
        if url is None:
            with opened(self.folder) as node, node.store.reading() as transaction:
                return transaction.rows(statement, *values)
        with psycopg.connect(url) as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def count(self, statement: str, *values: object) -> int:
        """Return the one number that a statement asks for."""
        return int(self.rows(statement, *values)[0][0])

    def dump(self) -> bytes:
        """Return every value of every table of the node's database, one after another."""
        tables = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        everything = [self.rows(f'SELECT * FROM "{table}"') for (table,) in tables]  # noqa: S608 - names of its own
        kept = (value for rows in everything for row in rows for value in row)
        return b"\n".join(bytes(value) if isinstance(value, bytes) else str(value).encode() for value in kept)

    def acts(self, act: Act) -> int:
        """Return how many entries of this act the node's log has."""
        return self.count("SELECT count(*) FROM ledger_entry WHERE act = %s", act.value)

    def said(self) -> list[dict[str, Any]]:
        """Return what the node has written to its log so far, one object a line."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines() if line.startswith("{")]

    def assert_calm(self) -> None:
        """Assert that nothing failed inside the node: its log tells of no error that it did not expect."""
        failures = [line for line in self.said() if line["event"] == "failure" or "exception" in line]
        assert not failures, f"{self.name}: {json.dumps(failures[:3], indent=1)}"
        assert "Traceback" not in self.log.read_text("utf-8")

    def assert_sound(self) -> None:
        """Assert that the whole log of the node holds, as `comity ledger fsck` reads it again."""
        checked = command("ledger", "fsck", self.folder, "--json")
        report = json.loads(checked.stdout)
        assert (checked.returncode, report["faults"]) == (0, [])

    def post(self, body: bytes | Any, kind: str = "application/cbor") -> httpx.Response:  # noqa: ANN401 - or pieces
        """Post something to the node's inbox, as anyone on the network can."""
        return httpx.post(
            f"http://{self.exchange}/exchange/inbox",
            content=body,
            headers={"content-type": kind},
            timeout=PATIENCE,
            trust_env=False,
        )


class Town:
    """The nodes and the oversight witness."""

    def __init__(self, folder: Path, *names: str) -> None:
        addresses = free_addresses(2 * len(names) + 1)
        countries = ("DK", "SE", "DE")
        self.folder = folder
        self.houses = [
            House(folder / name, countries[place], addresses[2 * place], addresses[2 * place + 1])
            for place, name in enumerate(names)
        ]
        self.witness = folder / OVERSIGHT
        self.witness_address = addresses[-1]
        health = f"http://{self.witness_address}/healthz"
        self.oversight = Process(["witness", "run", str(self.witness)], folder / "witness.log", health)

    @property
    def terms(self) -> Terms:
        """The agreement between all nodes."""
        return terms.read(agreement_text(*(house.name for house in self.houses)), AGREEMENT)

    def create(self) -> None:
        """Make the nodes and the witness."""
        for house in self.houses:
            house.create()
            house.set(f'[picture]\ndark = "{GAP}"')
        witness_station.create(self.witness, name=OVERSIGHT, agency="Board", country="FI", listen=self.witness_address)

    def feed(self, house: House, fleet: Fleet) -> int:
        """Let the node's only feed bring the fleet, and return how many sightings are in it."""
        house.set(
            '[[feed]]\nname = "coast"\nformat = "ais"\npath = "coast.nmea"\nsimulated = true\ngrading = "B2"\n'
            'purposes = ["smuggling", "search-and-rescue"]'
        )
        return fleet.write(house.folder / "coast.nmea")

    def start(self) -> None:
        """Start every process and wait until all answer."""
        processes = [*(house.process for house in self.houses), self.oversight]
        for process in processes:  # from this thread: a process is told to stop when the thread that started it ends
            process.start()
        at_once([process.ready for process in processes])

    def end(self) -> None:
        """Stop every process, those that a test has started again included."""
        for house in self.houses:
            house.close()
        at_once([self.oversight.stop, *(house.process.stop for house in self.houses)])

    def introduce(self) -> None:
        """Add the people of each node, and let all accept each other's cards, fingerprints compared."""
        at_once([partial(self._settle, house) for house in self.houses] + [self._watch])

    def add_people(self, house: House) -> None:
        """Add a duty officer and an administrator at the node."""
        with opened(house.folder) as node:
            for name, role in ((OFFICER, Role.OFFICER), (ADMINISTRATOR, Role.ADMINISTRATOR)):
                with node.store.acting() as act:
                    officers.add(act, Officer(name=name, role=role), hashed(PASSWORD))
                    act.log(Entry(act=Act.ACCESS, officer="builder", basis="user add", subject=name))

    def _settle(self, house: House) -> None:
        others = [other.card for other in self.houses if other is not house] + [self._witness_card()]
        self.add_people(house)
        with opened(house.folder) as node:
            for card in others:
                with node.store.acting() as act:
                    told = cards.fingerprint(card)
                    partners.accept(act, node.own, card, told, officer=OFFICER, now=node.clock.now())

    def _watch(self) -> None:
        with witness_station.opened(self.witness) as station:
            for house in self.houses:
                witness_station.accept(station.store, house.card, cards.fingerprint(house.card), "board")

    def _witness_card(self) -> bytes:
        return cards.from_text((self.witness / "card.txt").read_text("ascii"))

    def agree(self) -> None:
        """Bring the agreement into force: signed by all, in every log, under witnessed checkpoints."""
        first, *others = self.houses
        with opened(first.folder) as node:
            node.agreements.sign(self.terms, f"head of {first.name}")
        for other in others:
            wait_for(f"the offer at {other.name}", partial(accepted, other), PATIENCE)
        for house in self.houses:
            wait_for(f"force at {house.name}", partial(in_force, house.desk()), PATIENCE)
        for house in self.houses:
            wait_for(f"receipts at {house.name}", partial(_all_settled, house.desk()), PATIENCE)


def accepted(house: House) -> bool:
    """Accept the agreement at a node; False while no offer has arrived."""
    with opened(house.folder) as node:
        try:
            node.agreements.accept(AGREEMENT, 1, f"head of {house.name}")
        except Missing:
            return False
    return True


def _all_settled(desk: Desk) -> bool:
    return all("queued" not in states for states in desk.summary()["outbox"].values())


def in_force(desk: Desk) -> bool:
    """Whether the agreement is in force at a node."""
    return any(agreement["in_force"] for agreement in desk.agreements())


def alerts(desk: Desk, count: int, kind: str = "going-dark") -> list[dict[str, Any]]:
    """Wait until the node has so many alerts of a kind, and return them in the order in which they were raised."""

    def look() -> list[dict[str, Any]] | None:
        found = [queued["alert"] for queued in desk.alerts() if queued["alert"]["kind"] == kind]
        return found if len(found) >= count else None

    return wait_for(f"{count} {kind} alerts at {desk.node}", look, PATIENCE)


def release(desk: Desk, alert: dict[str, Any], partner: str, purpose: str = PURPOSE) -> str:
    """Confirm the alert and give it to the partner; return the message's id."""
    desk.decide(alert["id"], "confirmed", "silent while others were heard; no reason known")
    answer = desk.release(alert["id"], partner, purpose)
    assert answer["permitted"], answer
    return str(answer["message"])


def settled(desk: Desk, messages: list[str], state: str = "accepted") -> list[dict[str, Any]]:
    """Wait until each of these releases has come to a state, and return them in the order of their sequence."""

    def look() -> list[dict[str, Any]] | None:
        found = [release for release in desk.releases() if release["message"] in messages]
        return found if {release["state"] for release in found} == {state} and len(found) == len(messages) else None

    return sorted(wait_for(f"{len(messages)} times {state}", look, PATIENCE), key=lambda item: item["sequence"])


def past(fleet_length: int) -> Instant:
    """Return a beginning for a fleet that has already sailed: its whole feed is due at once."""
    return wall() - fleet_length - HOUR


def refused(act: Callable[[], object]) -> Fault:
    """Return the fault that an act at a desk ends with, which it must."""
    try:
        act()
    except Fault as fault:
        return fault
    raise AssertionError("it was not refused")
