"""A batch of sightings is taken in whole: picture, alerts, place in the feed and entries are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from comity.detection.crossing import Crossing, CrossingSettings
from comity.detection.detector import Detector
from comity.detection.distress import Distress, DistressSettings
from comity.foundation.clock import Clock
from comity.foundation.keys import SigningKey
from comity.foundation.store import alerts, archiving, feeds, ledger, sightings, tracks
from comity.foundation.store.store import ActTransaction, Store, Unavailable
from comity.node.feed_settings import FeedSettings
from comity.node.flow_sighting import Watch
from comity.picture.tracks import Picture
from comity.sources.batch import Batch
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.handling import Handling, Tlp
from comity.vocabulary.instant import DAY, MINUTE, SECOND
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

MARKS = defaultdict(lambda: Handling(tlp=Tlp.AMBER))
FEED = FeedSettings(name="coast", format="ais", path="x", purposes=(Purpose.SEARCH_AND_RESCUE,))


def detectors() -> list[Detector]:
    return [
        Distress(DistressSettings(), MARKS.__getitem__),
        Crossing(CrossingSettings(borders=()), lambda _: (), MARKS.__getitem__),
    ]


def watch(store: Store) -> Watch:
    return Watch(store, Clock(), Picture(), detectors(), {"coast": FEED})


def seen(store: Store, number: int, mmsi: int, *, distress: bool = False) -> Sighting:
    now = Clock().now() - 10 * MINUTE
    return Sighting(
        id=f"{mmsi}-{number}",
        source="coast",
        time=now + number * 10 * SECOND,
        identity=Identity(kind=SubjectKind.VESSEL, mmsi=mmsi),
        position=Position(56.0 + number / 1_000, 11.0),
        distress=distress,
    )


def batch(store: Store, begin: int, end: int) -> Batch:
    found = [
        seen(store, number, mmsi, distress=mmsi == 970_000_001)
        for number in range(begin, end)
        for mmsi in (299_000_001, 970_000_001)
    ]
    return Batch(tuple(found), 2 * end, 3)


def test_a_batch_writes_one_entry_and_each_new_alert_one_more(store: Store) -> None:
    taken = watch(store).take("coast", batch(store, 0, 5))
    assert (taken.sightings, len(taken.tracks), [alert.kind.value for alert in taken.alerts]) == (10, 2, ["distress"])
    with store.reading() as transaction:
        acts = [entry.read() for entry in ledger.entries(transaction, 0)]
        assert [(entry.act, entry.count) for entry in acts if entry] == [(Act.COLLECTED, 10), (Act.COMBINED, 1)]
        assert next(entry.purpose for entry in acts if entry) == "search-and-rescue"
        assert (sightings.count(transaction), tracks.count(transaction)) == (10, 2)
        assert feeds.position(transaction, "coast") == 10


def test_a_batch_taken_twice_is_kept_once(store: Store) -> None:
    once = batch(store, 0, 5)
    watch(store).take("coast", once)
    again = watch(store).take("coast", once)
    assert again.alerts == ()
    with store.reading() as transaction:
        assert (sightings.count(transaction), alerts.count(transaction), tracks.count(transaction)) == (10, 1, 2)


def test_after_a_restart_the_picture_goes_on_with_the_same_tracks(store: Store) -> None:
    first = watch(store).take("coast", batch(store, 0, 5))
    restarted = watch(store)
    assert restarted.rebuild(DAY) == 10
    second = restarted.take("coast", batch(store, 5, 8))
    assert {track.id for track in first.tracks} == {track.id for track in second.tracks}
    assert [track.sightings for track in second.tracks] == [8, 8]
    assert second.alerts == ()


def test_only_the_last_hours_are_rebuilt(store: Store) -> None:
    watch(store).take("coast", batch(store, 0, 5))
    assert watch(store).rebuild(SECOND) == 0


def test_an_empty_batch_moves_the_feed_on_and_is_no_act(store: Store) -> None:
    taken = watch(store).take("coast", Batch((), 7, 4))
    assert taken.sightings == 0
    with store.reading() as transaction:
        assert (feeds.position(transaction, "coast"), ledger.logged(transaction)) == (7, 0)


class _Broken(Store):
    """A store whose database does not answer: what an act did is undone."""

    @contextmanager
    def acting(self) -> Iterator[ActTransaction]:
        with super().acting() as act:
            yield act
            raise Unavailable("the database does not answer")


def test_a_batch_that_could_not_be_kept_is_seen_once_and_loses_no_alert(
    make_store: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database fails as distress is heard; whether the batch is taken again or another comes, the alert is kept."""
    for again in (True, False):
        store = make_store(f"north-{again}")
        watching, heard = watch(store), batch(store, 0, 5)
        with monkeypatch.context() as patch:
            patch.setattr(store, "__class__", _Broken)
            with pytest.raises(Unavailable):
                watching.take("coast", heard)
        taken = watching.take("coast", heard if again else batch(store, 5, 8))
        assert [alert.kind.value for alert in taken.alerts] == ["distress"]
        assert [track.sightings for track in taken.tracks] == ([5, 5] if again else [8, 8])
        with store.reading() as transaction:
            assert alerts.count(transaction) == 1


def test_an_alert_gets_an_id_that_its_sightings_do_not_tell(store: Store) -> None:
    """Whoever sensed the same cannot compute the id; the node itself always gives the same one."""

    def under(key: SigningKey) -> list[str]:
        fresh = Watch(store, Clock(), Picture(), detectors(), {"coast": FEED}, disguised=key.pseudonym)
        return [alert.id for alert in fresh.take("coast", whole).alerts]

    whole = batch(store, 0, 5)
    (plain,) = [alert.id for alert in watch(store).take("coast", whole).alerts]
    (once,) = under(SigningKey(bytes(32)))
    assert under(SigningKey(bytes(32))) == []
    (other,) = under(SigningKey(bytes([1]) * 32))
    assert len({plain, once, other}) == 3


def test_an_alert_that_goes_on_is_altered_with_an_entry(store: Store) -> None:
    watching = watch(store)
    watching.take("coast", batch(store, 0, 5))
    watching.take("coast", batch(store, 5, 40))
    with store.reading() as transaction:
        acts = [entry.read() for entry in ledger.entries(transaction, 0)]
    assert [entry.act for entry in acts if entry] == [Act.COLLECTED, Act.COMBINED, Act.COLLECTED, Act.ALTERED]


def test_a_track_that_was_erased_is_forgotten_by_the_running_node(store: Store) -> None:
    """Erased in whatever process: it is on no board any more, what came since goes too, and its ship begins another."""
    running = watch(store)
    taken = running.take("coast", batch(store, 0, 5))
    gone, other = (track.id for track in sorted(taken.tracks, key=lambda track: track.identity.mmsi or 0))
    with store.acting() as act:
        tracks.erase(act, gone)
        sightings.erase_track(act, gone)
        archiving.order(act, gone, "dora", "DSR-7")
        archiving.order(act, other, "dk.coord", "recall by se.coord", "se.coord")
        act.log(Entry(act=Act.ERASED, subject=gone))
    with store.reading() as transaction:
        assert archiving.erased(transaction) == {gone}, "a partner calls back what is theirs alone"
    again = running.take("coast", batch(store, 5, 6))
    assert {track.id for track in again.tracks} == {other}
    with store.reading() as transaction:
        assert tracks.get(transaction, gone) is None, "what the batch brought of it went again with the batch"
        assert sightings.of_track(transaction, gone, 10) == []
        last = ledger.entries(transaction, ledger.logged(transaction) - 1)[0].read()
    assert last is not None
    assert (last.act, last.subject, last.officer, last.count) == (Act.ERASED, gone, "dora", 2)
    assert {track.id for track in running.live.reader().moved(0)} == {other}
    before = entries(store)
    running.let_go()
    assert entries(store) == before, "nothing of it is left to let go of"
    after = running.take("coast", batch(store, 6, 8)).tracks
    (fresh,) = [track for track in after if track.id != other]
    assert (fresh.id != gone, fresh.sightings) == (True, 2)
    assert {track.id for track in running.live.reader().moved(0)} == {other, fresh.id}


def test_what_came_before_a_start_of_a_track_that_was_erased_goes_too(store: Store) -> None:
    """As where the node that had taken it in is not the one that lets go of it."""
    taken = watch(store).take("coast", batch(store, 0, 5))
    gone = taken.tracks[0].id
    with store.acting() as act:
        archiving.order(act, gone, "dora", "DSR-7")
        act.log(Entry(act=Act.ERASED, subject=gone))
    running = watch(store)
    for left in (1, 0):
        before = entries(store)
        running.let_go()
        assert entries(store) == before + left, "what is not here any more is not erased again"
    with store.reading() as transaction:
        assert tracks.get(transaction, gone) is None
        assert sightings.of_track(transaction, gone, 10) == []


def entries(store: Store) -> int:
    """Return how many entries the log has."""
    with store.reading() as transaction:
        return ledger.logged(transaction)
