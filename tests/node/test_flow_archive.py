"""What is proven: each durable sighting is archived once whatever happens, and what must go is in no byte of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import centre, pair
from comity.foundation.archive.replay import may_hold
from comity.foundation.clock import Clock, wall
from comity.foundation.store import archiving, sightings
from comity.foundation.store.store import Store, Transaction, Unavailable
from comity.node.feed_settings import FeedSettings
from comity.node.feed_ways import PLATES
from comity.node.flow_archive import Archive
from comity.node.flow_rights import Rights
from comity.node.inventory import Mark, Question
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.handling import Tlp
from comity.vocabulary.instant import DAY, HOUR, LATEST, MINUTE, Duration
from comity.vocabulary.movement import Box, Movement, Period
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

FEEDS = {
    "coast": FeedSettings(name="coast", format="ais", path="x", purposes=(Purpose.SMUGGLING,), tlp=Tlp.GREEN),
    "brief": FeedSettings(name="brief", format="ais", path="x", purposes=(Purpose.SMUGGLING,), archived="2 h"),
    "bridge": FeedSettings(name="bridge", format=PLATES, path="x", wanted="w", purposes=(Purpose.SMUGGLING,)),
    "se.coord": FeedSettings(name="se.coord", format="ais", path="x", purposes=(Purpose.SMUGGLING,)),
}
DORA = Officer(name="dora", role=Role.DATA_PROTECTION)
BEGIN = pair.NOW - HOUR
WHOLE = Period(since=BEGIN - DAY, until=BEGIN + DAY)


def clock(later: Duration = 0) -> Clock:
    """Return a clock that shows so long after the agreements' own day."""
    return Clock(((wall(), pair.NOW + later),))


def seen(number: int, source: str = "coast", latitude: float = 56.0, name: str = "FREJA") -> Sighting:
    """Return one sighting, a minute after the one before."""
    return Sighting(
        id=f"{source}-{number}",
        source=source,
        time=BEGIN + number * MINUTE,
        identity=Identity(kind=SubjectKind.VESSEL, mmsi=219_000_001, name=name),
        position=Position(latitude, 11.0),
        speed=5.0,
        course=10.0,
    )


def kept(store: Store, *found: Sighting, track: str = "track-1") -> None:
    """Take sightings in."""
    with store.acting() as act:
        sightings.add(act, [(each, track) for each in found])
        act.log(Entry(act=Act.COLLECTED))


def archive(store: Store, folder: Path, later: Duration = 0, feeds: dict[str, FeedSettings] = FEEDS) -> Archive:
    """Return the archive as a node that has just started has it."""
    return Archive(store, clock(later), folder, feeds, 90 * DAY)


def replayed(store: Store, kept_archive: Archive, period: Period = WHOLE) -> list[Movement]:
    """Return all of the period, three at a time."""
    found: list[Movement] = []
    after = (-1, -1)
    with store.acting() as act:
        while part := kept_archive.replay(act, period, after=after, limit=3):
            found += part
            after = (part[-1].sighting.time, part[-1].sequence)
        act.log(Entry(act=Act.CONSULTED))
    return found


def ids(store: Store, kept_archive: Archive, period: Period = WHOLE) -> list[str]:
    """Return the ids of all sightings of the period."""
    return [each.sighting.id for each in replayed(store, kept_archive, period)]


def erasings(store: Store) -> list[tuple[str, str, int, str]]:
    """Return subject, officer, number and detail of each erasing in the log."""
    with store.reading() as transaction:
        rows = transaction.rows("SELECT entry FROM ledger_entry WHERE act = 'erased' ORDER BY index")
    found = [centre.canonical.read(row[0], Entry) for row in rows]
    return [(entry.subject, entry.officer, entry.count, entry.detail) for entry in found]


def keeping_learns(store: Store, kept_archive: Archive) -> set[str]:
    """Return the tracks from which a model would be learned now."""
    with store.reading() as transaction:
        found, _ = kept_archive.passages(transaction, WHOLE, ["coast"])
    return {passage.track for passage in found}


def holds(folder: Path, text: str) -> bool:
    """Whether any file of the archive holds the text, wherever: Parquet keeps short columns and bounds readable."""
    return any(text.encode() in file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_what_is_durable_is_archived_once_with_its_marks(store: Store, tmp_path: Path) -> None:
    keeping = archive(store, tmp_path)
    kept(store, *[seen(number) for number in range(7)])
    assert (keeping.proceed(), keeping.proceed()) == (7, 0)
    kept(store, *[seen(number) for number in range(5, 9)])
    assert keeping.proceed() == 2
    found = replayed(store, keeping)
    assert [each.sighting for each in found] == [seen(number) for number in range(9)]
    assert {(each.track, each.tlp, each.purposes) for each in found} == {
        ("track-1", Tlp.GREEN, (Purpose.SMUGGLING,)),
    }
    assert all(each.keep_until == each.sighting.time + 90 * DAY for each in found)


class _Broken(Store):
    """A store that does not answer when the place reached is to be changed: the files lie there, and no more."""

    @contextmanager
    def upkeep(self) -> Iterator[Transaction]:
        with super().upkeep() as transaction:
            before = archiving.reached(transaction)
            yield transaction
            if archiving.reached(transaction) != before:
                raise Unavailable("the database does not answer")


@pytest.mark.parametrize("restarted", [True, False])
def test_a_fault_between_file_and_mark_doubles_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, restarted: bool
) -> None:
    keeping = archive(store, tmp_path)
    kept(store, *[seen(number) for number in range(4)])
    with monkeypatch.context() as patch:
        patch.setattr(store, "__class__", _Broken)
        with pytest.raises(Unavailable):
            keeping.proceed()
    assert len(list(tmp_path.rglob("*.parquet"))) == 1
    assert ids(store, keeping) == [], "a file that no catalogue knows is not in the archive"
    kept(store, seen(4))
    again = archive(store, tmp_path) if restarted else keeping
    assert again.proceed() == 5
    assert ids(store, again) == [f"coast-{number}" for number in range(5)]
    assert len(list(tmp_path.rglob("*.parquet"))) == 1


def test_plates_and_feeds_nobody_knows_never_go_in(store: Store, tmp_path: Path) -> None:
    keeping = archive(store, tmp_path)
    kept(store, seen(1, "bridge", name="CASE-17"), seen(2, "removed", name="STRANGER"), seen(3))
    assert keeping.proceed() == 1
    assert ids(store, keeping) == ["coast-3"]
    assert holds(tmp_path, "FREJA")
    assert not holds(tmp_path, "CASE-17")
    assert not holds(tmp_path, "STRANGER")


def test_small_files_become_one_and_nothing_is_lost(store: Store, tmp_path: Path) -> None:
    keeping = archive(store, tmp_path)
    for number in range(9):
        kept(store, seen(number))
        keeping.proceed()
    assert len(list(tmp_path.rglob("*.parquet"))) == 2
    assert ids(store, keeping) == [f"coast-{number}" for number in range(9)]
    assert archive(store, tmp_path, 3 * DAY).proceed() == 0
    assert len(list(tmp_path.rglob("*.parquet"))) == 1, "of a day that is long over"
    assert ids(store, keeping) == [f"coast-{number}" for number in range(9)]


def test_what_is_erased_is_in_no_byte_of_the_archive(
    store: Store, tmp_path: Path, borrow_database: Callable[[], str]
) -> None:
    """The data-protection officer erases a track: its rows go, with an older version that stood under another track."""
    keeping = archive(store, tmp_path)
    kept(store, seen(0), seen(1), track="track-2")
    kept(store, seen(2, name="GUDRUN"), track="track-3")
    keeping.proceed()
    with store.acting() as act:
        assert sightings.correct(act, seen(2, name="GUDRUN II"), "track-1")
        sightings.add(act, [(seen(3, name="SIGRID"), "track-1")])
        act.log(Entry(act=Act.COLLECTED))
    keeping.proceed()
    assert all(holds(tmp_path, name) for name in ("FREJA", "GUDRUN", "GUDRUN II", "SIGRID"))
    node = centre.node(store, tmp_path / "node")
    with store.acting() as act:
        centre.tracks.put(act, [centre.track("track-1")])
        act.log(Entry(act=Act.COMBINED))
    rights = Rights(store, node.own, clock(), node.recalls, keeping)
    rights.erase(DORA, "DSR-7", "track-1")
    assert ids(store, keeping) == ["coast-0", "coast-1"], "at once, though the files are written anew a little later"
    assert keeping_learns(store, keeping) == {"track-2"}
    keeping.proceed()
    assert ids(store, keeping) == ["coast-0", "coast-1"]
    assert not any(holds(tmp_path, name) for name in ("GUDRUN", "SIGRID", "track-1", "track-3"))
    assert holds(tmp_path, "track-2")
    assert erasings(store)[-1] == ("track-1", "dora", 3, "in the archive")
    before = len(erasings(store))
    assert keeping.proceed() == 0
    assert len(erasings(store)) == before, "an order is carried out once"


def test_a_person_learns_of_what_the_archive_alone_holds_and_has_it_erased(store: Store, tmp_path: Path) -> None:
    """Longer than sightings and tracks are kept: asked by number, name or record it is told, and goes for good."""
    keeping = archive(store, tmp_path)
    kept(store, seen(0), seen(1), track="track-1")
    kept(store, seen(2, name="GUDRUN"), track="track-2")
    keeping.proceed()
    with store.upkeep() as transaction:
        sightings.erase_before(transaction, clock().now())
    node = centre.node(store, tmp_path / "node")
    rights = Rights(store, node.own, clock(), node.recalls, keeping)

    def held(mark: Mark, value: str) -> dict[str, object]:
        answer = rights.answer(DORA, Question(reference="DSR-9", mark=mark, value=value))
        return {one.record: one.fields["movements"] for one in answer.held if one.kind == "movements"}

    assert held(Mark.MMSI, "219000001") == {"track-1": 2, "track-2": 1}
    assert held(Mark.NAME, " gudrun ") == {"track-2": 1}
    assert held(Mark.RECORD, "track-1") == {"track-1": 2}
    assert held(Mark.RECORD, "coast-2") == {"track-2": 1}
    assert held(Mark.PERSON, "gudrun") == held(Mark.CALL_SIGN, "x") == {}
    rights.erase(DORA, "DSR-9", "track-1")
    assert held(Mark.MMSI, "219000001") == {"track-2": 1}
    with pytest.raises(Missing, match="no such record"):
        rights.erase(DORA, "DSR-9", "track-1")
    keeping.proceed()
    assert not holds(tmp_path, "FREJA")
    assert ids(store, keeping) == ["coast-2"]


def test_an_order_survives_a_fault_and_counts_all_that_went(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails as the second of two files is written: both are done in the next round, and entered once."""
    keeping = archive(store, tmp_path)
    kept(store, seen(1), seen(2, latitude=40.0), seen(3), track="track-9")
    kept(store, seen(4), track="other")
    keeping.proceed()
    with store.acting() as act:
        archiving.order(act, "track-9", "dora", "DSR-8")
        act.log(Entry(act=Act.ERASED))
    whole = keeping.folder.without
    calls = iter([True, False])

    def failing(*given: object, **named: object) -> object:
        if not next(calls):
            raise OSError(28, "No space left on device")
        return whole(*given, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(keeping.folder, "without", failing)
        with pytest.raises(Fault, match="cannot be written: No space left on device"):
            keeping.proceed()
    assert [found[0] for found in erasings(store)] == [""], "nobody says so before it is done"
    restarted = archive(store, tmp_path)
    restarted.proceed()
    assert erasings(store)[-1] == ("track-9", "dora", 3, "in the archive")
    assert ids(store, restarted) == ["coast-4"]
    assert not holds(tmp_path, "track-9")


def test_nothing_is_done_before_the_picture_has_let_go(store: Store, tmp_path: Path) -> None:
    """An order that comes during a round waits for that too: else the picture would go on with what was erased."""
    keeping, pending = archive(store, tmp_path), list[frozenset[str]]()
    kept(store, seen(1), track="track-9")
    with store.acting() as act:
        archiving.order(act, "track-9", "dora", "DSR-7")
        act.log(Entry(act=Act.ERASED))

    def forgetting() -> None:
        with store.reading() as transaction:
            pending.append(archiving.erased(transaction))

    keeping.proceed(forgetting)
    assert pending == [{"track-9"}]
    keeping.proceed(forgetting)
    assert pending == [{"track-9"}], "with no order nobody is asked"


def test_a_partner_calls_back_what_is_theirs_and_nothing_else(store: Store, tmp_path: Path) -> None:
    """Another's record may bear any id: a recall by its giver reaches rows of that giver alone."""
    keeping = archive(store, tmp_path)
    kept(store, seen(1), track="shared-id")
    kept(store, seen(2, "se.coord", name="THEIRS"), track="shared-id")
    keeping.proceed()
    with store.acting() as act:
        archiving.order(act, "shared-id", "dk.coord", "recall by se.coord", "se.coord")
        archiving.order(act, "coast-1", "dk.coord", "recall by se.coord", "se.coord")
        act.log(Entry(act=Act.ERASED))
    keeping.proceed()
    assert ids(store, keeping) == ["coast-1"]
    assert not holds(tmp_path, "THEIRS")
    assert erasings(store)[1:] == [("shared-id", "dk.coord", 1, "in the archive")], "none of what was not there"
    with store.reading() as transaction:
        assert archiving.orders(transaction, 10) == []


def test_what_a_partners_tak_client_sends_is_not_archived(store: Store, tmp_path: Path) -> None:
    """It is the partner's own: its feed is marked RED, and what was archived of one before goes out of the files."""
    patrol = FeedSettings(name="patrol", format="cot", tak=True, purposes=(Purpose.SMUGGLING,))
    theirs = {**FEEDS, "patrol": replace(patrol, tlp=Tlp.RED)}
    kept(store, seen(1), seen(2, "patrol", name="OURS"))
    assert archive(store, tmp_path, feeds={**FEEDS, "patrol": patrol}).proceed() == 2
    ahead = replace(seen(3, "patrol", name="THEIRS"), time=pair.NOW + MINUTE)
    kept(store, ahead, seen(4))
    keeping = archive(store, tmp_path, 2 * HOUR, feeds=theirs)
    assert keeping.proceed() == 1
    assert ids(store, keeping) == ["coast-1", "coast-4"]
    assert not holds(tmp_path, "OURS")
    assert not holds(tmp_path, "THEIRS")


def test_what_has_ended_is_not_shown_and_soon_not_there(store: Store, tmp_path: Path) -> None:
    keeping = archive(store, tmp_path)
    kept(store, seen(0, "brief", name="PASSING"), seen(0))
    assert keeping.proceed() == 2
    later = archive(store, tmp_path, HOUR + 30 * MINUTE)
    later.proceed()
    assert ids(store, later) == ["coast-0"]
    assert holds(tmp_path, "PASSING"), "at most an hour later"
    assert erasings(store) == []
    gone = archive(store, tmp_path, 2 * HOUR + MINUTE)
    gone.proceed()
    assert ids(store, gone) == ["coast-0"]
    assert not holds(tmp_path, "PASSING")
    assert erasings(store) == [("movements", "north", 1, "")]


def test_a_shorter_keep_counts_for_what_is_there(store: Store, tmp_path: Path) -> None:
    archive(store, tmp_path).proceed()
    kept(store, seen(0), seen(1, "brief"))
    archive(store, tmp_path).proceed()
    shorter = FEEDS | {"coast": FeedSettings(name="coast", format="ais", path="x", purposes=(), archived="10 s")}
    gone = archive(store, tmp_path, 20 * MINUTE, shorter)
    gone.proceed()
    assert ids(store, gone) == ["brief-1"]
    assert erasings(store) == [("movements", "north", 1, "")]
    taking_none = FEEDS | {"coast": FeedSettings(name="coast", format="ais", path="x", purposes=(), archived="0 s")}
    kept(store, seen(2))
    assert archive(store, tmp_path, 0, taking_none).proceed() == 0


def test_then_and_now(store: Store, tmp_path: Path) -> None:
    """What came late and what was corrected since is not in the picture as it was known then."""
    then = clock().now() + HOUR
    keeping = archive(store, tmp_path, 2 * HOUR)
    kept(store, seen(0), seen(2))
    with store.upkeep() as transaction:
        transaction.run("UPDATE sighting SET received = time")
    keeping.proceed()
    with store.acting() as act:
        sightings.add(act, [(seen(1), "track-1")])
        sightings.correct(act, seen(2, latitude=57.0), "track-2")
        assert not sightings.correct(act, seen(77), "track-2")
        act.log(Entry(act=Act.ALTERED))
    with store.upkeep() as transaction:
        transaction.run("UPDATE sighting SET received = %s WHERE version > 1 OR id = 'coast-1'", then)
    keeping.proceed()
    as_known = Period(since=WHOLE.since, until=WHOLE.until, known=then - 1)
    assert [(each.sighting.id, each.track) for each in replayed(store, keeping, as_known)] == [
        ("coast-0", "track-1"),
        ("coast-2", "track-1"),
    ]
    assert [(each.sighting.id, each.track) for each in replayed(store, keeping)] == [
        ("coast-0", "track-1"),
        ("coast-1", "track-1"),
        ("coast-2", "track-2"),
    ]
    north = Period(since=WHOLE.since, until=WHOLE.until, box=Box(56.5, 10.0, 57.5, 12.0), known=LATEST)
    assert ids(store, keeping, north) == ["coast-2"]
    with store.reading() as transaction:
        files = archiving.files(transaction, WHOLE.since, WHOLE.until)
    assert any(may_hold(file, north) for file in files)
