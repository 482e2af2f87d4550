"""The story of a monitor: logs are followed, and whoever shows them otherwise than they were is found out.

    each partner's log  -> does it continue what was seen? -> do its witnesses show the same tree?
                        -> does it serve what it signs? one entry, drawn by lot, is asked for at each look
    our own log         -> do its witnesses show the tree that we have?
    each of them        -> has every witness that an agreement requires cosigned it, in time?
    what is found       -> kept with both notes, with an entry -> told at the console until a person answers for it

A log that does not answer is asked again: silence proves nothing. A note that its log has not signed is no evidence.
What decides, and why: docs/decisions/0024-what-a-monitor-holds-against-a-log.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog

from comity.exchange import witnessing
from comity.exchange.answer import Unreachable
from comity.exchange.cards import Own
from comity.exchange.partner_log import Misbehaved, PartnerLog, Rollback, Withheld
from comity.exchange.partners import log_keys
from comity.foundation.canonical import digest
from comity.foundation.clock import Clock, wall
from comity.foundation.keys import random_bytes
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger.note import Ed25519Key, NoteKey
from comity.foundation.ledger.tree import Tree
from comity.foundation.store import checkpoints, findings, followed, ledger
from comity.foundation.store.store import Store, Transaction, Unavailable
from comity.node.attendance import Attendance, Reached, SeenLog
from comity.node.witnesses import keys_ever, known, required
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.finding import Finding, FindingKind
from comity.vocabulary.instant import Duration
from comity.vocabulary.partner import Card

_log = structlog.get_logger()
_AT_ONCE = 4
"""Logs followed at the same time."""
_BASIS = "monitor"


class Monitor:
    """The node's monitor. `patience` is how long a required witness may stay behind, in milliseconds of wall time."""

    def __init__(
        self, store: Store, own: Own, clock: Clock, patience: Duration, timeout: float = witnessing.TIMEOUT
    ) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._patience = patience
        self._timeout = timeout
        self._attendance = Attendance(store, patience)

    def look(self) -> None:
        """Look at every log once, and keep what is found."""
        with self._store.reading() as transaction:
            cards = known(transaction)
            need = required(transaction, self._own, cards)
        work = [partial(self._own_log, cards, need.get(self._own.card.name, ()))]
        work += [partial(self._partner_log, card, cards, need.get(card.name, ())) for card in cards if card.log]
        with ThreadPoolExecutor(_AT_ONCE, "monitor") as pool:
            for done in [pool.submit(each) for each in work]:
                done.result()

    def _partner_log(self, card: Card, cards: Sequence[Card], need: Sequence[Card]) -> None:
        """Follow one partner's log, and hold it against what its witnesses show."""
        key = Ed25519Key(card.origin, card.log)
        with self._store.reading() as transaction:
            earlier = log_keys(transaction, card)
        with PartnerLog(card, self._timeout, earlier) as log:
            seen = self._follow(card, log)
            if seen is None:
                return
            self._sample(card, log, seen)
            reached: dict[str, Reached] = {}
            for witness, shown in self._shown(key, [each for each in cards if each.name != card.name]):
                reached[witness.name] = self._attendance.cosigned_by(witness, key, shown)
                try:
                    log.reconcile(seen.note, shown)
                except Misbehaved as fault:
                    self._found(fault, seen, witness.name)
                except Fault as fault:
                    _not_told(card.origin, fault)
        self._attend(seen, need, reached)

    def _follow(self, card: Card, log: PartnerLog) -> SeenLog | None:
        """Return the log as it is now if it continues what was seen of it, and remember that."""
        with self._store.reading() as transaction:
            before = followed.note(transaction, card.origin)
        key = Ed25519Key(card.origin, card.log)
        try:
            note = log.follow(before)
        except Misbehaved as fault:
            self._found(fault, SeenLog(card.name, key, fault.now, 0), card.name)
            return None
        except Withheld as fault:
            self._withheld(fault, SeenLog(card.name, key, fault.note, 0), 0)
            return None
        except Unavailable:
            raise
        except Fault as fault:
            _not_told(card.origin, fault)
            return None
        with self._store.upkeep() as transaction:
            followed.put(transaction, card.origin, note)
        return SeenLog(card.name, key, note, checkpoint_format.opened(note, key)[0].size)

    def _sample(self, card: Card, log: PartnerLog, seen: SeenLog) -> None:
        """Have the log prove one of its entries: the one that it did not prove before, or else one drawn by lot."""
        if seen.size == 0:
            return
        with self._store.reading() as transaction:
            kept = followed.withheld(transaction, card.origin)
        index = min(kept.index, seen.size - 1) if kept else int.from_bytes(random_bytes(8), "big") % seen.size
        try:
            log.sample(seen.note, index)
        except Withheld as fault:
            self._withheld(fault, seen, index)
            return
        if kept:
            with self._store.upkeep() as transaction:
                followed.served(transaction, card.origin)

    def _withheld(self, fault: Withheld, seen: SeenLog, index: int) -> None:
        """Remember what a log does not serve of what it signs, and find it when that has been so for too long."""
        _not_told(seen.key.name, fault)
        with self._store.upkeep() as transaction:
            followed.withhold(transaction, seen.key.name, followed.Withheld(index, seen.note, wall()))
            kept = followed.withheld(transaction, seen.key.name)
        if kept is not None and wall() - kept.since >= self._patience:
            self._keep(seen.finding(FindingKind.WITHHELD, seen.partner, fault.what, kept.note, seen.note))

    def _own_log(self, cards: Sequence[Card], need: Sequence[Card]) -> None:
        """Hold our own log against what its witnesses show: another tree means that our key signs elsewhere."""
        card = self._own.card
        key = Ed25519Key(card.origin, card.log)
        shown = {witness.name: note for witness, note in self._shown(key, cards)}
        with self._store.reading() as transaction:
            kept = checkpoints.newest(transaction)
            if kept is None:
                return
            faults = {name: _contradicts(transaction, key, note, kept.note) for name, note in shown.items()}
            last = {each.name: checkpoints.last_seen(transaction, each.witness_name) for each in cards}
            made_then = {name: checkpoints.at(transaction, size) for name, size in last.items()}
        seen = SeenLog(card.name, key, kept.note, kept.size)
        for name, fault in faults.items():
            if fault is not None:
                self._found(fault, seen, name)
        reached = {
            each.name: self._attendance.cosigned_by(each, key, made.note)
            for each in need
            if (made := made_then.get(each.name)) is not None
        }
        self._attend(seen, need, reached)

    def _shown(self, key: NoteKey, witnesses: Sequence[Card]) -> Iterator[tuple[Card, bytes]]:
        """Yield each of these witnesses that has cosigned the log, with the note that it shows."""
        for card in witnesses:
            try:
                with self._store.reading() as transaction:
                    keys = keys_ever(transaction, card)
                note = witnessing.shown(card, key, keys, self._timeout)
            except Fault as fault:
                _not_told(card.name, fault)
                continue
            if note is not None:
                yield card, note

    def _attend(self, seen: SeenLog, need: Sequence[Card], reached: dict[str, Reached]) -> None:
        """See whether every required witness keeps up with the log."""
        try:
            late = self._attendance.late(seen, need, reached)
        except Unavailable:
            raise
        except Fault as fault:
            _not_told(seen.key.name, fault)
            return
        for finding in late:
            self._keep(finding)

    def _found(self, fault: Misbehaved, seen: SeenLog, shown_by: str) -> None:
        kind = FindingKind.ROLLBACK if isinstance(fault, Rollback) else FindingKind.SPLIT_VIEW
        self._keep(seen.finding(kind, shown_by, fault.what, fault.before, fault.now))

    def _keep(self, finding: Finding) -> None:
        """Keep a finding with its entry, unless it is known."""
        with self._store.reading() as transaction:
            if findings.known(transaction, finding):
                return
        with self._store.acting() as act:
            number = findings.add(act, finding, self._clock.now())
            act.log(
                Entry(
                    act=Act.FINDING,
                    basis=_BASIS,
                    subject=f"finding {number}",
                    partner=finding.partner,
                    digest=digest(finding.before, finding.now),
                    detail=f"{finding.kind.value}, shown by {finding.shown_by}: {finding.words}"[:500],
                )
            )
        _log.error("finding", number=number, kind=finding.kind.value, log=finding.origin, shown_by=finding.shown_by)


def _contradicts(transaction: Transaction, key: NoteKey, shown: bytes, ours: bytes) -> Misbehaved | None:
    """Return how what a witness shows of our own log contradicts the tree that we have, if it does."""
    checkpoint, _ = checkpoint_format.opened(shown, key)
    size = ledger.size(transaction)
    if checkpoint.size > size:
        words = f"our log once had {checkpoint.size} entries and now has {size}: an older backup, or another machine"
        return Rollback(words, where=key.name, before=shown, now=ours)
    if Tree(ledger.StoredTiles(transaction), checkpoint.size).root() != checkpoint.root:
        words = f"our key has signed another tree of {checkpoint.size} entries than ours: somebody else has the key"
        return Misbehaved(words, where=key.name, before=shown, now=ours)
    return None


def _not_told(log: str, fault: Fault) -> None:
    """Say in the journal that there was nothing to judge by; the next look asks again."""
    level = _log.info if isinstance(fault, Unreachable) else _log.warning
    level("nothing to judge by", log=log, fault=str(fault))
