"""What is proven: rows come back as they went in, files are whole or not there, and the engine keeps to its bounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.foundation.archive.engine import Gone
from comity.foundation.archive.folder import Folder
from comity.foundation.archive.replay import MOST, Files, may_hold, page
from comity.vocabulary.fault import Fault
from comity.vocabulary.handling import Credibility, Grading, Onward, Reliability, Tlp
from comity.vocabulary.instant import DAY, HOUR, LATEST
from comity.vocabulary.movement import ArchiveFile, Box, Movement, Period
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

BEGIN = 20_000 * DAY
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


def maybe(values: st.SearchStrategy[float]) -> st.SearchStrategy[float | None]:
    """Return a number of these, or none."""
    return st.none() | values


IDENTITIES = st.builds(
    Identity,
    kind=st.sampled_from([SubjectKind.VESSEL, SubjectKind.AIRCRAFT, SubjectKind.PARTY]),
    mmsi=st.none() | st.integers(0, 999_999_999),
    imo=st.none() | st.integers(0, 9_999_999),
    icao=st.none() | st.integers(1, 0xFFFFFE),
    call_sign=st.none() | TEXT,
    name=st.none() | TEXT,
    ship_type=st.none() | st.integers(0, 255),
    destination=st.none() | TEXT,
    length=maybe(st.floats(0, 500)),
)
SIGHTINGS = st.builds(
    Sighting,
    id=st.uuids().map(str),
    source=st.sampled_from(["coast", "it's \" mine"]),
    time=st.integers(BEGIN, BEGIN + 2 * DAY),
    identity=IDENTITIES,
    original_time=st.none() | st.integers(0, LATEST),
    position=st.none() | st.builds(Position, st.floats(-90, 90), st.floats(-180, 180)),
    accuracy=maybe(st.floats(0.1, 100)),
    speed=maybe(st.floats(0, 50)),
    course=maybe(st.floats(0, 359)),
    heading=maybe(st.floats(0, 359)),
    altitude=maybe(st.floats(-2_000, 100_000)),
    pressure_altitude=maybe(st.floats(-2_000, 100_000)),
    distress=st.booleans(),
    simulated=st.booleans(),
)


def moved(sequence: int, sighting: Sighting, received: int | None = None, version: int = 1) -> Movement:
    """Return the sighting as the archive keeps it."""
    return Movement(
        sequence=sequence,
        version=version,
        received=sighting.time if received is None else received,
        track="track-1",
        sighting=sighting,
        tlp=Tlp.AMBER,
        onward=Onward.ASK,
        grading=Grading(Reliability.B, Credibility.TWO),
        purposes=(Purpose.SMUGGLING, Purpose.SEARCH_AND_RESCUE),
        keep_until=sighting.time + 90 * DAY,
    )


def seen(number: int, latitude: float = 56.0, longitude: float = 11.0, time: int | None = None) -> Sighting:
    """Return one sighting, a minute after the one before."""
    return Sighting(
        id=f"sighting-{number}",
        source="coast",
        time=BEGIN + number * 60_000 if time is None else time,
        identity=Identity(kind=SubjectKind.VESSEL, mmsi=219_000_001),
        position=Position(latitude, longitude),
    )


def asked(
    folder: Folder, files: list[ArchiveFile], period: Period, after: tuple[int, int] = (-1, -1)
) -> list[Movement]:
    """Return what is found of the period, two at a time until there is no more."""
    found: list[Movement] = []
    while part := page(folder, Files(files, files), period, now=BEGIN, after=after, limit=2):
        found += part
        after = (part[-1].sighting.time, part[-1].sequence)
    return found


WHOLE = Period(since=BEGIN - DAY, until=BEGIN + 3 * DAY)


@settings(max_examples=8, deadline=None)
@given(sightings=st.lists(SIGHTINGS, min_size=1, max_size=6, unique_by=lambda each: each.id))
def test_what_is_written_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, sightings: list[Sighting]
) -> None:
    folder = Folder(tmp_path_factory.mktemp("archive"))
    movements = [moved(number, sighting) for number, sighting in enumerate(sightings)]
    files = folder.write(movements)
    assert asked(folder, files, WHOLE) == sorted(movements, key=lambda each: (each.sighting.time, each.sequence))
    assert sum(file.rows for file in files) == len(movements)
    days = {(file.day, file.cell): file for file in files}
    assert len(days) == len(files)
    folder.engine.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Return an empty archive."""
    return Folder(tmp_path_factory.mktemp("archive"))


def test_an_area_may_lie_across_the_antimeridian(folder: Folder) -> None:
    files = folder.write([moved(1, seen(1, 0.0, 179.9)), moved(2, seen(2, 0.0, -179.9)), moved(3, seen(3, 0.0, 10.0))])
    across = Period(since=BEGIN, until=BEGIN + DAY, box=Box(-1.0, 179.0, 1.0, -179.0))
    holding = [file for file in files if may_hold(file, across)]
    assert [each.sequence for each in asked(folder, files, across)] == [1, 2]
    assert [each.sequence for each in asked(folder, holding, across)] == [1, 2]
    elsewhere = Period(since=BEGIN, until=BEGIN + DAY, box=Box(-1.0, 9.0, 1.0, 11.0))
    assert [each.sequence for each in asked(folder, files, elsewhere)] == [3]


def test_as_known_then_and_as_it_was(folder: Folder) -> None:
    """A late report and a correction are seen only from when they came; as it was, the correction alone is seen."""
    late = moved(2, seen(2), received=BEGIN + 5 * HOUR)
    corrected = moved(3, seen(1, 56.5), received=BEGIN + 6 * HOUR, version=2)
    files = folder.write([moved(1, seen(1)), late]) + folder.write([corrected])

    def sequences(known: int = LATEST) -> list[int]:
        period = Period(since=BEGIN, until=BEGIN + DAY, known=known)
        return [each.sequence for each in asked(folder, files, period)]

    assert sequences(BEGIN + HOUR) == [1]
    assert sequences(BEGIN + 5 * HOUR) == [1, 2]
    assert sequences() == sequences(BEGIN + 6 * HOUR) == [3, 2]


def test_merging_keeps_every_row_and_the_sweep_removes_what_nobody_knows(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    parts = [folder.write([moved(number, seen(number))])[0] for number in range(5)]
    whole = folder.merge(parts)
    assert (whole.rows, whole.first, whole.last) == (5, 0, 4)
    stray = tmp_path / whole.path.replace(Path(whole.path).name, "coming")
    stray.write_bytes(b"half a fi")
    assert folder.sweep({whole.path}) == 6
    assert [str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.parquet")] == [whole.path]
    assert len(asked(folder, [whole], WHOLE)) == 5
    with pytest.raises(Gone):
        asked(folder, parts, WHOLE)


def test_a_question_has_bounds(folder: Folder) -> None:
    files = folder.write([moved(1, seen(1))])
    with pytest.raises(Fault, match="31 days"):
        asked(folder, files, Period(since=0, until=BEGIN))
    with pytest.raises(Fault, match="before it begins"):
        asked(folder, files, Period(since=BEGIN, until=0))
    with pytest.raises(Fault, match="cannot be asked for"):
        page(folder, Files(files), WHOLE, now=BEGIN, limit=MOST + 1)
    with pytest.raises(Fault, match=r"did not answer within 0 seconds.*shorter period"):
        folder.engine.rows("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b", patience=0.2)
    with pytest.raises(Fault, match="more memory"):
        folder.engine.rows("SELECT list(range) FROM range(1000000000)", patience=60)


def test_the_engine_reaches_its_own_folder_alone(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    for text in (f"FROM read_csv('{tmp_path}/secret.csv')", "INSTALL httpfs", "SET threads = 9"):
        with pytest.raises(Exception, match=r"(?i)disabled|locked|permission"):
            folder.engine.rows(text)
