"""Sightings in the store."""

from __future__ import annotations

import pytest

from comity.foundation.store import sightings
from comity.foundation.store.store import Store
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind


def _sighting(number: int, time: int | None = None, kind: SubjectKind = SubjectKind.VESSEL) -> Sighting:
    return Sighting(
        id=f"s{number}",
        source="ais",
        time=number if time is None else time,
        identity=Identity(kind=kind, mmsi=219_000_000 + number, name="Ærø 'Stjerne'\\"),
        position=Position(55.0 + number / 10_000, 11.25),
    )


def test_what_is_added_is_there(store: Store) -> None:
    """Sightings come back equal, by id and oldest first; ids that are not kept are left out."""
    kept = [_sighting(number) for number in range(5)]
    with store.upkeep() as t:
        assert sightings.add(t, [(sighting, "t1") for sighting in reversed(kept)]) == 5
        assert sightings.add(t, []) == 0
    with store.reading() as t:
        assert sightings.get_many(t, ["s3", "s1", "none"]) == [kept[1], kept[3]]
        assert sightings.get_many(t, []) == []
        assert sightings.count(t) == 5


def test_one_read_twice_is_one(store: Store) -> None:
    """The same id again, in the same batch or a later one, is not new and changes nothing."""
    with store.upkeep() as t:
        assert sightings.add(t, [(_sighting(1), "t1"), (_sighting(1), "t2")]) == 1
        assert sightings.add(t, [(_sighting(1), "t3"), (_sighting(2), "t3")]) == 1
    with store.reading() as t:
        assert sightings.of_track(t, "t1", 10) == [_sighting(1)]
        assert sightings.of_track(t, "t3", 10) == [_sighting(2)]


def test_since_gives_them_in_the_order_taken_in(store: Store) -> None:
    """From the given time on, in the order in which they were added and not that of their times, up to the limit."""
    order = [_sighting(1, 300), _sighting(2, 100), _sighting(3, 200), _sighting(4, 50)]
    with store.upkeep() as t:
        sightings.add(t, [(sighting, "t1") for sighting in order])
    with store.reading() as t:
        assert sightings.since(t, 100, 10) == order[:3]
        assert sightings.since(t, 100, 2) == order[:2]


def test_of_track_gives_the_newest_last(store: Store) -> None:
    """The newest of one track, of those the newest last."""
    with store.upkeep() as t:
        sightings.add(t, [(_sighting(number), f"t{number % 2}") for number in range(10)])
    with store.reading() as t:
        assert [sighting.id for sighting in sightings.of_track(t, "t1", 3)] == ["s5", "s7", "s9"]


def test_erasure_by_age(store: Store) -> None:
    """Those before the time are gone, those at it stay."""
    with store.upkeep() as t:
        sightings.add(t, [(_sighting(number), "t1") for number in range(10)])
        assert sightings.erase_before(t, 7) == 7
        assert sightings.erase_before(t, 7) == 0
        assert [sighting.time for sighting in sightings.since(t, 0, 10)] == [7, 8, 9]


def test_a_sighting_of_a_person_is_refused(store: Store) -> None:
    """One person in a batch, and nothing of the batch is kept."""
    batch = [(_sighting(1), "t1"), (_sighting(2, kind=SubjectKind.PERSON), "t1")]
    with store.upkeep() as t:
        with pytest.raises(Refused, match="person"):
            sightings.add(t, batch)
        assert sightings.count(t) == 0


@pytest.mark.parametrize("limit", [-1, 0, 100_001])
def test_no_question_without_a_bound(store: Store, limit: int) -> None:
    """A limit of none or of too many is refused."""
    with store.reading() as t, pytest.raises(Fault, match="rows cannot be asked for"):
        sightings.since(t, 0, limit)
