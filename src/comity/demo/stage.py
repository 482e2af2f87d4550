"""The stage: three nodes and an oversight witness, made in a folder, known to each other, ready to be started.

Everything is done through the same functions as the commands use: nodes are created, people added, cards exchanged
with their fingerprints compared, feeds written into the settings.
"""

from __future__ import annotations

import shutil
import socket
from functools import partial
from pathlib import Path

import msgspec

from comity.agreements import terms
from comity.api.passwords import hashed
from comity.demo import sensors, story
from comity.demo.process import Process, at_once
from comity.exchange import cards, partners
from comity.foundation.clock import wall
from comity.foundation.keys import random_bytes
from comity.foundation.store import officers
from comity.node import witness_station
from comity.node.assemble import opened
from comity.node.create import NewNode, create
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.instant import HOUR, MINUTE, SECOND, Duration, Instant, written
from comity.vocabulary.officer import Officer, Role

AGREEMENT = Path(__file__).with_name("kattegat-maritime.yaml")

_FIRST_PORT = 8440
_MARK = ".comity-demo"

SPAN: Duration = 4 * HOUR
"""How much time the rehearsal covers."""
_RECORDED: Duration = 5 * MINUTE
"""How much of it the recording covers."""


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """One node of the demo."""

    name: str
    agency: str
    country: str
    officer: str
    console: str
    exchange: str
    folder: Path
    password: str

    @property
    def address(self) -> str:
        """Where its people connect."""
        return f"http://{self.console}"


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast the rehearsal goes: wall milliseconds for the recording, and for the hours after it."""

    recording: Duration = 6 * SECOND
    hours: Duration = 12 * SECOND
    setting: Duration = 10 * SECOND
    """From the making of the nodes until the clock starts to move; agreements are signed in it."""


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """All that was made."""

    folder: Path
    neighbours: tuple[Neighbour, ...]
    cards: dict[str, bytes]
    """Each signed card, by name."""
    witness: Path
    witness_address: str
    begin: Instant
    """Event time at which the rehearsal begins."""
    shift: Duration
    """Added to every time of the recording."""
    curtain: Instant
    """Wall time at which the clock starts to move."""
    pace: Pace
    facts: story.Facts
    """What is true of the simulated part."""
    expected: dict[str, dict[str, int]]
    """How many sightings each feed of each node has in its file."""

    def processes(self) -> list[Process]:
        """Return the four processes, not yet started."""
        found = [
            Process(
                neighbour.name,
                ["node", "run", str(neighbour.folder)],
                neighbour.folder / "node.log",
                f"{neighbour.address}/healthz",
            )
            for neighbour in self.neighbours
        ]
        log = self.witness / "witness.log"
        address = f"http://{self.witness_address}/healthz"
        return [*found, Process("oversight", ["witness", "run", str(self.witness)], log, address)]


_NEIGHBOURS = (
    ("dk.coord", "Kattegat Coordination Centre, Denmark (invented)", "DK", "freja"),
    ("se.coord", "Sound Coordination Centre, Sweden (invented)", "SE", "astrid"),
    ("de.coord", "Belt Coordination Centre, Germany (invented)", "DE", "greta"),
)
_WITNESS = ("oversight", "Nordic-Baltic Oversight Board (invented)", "FI")


def build(folder: Path, pace: Pace, first_port: int = _FIRST_PORT) -> Stage:
    """Make folders, keys, cards and settings, the folder emptied first, and return what was made."""
    _empty(folder)
    ports = _free_ports(first_port, 2 * len(_NEIGHBOURS) + 1)
    neighbours = tuple(
        _neighbour(folder, facts, ports[2 * place], ports[2 * place + 1]) for place, facts in enumerate(_NEIGHBOURS)
    )
    name, agency, country = _WITNESS
    witness_address = f"127.0.0.1:{ports[-1]}"
    cards_made = {neighbour.name: _created(neighbour) for neighbour in neighbours}
    cards_made[name] = witness_station.create(
        folder / name, name=name, agency=agency, country=country, listen=witness_address
    )
    curtain = wall() + pace.setting
    begin = curtain + pace.recording + pace.hours - SPAN
    facts = sensors.write([each.folder for each in neighbours], begin)
    clock = _clock(curtain, begin, pace)
    return Stage(
        folder=folder,
        neighbours=neighbours,
        cards=cards_made,
        witness=folder / name,
        witness_address=witness_address,
        begin=begin,
        shift=begin - sensors.RECORDING_BEGINS,
        curtain=curtain,
        pace=pace,
        facts=facts,
        expected={
            each.name: sensors.settle(each.folder, clock, feeds)
            for each, feeds in zip(neighbours, sensors.feeds(begin), strict=True)
        },
    )


def introduce(stage: Stage) -> None:
    """Add the people of each running node, and let each accept the others' cards, fingerprints compared."""
    at_once([partial(_introduce_node, stage, neighbour) for neighbour in stage.neighbours])
    with witness_station.opened(stage.witness) as station:
        for neighbour in stage.neighbours:
            card = stage.cards[neighbour.name]
            witness_station.accept(station.store, card, cards.fingerprint(card), "the board")


def agree(stage: Stage) -> str:
    """Let the first neighbour sign and offer the agreement, and return its name with its version."""
    agreed = terms.read(AGREEMENT.read_text("utf-8"), AGREEMENT.name)
    first = stage.neighbours[0]
    with opened(first.folder) as node:
        node.agreements.sign(agreed, f"head of {first.name}")
    return f"{agreed.agreement} {agreed.version}"


def accept(neighbour: Neighbour) -> bool:
    """Let a neighbour sign what it was offered; False while no offer has arrived."""
    agreed = terms.read(AGREEMENT.read_text("utf-8"), AGREEMENT.name)
    with opened(neighbour.folder) as node:
        try:
            node.agreements.accept(agreed.agreement, agreed.version, f"head of {neighbour.name}")
        except Missing:
            return False
    return True


def _introduce_node(stage: Stage, neighbour: Neighbour) -> None:
    with opened(neighbour.folder) as node:
        with node.store.acting() as act:
            officer = Officer(name=neighbour.officer, role=Role.OFFICER)
            officers.add(act, officer, hashed(neighbour.password))
            act.log(Entry(act=Act.ACCESS, officer="administrator", basis="user add", subject=officer.name))
        for name, card in stage.cards.items():
            if name != neighbour.name:
                with node.store.acting() as act:
                    told = cards.fingerprint(card)  # what the partner's people read to ours over another channel
                    partners.accept(act, node.own, card, told, officer=neighbour.officer, now=node.clock.now())


def _empty(folder: Path) -> None:
    """Make the folder empty, if it is one of ours.

    Raises:
        Refused: it holds something that no demo made.
    """
    mark = folder / _MARK
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise Refused("the folder holds something else", where=str(folder), remedy="Choose an empty or a new one.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.touch()


def _clock(curtain: Instant, begin: Instant, pace: Pace) -> str:
    """Return the clock's settings: it passes the recording's minutes, then the hours, and then is the wall's."""
    points = [
        (curtain, begin),
        (curtain + pace.recording, begin + _RECORDED),
        (curtain + pace.recording + pace.hours, begin + SPAN),
    ]
    pairs = ", ".join(f'["{written(moment)}", "{written(shown)}"]' for moment, shown in points)
    return f"\n[clock]\npoints = [{pairs}]\n"


def _neighbour(folder: Path, facts: tuple[str, str, str, str], console: int, exchange: int) -> Neighbour:
    name, agency, country, officer = facts
    return Neighbour(
        name=name,
        agency=agency,
        country=country,
        officer=officer,
        console=f"127.0.0.1:{console}",
        exchange=f"127.0.0.1:{exchange}",
        folder=folder / name,
        password=random_bytes(8).hex(),
    )


def _created(neighbour: Neighbour) -> bytes:
    return create(
        neighbour.folder,
        NewNode(
            name=neighbour.name,
            agency=neighbour.agency,
            country=neighbour.country,
            console=neighbour.console,
            exchange=neighbour.exchange,
        ),
    )


def _free_ports(first: int, count: int) -> list[int]:
    """Return ports that nobody has: the usual ones where they are free, so that addresses stay the same."""
    found: list[int] = []
    for port in range(first, first + 1_000):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise Fault("there are no free ports", where="127.0.0.1", remedy="End what holds so many.")
