"""The story of forgetting: an entry whose term is over can be opened no more, and the tree stands as it stood.

    entry older than the term -> is what it tells of still held, called back, or erased less than a term ago?
                              -> no: salt and content destroyed, with every receipt that carries it; one entry says so
                              -> yes, or a hold: kept, and looked at again every day

Why, and which term: docs/decisions/0225-entries-have-a-term.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from comity.foundation.clock import Clock
from comity.foundation.store import holds, keeping
from comity.foundation.store.holds import KeptHold
from comity.foundation.store.keeping import Aged, Kept
from comity.foundation.store.store import Store, Transaction
from comity.node.copies import held_elsewhere
from comity.vocabulary.entry import CLOSED, Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.instant import DAY, Duration, Instant
from comity.vocabulary.officer import Officer, Role

_PAGE = 1_000
_HOLDERS = frozenset({Role.DATA_PROTECTION, Role.AUDITOR})


class Forgetting:
    """Closing the node's entries when their `term`, milliseconds, is over."""

    def __init__(self, store: Store, clock: Clock, term: Duration) -> None:
        self._store = store
        self._clock = clock
        self._term = term
        self._looked: Instant | None = None
        """When those that are kept longer were last looked at."""

    def forget(self) -> int:
        """Close the entries whose term is over, and return how many; those of one day together."""
        now = self._clock.now()
        before = now - self._term
        closed = 0
        if self._looked is None or now >= self._looked + DAY:
            closed += self._again(before)
            closed += self._told(before)
            self._looked = now
        with self._store.reading() as transaction:
            first = keeping.next_ones(transaction, 1)
        if first and first[0].time < before - DAY:
            closed += sum(self._closed(page, before, page[-1].index + 1) for page in self._due(before))
        return closed

    def hold(self, officer: Officer, record: str, reason: str) -> int:
        """Keep a record and its entries (empty: all) beyond their terms, and return the hold's number.

        Raises:
            Refused: the officer is neither the data-protection officer nor an auditor.
            Fault: no reason is given.
        """
        _may(officer)
        _expect_reason(reason)
        with self._store.acting() as act:
            number = holds.add(act, record, officer.name, reason.strip(), self._clock.now())
            act.log(_of_hold(officer, number, f"held {record or 'all'}: {reason.strip()}"))
        return number

    def lift(self, officer: Officer, number: int, reason: str) -> None:
        """End a hold: what it kept is erased or closed within a day.

        Raises:
            Refused: the officer is neither the data-protection officer nor an auditor.
            Fault: no reason is given.
            Missing: no hold of this number stands.
        """
        _may(officer)
        _expect_reason(reason)
        with self._store.acting() as act:
            holds.lift(act, number, self._clock.now())
            act.log(_of_hold(officer, number, f"lifted: {reason.strip()}"))

    def kept(self) -> tuple[Kept, list[KeptHold]]:
        """Return how much of the log can be opened, and the holds that stand."""
        with self._store.reading() as transaction:
            return keeping.kept(transaction), holds.standing(transaction)

    def _due(self, before: Instant) -> Iterator[list[Aged]]:
        """Yield pages of entries from before a time; each is done with before the next is read."""
        while True:
            with self._store.reading() as transaction:
                page = keeping.next_ones(transaction, _PAGE)
            young = next((place for place, each in enumerate(page) if each.time >= before), len(page))
            if young:
                yield page[:young]
            if young < _PAGE:
                return

    def _again(self, before: Instant) -> int:
        """Look again at the entries that were kept longer."""
        closed, last = 0, -1
        while True:
            with self._store.reading() as transaction:
                page = keeping.over(transaction, last, _PAGE)
            if not page:
                return closed
            last = page[-1].index
            closed += self._closed(page, before, 0)

    def _told(self, before: Instant) -> int:
        """Erase what messages without a record said, and return how many there were."""
        gone = 0
        while True:
            with self._store.upkeep() as plain:
                found = keeping.forget_told(plain, before, _PAGE)
            gone += found
            if found < _PAGE:
                break
        if gone:
            with self._store.acting() as act:
                act.log(Entry(act=Act.ERASED, basis="retention.entries", subject="messages", count=gone))
        return gone

    def _closed(self, page: Sequence[Aged], before: Instant, to: int) -> int:
        """Close what nothing keeps of a page, remember what is kept, and return how many were closed."""
        candidates = [each for each in page if each.open and not each.always]
        with self._store.reading() as transaction:
            keep = self._keep(transaction, [each.subject for each in candidates], before)
        over = [each for each in candidates if each.subject not in keep]
        kept = [each.index for each in page if each.open and each not in over]
        if not over:
            with self._store.upkeep() as plain:
                keeping.advance(plain, to, kept)
            return 0
        with self._store.acting() as act:
            keeping.advance(act, to, kept)
            count = keeping.close(act, over)
            act.log(Entry(act=Act.ERASED, basis="retention.entries", subject=CLOSED, count=count))
        return count

    def _keep(self, transaction: Transaction, subjects: Sequence[str], before: Instant) -> set[str]:
        """Return which subjects keep their entries: what is held here, or may still be held by whom it was given to."""
        keep = keeping.held(transaction, subjects, before)
        return keep | held_elsewhere(transaction, set(subjects) - keep, self._clock.now())


def _of_hold(officer: Officer, number: int, detail: str) -> Entry:
    basis = f"role {officer.role.value}"
    return Entry(act=Act.ALTERED, officer=officer.name, basis=basis, subject=f"hold {number}", detail=detail[:500])


def _expect_reason(reason: str) -> None:
    if not reason.strip():
        raise Fault("no reason is given", remedy="Name the proceedings, or the audit.")


def _may(officer: Officer) -> None:
    if officer.role not in _HOLDERS:
        raise Refused(
            f"the role {officer.role.value} does not hold entries, nor let them go",
            remedy="Ask the data-protection officer or an auditor.",
        )
