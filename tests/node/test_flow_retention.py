"""What is proven: sightings and tracks go together when their time is over, and not one act a moment."""

from __future__ import annotations

from builders import centre, pair
from comity.foundation import canonical
from comity.foundation.clock import Clock, wall
from comity.foundation.store import sightings, tracks
from comity.foundation.store.store import Store
from comity.node.flow_retention import erase_sightings
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import DAY, MINUTE, Duration


def after(duration: Duration) -> Clock:
    """Return a clock that shows so long after the first sighting."""
    return Clock(((wall(), centre.BEGIN + duration),))


def kept(store: Store) -> tuple[int, int]:
    """Return how many sightings and tracks are kept."""
    with store.reading() as t:
        return sightings.count(t), tracks.count(t)


def erased(store: Store) -> list[tuple[str, int]]:
    """Return subject and number of each erasing in the log."""
    with store.reading() as t:
        entries = [canonical.read(row[0], Entry) for row in t.rows("SELECT entry FROM ledger_entry ORDER BY index")]
    return [(entry.subject, entry.count) for entry in entries if entry.act is Act.ERASED]


def test_sightings_and_tracks_go_when_their_time_is_over(store: Store) -> None:
    """The last position of a vessel is not kept for good while all that it was made of is erased."""
    with store.acting() as act:
        sightings.add(act, [(centre.sighting(number), "old") for number in range(3)])
        tracks.put(act, [centre.track("old"), centre.track("new", last=pair.NOW + DAY)])
        act.log(Entry(act=Act.COLLECTED))
    assert erase_sightings(store, after(DAY + 5 * MINUTE), DAY) == 0
    assert (kept(store), erased(store)) == ((3, 2), [])
    assert erase_sightings(store, after(DAY + 11 * MINUTE), DAY) == 3
    assert (kept(store), erased(store)) == ((0, 1), [("sightings", 3), ("tracks", 1)])
    assert erase_sightings(store, after(DAY + 12 * MINUTE), DAY) == 0
