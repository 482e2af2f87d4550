"""The story of an end: what may no longer be kept is erased, and the ledger says so.

Received releases go when the permit's time is over, own sightings and tracks when the retention set is; all by the
node's clock. One entry each act, in the same transaction (safeguards 2 and 7).
"""

from __future__ import annotations

from comity.foundation.clock import Clock
from comity.foundation.store import inbox, sightings, tracks
from comity.foundation.store.store import Store
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import MINUTE, Duration

_PAGE = 100
_BASIS = "retention.sightings"
_TOGETHER = 10 * MINUTE
"""What becomes too old within so long is erased at once."""


def erase_received(store: Store, clock: Clock) -> int:
    """Erase received releases whose time is over, and return how many."""
    erased = 0
    while True:
        with store.reading() as transaction:
            due = inbox.due_for_erasure(transaction, clock.now(), _PAGE)
        for kept in due:
            with store.acting() as act:
                inbox.erase(act, kept.sender, kept.message, [kept.place])
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
    """Erase own sightings older than `keep`, and tracks last seen before, and return how many sightings.

    They may be a little older than that: a feed that runs makes one too old every moment, and each erasing is an act.
    """
    before = clock.now() - keep
    with store.reading() as transaction:
        if sightings.oldest(transaction, before - _TOGETHER) is None:
            return 0
    with store.acting() as act:
        count, ended = sightings.erase_before(act, before), tracks.erase_before(act, before)
        act.log(Entry(act=Act.ERASED, basis=_BASIS, subject="sightings", count=count))
        if ended:
            act.log(Entry(act=Act.ERASED, basis=_BASIS, subject="tracks", count=ended))
    return count
