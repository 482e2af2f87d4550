"""The story of a record about a person: an officer writes it, it is looked at again by a date, and it ends.

    draft -> record -> (released by an officer, to one partner, one by one) -> read there by few, each look entered
          -> corrected: given anew to each who has it and may, called back from all, whatever the reason
          -> renewed with a reason before its review date; else nobody reads it, and 30 days later it is erased
          -> erased: called back from all who have it

Each look is an entry of its own (safeguard 2). Why something is denied, withdrawn or called back is told to no partner.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import msgspec
from msgspec.structs import replace

from comity.agreements.permit import Denial
from comity.agreements.redaction import disclosed
from comity.casework import person
from comity.casework.person_draft import PersonDraft
from comity.exchange import partners
from comity.foundation import canonical
from comity.foundation.clock import Clock
from comity.foundation.store import inbox, persons, recalls
from comity.foundation.store import outbox as sent
from comity.foundation.store.inbox import KeptRecord
from comity.foundation.store.persons import KeptPerson, Shell
from comity.foundation.store.store import ActTransaction, Store, Transaction
from comity.node.flow_recall import OF_PERSONS, Calling, NeverGiven, Recalls
from comity.node.flow_release import Asked, Released, Releases
from comity.review.decide import DECIDERS
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given
from comity.vocabulary.officer import Officer
from comity.vocabulary.recall import RecallAct
from comity.vocabulary.record import Value

_AT_ONCE = 100
_ERASE = Calling(act=RecallAct.ERASE, reason=OF_PERSONS)


class ToldPartner(msgspec.Struct, frozen=True, kw_only=True):
    """A partner who had the version before: whether the new one is on its way, and what was called back."""

    partner: str
    answer: Released | Denial | None
    """None: the officer who corrected it releases nothing."""
    recalls: tuple[bytes, ...]


class Corrected(msgspec.Struct, frozen=True, kw_only=True):
    """A new version, and what became of it at each partner who had the one before."""

    kept: KeptPerson
    told: tuple[ToldPartner, ...]


class GivenTo(msgspec.Struct, frozen=True, kw_only=True):
    """One release of it, and its state: `queued`, `accepted`, `refused` or `withdrawn`."""

    message: bytes
    partner: str
    state: str


class Opened(msgspec.Struct, frozen=True):
    """A record about a person, and who has it."""

    kept: KeptPerson
    given: tuple[GivenTo, ...]


class Received(msgspec.Struct, frozen=True):
    """A record about a person that a partner gave, with the fields that it gave."""

    kept: KeptRecord
    given: Given
    fields: dict[str, Value]


class Persons:
    """Records about persons, our own and partners'."""

    def __init__(self, store: Store, clock: Clock, releases: Releases, recalling: Recalls) -> None:
        self._store = store
        self._clock = clock
        self._releases = releases
        self._recalls = recalling

    def write(self, officer: Officer, draft: PersonDraft) -> KeptPerson:
        """Keep a new record, and return it.

        Raises:
            Refused, Fault: as `casework.person.write` says.
        """
        with self._store.acting() as act:
            return person.write(act, self._clock, officer, draft)

    def read(self, officer: Officer, id: str) -> Opened:  # noqa: A002 - what every record calls it
        """Return one record and who has it; the look is logged.

        Raises:
            Refused, Missing: as `casework.person.read` says.
        """
        with self._store.acting() as act:
            given = [GivenTo(message=one.id, partner=one.partner, state=one.state) for one in sent.of_record(act, id)]
            return Opened(person.read(act, officer, id, self._clock.now()), tuple(given))

    def listed(self, officer: Officer, limit: int) -> list[KeptPerson]:
        """Return our own records that can be read, the last changed first; each look is logged.

        Raises:
            Refused: the officer's role does not see such records.
        """
        with self._store.acting() as act:
            return person.listed(act, officer, self._clock.now(), limit)

    def received(self, officer: Officer, limit: int) -> list[Received]:
        """Return partners' records about persons that can be read, newest first; each look is logged.

        Raises:
            Refused: the officer's role does not see such records.
        """
        person.expect(officer, person.READERS, "see")
        with self._store.acting() as act:
            found = [_received(kept) for kept in inbox.persons(act, self._clock.now(), limit)]
            person.looked(act, officer, [(one.given.id, one.kept.sender) for one in found])
        return found

    def renew(self, officer: Officer, id: str, review: Instant, reason: str) -> Shell:  # noqa: A002
        """Put the review date off, with a reason.

        Raises:
            Refused, Missing, Fault: as `casework.person.renew` says.
        """
        with self._store.acting() as act:
            return person.renew(act, self._clock, officer, id, review, reason)

    def correct(self, officer: Officer, id: str, version: int, draft: PersonDraft) -> Corrected:  # noqa: A002
        """Keep a new version; give it to each who has an older one, as far as each may have it, and call that back.

        From who may not have it any more, what they have is called back; so it is from all where the officer releases
        nothing. Neither tells why.

        Raises:
            Refused, Missing, Fault: as `casework.person.correct` says.
        """
        with self._store.acting() as act:
            made = person.correct(act, self._clock, officer, id, version, draft)
            told = [self._anew(act, officer, partner, asked) for partner, asked in self._holders(act, id)]
        return Corrected(kept=made, told=tuple(told))

    def erase(self, officer: Officer, id: str, reason: str) -> list[bytes]:  # noqa: A002
        """Erase the record here and at everyone who has it; return the ids of the recalls.

        Raises:
            Refused, Missing, Fault: as `casework.person.erase` says.
        """
        person.expect(officer, person.CORRECTORS, "erase")
        person.reasoned(reason)
        with self._store.reading() as transaction:
            if persons.shell(transaction, id) is None:
                raise Missing("there is no such record about a person", where=id, remedy="Nothing more is needed.")
        called = self._called_back(officer, id)
        with self._store.acting() as act:
            person.erase(act, officer, id, reason)
        return called + self._called_back(officer, id)  # what was given in between

    def upkeep(self) -> int:
        """Erase what nobody has renewed in time, and our own copies that partners must have erased; return how many."""
        now = self._clock.now()
        with self._store.reading() as transaction:
            past = persons.past(transaction, now - person.GRACE, _AT_ONCE)
            given = persons.overdue(transaction, now, _AT_ONCE)
        if not past and not given:
            return 0
        with self._store.acting() as act:
            for shell in past:
                persons.erase(act, shell.id)
            persons.erase_given(act, [message for message, _ in given])
            ended = [Entry(act=Act.ERASED, basis="its review date is past", subject=one.id) for one in past]
            act.log_many([*ended, *(_copy_erased(record) for _, record in given)])
        return len(past) + len(given)

    def _anew(self, act: ActTransaction, officer: Officer, partner: str, asked: Asked) -> ToldPartner:
        before = [one for one in recalls.outstanding(act, asked.record, _AT_ONCE) if _went_to(act, one[0], partner)]
        answer = None
        if officer.role in DECIDERS:
            answer = self._releases.give(act, officer, replace(asked, officer=officer.name, version=0))
        calling = _ERASE
        if isinstance(answer, Released):
            calling = Calling(act=RecallAct.CORRECT, reason=OF_PERSONS, corrected_by=answer.message)
        made = tuple(self._recalls.call_back(act, officer, message, place, calling) for message, place in before)
        return ToldPartner(partner=partner, answer=answer, recalls=made)

    def _holders(self, act: ActTransaction, id: str) -> Iterator[tuple[str, Asked]]:  # noqa: A002
        """Yield each partner, not cut off, who has the record or for whom it waits, with what was asked last."""
        for partner, request in sent.holders(act, id):
            with suppress(Missing):
                partners.card(act, partner)
                yield partner, canonical.read(request, Asked)

    def _called_back(self, officer: Officer, id: str) -> list[bytes]:  # noqa: A002
        with suppress(NeverGiven):
            return self._recalls.recall_record(officer, id, _ERASE)
        return []


def _copy_erased(record: str) -> Entry:
    detail = "our copy of what was given"
    return Entry(act=Act.ERASED, basis="keep of the permit", subject=record, detail=detail)


def _went_to(transaction: Transaction, message: bytes, partner: str) -> bool:
    kept = sent.get(transaction, message)
    return kept is not None and kept.partner == partner


def _received(kept: KeptRecord) -> Received:
    given = canonical.read(kept.item or b"", Given, where=kept.sender)
    return Received(kept, given, disclosed(given))
