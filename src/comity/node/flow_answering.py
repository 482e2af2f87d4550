"""The story of an answer: what partners asked is looked up at one beat, and told at the next, hit or no-hit.

    at a beat: all questions that wait -> one pass over all that is held -> what counts is kept for the officers here
    at the next: hit or no-hit, one length, one time -> courier asks again whether the agreement bears it

What may not be given is not betrayed by a hit either (`agreements.inquiring`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import msgspec
from msgspec.structs import replace

from comity.agreements.inquiring import Asking, Unasked, asking, uncounted
from comity.agreements.permit import Request
from comity.exchange import inquiry_step, outbox, partners
from comity.exchange.cards import Own
from comity.foundation.canonical import digest, written
from comity.foundation.clock import Clock
from comity.foundation.store import decisions, inquiries
from comity.foundation.store.inquiries import KeptInquiry
from comity.foundation.store.store import ActTransaction, Store, Transaction
from comity.node.holdings import Hit, Holdings, Wanted, hits
from comity.node.standings import standings
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing
from comity.vocabulary.inquiry import InquiryState, InquiryStep, Step, marks
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import MessageKind
from comity.vocabulary.record import Record, RecordKind
from comity.vocabulary.subject import SubjectKind

AT_ONCE = 500
"""Inquiries looked up, or told, at one beat."""
MOST_FOUND = 500
"""Records kept of one hit, for the officers."""


class Ground(msgspec.Struct, frozen=True):
    """On what a question or an answer in the outbox rests: asked again before each attempt to deliver."""

    inquiry: bytes


class Answers:
    """Answering what partners asked."""

    def __init__(self, store: Store, own: Own, clock: Clock, holdings: Holdings) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._holdings = holdings

    def answer_due(self) -> int:
        """Tell what was looked up at the beat before, then look up what has arrived; return how many were told.

        Called at every beat, which does not depend on what was asked or found.
        """
        told = self._tell_found()
        self._look_up()
        return told

    def _tell_found(self) -> int:
        with self._store.reading() as transaction:
            due = inquiries.waiting(transaction, self._own.card.name, InquiryState.FOUND, AT_ONCE)
        if not due:
            return 0
        with self._store.acting() as act:
            now = self._clock.now()  # one for all: how long each took is nobody's business
            entries = [told for one in due if (told := self._tell(act, one.id, now)) is not None]
            act.log_many(entries)
        return len(entries)

    def _tell(self, act: ActTransaction, id: bytes, now: Instant) -> Entry | None:  # noqa: A002 - its common name
        """Put the answer into the outbox, and return the entry; a partner that was cut off gets none."""
        kept = inquiries.hold(act, id)
        if kept is None or kept.state is not InquiryState.FOUND:
            return None
        hit = bool(inquiries.found(act, id))
        state = InquiryState.HIT if hit else InquiryState.NO_HIT
        changed = replace(kept, state=state, answered=now)
        inquiries.change(act, changed)
        step = Step(step=InquiryStep.ANSWERED, inquiry=id, hit=hit, simulated=kept.simulated)
        with suppress(Missing):
            card = partners.card(act, kept.asker)
            told, ground = inquiry_step.written(step), written(Ground(id))
            outbox.tell(act, self._own, card, MessageKind.INQUIRY, told, now, request=ground)
        return entry(self._own.card.name, changed, word(step))

    def _look_up(self) -> None:
        with self._store.reading() as transaction:
            due = inquiries.waiting(transaction, self._own.card.name, InquiryState.ASKED, AT_ONCE)
        if not due:
            return
        with self._store.acting() as act:
            by_id, own = {one.id: one for one in due}, self._own.card.name
            leaves = self._leaves(act, due)
            found: dict[bytes, dict[tuple[RecordKind, str], bool]] = {one.id: {} for one in due}
            for hit in hits(act, _wanted(due)):
                record = self._counted(act, by_id[hit.inquiry], hit, leaves[hit.inquiry])
                if record is not None and len(found[hit.inquiry]) < MOST_FOUND:
                    found[hit.inquiry][hit.kind, hit.record] = record.simulated
            for one in due:
                kept = found[one.id]
                inquiries.find(act, one.id, list(kept), simulated=bool(kept) and all(kept.values()))
            act.log_many([entry(own, one, "looked up", act=Act.CONSULTED) for one in due])

    def _leaves(self, transaction: Transaction, due: Sequence[KeptInquiry]) -> dict[bytes, Asking | Unasked]:
        """Return of each inquiry on what it rests still."""
        found, now = standings(transaction), self._clock.now()
        return {one.id: asking(one.question, one.asker, one.owner, found, now) for one in due}

    def _counted(
        self, transaction: Transaction, kept: KeptInquiry, hit: Hit, ground: Asking | Unasked
    ) -> Record | None:
        """Return the record if it counts as a hit."""
        if isinstance(ground, Unasked) or hit.kind not in ground.clause.among:
            return None
        try:
            record = self._holdings.record(transaction, hit.kind, hit.record)
            request = self._request(transaction, kept, record, ground)
        except Missing:
            return None
        return record if uncounted(request) is None else None

    def _request(self, transaction: Transaction, kept: KeptInquiry, record: Record, ground: Asking) -> Request:
        own = self._own.card
        return Request(
            record=record,
            partner=kept.asker,
            partner_country=partners.card(transaction, kept.asker).country,
            purpose=kept.question.purpose,
            officer=own.name,
            decision=decisions.latest(transaction, record.id) if record.kind is RecordKind.ALERT else None,
            now=self._clock.now(),
            standings=(ground.standing,),
            own=own.name,
            own_country=own.country,
        )


def entry(own: str, kept: KeptInquiry, detail: str, *, act: Act = Act.INQUIRY, officer: str = "") -> Entry:
    """Return the entry of one step of an inquiry, or of another act with it, at the node of this name."""
    question = kept.question
    return Entry(
        act=act,
        officer=officer,
        basis=question.agreement,
        clause=question.clause,
        purpose=question.purpose.value,
        subject=kept.id.hex(),
        partner=kept.partner(own),
        digest=digest(written(question)),
        detail=detail,
    )


def _wanted(due: Sequence[KeptInquiry]) -> Wanted:
    wanted: dict[tuple[SubjectKind, str, str | int], frozenset[bytes]] = {}
    for one in due:
        for mark, value in marks(one.question):
            key = (one.question.kind.subject, mark, value)
            wanted[key] = wanted.get(key, frozenset()) | {one.id}
    return wanted


def word(step: Step) -> str:
    """Return what the log says of a step."""
    if step.step is not InquiryStep.ANSWERED:
        return str(step.step.value)
    return f"answered: {'hit' if step.hit else 'no-hit'}{', simulated' if step.simulated else ''}"
