"""The story of a release: an officer decides, the agreement permits, the partner gets what it may have.

    alert + decision, or report, or notice -> record -> permit
    permit -> (preview | seal, outbox, entry: one transaction) -> courier -> receipt

The permit is asked again before each attempt to deliver: what was suspended, expired or rejected in the meantime
is withdrawn (safeguard 9), and so is a report or notice that was cancelled, has expired or has a newer version.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from comity.agreements import redaction
from comity.agreements.permit import Denial, Permit, Request, permit
from comity.exchange import cards, outbox
from comity.exchange.cards import Own
from comity.exchange.delivery import Waiting
from comity.exchange.outbox import Give
from comity.foundation import canonical
from comity.foundation.clock import Clock
from comity.foundation.keys import random_bytes
from comity.foundation.store import decisions, partners
from comity.foundation.store.store import ActTransaction, Store, Transaction, Unavailable
from comity.node import grounds
from comity.node.holdings import Holdings
from comity.node.standings import standings
from comity.review.decide import DECIDERS
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given
from comity.vocabulary.officer import Officer
from comity.vocabulary.partner import Card
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import WRITTEN, Record, RecordKind, Value


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


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """A release on its way, with the permit under which it goes."""

    message: bytes
    permit: Permit


class ReleasedMany(msgspec.Struct, frozen=True):
    """Releases on their way: the messages that carry them, and what was denied, by record."""

    messages: tuple[bytes, ...]
    denied: dict[str, Denial]


class _Question(msgspec.Struct, frozen=True):
    """What the permit is asked with, and its grounds."""

    request: Request
    grounds: bytes


class Preview(msgspec.Struct, frozen=True):
    """What would happen if the officer sent it."""

    record: Record
    answer: Permit | Denial
    given: dict[str, Value]
    """The fields exactly as the partner would read them; none if denied."""


class Releases:
    """Releasing the node's alerts, reports and notices to partners."""

    def __init__(self, store: Store, own: Own, clock: Clock, holdings: Holdings) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._holdings = holdings

    @staticmethod
    def expect_releaser(officer: Officer) -> None:
        """Do nothing if the officer's role releases.

        Raises:
            Refused: it does not.
        """
        if officer.role not in DECIDERS:
            raise Refused(f"the role {officer.role.value} does not release records", remedy="Ask a duty officer.")

    def preview(self, officer: Officer, asked: Asked) -> Preview:
        """Return the record and what the partner would be given of it: nothing is sent, and the look is logged.

        Raises:
            Refused: the officer's role does not release.
            Missing: there is no such record or partner.
        """
        self.expect_releaser(officer)
        with self._store.acting() as act:
            request = self._request(act, asked)
            act.log(
                Entry(
                    act=Act.CONSULTED,
                    officer=officer.name,
                    basis=f"role {officer.role.value}",
                    purpose=asked.purpose.value,
                    subject=asked.record,
                    partner=asked.partner,
                    detail="preview",
                )
            )
        answer = permit(request)
        given = redaction.give(answer, random_bytes) if isinstance(answer, Permit) else None
        return Preview(request.record, answer, redaction.disclosed(given) if given else {})

    def release(self, officer: Officer, asked: Asked) -> Released | Denial:
        """Give the record to the partner as far as the permit goes; a denial is logged too.

        Raises:
            Refused: the officer's role does not release.
            Missing: there is no such record or partner.
        """
        with self._store.acting() as act:
            return self.give(act, officer, asked)

    def give(self, act: ActTransaction, officer: Officer, asked: Asked) -> Released | Denial:
        """Do what `release` does, as part of an act."""
        self.expect_releaser(officer)
        request = self._request(act, asked)
        answer = permit(request)
        if isinstance(answer, Denial):
            act.log(_denied(asked, answer))
            return answer
        message = outbox.release(
            act,
            self._own,
            self.card(act, asked.partner),
            answer,
            officer=officer.name,
            request=canonical.written(replace(asked, version=version_of(request.record))),
            now=self._clock.now(),
        )
        return Released(message=message, permit=answer)

    def release_many(self, officer: Officer, asked: Sequence[Asked]) -> ReleasedMany:
        """Give many alerts to one partner for one purpose, each as far as its own permit goes; denials are logged too.

        What is given under one agreement goes in one message, in the lane of what the machine gives in batches.

        Raises:
            Refused: the officer's role does not release, or it is for several partners or purposes, or no alert.
            Missing: there is no such alert or partner.
            Busy: as much waits for this partner already as may.
        """
        self.expect_releaser(officer)
        if len({(one.partner, one.purpose) for one in asked}) != 1 or any(
            one.kind is not RecordKind.ALERT for one in asked
        ):
            raise Refused("what is given at once is alerts, for one partner and one purpose")
        with self._store.acting() as act:
            partner, gives, denied = asked[0].partner, dict[bytes, list[Give]](), dict[str, Denial]()
            for one, question in zip(asked, self._questions(act, asked), strict=True):
                answer = permit(question.request)
                if isinstance(answer, Denial):
                    denied[one.record] = answer
                else:
                    gives.setdefault(answer.digest, []).append(Give(answer, _kept(one, question, answer)))
            card, now = self.card(act, partner), self._clock.now()
            messages = [
                outbox.release_many(act, self._own, card, several, officer=officer.name, now=now)
                for several in gives.values()
            ]
            act.log_many([_denied(one, denied[one.record]) for one in asked if one.record in denied])
        return ReleasedMany(tuple(messages), denied)

    def obstacles(self, transaction: Transaction, waiting: Sequence[Waiting]) -> list[str | None]:
        """Return of each of these what `obstacle` does; where the grounds still stand the permit is not asked anew."""
        asked = [_read(one.request) for one in waiting]
        kept = decisions.judgings(transaction, [one.record for one in asked if one is not None and one.grounds])
        now = self._clock.now()
        shared = {
            name: self._shared(transaction, name, now)
            for name in {one.partner for one in asked if one is not None and one.grounds}
        }

        def stands(one: Asked) -> bool:
            judging = kept.get(one.record)
            return bool(
                one.grounds
                and judging is not None
                and one.at <= now
                and one.kind is RecordKind.ALERT
                and one.grounds == grounds.of(shared[one.partner], judging)
            )

        return [
            None if one is not None and stands(one) else self._obstacle(transaction, each)
            for one, each in zip(asked, waiting, strict=True)
        ]

    def _obstacle(self, transaction: Transaction, waiting: Waiting) -> str | None:
        try:
            return self.obstacle(transaction, waiting.request, waiting.given)
        except Unavailable:
            raise
        except Fault as fault:
            return f"the permit cannot be asked again: {fault.what}"

    def obstacle(self, transaction: Transaction, request: bytes, payload: bytes) -> str | None:
        """Return why a waiting release must not go any more, or None: asked before each attempt to deliver.

        What is sealed already cannot be made less. So it is not enough that something may still be given: another
        agreement, a newer version, or rescue alone may permit less than was sealed.
        """
        asked = canonical.read(request, Asked)
        anew = self._request(transaction, asked)
        answer = permit(anew)
        if isinstance(answer, Denial):
            return answer.reason
        if asked.version != version_of(anew.record):
            return f"version {version_of(anew.record)} has taken its place"
        return exceeds(canonical.read(payload, Given), answer)

    def _questions(self, transaction: Transaction, asked: Sequence[Asked]) -> Iterator[_Question]:
        """Yield what the permit is asked with about each of many alerts, all for one partner, read at once.

        Raises:
            Missing: there is no such alert or partner.
        """
        kept = decisions.judgings(transaction, [one.record for one in asked])
        found, now, partner = standings(transaction), self._clock.now(), asked[0].partner
        country, shared = self.card(transaction, partner).country, self._shared(transaction, partner, now)
        for one in asked:
            record, decision = self._holdings.judged(one.record, kept.get(one.record))
            request = Request(
                record=record,
                partner=partner,
                partner_country=country,
                purpose=one.purpose,
                officer=one.officer,
                decision=decision,
                now=now,
                standings=found,
                own=self._own.card.name,
                own_country=self._own.card.country,
            )
            yield _Question(request, grounds.of(shared, kept[one.record]))

    def _shared(self, transaction: Transaction, partner: str, now: Instant) -> bytes:
        kept = partners.get(transaction, partner)
        if kept is None or kept.cut_off is not None:
            return grounds.NOWHERE
        return grounds.common(self._own, kept.card, self._holdings.purposes, standings(transaction), now)

    def _request(self, transaction: Transaction, asked: Asked) -> Request:
        return Request(
            record=self._holdings.record(transaction, asked.kind, asked.record),
            partner=asked.partner,
            partner_country=self.card(transaction, asked.partner).country,
            purpose=asked.purpose,
            officer=asked.officer,
            decision=decisions.latest(transaction, asked.record),
            now=self._clock.now(),
            standings=standings(transaction),
            own=self._own.card.name,
            own_country=self._own.card.country,
        )

    def card(self, transaction: Transaction, name: str) -> Card:
        """Return the partner's card.

        Raises:
            Missing: there is no such partner, or it is cut off.
        """
        kept = partners.get(transaction, name)
        if kept is None or kept.cut_off is not None:
            raise Missing("there is no such partner", where=name, remedy="Accept its card first: comity partner add.")
        return cards.read(kept.card, name)


def _kept(asked: Asked, question: _Question, permit: Permit) -> bytes:
    """Return what is kept of a request with the record that it gave."""
    lasting = grounds.lasting(permit, question.grounds)
    return canonical.written(replace(asked, at=question.request.now, grounds=lasting))


def _read(request: bytes) -> Asked | None:
    try:
        return canonical.own(request, Asked)
    except canonical.NotCanonical:
        return None


def version_of(record: Record) -> int:
    """Return which version of a report or notice the record is; of what has none, 0."""
    version = record.fields.get("version")
    return version if record.kind in WRITTEN and isinstance(version, int) else 0


def exceeds(given: Given, leave: Permit) -> str | None:
    """Return how what was given goes beyond the leave there is now, None if it does not."""
    if (given.agreement, given.clause) != (leave.digest, leave.clause):
        return f"by now only {leave.agreement} {leave.version}, {leave.clause}, permits it: it must be decided anew"
    beyond = redaction.disclosed(given).keys() - set(leave.fields)
    return f"{', '.join(sorted(beyond))} may not be given any more" if beyond else None


def _denied(asked: Asked, denial: Denial) -> Entry:
    return Entry(
        act=Act.DENIED,
        officer=asked.officer,
        basis=f"safeguard {denial.safeguard}" if denial.safeguard is not None else "agreements",
        purpose=asked.purpose.value,
        subject=asked.record,
        partner=asked.partner,
        detail=denial.code,
    )
