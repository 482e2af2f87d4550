"""What is proven: sightings and tracks go together when their time is over, and not one act a moment."""

from __future__ import annotations

from msgspec.structs import replace

from builders import centre, pair
from builders.hands import Hand
from comity.foundation import canonical
from comity.foundation.clock import Clock, wall
from comity.foundation.store import sightings, tracks
from comity.foundation.store.store import Store
from comity.node.feed_settings import FeedSettings
from comity.node.flow_retention import ShortFeeds, erase_sightings
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import DAY, HOUR, MINUTE, Duration, Instant
from comity.vocabulary.purpose import Purpose


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


def seen(store: Store, source: str, *times: Instant) -> None:
    """Keep sightings of a feed at these times, on a track that stands on it alone."""
    with store.acting() as act:
        found = [replace(centre.sighting(0), id=f"{source}-{time}", source=source, time=time) for time in times]
        sightings.add(act, [(one, source) for one in found])
        tracks.put(act, [replace(centre.track(source, last=max(times)), sources=(source,))])
        act.log(Entry(act=Act.COLLECTED))


def test_each_feed_has_its_own_time(store: Store) -> None:
    """What a camera has read goes after an hour, with its tracks; what others saw stays, and each act is entered."""
    begin, clock = centre.BEGIN, Hand()
    clock.shown = begin
    short = ShortFeeds(store, clock, {"bridge": HOUR, "never-heard-of": HOUR})
    seen(store, "bridge", begin, begin + 10 * MINUTE, begin + 50 * MINUTE)
    seen(store, "ais-north", begin, begin + 10 * MINUTE)
    with store.acting() as act:
        tracks.put(act, [replace(centre.track("both", last=begin), sources=("ais-north", "bridge"))])
        act.log(Entry(act=Act.COLLECTED))
    assert short.erase() == 0
    clock.shown = begin + HOUR + 20 * MINUTE
    assert short.erase() == 2
    assert short.erase() == 0
    assert kept(store) == (3, 3)
    clock.shown += 2 * HOUR
    assert short.erase() == 1
    assert kept(store) == (2, 2), "what stands on another feed as well is kept as long as that"
    assert erased(store) == [("sightings", 2), ("sightings", 1), ("tracks", 1)]
    seen(store, "bridge", begin + 5 * MINUTE)
    clock.shown += HOUR
    assert short.erase() == 0
    clock.shown += DAY
    assert short.erase() == 1, "what came late goes within a day"


def test_a_feed_is_kept_no_longer_than_all_are() -> None:
    """Its own setting only shortens."""
    feed = FeedSettings(name="a", format="ais", path="x", purposes=(Purpose.SMUGGLING,))
    node = centre.settings()
    assert node.keep(feed) == 30 * DAY
    assert node.keep(replace(feed, keep="2 h")) == 2 * HOUR
    assert node.keep(replace(feed, keep="90 d")) == 30 * DAY
