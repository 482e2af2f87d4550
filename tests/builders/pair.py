"""Two nodes that know each other, for tests of what passes between them: real stores, keys, agreements and permits."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from litestar import Litestar
from msgspec.structs import replace

from builders.web import serving
from comity.agreements import terms
from comity.agreements.permit import Permit, Request, permit
from comity.agreements.standing import Standing, State
from comity.api.exchange import exchange_router
from comity.exchange import cards, outbox, partners
from comity.exchange.cards import Former, Own
from comity.exchange.inbox import Arrived, Reception
from comity.exchange.prekeys import Prekeys
from comity.foundation import canonical
from comity.foundation.clock import Clock, wall
from comity.foundation.keys import Keys, LatticeKey, SealingKey, SigningKey
from comity.foundation.store.store import ActTransaction, Store, Transaction
from comity.node.rotation import ROTATED
from comity.vocabulary.alert import AlertKind
from comity.vocabulary.country import is_code
from comity.vocabulary.decision import Decision, Judgement
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.handling import Handling, Tlp
from comity.vocabulary.instant import DAY, read
from comity.vocabulary.message import Given, MessageKind
from comity.vocabulary.partner import Card, Station
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind
from comity.vocabulary.subject import SubjectKind

NOW = read("2026-06-01T12:00:00Z")
EXAMPLE = Path(__file__).parents[2] / "examples" / "agreements" / "kattegat-maritime.yaml"
TERMS = terms.read(EXAMPLE.read_text("utf-8"), EXAMPLE.name)


def clock() -> Clock:
    """Return a clock that shows noon of a day on which the example agreement is in force, and runs."""
    return Clock(((wall(), NOW),))


def keys(number: int) -> Keys:
    """Return the keys of the node or witness of this number."""
    identity, log, witness = (SigningKey(bytes([number, kind]) * 16) for kind in range(3))
    return Keys(
        identity=identity,
        identity_pq=LatticeKey(bytes([number, 4]) * 16),
        log=log,
        witness=witness,
        witness_pq=LatticeKey(bytes([number, 5]) * 16),
        sealing=SealingKey(bytes([number, 3]) * 48),
    )


def own(
    name: str,
    number: int,
    endpoint: str = "http://127.0.0.1:9",
    station: Station = Station.NODE,
    country: str = "",
) -> Own:
    """Return a node or witness of this name, of the country with which the name begins if no other is given."""
    made = keys(number)
    begins = name[:2] if is_code(name[:2]) else "dk"
    card = Card(
        station=station,
        name=name,
        agency=f"Coordination centre {name}",
        country=country or begins.upper(),
        endpoint=endpoint,
        identity=made.identity.public,
        identity_pq=made.identity_pq.public,
        log=made.log.public,
        witness=made.witness.public,
        witness_pq=made.witness_pq.public,
        sealing=made.sealing.public if station is Station.NODE else b"",
        created=NOW,
    )
    return Own(card=card, keys=made, signed=cards.sign(card, made.identity, made.identity_pq))


def successor(before: Own, number: int, **changes: str) -> Own:
    """Return the same station with its next card, which names the identity and witness keys of this number."""
    fresh = keys(number)
    made = replace(before.keys, **{name: getattr(fresh, name) for name in ROTATED})
    card = replace(
        before.card,
        **{name: getattr(made, name).public for name in ROTATED},
        serial=before.card.serial + 1,
        succeeds=cards.body_digest(before.signed),
        **changes,
    )
    former = Former(before.keys.identity, before.keys.identity_pq)
    return Own(card=card, keys=made, signed=cards.sign(card, made.identity, made.identity_pq, former))


@dataclass
class Party:
    """One node: itself, its store, and what it has taken in."""

    own: Own
    store: Store
    clock: Clock
    standing: Standing
    releases: list[tuple[str, Given]] = field(default_factory=list)
    steps: list[tuple[str, bytes]] = field(default_factory=list)
    refuse: Fault | None = None
    """What its agreement room raises of any step."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.own.card.name

    def knows(self, other: Own) -> None:
        """Accept the other's card as a partner."""
        with self.store.acting() as act:
            typed = cards.fingerprint(other.signed)
            partners.accept(act, self.own, other.signed, typed, officer="anna", now=self.clock.now())

    def cuts_off(self, other: str) -> None:
        """Cut a partner off."""
        with self.store.acting() as act:
            partners.cut_off(act, other, officer="anna", reason="key stolen", now=self.clock.now())

    @cached_property
    def prekeys(self) -> Prekeys:
        """Its prekeys: a new one every day, destroyed three days after it was made."""
        folder = tempfile.mkdtemp(prefix="comity-prekeys-")
        weakref.finalize(self, shutil.rmtree, folder)
        made = Prekeys(Path(folder), self.own, self.clock, DAY, DAY)
        made.renew()
        return made

    def reception(self) -> Reception:
        """Return what takes messages in for it."""
        return Reception(
            store=self.store,
            own=self.own,
            clock=self.clock,
            standings=self.standings,
            on_release=lambda _, sender, given: self.releases.append((sender, given)),
            takers={MessageKind.AGREEMENT: self.take},
        )

    def standings(self, transaction: Transaction) -> tuple[Standing, ...]:
        """Return its agreements."""
        assert transaction.row("SELECT 1") == (1,)
        return (self.standing,)

    def take(self, act: ActTransaction, arrived: Arrived) -> None:
        """Take a step in, or refuse it after having done something."""
        act.log(Entry(act=Act.AGREEMENT, detail="step"))
        if self.refuse:
            raise self.refuse
        self.steps.append((arrived.sender, arrived.item))

    def negotiate(self, other: Own, step: bytes) -> bytes:
        """Send the other a step."""
        with self.store.acting() as act:
            message = outbox.tell(act, self.own, other.card, MessageKind.AGREEMENT, step, self.clock.now())
            act.log(Entry(act=Act.AGREEMENT, partner=other.card.name))
        return message

    def release(self, other: Own, record: Record | None = None) -> bytes:
        """Give the other a record as far as the agreement permits."""
        with self.store.acting() as act:
            leave = self.permit(other, record or alert())
            now = self.clock.now()
            return outbox.release(act, self.own, other.card, leave, officer="anna", request=b"asked", now=now)

    def release_many(self, other: Own, records: Sequence[Record]) -> bytes:
        """Give the other many records in one message."""
        with self.store.acting() as act:
            gives = [outbox.Give(self.permit(other, record), b"asked") for record in records]
            return outbox.release_many(act, self.own, other.card, gives, officer="anna", now=self.clock.now())

    def permit(self, other: Own, record: Record) -> Permit:
        """Return the permit for the record, which there must be."""
        distress = record.distress
        answer = permit(
            Request(
                record=record,
                partner=other.card.name,
                partner_country=other.card.country,
                purpose=Purpose.SEARCH_AND_RESCUE if distress else Purpose.SMUGGLING,
                officer="anna",
                decision=decision(record),
                now=self.clock.now(),
                standings=(self.standing,),
                own=self.name,
                own_country=self.own.card.country,
            )
        )
        assert isinstance(answer, Permit), answer
        return answer

    def suspend(self) -> None:
        """Suspend the agreement at this node."""
        self.standing = replace(self.standing, state=State.SUSPENDED)

    def acts(self) -> list[Entry]:
        """Return all entries of its log."""
        with self.store.reading() as t:
            rows = t.rows("SELECT entry FROM ledger_entry ORDER BY index")
        return [canonical.read(row[0], Entry) for row in rows]

    def did(self, act: Act) -> list[Entry]:
        """Return the entries of one act."""
        return [entry for entry in self.acts() if entry.act is act]


def party(name: str, number: int, url: str, knows: Own) -> Party:
    """Return the node of this name and number over an empty database; it knows one other."""
    time = clock()
    store = Store(url, node=name, clock=time)
    made = Party(own=own(name, number), store=store, clock=time, standing=in_force())
    made.knows(knows)
    return made


def in_force() -> Standing:
    """Return the example agreement, signed and proven by all."""
    parties = frozenset(TERMS.between)
    return Standing(terms=TERMS, digest=terms.digest(TERMS), state=State.FINALIZED, signed=parties, standing_at=parties)


def decision(record: Record) -> Decision:
    """Return an officer's confirmation of the record."""
    return Decision(alert=record.id, judgement=Judgement.CONFIRMED, officer="anna", reason="seen", time=NOW)


def alert(name: str = "alert-1", *, distress: bool = False) -> Record:
    """Return an alert in the Kattegat of which the agreement gives nine fields and withholds others."""
    return Record(
        kind=RecordKind.ALERT,
        id=name,
        owner="dk.coord",
        time=NOW,
        subjects=(SubjectKind.VESSEL, SubjectKind.VESSEL),
        purposes=(Purpose.SMUGGLING, Purpose.SEARCH_AND_RESCUE),
        handling=Handling(tlp=Tlp.GREEN),
        position=Position(56.5, 11.5),
        fields={
            "kind": AlertKind.DISTRESS.value if distress else AlertKind.MEETING.value,
            "severity": "high",
            "time": NOW,
            "until": NOW,
            "position": {"latitude": 56.5, "longitude": 11.5},
            "mmsi": [219_000_001, 265_000_002],
            "name": ["FREJA", "SAGA"],
            "explanation": "two vessels met for 40 minutes",
            "confidence": 0.8,
            "sources": ["ais-north"],
            "reason": "known pair",
            "officer": "anna",
        },
        distress=distress,
    )


@contextmanager
def served(party: Party) -> Iterator[str]:
    """Serve the party's exchange on loopback and yield its endpoint."""
    reception = replace(party.reception(), prekeys=party.prekeys)
    with serving(Litestar([exchange_router(reception)], openapi_config=None)) as endpoint:
        yield endpoint
