"""The story of a release: an officer decides, the agreement permits, the partner gets what it may have.

    alert + decision, or report, or notice -> record -> permit
    permit -> (preview | seal, outbox, entry: one transaction) -> courier -> receipt

The permit is asked again before each attempt to deliver: what was suspended, expired or rejected in the meantime
is withdrawn (safeguard 9), and so is a report or notice that was cancelled, has expired or has a newer version.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from comity.agreements import redaction
from comity.agreements.permit import Denial, Permit, Request, permit
from comity.exchange import cards, outbox
from comity.exchange.cards import Own
from comity.foundation import canonical
from comity.foundation.clock import Clock
from comity.foundation.keys import random_bytes
from comity.foundation.store import alerts, decisions, partners, writings
from comity.foundation.store.store import ActTransaction, Store, Transaction
from comity.node import records
from comity.node.standings import standings
from comity.review.decide import DECIDERS
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
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


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """A release on its way, with the permit under which it goes."""

    message: bytes
    permit: Permit


class Preview(msgspec.Struct, frozen=True):
    """What would happen if the officer sent it."""

    record: Record
    answer: Permit | Denial
    given: dict[str, Value]
    """The fields exactly as the partner would read them; none if denied."""


class Releases:
    """Releasing the node's alerts, reports and notices to partners."""

    def __init__(self, store: Store, own: Own, clock: Clock, purposes: dict[str, frozenset[Purpose]]) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._purposes = purposes

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
            request=canonical.written(replace(asked, version=_version(request.record))),
            now=self._clock.now(),
        )
        return Released(message=message, permit=answer)

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
        if asked.version != _version(anew.record):
            return f"version {_version(anew.record)} has taken its place"
        return _exceeds(canonical.read(payload, Given), answer)

    def record(self, transaction: Transaction, kind: RecordKind, id: str) -> Record:  # noqa: A002 - its common name
        """Return the alert, report or notice as the record of which a permit gives fields.

        Raises:
            Missing: there is none of this kind and id.
        """
        if kind is RecordKind.ALERT:
            return self._alert(transaction, id)
        written = writings.get(transaction, id)
        if written is None or written.kind is not kind:
            raise Missing(f"there is no such {kind.value}", where=id, remedy="Take it from the list.")
        return records.of_writing(written, self._own.card.name)

    def _alert(self, transaction: Transaction, alert: str) -> Record:
        kept = alerts.get(transaction, alert)
        if kept is None:
            raise Missing("there is no such alert", where=alert, remedy="Take it from the queue.")
        sources = [self._purposes.get(source, frozenset()) for source in kept.alert.sources]
        shared = frozenset.intersection(*sources) if sources else frozenset()
        decision = decisions.latest(transaction, alert)
        return records.of_alert(kept.alert, decision, self._own.card.name, shared)

    def _request(self, transaction: Transaction, asked: Asked) -> Request:
        return Request(
            record=self.record(transaction, asked.kind, asked.record),
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


def _version(record: Record) -> int:
    """Return which version of a report or notice the record is; of what has none, 0."""
    version = record.fields.get("version")
    return version if record.kind in WRITTEN and isinstance(version, int) else 0


def _exceeds(given: Given, leave: Permit) -> str | None:
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
