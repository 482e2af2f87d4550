"""The story of a release: an officer decides, the agreement permits, the partner gets what it may have.

    alert + decision, or report, or notice, or person -> record -> permit
    permit -> (preview | seal, outbox, entry: one transaction) -> courier -> receipt

The permit is asked again before each attempt to deliver: what was suspended, expired or rejected in the meantime
is withdrawn (safeguard 9), what a narrower posture keeps back (10), and a report or notice that was cancelled, has
expired or has a newer version.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from msgspec.structs import replace

from comity.agreements import detour, redaction
from comity.agreements.permit import Denial, Permit, permit
from comity.exchange import outbox, partners
from comity.exchange.cards import Own
from comity.exchange.outbox import Give
from comity.exchange.recheck import Waiting
from comity.foundation import canonical
from comity.foundation.alike import written_alike
from comity.foundation.clock import Clock
from comity.foundation.keys import random_bytes
from comity.foundation.store import persons
from comity.foundation.store.store import ActTransaction, Store, Transaction, Unavailable
from comity.node.holdings import Holdings
from comity.node.questions import Asked, Questions, version_of
from comity.node.relations import Relations
from comity.review.decide import DECIDERS
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.message import Given
from comity.vocabulary.officer import Officer
from comity.vocabulary.partner import Card
from comity.vocabulary.posture import Posture
from comity.vocabulary.record import Record, RecordKind, Value

__all__ = ["Asked", "Preview", "Released", "ReleasedMany", "Releases", "exceeds", "version_of"]

_RULES = "safeguards and agreements"
"""What the log says of a denial about a person: which safeguard it was would tell how the person is marked."""
_SILENT = "it may not be given any more"
"""And of a release that was withdrawn."""


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """A release on its way, with the permit under which it goes."""

    message: bytes
    permit: Permit


class ReleasedMany(msgspec.Struct, frozen=True):
    """Releases on their way: the messages that carry them, and what was denied, by record."""

    messages: tuple[bytes, ...]
    denied: dict[str, Denial]


class Preview(msgspec.Struct, frozen=True):
    """What would happen if the officer sent it."""

    record: Record
    answer: Permit | Denial
    given: dict[str, Value]
    """The fields exactly as the partner would read them; none if denied."""


class Releases:
    """Releasing the node's alerts, reports and notices to partners."""

    def __init__(self, store: Store, own: Own, clock: Clock, holdings: Holdings, relations: Relations) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._questions = Questions(own, clock, holdings, relations)
        self.relations = relations

    @staticmethod
    def expect_releaser(officer: Officer) -> None:
        """Do nothing if the officer's role releases.

        Raises:
            Refused: it does not.
        """
        if officer.role not in DECIDERS:
            raise Refused(f"the role {officer.role.value} does not release records", remedy="Ask a duty officer.")

    def preview(self, officer: Officer, asked: Asked, posture: Posture | None = None) -> Preview:
        """Return the record and what the partner would be given of it: nothing is sent, and the look is logged.

        With a `posture`, as it would be if relations with the partner were so.

        Raises:
            Refused: the officer's role does not release.
            Missing: there is no such record or partner.
        """
        self.expect_releaser(officer)
        with self._store.acting() as act:
            request = self._questions.one(act, asked).request
            request = request if posture is None else replace(request, posture=posture)
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
        question = self._questions.one(act, asked)
        answer = permit(question.request)
        if isinstance(answer, Denial):
            act.log(_denied(asked, answer))
            return answer
        detail = f"leave {asked.leave.hex()} of {answer.record.owner}" if asked.leave else ""
        give = Give(answer, question.kept(asked, answer), detail, question.original)
        message = outbox.release_one(act, self._own, question.card, give, officer=officer.name, now=self._clock.now())
        if asked.kind is RecordKind.PERSON:
            persons.gave(act, message, asked.record, answer.keep_until)
        return Released(message=message, permit=answer)

    def judged(self, transaction: Transaction, asked: Asked) -> Permit | Denial:
        """Return what the permit says now; nothing is sent, nothing logged.

        Raises:
            Missing: there is no such record or partner.
        """
        return permit(self._questions.one(transaction, asked).request)

    def release_many(self, officer: Officer, asked: Sequence[Asked]) -> ReleasedMany:
        """Give many alerts to one partner for one purpose, each as far as its own permit goes; denials are logged too.

        What is given under one agreement goes in one message, in the lane of what the machine gives in batches.

        Raises:
            Refused: the officer's role does not release, or it is for several partners or purposes, or no alert.
            Missing: there is no such alert or partner.
            Busy: as much waits for this partner already as may, or what people sent goes first.
        """
        self.expect_releaser(officer)
        if len({(one.partner, one.purpose) for one in asked}) != 1 or any(
            one.kind is not RecordKind.ALERT for one in asked
        ):
            raise Refused("what is given at once is alerts, for one partner and one purpose")
        with self._store.acting() as act:
            outbox.expect_room(act, asked[0].partner, len(asked))
            gives, denied = dict[bytes, list[Give]](), dict[str, Denial]()
            questions = list(self._questions.many(act, asked))
            permitted: list[tuple[Permit, Asked]] = []
            for one, question in zip(asked, questions, strict=True):
                answer = permit(question.request)
                if isinstance(answer, Denial):
                    denied[one.record] = answer
                else:
                    permitted.append((answer, question.asked(one, answer)))
            requests = written_alike([kept for _, kept in permitted], ("record", "grounds"))
            for (leave, _), request in zip(permitted, requests, strict=True):
                gives.setdefault(leave.digest, []).append(Give(leave, request))
            card, now = questions[0].card, self._clock.now()
            messages = [
                outbox.release_many(act, self._own, card, several, officer=officer.name, now=now)
                for several in gives.values()
            ]
            act.log_many([_denied(one, denied[one.record]) for one in asked if one.record in denied])
        return ReleasedMany(tuple(messages), denied)

    def obstacles(self, transaction: Transaction, waiting: Sequence[Waiting]) -> list[str | None]:
        """Return of each of these what `obstacle` does; where the grounds still stand the permit is not asked anew."""
        asked = [_read(one.request) for one in waiting]
        stand = self._questions.stand(transaction, asked)
        return [
            None if stands else self._obstacle(transaction, each) for stands, each in zip(stand, waiting, strict=True)
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
        anew = self._questions.one(transaction, asked).request
        answer = permit(anew)
        if isinstance(answer, Denial):
            return _SILENT if asked.kind is RecordKind.PERSON else answer.reason
        if asked.version != version_of(anew.record):
            return f"version {version_of(anew.record)} has taken its place"
        return exceeds(canonical.read(payload, Given), answer)

    def kept_back(self, transaction: Transaction, asked: Asked, fields: Collection[str]) -> str | None:
        """Return why these fields of a record of this node are not for the partner by whatever way, None if they are.

        Raises:
            Missing: there is no such record or partner.
        """
        return detour.kept_back(self._questions.one(transaction, asked).request, fields)

    def card(self, transaction: Transaction, name: str) -> Card:
        """Return the partner's card.

        Raises:
            Missing: there is no such partner, or it is cut off.
        """
        return partners.card(transaction, name)


def _read(request: bytes) -> Asked | None:
    try:
        return canonical.own(request, Asked)
    except canonical.NotCanonical:
        return None


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
        basis=_basis(asked, denial),
        purpose=asked.purpose.value,
        subject=asked.record,
        partner=asked.partner,
        detail=denial.code,
    )


def _basis(asked: Asked, denial: Denial) -> str:
    if asked.kind is RecordKind.PERSON:
        return _RULES
    return f"safeguard {denial.safeguard}" if denial.safeguard is not None else "agreements"
