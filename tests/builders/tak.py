"""TAK clients for tests: a node whose door is open on loopback, and a client that speaks through a real socket."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from builders import centre, cot, informed
from builders.neighbours import ANNA
from comity.exchange.tak_connection import Patience
from comity.foundation.store.officers import add as add_officer
from comity.foundation.store.store import Store
from comity.node.assemble import Node, assemble
from comity.node.feed_settings import FeedSettings
from comity.node.tak_settings import TakSettings
from comity.sources.cot.event import Event
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.handling import Tlp
from comity.vocabulary.instant import DAY, Instant
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.subject import SubjectKind

PURPOSES = (Purpose.SMUGGLING,)
PATROL = FeedSettings(name="patrol-7", format="cot", tak=True, purposes=PURPOSES)
THEIRS = replace(PATROL, name="their-patrol", tlp=Tlp.RED)
BRIDGE = FeedSettings(name="bridge", format="plate-readers", connect="127.0.0.1:1", purposes=PURPOSES)
_WHOLE = re.compile(rb"<event .*?</event>", re.DOTALL)


def with_door(node: Node) -> Node:
    """Return the node with a door for TAK clients, feeds for what they send, and anna on duty."""
    settings = replace(
        node.settings,
        tak=TakSettings(listen="127.0.0.1:0", refresh="0 s", clients=4),
        exchange=replace(node.settings.exchange, refresh="0 s"),
        feed=(*node.settings.feed, PATROL, THEIRS, BRIDGE),
    )
    made = assemble(node.folder, settings, node.own, node.store)
    with made.store.acting() as act:
        add_officer(act, ANNA, "no password")
        add_officer(act, Officer(name="root", role=Role.ADMINISTRATOR), "no password")
        act.log(Entry(act=Act.ACCESS, count=2))
    return made


def denmark(store: Store, folder: Path) -> Node:
    """Return Denmark with such a door; it knows Sweden, and the example agreement is in force."""
    made = with_door(centre.node(store, folder))
    centre.known(made, "se.coord", 2)
    centre.agreed(made)
    return made


@contextmanager
def open_door(node: Node, patience: Patience | None = None) -> Iterator[int]:
    """Serve the node's TAK clients within the block; yields the port."""
    stop = threading.Event()
    server = node.tak.server(node.folder, patience or Patience(glance=0.05))
    thread = threading.Thread(target=server.run, args=(stop,))
    thread.start()
    try:
        yield server.port
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def local(node: Node, name: str = "phone", feed: str = "") -> str:
    """Let a client of anna's in, and return its token."""
    return node.tak.add_local(ANNA, name, "anna", node.clock.now() + DAY, feed)


def partners(node: Node, name: str = "their-phone", purpose: Purpose = Purpose.SMUGGLING, feed: str = "") -> str:
    """Let a client of Sweden's in, and return its token."""
    return node.tak.add_partners(ANNA, name, "se.coord", purpose, node.clock.now() + DAY, feed)


def ship(node: Node, number: int, **more: object) -> None:
    """Let the node's picture hold a ship in the Kattegat, seen now."""
    told = informed.vessel(number, node.clock.now(), SubjectKind.VESSEL)
    node.watch.live.tell([replace(told, **more)])


class Client:
    """A client with a socket of its own."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.held = b""

    def greet(self, name: str, token: str) -> None:
        """Say who it is, as ATAK does."""
        auth = f'<?xml version="1.0"?><auth><cot username="{name}" password="{token}" uid="A-1"/></auth>'
        self.line.sendall(auth.encode())

    def send(self, event: Event, framed: Callable[[Event], bytes] = cot.xml) -> None:
        """Send an event."""
        self.line.sendall(framed(event))

    def events(self, until: bytes) -> list[bytes]:
        """Return all events in XML up to the first that holds these bytes.

        Raises:
            EOFError: the connection ends before.
        """
        found: list[bytes] = []
        while True:
            while match := _WHOLE.search(self.held):
                self.held = self.held[match.end() :]
                found.append(match.group())
                if until in found[-1]:
                    return found
            self._more()

    def messages(self, until: bytes) -> list[bytes]:
        """Return all TakMessages up to the first that holds these bytes."""
        found: list[bytes] = []
        while not found or until not in found[-1]:
            while len(self.held) < 4:
                self._more()
            assert self.held[:1] == b"\xbf", self.held[:40]
            size, place = _varint(self.held, 1)
            while len(self.held) < place + size:
                self._more()
            found.append(self.held[place : place + size])
            self.held = self.held[place + size :]
        return found

    def ended(self) -> bytes:
        """Return what still comes until the other side closes."""
        while True:
            try:
                self._more()
            except (EOFError, ConnectionError):
                return self.held

    def _more(self) -> None:
        data = self.line.recv(65_536)
        if not data:
            raise EOFError
        self.held += data


@contextmanager
def connected(port: int, name: str = "", token: str = "") -> Iterator[Client]:
    """Yield a client that has connected and, where it has a name, said who it is."""
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)  # so that it is soon full where nobody reads
        line.settimeout(20)
        line.connect(("127.0.0.1", port))
        client = Client(line)
        if name:
            client.greet(name, token)
        yield client


def control(kind: str, version: int = 0) -> bytes:
    """Return an event about the connection itself, as a client writes it."""
    asks = f'<TakControl><TakRequest version="{version}"/></TakControl>' if version else ""
    return (
        f'<event version="2.0" uid="A-1" type="{kind}" how="m-g" time="2026-06-01T12:00:00Z"'
        f' start="2026-06-01T12:00:00Z" stale="2026-06-01T12:01:00Z"><point lat="0" lon="0" hae="0" ce="1" le="1"/>'
        f"<detail>{asks}</detail></event>"
    ).encode()


def patrol(time: Instant, uid: str = "A-1", name: str = "PATROL 7") -> Event:
    """Return what a patrol boat sends of itself."""
    return Event(
        type="a-f-S-X", uid=uid, how="m-g", time=time, latitude=56.7, longitude=11.9, error=5.0, speed=4.0, course=90.0,
        call_sign=name,
    )  # fmt: skip


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[place] & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if data[place - 1] < 0x80:
            return value, place
