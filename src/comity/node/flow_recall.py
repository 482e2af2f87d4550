"""The story of a recall: what was given is called back, each holder erases it and proves that it did.

    officer calls back -> recall, in the lane of the release -> holder erases, enters and answers, all in one
    transaction -> answer checked and kept -> holder's log proves its entry -> our own copy goes too, if it is to go

No agreement need be in force: a recall only narrows. What still waits to be sent is withdrawn by the courier, which
asks for recalls before each attempt.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec.structs import replace

from comity.exchange import outbox, partners
from comity.exchange.cards import Own
from comity.exchange.inbox import Arrived
from comity.foundation import canonical, keys
from comity.foundation.canonical import digest
from comity.foundation.clock import Clock
from comity.foundation.store import onward, persons, recalls
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.onward import KeptOnward
from comity.foundation.store.outbox import KeptItem, KeptMessage
from comity.foundation.store.recalls import KeptRecall
from comity.foundation.store.store import ActTransaction, Store, Transaction
from comity.node import overdue, recall_answer
from comity.review.decide import DECIDERS
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Duration, Instant
from comity.vocabulary.message import Lane, MessageKind
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.partner import Card
from comity.vocabulary.recall import Recall, RecallAct, Recalled

CALLERS = DECIDERS | {Role.DATA_PROTECTION}
"""Roles that may call back what was given: who decides on releases, and who answers for people's rights."""
_AT_ONCE = 200
"""Releases of one record that are sought at once."""
_NOTHING = bytes(32)
OF_PERSONS = "its originator calls it back"
"""What is said of every recall of a record about a person, or on a person's request, whatever the reason: that would
tell of the person, and that they turned to this node."""


class AlreadyRecalled(Refused):
    """It is being called back, or was."""


class NeverGiven(Missing):
    """There is nobody to call it back from."""


class Calling(msgspec.Struct, frozen=True, kw_only=True):
    """What an officer calls back, and why."""

    act: RecallAct
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    corrected_by: bytes = _NOTHING
    """The release with the corrected record, to the same partner; nothing where it is to be erased."""
    basis: str = ""
    """On what it rests, for this node's own log; empty: on the officer's role."""


class _Caller(msgspec.Struct, frozen=True):
    """In whose name it is called back, on what that rests, and until when the proof is expected."""

    name: str
    basis: str
    due: Instant


class Recalls:
    """Calling back what was given, and answering partners who call back what they gave."""

    def __init__(self, store: Store, own: Own, clock: Clock, patience: Duration) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._patience = patience

    def recall(self, officer: Officer, message: bytes, place: int, calling: Calling) -> bytes:
        """Call one record back from the partner to whom this message gave it, and return the recall's id.

        Raises:
            Refused: the officer's role does not recall; it was recalled already; or the correction is none.
            Missing: there is no such release.
        """
        with self._store.acting() as act:
            return self.call_back(act, officer, message, place, calling)

    def call_back(self, act: ActTransaction, officer: Officer, message: bytes, place: int, calling: Calling) -> bytes:
        """Do what `recall` does, as part of an act."""
        _may(officer)
        kept, item = self._outstanding(act, message, place)
        self._corrected(act, kept, calling)
        return self._call(act, self._caller(officer, calling), kept, item, calling)

    def recall_record(self, officer: Officer, record: str, calling: Calling) -> list[bytes]:
        """Call a record back from everyone to whom it was given and has not been recalled; return the recalls' ids.

        Raises:
            Refused: the officer's role does not recall, or a correction was asked for, which is each partner's own.
            NeverGiven: it was given to nobody.
        """
        _may(officer)
        if calling.act is not RecallAct.ERASE:
            raise Refused("a correction names the release that took its place", remedy="Correct one release at a time.")
        with self._store.reading() as transaction:
            if not kept_outbox.of_record(transaction, record, 1):
                raise NeverGiven("this record was given to nobody", where=record)
        made: list[bytes] = []
        while found := self._not_recalled(record):
            made += [
                recall for message, place in found if (recall := self._call_back(officer, message, place, calling))
            ]
        return made

    def _not_recalled(self, record: str) -> list[tuple[bytes, int]]:
        with self._store.reading() as transaction:
            return recalls.outstanding(transaction, record, _AT_ONCE)

    def _call_back(self, officer: Officer, message: bytes, place: int, calling: Calling) -> bytes | None:
        """Call one record back, whoever holds it; None if somebody else just did.

        From a partner that was cut off nothing can be had: its recall stays overdue, and our own copy goes at once.
        """
        try:
            with self._store.acting() as act:
                kept, item = self._outstanding(act, message, place)
                recall = self._call(act, self._caller(officer, calling), kept, item, calling)
                if self._holder(act, kept.partner) is None:
                    self._erase_ours(act, kept.id, item.place, item.record or "")
        except AlreadyRecalled:
            return None
        return recall

    def take(self, act: ActTransaction, arrived: Arrived) -> None:
        """Do what the owner of a record asks, and answer: within the transaction that receives it.

        Raises:
            Fault: the sender never sent such a record.
        """
        asked = canonical.read(arrived.item, Recall, where=arrived.sender)
        copies = onward.copies(act, arrived.sender, asked.message, asked.place)
        names = tuple(dict.fromkeys(copy.recipient for copy in copies))
        recall_answer.give(act, self._own, arrived, self._clock.now(), names)
        for copy in copies:
            self._call_onward(act, copy, asked)

    def take_answer(self, act: ActTransaction, arrived: Arrived) -> None:
        """Check and keep what a holder answers, and erase our own copy once all have: within its transaction.

        Raises:
            Fault: it answers no recall of ours, or says otherwise than its entry.
        """
        answer = canonical.read(arrived.item, Recalled, where=arrived.sender)
        kept = recalls.get(act, answer.recall)
        if kept is None or kept.partner != arrived.sender:
            raise Refused("it answers no recall of ours", where=arrived.sender)
        recall_answer.check(act, self._own, kept, answer, self._clock.now())
        done = replace(
            kept, outcome=answer.outcome, answered=self._clock.now(), answer=arrived.item, cover=arrived.cover
        )
        if not recalls.answered(act, done):
            raise Refused("the recall was answered already", where=arrived.sender)
        if kept.act is RecallAct.ERASE:
            self._erase_ours(act, kept.message, kept.place, kept.record)
        act.log(
            Entry(
                act=Act.RECALLED,
                subject=kept.record,
                partner=arrived.sender,
                digest=digest(arrived.item),
                detail=f"answered: {answer.outcome.value}{_also(answer.onward)}",
            )
        )

    def find_overdue(self) -> int:
        """Let a person answer for each recall that is overdue, once, and return how many are new (safeguard 22)."""
        return overdue.find(self._store, self._clock.now())

    def _given(self, transaction: Transaction, message: bytes, place: int) -> tuple[KeptMessage, KeptItem]:
        kept = kept_outbox.get(transaction, message)
        items = kept_outbox.items(transaction, message)
        if kept is None or kept.kind != MessageKind.RELEASE.value or not 0 <= place < len(items):
            raise Missing("there is no such release", where=message.hex(), remedy="Take it from the list of releases.")
        return kept, items[place]

    def _outstanding(self, act: ActTransaction, message: bytes, place: int) -> tuple[KeptMessage, KeptItem]:
        kept, item = self._given(act, message, place)
        if recalls.pending(act, message, place):
            raise AlreadyRecalled("this was recalled already", where=message.hex(), remedy="See the list of recalls.")
        return kept, item

    def _call_onward(self, act: ActTransaction, copy: KeptOnward, asked: Recall) -> None:
        """Call back what was passed on, as its originator called it back from this node, and as urgently."""
        if copy.passed is None or recalls.pending(act, copy.passed, 0):
            return
        kept, item = self._given(act, copy.passed, 0)
        by = _Caller(self._own.card.name, f"recall by {copy.originator}", asked.due)
        self._call(act, by, kept, item, Calling(act=RecallAct.ERASE, reason=asked.reason))
        if self._holder(act, kept.partner) is None:
            self._erase_ours(act, kept.id, item.place, item.record or "")

    def _holder(self, transaction: Transaction, partner: str) -> Card | None:
        """Return the card of a partner that can be told anything, None of one that was cut off."""
        try:
            return partners.card(transaction, partner)
        except Missing:
            return None

    def _erase_ours(self, act: ActTransaction, message: bytes, place: int, record: str) -> None:
        if kept_outbox.erase(act, message, place):
            act.log(Entry(act=Act.ERASED, basis="recall", subject=record, detail="our copy of what was given"))

    def _corrected(self, transaction: Transaction, kept: KeptMessage, calling: Calling) -> None:
        if calling.act is RecallAct.ERASE:
            if calling.corrected_by != _NOTHING:
                raise Refused("what is erased has no correction", remedy="Say correct, or leave the correction out.")
            return
        new = kept_outbox.get(transaction, calling.corrected_by)
        if (
            new is None
            or new.kind != MessageKind.RELEASE.value
            or (new.partner, new.id == kept.id)
            != (
                kept.partner,
                False,
            )
        ):
            raise Refused(
                "the correction is no other release to this partner",
                where=calling.corrected_by.hex(),
                remedy="Release the corrected record to the partner first.",
            )

    def _caller(self, officer: Officer, calling: Calling) -> _Caller:
        basis = calling.basis or f"role {officer.role.value}"
        return _Caller(officer.name, basis, self._clock.now() + self._patience)

    def _call(self, act: ActTransaction, by: _Caller, kept: KeptMessage, item: KeptItem, calling: Calling) -> bytes:
        now = self._clock.now()
        asked = Recall(
            message=kept.id,
            place=item.place,
            record=item.record or "",
            act=calling.act,
            reason=OF_PERSONS if persons.is_given(act, kept.id) else calling.reason,
            corrected_by=calling.corrected_by,
            due=by.due,
        )
        holder, told = self._holder(act, kept.partner), canonical.written(asked)
        recall = keys.random_bytes(32)
        if holder is not None:
            recall = outbox.tell(act, self._own, holder, MessageKind.RECALL, told, now, lane=Lane(kept.lane))
        recalls.add(
            act,
            KeptRecall(
                id=recall,
                partner=kept.partner,
                message=kept.id,
                place=item.place,
                record=asked.record,
                act=asked.act,
                reason=asked.reason,
                officer=by.name,
                made=now,
                due=asked.due,
            ),
        )
        act.log(
            Entry(
                act=Act.RECALLED,
                officer=by.name,
                basis=by.basis,
                subject=asked.record,
                partner=kept.partner,
                digest=digest(told),
                detail=f"{asked.act.value}: {asked.reason}",
            )
        )
        return recall


def _also(onward: tuple[str, ...]) -> str:
    return f", and called back from {', '.join(onward)}"[:300] if onward else ""


def _may(officer: Officer) -> None:
    if officer.role not in CALLERS:
        raise Refused(f"the role {officer.role.value} does not recall records", remedy="Ask a duty officer.")
