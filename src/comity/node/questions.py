"""Questions: what the permit is asked with about the node's records, and the grounds that its answer rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from comity.agreements.permit import Permit, Request
from comity.agreements.standing import Standing
from comity.exchange import cards, partners
from comity.exchange.cards import Own
from comity.foundation import canonical
from comity.foundation.clock import Clock
from comity.foundation.store import decisions
from comity.foundation.store.store import Transaction
from comity.node import grounds
from comity.node.holdings import Holdings
from comity.node.passing import passing
from comity.node.relations import Relations
from comity.node.standings import standings
from comity.vocabulary.decision import Decision
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given
from comity.vocabulary.partner import Card
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import PLACELESS, Record, RecordKind


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What an officer asks to give: kept with the message, so that the permit can be asked again."""

    kind: RecordKind
    record: str
    partner: str
    purpose: Purpose
    officer: str
    version: int = 0
    """Of a report or notice that is on its way; 0: the one that there is now."""
    at: Instant = 0
    """When it was permitted, by the node's clock."""
    grounds: bytes = grounds.NONE
    """What the permit rests on (`node.grounds`), where it may be known by it that nothing has changed."""
    subscription: bytes = b""
    """The id of the subscription by which the node gives it of itself; nothing where an officer does."""
    leave: bytes | UnsetType = UNSET
    """Of another's record: the id of its originator's leave to pass it on (`node.passing`).

    Not set for one's own, so that what was asked before there were leaves has the bytes that it had.
    """


class Question(msgspec.Struct, frozen=True):
    """What the permit is asked with, and its grounds."""

    request: Request
    grounds: bytes
    card: Card
    """The partner's."""
    original: Given | None = None
    """Of another's record: as its originator gave it."""

    def kept(self, asked: Asked, permit: Permit) -> bytes:
        """Return what is kept of what was asked, with the record that this permit gives."""
        return canonical.written(self.asked(asked, permit))

    def asked(self, asked: Asked, permit: Permit) -> Asked:
        """Return what was asked, as it is kept."""
        request, lasting = self.request, grounds.lasting(permit, self.grounds)
        return replace(asked, version=version_of(request.record), at=request.now, grounds=lasting)


class _Partner(msgspec.Struct, frozen=True):
    """What all questions about giving to one partner at one moment share."""

    card: Card
    standings: tuple[Standing, ...]
    posture: Posture
    now: Instant
    grounds: bytes


class Questions:
    """Putting questions to the permit together, each out of one transaction."""

    def __init__(self, own: Own, clock: Clock, holdings: Holdings, relations: Relations) -> None:
        self._own = own
        self._clock = clock
        self._holdings = holdings
        self._relations = relations

    def one(self, transaction: Transaction, asked: Asked) -> Question:
        """Return what the permit is asked with about one record.

        Raises:
            Missing: there is no such record or partner.
        """
        if asked.kind is RecordKind.ALERT:
            return next(self.many(transaction, [asked]))
        if asked.leave:
            return self._passing(transaction, asked, asked.leave)
        record = self._record(transaction, asked)
        decision = decisions.latest(transaction, asked.record)
        partner = self._partner(transaction, asked.partner)
        return Question(self._request(asked, record, decision, partner), grounds.NONE, partner.card)

    def _record(self, transaction: Transaction, asked: Asked) -> Record:
        if asked.kind is RecordKind.PERSON:
            return self._holdings.person(transaction, asked.record, self._clock.now())
        return self._holdings.record(transaction, asked.kind, asked.record)

    def many(self, transaction: Transaction, asked: Sequence[Asked]) -> Iterator[Question]:
        """Yield what the permit is asked with about each of many alerts, all for one partner, read at once.

        Raises:
            Missing: there is no such alert or partner.
        """
        kept = decisions.judgings(transaction, [one.record for one in asked])
        partner = self._partner(transaction, asked[0].partner)
        for one in asked:
            record, decision = self._holdings.judged(one.record, kept.get(one.record))
            request = self._request(one, record, decision, partner)
            yield Question(request, grounds.of(partner.grounds, kept[one.record]), partner.card)

    def stand(self, transaction: Transaction, asked: Sequence[Asked | None]) -> list[bool]:
        """Return of each of these whether the grounds of its permit are still the same: then its answer is, too."""
        lasting = [one for one in asked if one is not None and one.grounds and one.kind is RecordKind.ALERT]
        kept = decisions.judgings(transaction, [one.record for one in lasting]) if lasting else {}
        now = self._clock.now()
        common = {name: self._common(transaction, name, now) for name in {one.partner for one in lasting}}
        standing = {
            id(one)
            for one in lasting
            if one.at <= now
            and (judging := kept.get(one.record)) is not None
            and one.grounds == grounds.of(common[one.partner], judging)
        }
        return [id(one) in standing for one in asked]

    def _passing(self, transaction: Transaction, asked: Asked, leave: bytes) -> Question:
        partner = self._partner(transaction, asked.partner)
        found = passing(transaction, leave, partner.now)
        request = replace(self._request(asked, found.record, None, partner), leave=found.leave)
        return Question(request, grounds.NONE, partner.card, found.original)

    def _common(self, transaction: Transaction, name: str, now: Instant) -> bytes:
        try:
            return self._partner(transaction, name, now).grounds
        except Missing:
            return grounds.NOWHERE

    def _partner(self, transaction: Transaction, name: str, now: Instant | None = None) -> _Partner:
        signed = partners.signed_card(transaction, name)
        found, now = standings(transaction), self._clock.now() if now is None else now
        posture, law = self._relations.posture(transaction, name), self._relations.law
        common = grounds.common(self._own, signed, self._holdings.purposes, found, now, posture=posture, law=law)
        return _Partner(cards.read(signed, name), found, posture, now, common)

    def _request(self, asked: Asked, record: Record, decision: Decision | None, partner: _Partner) -> Request:
        return Request(
            record=record,
            partner=asked.partner,
            partner_country=partner.card.country,
            purpose=asked.purpose,
            officer=asked.officer,
            decision=decision,
            now=partner.now,
            standings=partner.standings,
            own=self._own.card.name,
            own_country=self._own.card.country,
            posture=partner.posture,
            law=self._relations.law,
        )


def version_of(record: Record) -> int:
    """Return which version of what an officer wrote the record is; of what has none, 0."""
    version = record.fields.get("version")
    return version if record.kind in PLACELESS and isinstance(version, int) else 0
