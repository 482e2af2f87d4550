"""A town: nodes and an oversight witness as real processes in one folder, who know each other and have an agreement.

Everything goes through the functions that the commands use, or the commands themselves. Whoever builds a town stops it:
`Town.end` ends every process that it started, by its id.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from builders.ports import free_addresses
from comity.agreements import terms
from comity.agreements.terms import Terms
from comity.api.passwords import hashed
from comity.demo.desk import wait_for
from comity.demo.process import at_once
from comity.exchange import cards, partners
from comity.foundation.store import officers
from comity.node import witness_station
from comity.node.assemble import opened
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing
from comity.vocabulary.officer import Officer, Role
from stories.duties import all_settled, in_force
from stories.fleet import GAP, Fleet
from stories.house import ADMINISTRATOR, OFFICER, PASSWORD, PATIENCE, House
from stories.process import Process

OVERSIGHT = "oversight"
AGREEMENT = "skerry-watch"
AFTER = "{erase: 30 d, prove: receipt}"
_AGREEMENT = f"""agreement: {AGREEMENT}
version: VERSION
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
  - id: passing
    give: track
    where: skerries
    if: subject.kind == vessel
    to: all
    for: [smuggling]
    fields: [position, velocity, time, mmsi]
    handling: {{tlp: AMBER, onward: ask}}
    keep: 1 d
  - id: vessels
    answer: vessel-inquiry
    as: hit-no-hit
    among: [alert]
    to: all
    for: [smuggling]
    ask_at_most: {{per_day: 3}}
    keep: 1 d
rescue:
  centres:
    south: [skerries]
after: {AFTER}
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


def agreement_text(*parties: str, version: int = 1) -> str:
    """Return the agreement between these parties as people write it."""
    return _AGREEMENT.replace("PARTIES", ", ".join(parties)).replace("VERSION", str(version))


class Town:
    """The nodes and the oversight witness."""

    def __init__(self, folder: Path, *names: str) -> None:
        addresses = free_addresses(2 * len(names) + 1)
        countries = ("DK", "SE", "DE")
        self.folder = folder
        self.version = 1
        """Of the agreement."""
        self.after = AFTER
        """What is owed when it ends."""
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
        text = agreement_text(*(house.name for house in self.houses), version=self.version)
        return terms.read(text.replace(AFTER, self.after), AGREEMENT)

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
            wait_for(f"the offer at {other.name}", partial(accepted, other, self.version), PATIENCE)
        for house in self.houses:
            wait_for(f"force at {house.name}", partial(in_force, house.desk()), PATIENCE)
        for house in self.houses:
            wait_for(f"receipts at {house.name}", partial(all_settled, house.desk()), PATIENCE)


def accepted(house: House, version: int = 1) -> bool:
    """Accept the agreement at a node; False while no offer has arrived."""
    with opened(house.folder) as node:
        try:
            node.agreements.accept(AGREEMENT, version, f"head of {house.name}")
        except Missing:
            return False
    return True
