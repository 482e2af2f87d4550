"""What is proven: passages counted by the engine are those that a plain count of the same rows gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.foundation.archive.folder import Folder
from comity.foundation.archive.passages import passages
from comity.foundation.archive.replay import Files
from comity.foundation.cell import fine
from comity.foundation.geodesy import KNOT
from comity.foundation.traffic import SPEEDS, Passage, motion
from comity.vocabulary.handling import Grading, Onward, Tlp
from comity.vocabulary.instant import DAY, HOUR, LATEST
from comity.vocabulary.movement import Movement, Period
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

BEGIN = 20_000 * DAY
BOUNDS = [bound * KNOT for bounds in SPEEDS.values() for bound in bounds]
MOVEMENTS = st.builds(
    lambda number, track, kind, source, time, place, speed, course, simulated: Movement(
        sequence=number,
        received=time,
        track=track,
        sighting=Sighting(
            id=str(number),
            source=source,
            time=time,
            identity=Identity(kind=kind),
            position=place,
            speed=speed,
            course=course,
            simulated=simulated,
        ),
        tlp=Tlp.AMBER,
        onward=Onward.ASK,
        grading=Grading(),
        purposes=(),
        keep_until=LATEST,
    ),
    st.integers(1, 10**9),
    st.sampled_from(["one", "two"]),
    st.sampled_from([SubjectKind.VESSEL, SubjectKind.AIRCRAFT, SubjectKind.PARTY, SubjectKind.VEHICLE]),
    st.sampled_from(["coast", "coast", "other"]),
    st.integers(BEGIN, BEGIN + 3 * HOUR),
    st.none() | st.sampled_from([Position(56.5, 11.0), Position(56.5, 11.1)]),
    st.none() | st.sampled_from(BOUNDS) | st.floats(0, 300),
    st.none() | st.sampled_from([0.0, 22.5, 337.5]) | st.floats(0, 359.9),
    st.booleans(),
)
WHOLE = Period(since=BEGIN, until=BEGIN + DAY)


def counted(movements: list[Movement]) -> tuple[list[Passage], int]:
    """Return the passages of the rows and how many rows tell them, one by one."""
    first: dict[tuple[str, int, str, int, int], int] = {}
    rows = 0
    for each in sorted(movements, key=lambda one: one.sighting.time):
        sighting, kind = each.sighting, each.sighting.identity.kind
        if sighting.source != "coast" or sighting.simulated or kind not in SPEEDS:
            continue
        moving = None if sighting.speed is None else motion(kind, sighting.speed, sighting.course)
        if sighting.position is not None and moving is not None:
            rows += 1
            key = (each.track, sighting.time // HOUR, kind.value, fine(sighting.position), moving)
            first.setdefault(key, sighting.time)
    found = [Passage(track, time, kind, place, moving) for (track, _, kind, place, moving), time in first.items()]
    return sorted(found, key=lambda one: (one.track, one.time, one.place, one.motion, one.kind)), rows


@settings(max_examples=12, deadline=None)
@given(movements=st.lists(MOVEMENTS, min_size=1, max_size=40, unique_by=lambda each: each.sequence))
def test_the_engine_counts_as_one_would_by_hand(
    tmp_path_factory: pytest.TempPathFactory, movements: list[Movement]
) -> None:
    folder = Folder(tmp_path_factory.mktemp("archive"))
    files = folder.write(movements)
    found, rows = passages(folder, Files(files), WHOLE, ["coast"], now=BEGIN, patience=60.0)
    folder.engine.close()
    assert (sorted(found, key=lambda one: (one.track, one.time, one.place, one.motion, one.kind)), rows) == counted(
        movements
    )
    assert [each.track for each in found] == sorted(each.track for each in found)


def test_an_empty_archive_has_none(tmp_path: Path) -> None:
    assert passages(Folder(tmp_path), Files([]), WHOLE, ["coast"], now=BEGIN, patience=1.0) == ([], 0)
