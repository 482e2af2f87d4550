"""The story of a report or notice: an officer writes it, partners have it, and it changes or ends for them too.

    draft -> writing -> (released like an alert) -> an officer there takes note of it, and that is told here
                     -> written anew: to all who have it, each permitted anew, or told that the old one counts no more
                     -> cancelled: all who have it are told, and nothing of it goes any more

A change and what is sent of it are one act; what still waits is withdrawn before it would be delivered.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from comity.agreements.permit import Denial
from comity.casework.acknowledge import Place, acknowledge
from comity.casework.cancel import cancel
from comity.casework.draft import Draft
from comity.casework.update import Revision, update
from comity.casework.write import BASIS, write
from comity.exchange import outbox
from comity.exchange.cards import Own
from comity.exchange.inbox import Arrived
from comity.exchange.notes import Acknowledgement, Cancellation
from comity.foundation import canonical
from comity.foundation.clock import Clock
from comity.foundation.store import acknowledgements, inbox
from comity.foundation.store import outbox as sent
from comity.foundation.store.acknowledgements import Cancelled
from comity.foundation.store.store import ActTransaction, Store, Transaction
from comity.foundation.store.writings import AnyWriting
from comity.node.flow_release import Asked, Released, Releases
from comity.vocabulary import writing
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import MessageKind
from comity.vocabulary.officer import Officer
from comity.vocabulary.partner import Card
from comity.vocabulary.record import WRITTEN
from comity.vocabulary.writing import Ending


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A partner who has an older version, and whether the new one is on its way to them."""

    partner: str
    answer: Released | Denial


class Updated(msgspec.Struct, frozen=True, kw_only=True):
    """A new version, and what became of it at each partner who has an older one."""

    writing: AnyWriting
    told: tuple[Told, ...]


class GivenTo(msgspec.Struct, frozen=True, kw_only=True):
    """One release of a writing, and what is known of it."""

    message: bytes
    partner: str
    version: int
    state: str
    """`queued`, `accepted`, `refused` or `withdrawn`."""
    acknowledged: Instant | None
    """When an officer there took note of it, by the partner's clock."""


class Casework:
    """What the node's officers write, and what they and partners' officers say of it."""

    def __init__(self, store: Store, own: Own, clock: Clock, releases: Releases) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._releases = releases

    def write(self, officer: Officer, draft: Draft) -> AnyWriting:
        """Keep a new report or notice, and return it.

        Raises:
            Refused: the officer's role does not write.
            Fault: the draft does not hold together.
        """
        return write(self._store, self._clock, officer, draft)

    def update(self, officer: Officer, revision: Revision) -> Updated:
        """Keep a new version, and send it to every partner who has an older one, as far as each may have it.

        Who may not is told that the older one counts no more.

        Raises:
            Refused, Missing, Fault: as `casework.update` says.
        """
        with self._store.acting() as act:
            made = update(act, self._clock, officer, revision)
            told = []
            for card, asked in self._holders(act, made.id):
                answer = self._releases.give(act, officer, replace(asked, officer=officer.name, version=0))
                told.append(Told(partner=card.name, answer=answer))
                if isinstance(answer, Denial):
                    self._end(act, card, made.id, Ending.REPLACED, made.time)
                    act.log(_ended(officer.name, made.id, card.name, Ending.REPLACED))
        return Updated(writing=made, told=tuple(told))

    def cancel(
        self,
        officer: Officer,
        id: str,  # noqa: A002 - what every record calls it
        ending: Ending,
        reason: str,
    ) -> writing.Cancellation:
        """Cancel the writing for good, and tell every partner who has it; what waits of it is withdrawn.

        Raises:
            Refused, Missing, Fault: as `casework.cancel` says.
        """
        with self._store.acting() as act:
            made = cancel(act, self._clock, officer, id, ending, reason)
            for card, _ in self._holders(act, id):
                self._end(act, card, id, ending, made.time)
                act.log(_ended(officer.name, id, card.name, ending))
        return made

    def acknowledge(self, officer: Officer, place: Place) -> Instant:
        """Keep that the officer took note of what a partner gave, tell the partner, and return when that was.

        Raises:
            Refused, Missing: as `casework.acknowledge` says.
        """
        now = self._clock.now()
        note = Acknowledgement(message=place.message, place=place.place, time=now)
        with self._store.acting() as act:
            card = self._card(act, place.sender)
            if card is not None:
                outbox.tell(act, self._own, card, MessageKind.ACKNOWLEDGEMENT, canonical.written(note), now)
            acknowledge(act, officer, place, now)
        return now

    def given(self, transaction: Transaction, id: str) -> list[GivenTo]:  # noqa: A002 - what every record calls it
        """Return the releases of the writing, newest first."""
        kept = sent.of_record(transaction, id)
        noted = acknowledgements.partners(transaction, [each.id for each in kept])
        return [
            GivenTo(
                message=each.id,
                partner=each.partner,
                version=_version(transaction, each.id, id),
                state=each.state,
                acknowledged=noted.get(each.id),
            )
            for each in kept
        ]

    def take_acknowledgement(self, act: ActTransaction, arrived: Arrived) -> None:
        """Take in that a partner's officer took note of what this node gave; a second time changes nothing.

        Raises:
            NotCanonical: the item is none.
            Refused: it is of nothing that was given to that partner, or of no report or notice.
        """
        note = canonical.read(arrived.item, Acknowledgement, where=arrived.sender)
        record = _given(act, arrived.sender, note)
        if record is None:
            raise Refused("note is taken of nothing that was given to this partner", where=arrived.sender)
        if acknowledgements.add_partners(act, note.message, note.place, note.time):
            act.log(Entry(act=Act.ACKNOWLEDGED, basis=BASIS, subject=record, partner=arrived.sender))

    def take_cancellation(self, act: ActTransaction, arrived: Arrived) -> None:
        """Take in that what a partner gave counts no more; of what it never gave, that changes nothing.

        Raises:
            NotCanonical: the item is none.
        """
        note = canonical.read(arrived.item, Cancellation, where=arrived.sender)
        if not inbox.has(act, arrived.sender, note.record):
            return
        if acknowledgements.cancel(act, arrived.sender, note.record, Cancelled(note.ending, note.time)):
            act.log(
                Entry(
                    act=Act.ALTERED,
                    basis=BASIS,
                    subject=note.record,
                    partner=arrived.sender,
                    detail=f"cancelled by its originator: {note.ending.value}",
                )
            )

    def _holders(self, act: ActTransaction, id: str) -> Iterator[tuple[Card, Asked]]:  # noqa: A002
        """Yield each partner, not cut off, who has the writing or for whom it waits, with what was asked last.

        What a subscription gave is from now on given by who changes it.
        """
        for partner, request in sent.holders(act, id):
            card = self._card(act, partner)
            if card is not None:
                yield card, replace(canonical.read(request, Asked), subscription=b"")

    def _card(self, transaction: Transaction, partner: str) -> Card | None:
        try:
            return self._releases.card(transaction, partner)
        except Missing:
            return None

    def _end(self, act: ActTransaction, card: Card, id: str, ending: Ending, time: Instant) -> None:  # noqa: A002
        note = Cancellation(record=id, ending=ending, time=time)
        outbox.tell(act, self._own, card, MessageKind.CANCELLATION, canonical.written(note), self._clock.now())


def _given(act: Transaction, partner: str, note: Acknowledgement) -> str | None:
    """Return the report or notice of which a partner takes note, None if it was not given to them."""
    message = sent.get(act, note.message)
    if message is None or message.partner != partner or message.kind != MessageKind.RELEASE.value:
        return None
    for item in sent.items(act, note.message):
        if item.place == note.place and item.request and canonical.read(item.request, Asked).kind in WRITTEN:
            return item.record
    return None


def _version(transaction: Transaction, message: bytes, record: str) -> int:
    for item in sent.items(transaction, message):
        if item.record == record and item.request:
            return canonical.read(item.request, Asked).version
    return 0


def _ended(officer: str, id: str, partner: str, ending: Ending) -> Entry:  # noqa: A002
    return Entry(
        act=Act.ALTERED, officer=officer, basis=BASIS, subject=id, partner=partner, detail=f"told: {ending.value}"
    )
