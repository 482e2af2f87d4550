"""The story of a person's rights: what is held of them, or of a ship that is theirs, who received it, by which clause.

    question -> records held, our own and partners' -> for each what the log tells, recipients included -> answer
    erasure -> called back from everyone who has it -> our own erased -> each holder's log proves its part

A person asks after their name or document, after what identifies a vessel or aircraft, or after a record by its number.
Of a record about them whose review date is past they learn that it is there. That somebody asked is told to no partner:
a recall says that its originator calls it back, and on what it rests stands in this node's log alone. Who received a
record the log alone tells, also of one long erased (safeguard 17). Only the data-protection officer asks; each question
is an act (safeguard 18).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

import msgspec

from comity.exchange.cards import Own
from comity.foundation.clock import Clock
from comity.foundation.store import alerts, archiving, inquiries, outbox, persons, recalls, sightings, tracks, writings
from comity.foundation.store.store import Store, Transaction
from comity.node.flow_archive import Archive
from comity.node.flow_recall import OF_PERSONS, Calling, NeverGiven, Recalls
from comity.node.inventory import Held, Inventory, Mark, Question
from comity.node.traces import traces
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.recall import RecallAct

_MOST = 1_000
"""Records in one answer."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is held, and who received it."""

    reference: str
    node: str
    time: Instant
    held: tuple[Held, ...]
    complete: bool
    """False where there was more than one answer holds."""


class Rights:
    """Answering the requests of persons, and erasing what must go."""

    def __init__(self, store: Store, own: Own, clock: Clock, recalls: Recalls, archive: Archive) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._recalls = recalls
        self._inventory = Inventory(own, clock)
        self._archive = archive

    def answer(self, officer: Officer, question: Question) -> Answer:
        """Return what is held of what the question names, and who received it; the question is logged.

        Raises:
            Refused: the officer is not the data-protection officer.
        """
        _may(officer)
        with self._store.reading() as transaction:
            past = traces(self._archive, transaction, question, self._clock.now())
        with self._store.acting() as act:
            archived = (self._inventory.archived(act, one.record, msgspec.structs.astuple(one)[1:]) for one in past)
            found = list(_bounded(chain(self._inventory.of(act, question), archived)))
            act.log(
                Entry(
                    act=Act.CONSULTED,
                    officer=officer.name,
                    basis=f"data-subject request {question.reference}",
                    subject=question.record,
                    count=max(len(found), 1),
                    detail="what is held, and who received it",
                )
            )
        return Answer(
            reference=question.reference,
            node=self._own.card.name,
            time=self._clock.now(),
            held=tuple(found[:_MOST]),
            complete=len(found) <= _MOST and all(held.whole for held in found[:_MOST]),
        )

    def erase(self, officer: Officer, reference: str, record: str) -> list[bytes]:
        """Erase a record of our own here and at everyone who has it; return the ids of the recalls.

        What a holder has not answered yet stands in the list of recalls, and is overdue in time.

        Raises:
            Refused: the officer is not the data-protection officer, or the record is a partner's.
            Missing: there is no such record, and it was given to nobody.
        """
        _may(officer)
        calling = Calling(act=RecallAct.ERASE, reason=OF_PERSONS, basis=f"data-subject request {reference}")
        with self._store.reading() as transaction:
            record, given = self._inventory.both_ids(transaction, record)
        called, ever = self._called_back(officer, (record, given), calling)
        if not ever:
            self._expect_own(record)
        with self._store.acting() as act:
            erased = any(kind.erase(act, record) for kind in (alerts, tracks, writings, persons))
            inquiries.unfind(act, record)
            sightings_gone = sightings.erase_track(act, record)
            archiving.order(act, record, officer.name, f"data-subject request {reference}")
            act.log(
                Entry(
                    act=Act.ERASED,
                    officer=officer.name,
                    basis=f"data-subject request {reference}",
                    subject=record,
                    count=int(erased) + sightings_gone or 1,
                    detail="here" if erased else "it was gone here already",
                )
            )
        return called + self._called_back(officer, (record, given), calling)[0]  # what was given in between

    def correct(self, officer: Officer, reference: str, record: str, partner: str, corrected_by: bytes) -> list[bytes]:
        """Call a record back from a partner to whom a corrected one was released; return the ids of the recalls.

        Raises:
            Refused: the officer is not the data-protection officer, or the correction is no release to this partner.
            Missing: the partner was not given the record, or has none of it any more.
        """
        _may(officer)
        basis = f"data-subject request {reference}"
        calling = Calling(act=RecallAct.CORRECT, reason=OF_PERSONS, corrected_by=corrected_by, basis=basis)
        with self._store.reading() as transaction:
            found = [
                (message, place)
                for each in self._inventory.both_ids(transaction, record)
                for message, place in recalls.outstanding(transaction, each, _MOST)
                if message != corrected_by and _partner(transaction, message) == partner
            ]
        if not found:
            raise Missing(
                "the partner has nothing of this record to correct",
                where=f"{partner}: {record}",
                remedy="See who received it: comity rights answer.",
            )
        return [self._recalls.recall(officer, message, place, calling) for message, place in found]

    def _called_back(self, officer: Officer, ids: tuple[str, ...], calling: Calling) -> tuple[list[bytes], bool]:
        """Call a record back from everyone who has it under any of its ids; also whether it was ever given."""
        called, given = list[bytes](), False
        for record in ids:
            with suppress(NeverGiven):
                called += self._recalls.recall_record(officer, record, calling)
                given = True
        return called, given

    def _expect_own(self, record: str) -> None:
        with self._store.reading() as transaction:
            here = any(kind.get(transaction, record) is not None for kind in (alerts, tracks, writings))
            if not here and persons.shell(transaction, record) is None and not self._is_archived(transaction, record):
                raise Missing("there is no such record of our own", where=record, remedy="Ask its owner to recall it.")

    def _is_archived(self, transaction: Transaction, record: str) -> bool:
        question = Question(reference="erase", mark=Mark.RECORD, value=record)
        return bool(traces(self._archive, transaction, question, self._clock.now()))


def _bounded(found: Iterator[Held]) -> Iterator[Held]:
    """Return one more than an answer holds, at most, so that it can say that there was more."""
    for number, held in enumerate(found):
        if number > _MOST:
            return
        yield held


def _partner(transaction: Transaction, message: bytes) -> str:
    kept = outbox.get(transaction, message)
    return kept.partner if kept else ""


def _may(officer: Officer) -> None:
    if officer.role is not Role.DATA_PROTECTION:
        raise Refused(
            f"the role {officer.role.value} does not answer the requests of persons",
            remedy="Ask the data-protection officer.",
        )
