"""Tracks in the store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from comity.foundation.store import tracks
from comity.foundation.store.store import Store
from comity.vocabulary.fault import Refused
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind
from comity.vocabulary.track import Track

_TRACK = Track(
    id="t0",
    identity=Identity(kind=SubjectKind.VESSEL, name="Nordlys"),
    sources=("ais", "radar"),
    first=10,
    last=20,
    sightings=2,
    position=Position(56.0, 11.5),
)


def test_the_newer_estimate_stands(store: Store) -> None:
    """A newer or equally new one replaces what was kept; an older one does not."""
    newer, older = replace(_TRACK, last=30, sightings=3), replace(_TRACK, last=5, sightings=1)
    with store.upkeep() as t:
        tracks.put(t, [_TRACK])
        tracks.put(t, [newer])
        tracks.put(t, [older])
        tracks.put(t, [])
    with store.reading() as t:
        assert tracks.get(t, "t0") == newer
        assert tracks.get(t, "t1") is None
        assert tracks.count(t) == 1


def test_current_gives_the_latest_first(store: Store) -> None:
    """Those seen since the time, the latest first, up to the limit."""
    kept = [replace(_TRACK, id=f"t{number}", last=number) for number in range(10)]
    with store.upkeep() as t:
        tracks.put(t, kept)
    with store.reading() as t:
        assert tracks.current(t, 6, 3) == [kept[9], kept[8], kept[7]]
        assert tracks.current(t, 8, 10) == [kept[9], kept[8]]


def test_erasure_by_age(store: Store) -> None:
    """Those last seen before the time are gone."""
    with store.upkeep() as t:
        tracks.put(t, [replace(_TRACK, id=f"t{number}", last=number) for number in range(4)])
        assert tracks.erase_before(t, 3) == 3
        assert tracks.count(t) == 1


def test_a_track_of_a_person_is_refused(store: Store) -> None:
    """One person among them, and none is kept."""
    person = replace(_TRACK, id="t9", identity=Identity(kind=SubjectKind.PERSON))
    with store.upkeep() as t:
        with pytest.raises(Refused, match="person"):
            tracks.put(t, [_TRACK, person])
        assert tracks.count(t) == 0


def test_writers_in_opposite_orders_do_not_block_each_other(store: Store) -> None:
    """Two writers who put the same tracks, each in the other's order and one track twice, both get through."""
    many = [replace(_TRACK, id=f"t{number:03}") for number in range(200)]

    def put(batch: list[Track]) -> None:
        for _ in range(10):
            with store.upkeep() as t:
                tracks.put(t, [*batch, batch[0]])

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(put, [many, many[::-1]]))
    with store.reading() as t:
        assert tracks.count(t) == 200
