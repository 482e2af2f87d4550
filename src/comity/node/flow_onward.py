"""The story of passing on: a holder asks the originator for leave, gets it signed, and a third partner gets the record.

    holder's officer asks -> asked -> originator's officer gives leave, signed, or declines
    leave -> holder's officer -> permit (leave lifts one veto, all else holds) -> shown, release: one transaction
    recipient -> checks the leave by the originator's card -> takes the record in

The permit is asked again before the release is delivered. What the originator calls back or cancels, the holder calls
back from, or tells, whoever it passed it on to.
"""

from __future__ import annotations

from contextlib import suppress

from msgspec.structs import replace

from comity.agreements.onward import bound, sign
from comity.agreements.permit import Denial, Permit
from comity.agreements.redaction import disclosed
from comity.exchange import leaves, onward_step, outbox, partners
from comity.exchange.cards import Own
from comity.exchange.inbox import Arrived
from comity.exchange.notes import Cancellation
from comity.foundation import canonical
from comity.foundation.clock import Clock
from comity.foundation.keys import random_bytes
from comity.foundation.store import onward, writings
from comity.foundation.store.onward import KeptOnward
from comity.foundation.store.store import ActTransaction, Store
from comity.node import onward_taking
from comity.node.flow_release import Asked, Released, Releases
from comity.node.passing import original
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Duration
from comity.vocabulary.message import Given, MessageKind
from comity.vocabulary.officer import Officer
from comity.vocabulary.onward import Leave, OnwardState, OnwardStep, Step, Wish
from comity.vocabulary.record import WRITTEN
from comity.vocabulary.writing import Ending

_LONGEST_REASON = 400


class Onwards:
    """The node's part in passing on: as holder, as originator, and as recipient."""

    def __init__(self, store: Store, own: Own, clock: Clock, releases: Releases) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._releases = releases

    def ask(self, officer: Officer, originator: str, wish: Wish) -> bytes:
        """Ask the originator of a record for leave to pass it on, and return the id of it.

        Raises:
            Refused: the role does not release; it is no report or notice, or marked to be passed on to nobody; or the
                recipient is the originator or this node.
            Missing: the record is not here, or originator or recipient is no partner.
        """
        self._releases.expect_releaser(officer)
        with self._store.acting() as act:
            now = self._clock.now()
            given = original(act, originator, wish.message, wish.place, now)
            onward_taking.expect_passable(given, wish, originator, self._own.card.name)
            card = partners.card(act, originator)
            partners.card(act, wish.recipient)
            named = onward_taking.wished(random_bytes(32), originator, self._own.card.name, wish, now)
            kept = replace(named, officer=officer.name)
            onward.add(act, kept)
            self._tell(act, card.name, Step(step=OnwardStep.ASKED, onward=kept.id, wish=wish))
            self._enter(act, kept, "asked", officer.name, wish.reason)
        return kept.id

    def give(self, officer: Officer, id: bytes, span: Duration) -> Leave:  # noqa: A002 - what every record calls it
        """Give leave, signed, for so long from now, and no longer than the holder may keep the record.

        Raises:
            Refused: the role does not release, it does not wait, or the record is not for this purpose, is another
                version by now, or counts no more; or our law, relations or masks keep it from the recipient.
            Missing: there is no such wish, the record is gone, or the recipient is no partner here.
        """
        self._releases.expect_releaser(officer)
        with self._store.acting() as act:
            kept = self._waiting(act, id)
            given = onward_taking.gave(act, kept.holder, kept.message, kept.place)
            version = self._current(act, kept, given)
            self._expect_no_detour(act, officer, kept, given)
            now = self._clock.now()
            leave = Leave(
                onward=id,
                originator=kept.originator,
                holder=kept.holder,
                recipient=kept.recipient,
                message=kept.message,
                place=kept.place,
                kind=given.kind,
                record=given.id,
                version=version,
                bound=bound(given),
                handling=given.handling,
                purpose=kept.purpose,
                keep_until=given.keep_until,
                until=min(now + span, given.keep_until),
                time=now,
                officer=officer.name,
            )
            second = self._own.keys.identity_pq if self._own.card.identity_pq else None
            signature = sign(self._own.keys.identity, leave, second)
            done = replace(
                kept,
                state=OnwardState.LEFT,
                officer=officer.name,
                leave=canonical.written(leave),
                signature=signature,
            )
            onward.change(act, done)
            step = Step(step=OnwardStep.LEFT, onward=id, leave=leave, signature=signature)
            self._tell(act, kept.holder, step)
            self._enter(act, done, "left", officer.name)
        return leave

    def decline(self, officer: Officer, id: bytes, reason: str) -> None:  # noqa: A002 - what every record calls it
        """Give no leave; the holder learns that, and not why.

        Raises:
            Refused: the role does not release, or it does not wait.
            Missing: there is no such wish.
        """
        self._releases.expect_releaser(officer)
        if not reason.strip():
            raise Refused("nothing says why", remedy="Give a reason, for the log.")
        with self._store.acting() as act:
            kept = self._waiting(act, id)
            done = replace(kept, state=OnwardState.DECLINED, officer=officer.name)
            onward.change(act, done)
            with suppress(Missing):  # a holder that was cut off is told nothing
                self._tell(act, kept.holder, Step(step=OnwardStep.DECLINED, onward=id))
            self._enter(act, done, "declined", officer.name, reason)

    def pass_on(self, officer: Officer, id: bytes) -> Released | Denial:  # noqa: A002 - what every record calls it
        """Pass the record on as far as leave and permit go; a denial is logged too.

        Raises:
            Refused: the role does not release, or no leave is here that was not used.
            Missing: there is no such leave, or the record, its originator or the recipient is gone.
        """
        self._releases.expect_releaser(officer)
        with self._store.acting() as act:
            kept = onward.hold(act, id)
            if kept is None or kept.holder != self._own.card.name:
                raise Missing("this node asked for no such leave", where=id.hex(), remedy="See the list.")
            if kept.state is not OnwardState.LEFT or kept.leave is None or kept.signature is None:
                raise Refused(f"it is {kept.state.value}: there is no leave to use", where=id.hex())
            leave = leaves.kept(act, kept).leave
            asked = Asked(
                kind=leave.kind,
                record=kept.record,
                partner=kept.recipient,
                purpose=kept.purpose,
                officer=officer.name,
                leave=id,
            )
            if isinstance(self._releases.judged(act, asked), Permit):  # it goes before the record, in the same lane
                step = Step(step=OnwardStep.SHOWN, onward=id, leave=leave, signature=kept.signature)
                self._tell(act, kept.recipient, step)
            answer = self._releases.give(act, officer, asked)
            if isinstance(answer, Denial):
                return answer
            done = replace(kept, state=OnwardState.PASSED, officer=officer.name, passed=answer.message)
            onward.change(act, done)
            self._enter(act, done, "passed", officer.name)
        return answer

    def take(self, act: ActTransaction, arrived: Arrived) -> None:
        """Take in a partner's step, within the transaction that receives it.

        Raises:
            Fault: the step is refused; nothing of it is kept.
        """
        taken = onward_taking.take(act, arrived, self._own.card.name, self._clock.now())
        self._enter(act, taken, taken.state.value)

    def cancelled(self, act: ActTransaction, arrived: Arrived) -> None:
        """Tell those to whom it was passed on that a record counts no more, as its originator told this node."""
        note = canonical.read(arrived.item, Cancellation, where=arrived.sender)
        for copy in onward.copies_of(act, arrived.sender, note.record):
            self._end(act, copy, note)

    def renewed(self, act: ActTransaction, sender: str, given: Given) -> None:
        """Tell those to whom an older version was passed on that a newer one has taken its place."""
        if given.kind not in WRITTEN:
            return
        version = disclosed(given).get("version")
        for copy in onward.copies_of(act, sender, given.id):
            older = canonical.own(copy.leave or b"", Leave).version
            if isinstance(version, int) and older < version:
                self._end(act, copy, Cancellation(record=given.id, ending=Ending.REPLACED, time=given.time))

    def _end(self, act: ActTransaction, copy: KeptOnward, note: Cancellation) -> None:
        with suppress(Missing):  # a recipient that was cut off is told nothing
            card = partners.card(act, copy.recipient)
            item = canonical.written(note)
            outbox.tell(act, self._own, card, MessageKind.CANCELLATION, item, self._clock.now())
            self._enter(act, copy, f"told: {note.ending.value}")

    def _waiting(self, act: ActTransaction, id: bytes) -> KeptOnward:  # noqa: A002
        kept = onward.hold(act, id)
        if kept is None or kept.originator != self._own.card.name:
            raise Missing("nobody has asked this node for it", where=id.hex(), remedy="See the list.")
        if kept.state is not OnwardState.ASKED:
            raise Refused(f"it is {kept.state.value} already", where=id.hex())
        return kept

    def _current(self, act: ActTransaction, kept: KeptOnward, given: Given) -> int:
        """Return the version of the record, if it is the newest, counts, and is for this purpose."""
        writing = writings.claim(act, kept.record)
        version = disclosed(given).get("version")
        if writing is None or not writing.counts(self._clock.now()) or version != writing.writing.version:
            raise Refused("that version counts no more", where=kept.record, remedy="Give the holder the newest first.")
        if kept.purpose not in writing.writing.purposes:
            words = f"{kept.purpose.value} is none of the purposes for which it is held (safeguard 1)"
            raise Refused(words, where=kept.record, remedy="Decline it.")
        return writing.writing.version

    def _expect_no_detour(self, act: ActTransaction, officer: Officer, kept: KeptOnward, given: Given) -> None:
        """Refuse what may not go to the recipient from here: the holder knows neither our law nor our relations."""
        asked = Asked(
            kind=given.kind, record=given.id, partner=kept.recipient, purpose=kept.purpose, officer=officer.name
        )
        why = self._releases.kept_back(act, asked, disclosed(given))
        if why is not None:
            raise Refused(why, where=kept.recipient, remedy="Decline it.")

    def _tell(self, act: ActTransaction, partner: str, step: Step) -> None:
        card = partners.card(act, partner)
        outbox.tell(act, self._own, card, MessageKind.ONWARD, onward_step.written(step), self._clock.now())

    def _enter(self, act: ActTransaction, kept: KeptOnward, step: str, officer: str = "", reason: str = "") -> None:
        why = f": {reason[:_LONGEST_REASON]}" if reason else ""
        act.log(
            Entry(
                act=Act.ONWARD,
                officer=officer or self._own.card.name,
                basis=f"leave of {kept.originator}",
                purpose=kept.purpose.value,
                subject=kept.record,
                partner=kept.recipient if kept.holder == self._own.card.name else kept.holder,
                digest=canonical.digest(kept.leave) if kept.leave else b"",
                detail=f"{step} {kept.id.hex()}, to {kept.recipient}{why}",
            )
        )
