"""What is proven: a model is learned of the archive, says of what, and forgets as if what is gone had never been."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import centre, pair
from comity.detection.traffic_model import TrafficModel
from comity.foundation.clock import Clock, wall
from comity.foundation.store import archiving, sightings
from comity.foundation.store.store import Store
from comity.node.feed_settings import FeedSettings
from comity.node.feed_ways import PLATES
from comity.node.flow_archive import Archive
from comity.node.flow_learning import Learning
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.instant import DAY, HOUR, MINUTE, Duration
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

FEEDS = {
    "coast": FeedSettings(name="coast", format="ais", path="x", purposes=(Purpose.SMUGGLING,)),
    "brief": FeedSettings(name="brief", format="ais", path="x", purposes=(Purpose.SMUGGLING,), archived="1 d"),
    "bridge": FeedSettings(name="bridge", format=PLATES, path="x", wanted="w", purposes=(Purpose.SMUGGLING,)),
}
ANNA = Officer(name="anna", role=Role.OFFICER)
BEGIN = pair.NOW - 20 * HOUR
PERIOD = (BEGIN, pair.NOW)


def clock(later: Duration = 0) -> Clock:
    """Return a clock that shows so long after the agreements' own day."""
    return Clock(((wall(), pair.NOW + later),))


def voyage(track: str, number: int, source: str = "coast") -> list[Sighting]:
    """Return a voyage of twenty reports, one every six minutes, each in a place of its own."""
    return [
        Sighting(
            id=f"{track}-{each}",
            source=source,
            time=BEGIN + number * 10 * MINUTE + each * 6 * MINUTE,
            identity=Identity(kind=SubjectKind.VESSEL, mmsi=219_000_000 + number),
            position=Position(56.0 + each * 0.03, 11.0),
            speed=5.0,
            course=float(number * 7 % 360),
        )
        for each in range(20)
    ]


def kept(store: Store, tracks: range, *, but: str = "", source: str = "coast") -> None:
    """Take the voyages in, all but one."""
    with store.acting() as act:
        for number in tracks:
            name = f"{source}-{number}"
            if name != but:
                sightings.add(act, [(each, name) for each in voyage(name, number, source)])
        act.log(Entry(act=Act.COLLECTED))


def learning(
    store: Store, folder: Path, told: list[TrafficModel | None], later: Duration = 0
) -> tuple[Archive, Learning]:
    """Return archive and learning as a node that has just started has them."""
    archive = Archive(store, clock(later), folder, FEEDS, 90 * DAY)
    return archive, Learning(store, clock(later), archive, folder, FEEDS, told.append)


def taught(model: TrafficModel) -> tuple[object, ...]:
    """Return what the model knows of traffic."""
    return model.passages, model.scores, model.movements, model.days


def entries(store: Store) -> list[tuple[Act, str, str, int]]:
    """Return act, officer, detail and number of each entry about the model."""
    with store.reading() as transaction:
        rows = transaction.rows("SELECT entry FROM ledger_entry WHERE subject = 'traffic model' ORDER BY index")
    found = [centre.canonical.read(row[0], Entry) for row in rows]
    return [(entry.act, entry.officer, entry.detail, entry.count) for entry in found]


def test_a_model_says_of_what_it_was_learned_and_forgets_what_is_erased(store: Store, tmp_path: Path) -> None:
    """Erasing a track leaves the model that would have been learned had the track never been, and no older file."""
    told: list[TrafficModel | None] = []
    archive, learns = learning(store, tmp_path / "archive", told)
    learns.proceed()
    assert told == []
    kept(store, range(30))
    archive.proceed()
    made = learns.learn(ANNA, *PERIOD)
    assert (made.number, made.since, made.until, made.sources) == (1, *PERIOD, ("brief", "coast"))
    assert made.movements == sum(row[3] for row in made.passages) == 600
    learns.proceed()
    assert told == [made]
    learns.proceed()
    assert told == [made], "told once"

    with store.acting() as act:
        archiving.order(act, "coast-7", "dora", "DSR-7")
        act.log(Entry(act=Act.ERASED))
    archive.proceed()
    _, restarted = learning(store, tmp_path / "archive", told)
    restarted.proceed()
    (without,) = told[1:]
    assert without is not None
    assert without.number == 2
    assert without.movements == 580
    assert [file.name for file in (tmp_path / "archive" / "models").iterdir()] == ["unusual-0000000002.model"]
    assert entries(store) == [
        (Act.COMBINED, "anna", "model 1 of brief, coast", 600),
        (Act.ALTERED, "north", "model 2 of brief, coast", 580),
    ]

    with store.upkeep() as transaction:
        transaction.run("DELETE FROM sighting")
        transaction.run("DELETE FROM archive_file")
    never, fresh = learning(store, tmp_path / "never", [])
    kept(store, range(30), but="coast-7")
    never.proceed()
    assert taught(fresh.learn(ANNA, *PERIOD)) == taught(without)


def test_where_too_little_is_left_the_model_goes(store: Store, tmp_path: Path) -> None:
    told: list[TrafficModel | None] = []
    archive, learns = learning(store, tmp_path, told)
    kept(store, range(15))
    archive.proceed()
    assert learns.learn(ANNA, *PERIOD).movements == 300
    with store.acting() as act:
        archiving.order(act, "coast-3", "dora", "DSR-7")
        act.log(Entry(act=Act.ERASED))
    archive.proceed()
    learns.proceed()
    assert learns.model() is None
    assert list((tmp_path / "models").iterdir()) == []
    assert told == [], "it was never told of the model, and need not be told that it is gone"
    assert entries(store)[-1] == (Act.ERASED, "north", "280 passages are too few to learn from", 1)


def test_what_has_ended_is_forgotten_within_a_day(store: Store, tmp_path: Path) -> None:
    archive, learns = learning(store, tmp_path, [])
    kept(store, range(20))
    kept(store, range(20, 25), source="brief")
    archive.proceed()
    assert learns.learn(ANNA, *PERIOD).movements == 500
    later, again = learning(store, tmp_path, [], 23 * HOUR)
    later.proceed()
    again.proceed()
    model = again.model()
    assert model is not None
    assert model.number == 1
    later, again = learning(store, tmp_path, [], 27 * HOUR)
    later.proceed()
    again.proceed()
    model = again.model()
    assert model is not None
    assert (model.number, model.movements) == (2, 400)


def test_who_may_have_what_learned(store: Store, tmp_path: Path) -> None:
    _, learns = learning(store, tmp_path, [])
    with pytest.raises(Refused, match="auditor does not have models learned"):
        learns.learn(Officer(name="ada", role=Role.AUDITOR), *PERIOD)
    with pytest.raises(Fault, match="no such feed"):
        learns.learn(ANNA, *PERIOD, ["bridge"])
    with pytest.raises(Fault, match="no period"):
        learns.learn(ANNA, PERIOD[1], PERIOD[0])
    with pytest.raises(Fault, match="too few"):
        learns.learn(ANNA, *PERIOD)
    assert learns.model() is None
    assert entries(store) == []
