"""The story of an end: what may no longer be kept is erased, and the ledger says so.

Received releases go when the permit's time is over, own sightings when the retention set is; both by the node's
clock. One entry each act, in the same transaction (safeguards 2 and 7).
"""

from __future__ import annotations

from comity.foundation.clock import Clock
from comity.foundation.store import inbox, sightings
from comity.foundation.store.store import Store
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import Duration

_PAGE = 100


def erase_received(store: Store, clock: Clock) -> int:
    """Erase received releases whose time is over, and return how many."""
    erased = 0
    while True:
        with store.reading() as transaction:
            due = inbox.due_for_erasure(transaction, clock.now(), _PAGE)
        for kept in due:
            with store.acting() as act:
                inbox.erase(act, kept.sender, kept.id)
                act.log(
                    Entry(
                        act=Act.ERASED,
                        basis="keep of the permit",
                        subject=kept.record or "",
                        partner=kept.sender,
                    )
                )
        erased += len(due)
        if len(due) < _PAGE:
            return erased


def erase_sightings(store: Store, clock: Clock, keep: Duration) -> int:
    """Erase own sightings older than `keep`, and return how many."""
    before = clock.now() - keep
    with store.reading() as transaction:
        if sightings.oldest(transaction, before) is None:
            return 0
    with store.acting() as act:
        count = sightings.erase_before(act, before)
        act.log(Entry(act=Act.ERASED, basis="retention.sightings", subject="sightings", count=count))
    return count
