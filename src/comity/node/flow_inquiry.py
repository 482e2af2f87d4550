"""The story of an inquiry: an officer asks a partner about a thing, their node answers hit or no-hit, and no more.

    officer asks -> clause, budget -> asked -> taken in there, or refused for what the agreement says
    at a beat of the owner's: hit or no-hit (`flow_answering`)
    a hit, once it has arrived -> an officer of the owner looks -> gives records, each under its own permit, or declines

Before it is taken, what the agreement and the number of questions say decides, never what is held; after that, every
question is answered in the same time. What may not be given is not betrayed by a hit either.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from msgspec.structs import replace

from comity.agreements.answering import WINDOW
from comity.agreements.inquiring import OVER_BUDGET, Asking, Unasked, asking
from comity.agreements.permit import NOT_PERMITTED, Denial
from comity.exchange import inquiry_step, outbox, partners
from comity.exchange.cards import Own
from comity.exchange.inbox import Arrived, Declined
from comity.exchange.recheck import Waiting
from comity.foundation import canonical
from comity.foundation.canonical import written
from comity.foundation.clock import Clock
from comity.foundation.keys import random_bytes
from comity.foundation.store import inquiries
from comity.foundation.store.inquiries import KeptInquiry
from comity.foundation.store.store import ActTransaction, Store, Transaction
from comity.node.flow_answering import STALE, Ground, entry, word
from comity.node.flow_release import Asked, Released, Releases
from comity.node.standings import standings
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.inquiry import InquiryState, InquiryStep, Question, Step
from comity.vocabulary.instant import Duration, Instant
from comity.vocabulary.message import MessageKind
from comity.vocabulary.officer import Officer
from comity.vocabulary.record import RecordKind

MOST_GIVEN = 20
"""Records that can be given to one inquiry."""
_LONGEST_REASON = 400
_AT_ONCE = 500


class Inquiries:
    """The node's part in inquiries, as asker and as owner."""

    def __init__(self, store: Store, own: Own, clock: Clock, releases: Releases, beat: Duration) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._releases = releases
        self._beat = beat

    def ask(self, officer: Officer, owner: str, question: Question, reason: str) -> bytes:
        """Ask a partner, and return the inquiry's id.

        Raises:
            Refused: the officer's role does not ask, the question rests on no clause, or is one too many.
            Missing: there is no such partner.
        """
        self._releases.expect_releaser(officer)
        _expect_reason(reason)
        if question.blank:
            raise Refused("the question asks after nothing", remedy="Name an MMSI, IMO, call sign or name.")
        with self._store.acting() as act:
            card = partners.card(act, owner)
            made, now = random_bytes(32), self._clock.now()
            leave = self._leave(act, question, self._own.card.name, owner)
            if isinstance(leave, Unasked):
                raise Refused(leave.reason, where=owner, remedy="Name a clause of an agreement in force that answers.")
            asked = KeptInquiry(
                id=made,
                owner=owner,
                asker=self._own.card.name,
                question=question,
                salt=random_bytes(inquiry_step.SALT_LENGTH),
                made=now,
                officer=officer.name,
                message=b"",
                keep_until=_kept_until(leave, now),
            )
            self._expect_budget(act, asked, leave)
            step = Step(step=InquiryStep.ASKED, inquiry=made, question=question, salt=asked.salt)
            told = inquiry_step.written(step)
            ground = written(Ground(made))
            message = outbox.tell(act, self._own, card, MessageKind.INQUIRY, told, now, request=ground)
            inquiries.add(act, replace(asked, message=message))
            self._enter(act, asked, "asked", officer.name, reason)
        return made

    def give(self, officer: Officer, id: bytes, chosen: Sequence[str]) -> list[Released | Denial]:  # noqa: A002
        """Give the asker records that were hit, each as far as its own permit goes; one answer for each.

        More can be given later, as long as the inquiry is kept.

        Raises:
            Refused: the role does not release, there is no hit that has arrived, or a record is none that was hit.
            Missing: no partner has asked it here.
        """
        self._releases.expect_releaser(officer)
        with self._store.acting() as act:
            kept = self._arrived_hit(act, id)
            hit = {record: kind for kind, record in inquiries.found(act, id)}
            if not chosen or not set(chosen) <= set(hit) or len(set(chosen)) > MOST_GIVEN:
                words = f"1 to {MOST_GIVEN} of the records that were hit are given"
                raise Refused(words, where=id.hex(), remedy="Choose among them.")
            answers = [self._given(act, officer, kept, hit[one], one) for one in dict.fromkeys(chosen)]
            sent = tuple(one.message for one in answers if isinstance(one, Released))
            if sent:
                inquiries.give(act, id, sent)
                self._end(act, officer, kept, Step(step=InquiryStep.GIVEN, inquiry=id, messages=sent), "")
        return answers

    def decline(self, officer: Officer, id: bytes, reason: str) -> None:  # noqa: A002 - what every record calls it
        """Keep back what lies behind a hit; the asker learns that, and not why.

        Raises:
            Refused: the role does not release, or there is no hit that waits.
            Missing: no partner has asked it here.
        """
        self._releases.expect_releaser(officer)
        _expect_reason(reason)
        with self._store.acting() as act:
            kept = self._arrived_hit(act, id)
            if kept.state is InquiryState.GIVEN:
                raise Refused("what lies behind it was given", where=id.hex(), remedy="Recall the release.")
            self._end(act, officer, kept, Step(step=InquiryStep.DECLINED, inquiry=id), reason)

    def refusals(self, transaction: Transaction, found: Sequence[KeptInquiry]) -> dict[bytes, str]:
        """Return of each inquiry why nothing comes of it: the partner's code, or `withdrawn`; of most there is none.

        At the asker it is the question that was refused or withdrawn, at the owner the answer.
        """
        own = self._own.card.name
        carried = {one.id: one.message if one.asker == own else one.told for one in found}
        sent = inquiries.sent(transaction, [message for message in carried.values() if message is not None])
        told: dict[bytes, str] = {}
        for one in found:
            went = sent.get(carried[one.id] or b"")
            if went is not None and went.state == "withdrawn":
                told[one.id] = "withdrawn"
            elif went is not None and went.state == "refused" and went.receipt is not None:
                with suppress(Missing):
                    partner = one.partner(own)
                    told[one.id] = partners.receipt(transaction, partner, went.receipt).reason
        return told

    def take(self, act: ActTransaction, arrived: Arrived) -> None:
        """Take in a partner's step, within the transaction that receives it.

        Raises:
            Fault: the step is refused; nothing of it is kept.
        """
        taken = inquiry_step.read(arrived.item, arrived.sender)
        if taken.question is not None:
            self._take_question(act, arrived, taken, taken.question)
            return
        kept = inquiries.hold(act, taken.inquiry)
        if kept is None or (kept.owner, kept.asker) != (arrived.sender, self._own.card.name):
            raise Missing("there is no such inquiry", where=arrived.sender)
        changed = self._taken(act, kept, taken)
        inquiries.change(act, changed)
        inquiries.give(act, kept.id, taken.messages)
        self._enter(act, changed, word(taken))

    def obstacles(self, transaction: Transaction, waiting: Sequence[Waiting]) -> list[str | None]:
        """Return of each step in the outbox why it must not go any more, or None: asked before each attempt."""
        return [self._obstacle(transaction, one) for one in waiting]

    def forget(self) -> int:
        """Erase what must be kept no longer, and return how many inquiries that were."""
        with self._store.reading() as transaction:
            due = inquiries.over(transaction, self._clock.now(), _AT_ONCE)
        for kept in due:
            with self._store.acting() as act:
                inquiries.erase(act, kept)
                question = kept.question
                partner = kept.partner(self._own.card.name)
                act.log(
                    Entry(
                        act=Act.ERASED,
                        basis=f"keep of {question.agreement}",
                        clause=question.clause,
                        subject=kept.id.hex(),
                        partner=partner,
                    )
                )
        return len(due)

    def _take_question(self, act: ActTransaction, arrived: Arrived, step: Step, question: Question) -> None:
        own, now = self._own.card.name, self._clock.now()
        leave = self._leave(act, question, arrived.sender, own)
        if isinstance(leave, Unasked):
            raise Declined(leave.code, leave.reason, where=arrived.sender)
        made = KeptInquiry(
            id=step.inquiry,
            owner=own,
            asker=arrived.sender,
            question=question,
            salt=step.salt,
            made=now,
            message=arrived.id,
            due=(now // self._beat + 2) * self._beat,
            keep_until=_kept_until(leave, now),
        )
        self._expect_budget(act, made, leave)
        if not inquiries.add(act, made):
            raise Refused("an inquiry of this id is there already", where=arrived.sender)
        self._enter(act, made, "asked")

    def _taken(self, act: ActTransaction, kept: KeptInquiry, taken: Step) -> KeptInquiry:
        """Return the inquiry as the owner's step leaves it."""
        if taken.step is InquiryStep.ANSWERED:
            leave = asking(kept.question, kept.asker, kept.owner, standings(act), self._clock.now())  # theirs to narrow
            if isinstance(leave, Unasked):
                raise Declined(leave.code, leave.reason, where=kept.owner)
            if kept.state is not InquiryState.ASKED:
                raise Refused("the inquiry waits for no answer", where=kept.owner)
            state = InquiryState.HIT if taken.hit else InquiryState.NO_HIT
            return replace(kept, state=state, simulated=taken.simulated, answered=self._clock.now())
        more = kept.state is InquiryState.GIVEN and taken.step is InquiryStep.GIVEN
        if kept.state is not InquiryState.HIT and not more:
            raise Refused("the inquiry has no hit that waits", where=kept.owner)
        return replace(kept, state=InquiryState(taken.step.value))

    def _given(
        self, act: ActTransaction, officer: Officer, kept: KeptInquiry, kind: RecordKind, record: str
    ) -> Released | Denial:
        asked = Asked(kind=kind, record=record, partner=kept.asker, purpose=kept.question.purpose, officer=officer.name)
        try:
            return self._releases.give(act, officer, asked)
        except Missing as gone:
            told = entry(self._own.card.name, kept, gone.what, act=Act.DENIED, officer=officer.name)
            act.log(replace(told, subject=record))
            return Denial(code=NOT_PERMITTED, reason=gone.what)

    def _end(self, act: ActTransaction, officer: Officer, kept: KeptInquiry, step: Step, reason: str) -> None:
        """Keep and tell what became of the hit; a partner that was cut off is told nothing."""
        changed = replace(kept, state=InquiryState(step.step.value), officer=officer.name)
        inquiries.change(act, changed)
        with suppress(Missing):
            card = partners.card(act, kept.asker)
            item, ground = inquiry_step.written(step), written(Ground(kept.id))
            outbox.tell(act, self._own, card, MessageKind.INQUIRY, item, self._clock.now(), request=ground)
        self._enter(act, changed, word(step), officer.name, reason)

    def _arrived_hit(self, act: ActTransaction, id: bytes) -> KeptInquiry:  # noqa: A002
        """Return the inquiry whose hit the partner has: what it never learnt is neither given nor kept back."""
        kept = inquiries.hold(act, id)
        if kept is None or kept.owner != self._own.card.name:
            raise Missing("no partner has asked it here", where=id.hex(), remedy="See the list of inquiries.")
        if kept.state not in {InquiryState.HIT, InquiryState.GIVEN}:
            raise Refused(f"the inquiry is {kept.state.value}: no hit waits", where=id.hex())
        sent = inquiries.sent(act, [kept.told or b""]).get(kept.told or b"")
        if sent is None or sent.state != "accepted":
            state = "was never told" if sent is None else f"is {sent.state}"
            words = f"the partner does not have the hit: the answer {state}"
            raise Refused(words, where=id.hex(), remedy="Wait for its receipt.")
        return kept

    def _leave(self, transaction: Transaction, question: Question, asker: str, owner: str) -> Asking | Unasked:
        towards = self._releases.relations.posture(transaction, owner if asker == self._own.card.name else asker)
        return asking(question, asker, owner, standings(transaction), self._clock.now(), towards)

    def _expect_budget(self, act: ActTransaction, asked: KeptInquiry, leave: Asking) -> None:
        most = leave.clause.ask_at_most.per_day
        if inquiries.counted(act, asked, asked.made - WINDOW) + asked.question.weight > most:
            words = f"{leave.clause.id} answers {most} questions a day, each identifier being one, and so many were put"
            raise Declined(OVER_BUDGET, words, where=asked.partner(self._own.card.name))

    def _obstacle(self, transaction: Transaction, waiting: Waiting) -> str | None:
        kept, now = inquiries.get(transaction, canonical.read(waiting.request, Ground).inquiry), self._clock.now()
        if kept is None or now >= kept.keep_until:
            return "the time for which the question is kept is over"
        step = inquiry_step.read(waiting.given).step
        if step is InquiryStep.ANSWERED and now >= (kept.answered or 0) + STALE:
            return "the answer is old by now"
        leave = self._leave(transaction, kept.question, kept.asker, kept.owner)
        return leave.reason if isinstance(leave, Unasked) else None

    def _enter(self, act: ActTransaction, kept: KeptInquiry, step: str, officer: str = "", reason: str = "") -> None:
        detail = f"{step}: {reason[:_LONGEST_REASON]}" if reason else step
        act.log(entry(self._own.card.name, kept, detail, officer=officer))


def _kept_until(leave: Asking, now: Instant) -> Instant:
    """Return until when the question may be kept: not for longer than anything under the agreement."""
    terms = leave.standing.terms
    return min(now + leave.clause.keep, terms.in_force.end + terms.after.erase)


def _expect_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("no reason is given", remedy="Say why, for the node's own log.")
