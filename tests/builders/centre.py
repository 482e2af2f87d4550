"""A coordination centre for tests of its API: a real node and store, with people, a partner and an agreement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import httpx

from builders import pair
from builders.web import serving
from comity.agreements import signing, terms
from comity.agreements.standing import State
from comity.api.application import console_application
from comity.api.passwords import hashed, new_token, token_digest
from comity.exchange import cards, partners
from comity.exchange.deadline import trusted
from comity.foundation import canonical
from comity.foundation.clock import wall
from comity.foundation.store import agreements, alerts, officers, sessions, sightings, tracks
from comity.foundation.store.store import Store
from comity.node.assemble import Node, assemble
from comity.node.feed_settings import FeedSettings
from comity.node.settings import ClockSettings, ConsoleSettings, ExchangeSettings, NodeSettings, Settings
from comity.sources.batch import Batch
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.handling import Handling, Onward, Tlp
from comity.vocabulary.instant import HOUR, MINUTE, written
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind
from comity.vocabulary.track import Track

PASSWORD = "the sea is wide and cold"
PURPOSES = (Purpose.SMUGGLING, Purpose.BORDER_SURVEILLANCE)
BEGIN = pair.NOW - 10 * MINUTE
SHIP = Identity(kind=SubjectKind.VESSEL, mmsi=219_000_001, name="FREJA")


def node(store: Store, folder: Path, name: str = "dk.coord", number: int = 1) -> Node:
    """Return a node over a migrated store; its clock shows a day on which the example agreement is in force."""
    return assemble(folder, settings(name), pair.own(name, number), store)


def settings(name: str = "dk.coord") -> Settings:
    """Return a node's settings."""
    return Settings(
        node=NodeSettings(name=name, agency=f"Coordination centre {name}", country=name[:2].upper()),
        console=ConsoleSettings(listen="127.0.0.1:8440"),
        exchange=ExchangeSettings(listen="127.0.0.1:8450", endpoint="http://127.0.0.1:8450"),
        clock=ClockSettings(points=((written(wall()), written(pair.NOW)),)),
        feed=(FeedSettings(name="ais-north", format="ais", path="ais.nmea", purposes=PURPOSES),),
    )


def staffed(centre: Node) -> None:
    """Add one person of each role, named after it, all with the same password."""
    with centre.store.acting() as act:
        for role in Role:
            officers.add(act, Officer(name=role.value, role=role), _hash())
        act.log(Entry(act=Act.ACCESS, count=len(Role)))


def furnished(centre: Node) -> None:
    """Give the centre a partner, the example agreement in force, a track with sightings, and two alerts on them."""
    known(centre, "se.coord", 2)
    agreed(centre)
    with centre.store.acting() as act:
        sightings.add(act, [(sighting(number), "track-1") for number in range(3)])
        tracks.put(act, [track()])
        for name in ("alert-1", "alert-2"):
            alerts.add(act, alert(name), BEGIN)
        act.log(Entry(act=Act.COMBINED, count=2))


def agreed(centre: Node) -> None:
    """Bring the example agreement into force."""
    body, digest = terms.canonical(pair.TERMS), terms.digest(pair.TERMS)
    with centre.store.acting() as act:
        agreements.add(act, digest, pair.TERMS.agreement, pair.TERMS.version, body)
        for number, party in enumerate(pair.TERMS.between, 1):
            agreements.add_signature(act, digest, party, signing.sign(pair.keys(number).identity, digest))
            agreements.add_standing(act, digest, party, b"proven")
        agreements.set_state(act, digest, State.FINALIZED.value)
        act.log(Entry(act=Act.AGREEMENT, detail="in force"))


def known(centre: Node, name: str, number: int, endpoint: str = "http://127.0.0.1:9") -> None:
    """Accept one more partner."""
    partner = pair.own(name, number, endpoint)
    with centre.store.acting() as act:
        partners.accept(
            act, centre.own, partner.signed, cards.fingerprint(partner.signed), officer="anna", now=pair.NOW
        )


def sighting(number: int) -> Sighting:
    """Return one sighting of the ship."""
    return Sighting(
        id=f"sighting-{number}",
        source="ais-north",
        time=BEGIN + number * MINUTE,
        identity=SHIP,
        position=Position(56.5, 11.5 + number / 100),
    )


def track(name: str = "track-1", last: int = BEGIN, identity: Identity = SHIP) -> Track:
    """Return a track."""
    return Track(
        id=name,
        identity=identity,
        sources=("ais-north",),
        first=BEGIN,
        last=last,
        sightings=3,
        position=Position(56.5, 11.5),
        speed=5.5,
    )


def alert(name: str, latitude: float = 56.5, longitude: float = 11.5) -> Alert:
    """Return an alert, in the Kattegat if nothing else is said, of which the example agreement gives some fields."""
    return Alert(
        id=name,
        kind=AlertKind.MEETING,
        severity=Severity.HIGH,
        time=BEGIN,
        until=BEGIN + 2 * MINUTE,
        position=Position(latitude, longitude),
        tracks=("track-1",),
        subjects=(SHIP,),
        sightings=tuple(f"sighting-{number}" for number in range(3)),
        rule="meeting",
        version=1,
        confidence=0.8,
        explanation="two vessels lay together for 40 minutes",
        would_change="a pilot on board",
        sources=("ais-north",),
        handling=Handling(tlp=Tlp.GREEN, onward=Onward.ASK),
    )


@lru_cache(maxsize=1)
def _hash() -> str:
    return hashed(PASSWORD)


def acts(centre: Node) -> list[Entry]:
    """Return every entry of the centre's log."""
    with centre.store.reading() as t:
        return [canonical.read(row[0], Entry) for row in t.rows("SELECT entry FROM ledger_entry ORDER BY index")]


@contextmanager
def served(centre: Node) -> Iterator[str]:
    """Serve the centre's console on loopback and yield its address."""
    with serving(console_application(centre)) as address:
        yield address


def signed_in(centre: Node, address: str, role: Role) -> httpx.Client:
    """Return a client that holds the token of a session of the person of this role, as programs do."""
    headers = {"authorization": f"Bearer {session(centre, role)}"}
    return httpx.Client(base_url=f"{address}/api", timeout=20, trust_env=False, verify=trusted(), headers=headers)


def session(centre: Node, role: Role, lasts: int = HOUR) -> str:
    """Open a session of the person of this role, and return its token: hashing a password each time takes long."""
    token = new_token()
    with centre.store.upkeep() as transaction:
        sessions.open(transaction, token_digest(token), role.value, wall() + lasts)
    return token


def raised(centre: Node, name: str, what: Alert | None = None) -> None:
    """Raise one more alert."""
    with centre.store.acting() as act:
        alerts.add(act, what or alert(name), centre.clock.now())
        act.log(Entry(act=Act.COMBINED, subject=name))


def taken_in(centre: Node, seen: list[Sighting]) -> None:
    """Take sightings in as the feed does."""
    centre.watch.take("ais-north", Batch(tuple(seen), len(seen), 0))
