"""An owner and a subscriber: two whole nodes that serve their exchanges and have the example agreement in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec.structs import replace

from builders import pair
from builders.neighbours import ANNA, BIRGER, carried, neighbours
from comity.agreements import terms
from comity.agreements.standing import State
from comity.agreements.terms import Terms
from comity.foundation.clock import wall
from comity.foundation.store import agreements, tracks
from comity.foundation.store.store import Store
from comity.node.assemble import Node, assemble
from comity.node.settings import ClockSettings
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import DAY, Instant, written
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subject import Identity, SubjectKind
from comity.vocabulary.subscription import Wish
from comity.vocabulary.track import Track

TRACKS = Wish(
    kind=RecordKind.TRACK,
    area="kattegat",
    purpose=Purpose.SMUGGLING,
    agreement="kattegat-maritime",
    clauses=("tracks-in-the-kattegat",),
    until=pair.NOW + 7 * DAY,
)
ALERTS = replace(TRACKS, kind=RecordKind.ALERT, clauses=("alerts-in-the-kattegat",), area="")
REPORTS = replace(TRACKS, kind=RecordKind.REPORT, clauses=("reports-in-the-kattegat",), area="")


class Two(msgspec.Struct):
    """The owner `dk.coord` and the subscriber `se.coord`."""

    dk: Node
    se: Node

    def carry(self) -> int:
        """Bring all that waits, both ways, by real couriers, and return how many receipts came."""
        return carried(self.dk, "se.coord") + carried(self.se, "dk.coord")

    def running(self, wish: Wish = TRACKS) -> bytes:
        """Return a subscription that birger asked for and anna accepted; both nodes know."""
        made = self.se.subscriptions.ask(BIRGER, "dk.coord", wish)
        self.carry()
        self.dk.subscriptions.accept(ANNA, made, "they watch the same strait")
        self.carry()
        return made

    def agree(self, text: Terms) -> None:
        """Bring one more text into force at both."""
        for node in (self.dk, self.se):
            agreed(node, text)


@contextmanager
def two(dk_store: Store, se_store: Store, folder: Path) -> Iterator[Two]:
    """Yield the two nodes; the owner gives positions as often as it is asked to look."""
    with neighbours(dk_store, se_store, folder) as both:
        yield Two(refreshing(both.dk, "0 s"), both.se)


def refreshing(node: Node, span: str) -> Node:
    """Return the node with another pause between positions."""
    settings = replace(node.settings, exchange=replace(node.settings.exchange, refresh=span))
    return assemble(node.folder, settings, node.own, node.store)


def at(node: Node, instant: Instant) -> Node:
    """Return the node as it is when its clock shows an instant."""
    clock = ClockSettings(points=((written(wall()), written(instant)),))
    return assemble(node.folder, replace(node.settings, clock=clock), node.own, node.store)


def agreed(node: Node, text: Terms) -> None:
    """Bring a text into force at one node."""
    digest = terms.digest(text)
    with node.store.acting() as act:
        agreements.add(act, digest, text.agreement, text.version, terms.canonical(text))
        for party in text.between:
            agreements.add_signature(act, digest, party, b"signed")
            agreements.add_standing(act, digest, party, b"proven")
        for state in (State.AGREED, State.FINALIZED):
            agreements.set_state(act, digest, state.value)
        act.log(Entry(act=Act.AGREEMENT, subject=digest.hex()))


def suspended(node: Node, text: Terms = pair.TERMS) -> None:
    """Suspend a text at one node."""
    with node.store.acting() as act:
        agreements.set_state(act, terms.digest(text), State.SUSPENDED.value)
        act.log(Entry(act=Act.AGREEMENT, detail="suspended"))


def moves(node: Node, found: Iterable[Track]) -> None:
    """Let the node's picture hold these."""
    with node.store.acting() as act:
        tracks.put(act, found)
        act.log(Entry(act=Act.COLLECTED))


def vessel(number: int, last: Instant, kind: SubjectKind = SubjectKind.VESSEL, latitude: float = 56.5) -> Track:
    """Return the track of a vessel in the Kattegat."""
    return Track(
        id=f"track-{number}",
        identity=Identity(kind=kind, mmsi=219_000_000 + number, name=f"VESSEL {number}", destination="HOME"),
        sources=("ais-north",),
        first=last,
        last=last,
        sightings=3,
        position=Position(latitude, 11.5 + number / 1000),
        speed=5.5,
        course=12.0,
    )
