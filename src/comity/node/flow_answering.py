"""The story of an answer: what partners asked is looked up as it comes, and told at the second beat, hit or no-hit.

    all questions that wait -> one pass over all that is held -> what counts is kept for the officers here
    at the beat: hit or no-hit, one length, one time -> courier asks again whether the agreement bears it

What may not be given is not betrayed by a hit either (`agreements.inquiring`). Telling does not wait for looking: it
has a whole beat and more, so that the time of an answer tells nothing of what was found (docs/decisions/0081).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import structlog
from msgspec.structs import replace

from comity.agreements.inquiring import Asking, Unasked, asking, uncounted
from comity.agreements.permit import Request
from comity.exchange import inquiry_step, outbox, partners
from comity.exchange.cards import Own
from comity.foundation.canonical import digest, written
from comity.foundation.clock import Clock
from comity.foundation.store import decisions, inquiries
from comity.foundation.store.inquiries import KeptInquiry
from comity.foundation.store.store import Store, Transaction
from comity.node.holdings import Hit, Holdings, Wanted, hits
from comity.node.relations import Relations
from comity.node.standings import standings
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing
from comity.vocabulary.inquiry import InquiryState, InquiryStep, Step, marks
from comity.vocabulary.instant import HOUR, MINUTE, Duration, Instant
from comity.vocabulary.message import MessageKind
from comity.vocabulary.partner import Card
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind
from comity.vocabulary.subject import SubjectKind

AT_ONCE = 500
"""Inquiries looked up, or told, together."""
EACH = 100
"""Of one asker: who asks a lot waits alone."""
MOST_FOUND = 100
"""Records kept of one hit, for the officers."""
STALE: Duration = HOUR
"""An answer that could not go for so long is withdrawn: it may be true no more."""
_log = structlog.get_logger()


class Ground(msgspec.Struct, frozen=True):
    """On what a question or an answer in the outbox rests: asked again before each attempt to deliver."""

    inquiry: bytes


class Answers:
    """Answering what partners asked."""

    def __init__(self, store: Store, own: Own, clock: Clock, holdings: Holdings, relations: Relations) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._holdings = holdings
        self._relations = relations

    def look_up(self) -> int:
        """Look up what has been asked since, all in one pass over all that is held, and return how many those were."""
        own = self._own.card.name
        with self._store.reading() as transaction:
            due = inquiries.unfound(transaction, own, EACH, AT_ONCE)
        if not due:
            return 0
        with self._store.acting() as act:
            look = _Look(self._own, self._holdings, act, due, self._clock.now(), self._relations)
            found = look.found()
            for one in due:
                hits = found[one.id]
                inquiries.find(act, one.id, list(hits)[:MOST_FOUND], simulated=bool(hits) and all(hits.values()))
            act.log_many([entry(own, one, "looked up", act=Act.CONSULTED) for one in due])
        return len(due)

    def tell_due(self) -> int:
        """Tell what was looked up and is due, and return how many that were; called at every beat.

        Each is an act of its own, and all bear one time: how long each took is nobody's business.
        """
        now = self._clock.now()
        with self._store.reading() as transaction:
            due = inquiries.untold(transaction, self._own.card.name, now, AT_ONCE)
        for one in due:
            self._tell(one.id, now)
        if late := sum(one.due < now - MINUTE for one in due):
            _log.warning("answers are late: looking takes longer than a beat", count=late)
        return len(due)

    def _tell(self, id: bytes, now: Instant) -> None:  # noqa: A002 - what every record calls it
        """Put one answer into the outbox, unless the agreement bears none any more or the partner was cut off."""
        own = self._own.card.name
        with self._store.acting() as act:
            kept = inquiries.hold(act, id)
            if kept is None or kept.state is not InquiryState.FOUND:
                raise Missing("it was told or erased by somebody else just now", where=id.hex())
            card = self._reader(act, kept, now)
            if isinstance(card, str):
                inquiries.change(act, replace(kept, state=InquiryState.UNTOLD))
                act.log(entry(own, kept, f"not answered: {card}"[:500]))
                return
            records = inquiries.found(act, id)
            step = Step(step=InquiryStep.ANSWERED, inquiry=id, hit=bool(records), simulated=kept.simulated)
            item, ground = inquiry_step.written(step), written(Ground(id))
            told = outbox.tell(act, self._own, card, MessageKind.INQUIRY, item, now, request=ground)
            state = InquiryState.HIT if records else InquiryState.NO_HIT
            inquiries.change(act, replace(kept, state=state, told=told, answered=now))
            act.log_many([entry(own, kept, word(step)), *(_betrayed(own, kept, record) for _, record in records)])

    def _reader(self, transaction: Transaction, kept: KeptInquiry, now: Instant) -> Card | str:
        """Return the card of the partner to whom the answer goes, or why none goes."""
        towards = self._relations.posture(transaction, kept.asker)
        leave = asking(kept.question, kept.asker, self._own.card.name, standings(transaction), now, towards)
        if isinstance(leave, Unasked):
            return leave.reason
        try:
            return partners.card(transaction, kept.asker)
        except Missing as gone:
            return gone.what


class _Look:
    """One look for many questions: whether a record counts is decided once for all who may ask alike."""

    def __init__(
        self,
        own: Own,
        holdings: Holdings,
        transaction: Transaction,
        due: Sequence[KeptInquiry],
        now: Instant,
        relations: Relations,
    ) -> None:
        self._own = own.card
        self._holdings = holdings
        self._transaction = transaction
        self._due = due
        self._now = now
        agreed = standings(transaction)
        self._law = relations.law
        self._postures = {asker: relations.posture(transaction, asker) for asker in {one.asker for one in due}}
        self._leaves = {
            one.id: asking(one.question, one.asker, own.card.name, agreed, now, self._postures[one.asker])
            for one in due
        }
        self._counted: dict[tuple[str, str, Purpose, str, str], Record | None] = {}
        self._countries: dict[str, str] = {}

    def found(self) -> dict[bytes, dict[tuple[RecordKind, str], bool]]:
        """Return of each inquiry the records that count, and whether each is simulated."""
        by_id = {one.id: one for one in self._due}
        found: dict[bytes, dict[tuple[RecordKind, str], bool]] = {one.id: {} for one in self._due}
        for hit in hits(self._transaction, _wanted(self._due)):
            leave = self._leaves[hit.inquiry]
            if isinstance(leave, Unasked) or hit.kind not in leave.clause.among:
                continue
            record = self._record(by_id[hit.inquiry], hit, leave)
            if record is not None:
                found[hit.inquiry][hit.kind, hit.record] = record.simulated
        return found

    def _record(self, kept: KeptInquiry, hit: Hit, leave: Asking) -> Record | None:
        """Return the record if it counts as a hit for who asks this."""
        question = kept.question
        key = (hit.record, kept.asker, question.purpose, question.agreement, question.clause)
        if key not in self._counted:
            self._counted[key] = self._judged(kept, hit, leave)
        return self._counted[key]

    def _judged(self, kept: KeptInquiry, hit: Hit, leave: Asking) -> Record | None:
        try:
            record = self._holdings.record(self._transaction, hit.kind, hit.record)
            country = self._country(kept.asker)
        except Missing:
            return None
        request = Request(
            record=record,
            partner=kept.asker,
            partner_country=country,
            purpose=kept.question.purpose,
            officer=self._own.name,
            decision=decisions.latest(self._transaction, record.id) if record.kind is RecordKind.ALERT else None,
            now=self._now,
            standings=(leave.standing,),
            own=self._own.name,
            own_country=self._own.country,
            posture=self._postures[kept.asker],
            law=self._law,
        )
        return record if uncounted(request) is None else None

    def _country(self, asker: str) -> str:
        if asker not in self._countries:
            self._countries[asker] = partners.card(self._transaction, asker).country
        return self._countries[asker]


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
        digest=digest(kept.salt, written(question)),
        detail=detail,
    )


def _betrayed(own: str, kept: KeptInquiry, record: str) -> Entry:
    """Return the entry that a partner was told, by a hit, that there is something: who asks of it later is told so."""
    told = entry(own, kept, f"by the hit of inquiry {kept.id.hex()}: that there is a record", act=Act.DISCLOSED)
    return replace(told, subject=record)


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
