"""The story of an end: what may no longer be kept is erased, and the ledger says so.

Received releases go when the permit's time is over, own sightings and tracks when the retention set is; all by the
node's clock. One entry each act, in the same transaction (safeguards 2 and 7).
"""

from __future__ import annotations

from collections.abc import Mapping

from comity.foundation.clock import Clock
from comity.foundation.store import inbox, sightings, tracks
from comity.foundation.store.store import Store, Transaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import DAY, MINUTE, Duration, Instant

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


class ShortFeeds:
    """Feeds whose sightings are kept for less long than all others; a plate reader's hits above all (safeguard 6)."""

    def __init__(self, store: Store, clock: Clock, keeps: Mapping[str, Duration]) -> None:
        self._store = store
        self._clock = clock
        self._keeps = keeps
        self._done: dict[str, Instant] = {}
        """Of each feed up to which time nothing of it is left, but for what came late."""
        self._looked: Instant = 0

    def erase(self) -> int:
        """Erase what is too old of each of these feeds, with an entry, and return how many sightings.

        Also the tracks that stand on that feed alone. What is found is what became too old since the last time; once
        a day all that is older is looked through, for what came late.
        """
        now = self._clock.now()
        if now >= self._looked + DAY:
            self._looked, self._done = now, {}
        return sum(self._erased(feed, now - keep) for feed, keep in sorted(self._keeps.items()))

    def _erased(self, feed: str, before: Instant) -> int:
        since = self._done.get(feed, 0)
        if before < since + min(_TOGETHER, self._keeps[feed] // 10):
            return 0
        with self._store.reading() as transaction:
            due = sightings.is_kept_of(transaction, feed, since, before)
            alone = _of_one_feed(transaction, feed, since, before)
        if due or alone:
            with self._store.acting() as act:
                count = sightings.erase_of(act, feed, since, before)
                ended = sum(tracks.erase(act, track) for track in alone)
                for what, how_many in (("sightings", count), ("tracks", ended)):
                    if how_many:
                        act.log(Entry(act=Act.ERASED, basis=f"keep of feed {feed}", subject=what, count=how_many))
        else:
            count = 0
        self._done[feed] = before
        return count


def _of_one_feed(transaction: Transaction, feed: str, since: Instant, before: Instant) -> list[str]:
    """Return the tracks that ended in that time and stand on the one feed alone."""
    found: list[str] = []
    after = ""
    while page := tracks.ended(transaction, since, before, after, _PAGE):
        after = page[-1].id
        found += [track.id for track in page if set(track.sources) == {feed}]
    return found
