"""The board of the live picture: readers see each track's newest state, whatever the order and the pace."""

from __future__ import annotations

from threading import Thread

from hypothesis import given
from hypothesis import strategies as st

from comity.node.live import LivePicture, Reader
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind
from comity.vocabulary.track import Track


def _track(name: str, last: int, ship: str = "FREJA", *, placed: bool = True) -> Track:
    return Track(
        id=name,
        identity=Identity(kind=SubjectKind.VESSEL, name=ship),
        sources=("ais",),
        first=0,
        last=last,
        sightings=1,
        position=Position(56.0, last / 1000) if placed else None,
    )


class _Follower:
    """What a console makes of what a reader is given."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.names: dict[int, tuple[str, str | None]] = {}
        self.last: dict[int, int] = {}

    def look(self) -> None:
        changes = self._reader.changes(0)
        for handle, track in changes.named:
            self.names[handle] = (track.id, track.identity.name)
            self.last.pop(handle, None)
        for handle, last in zip(changes.handles.tolist(), changes.last.tolist(), strict=True):
            assert handle in self.names, "a position comes only after its name"
            self.last[handle] = last

    def shown(self) -> dict[str, tuple[int, str | None]]:
        return {self.names[handle][0]: (last, self.names[handle][1]) for handle, last in self.last.items()}


_TOLD = st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 50), st.sampled_from(["FREJA", "SAGA"]))


@given(st.lists(st.one_of(st.lists(_TOLD, max_size=6), st.sampled_from([0, 1])), max_size=30))
def test_however_often_they_look_all_readers_end_up_with_the_newest_of_each(
    steps: list[list[tuple[str, int, str]] | int],
) -> None:
    board = LivePicture(most=8)
    followers = [_Follower(board.reader()), _Follower(board.reader())]
    newest: dict[str, tuple[int, str | None]] = {}
    for step in steps:
        if isinstance(step, int):
            followers[step].look()
            continue
        board.tell([_track(*told) for told in step])
        for name, last, ship in step:
            if last >= newest.get(name, (-1, None))[0]:
                newest[name] = (last, ship)
    for follower in followers:
        follower.look()
        assert follower.shown() == newest


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 50)), max_size=60))
def test_a_full_board_lets_go_of_those_seen_longest_ago_and_readers_see_handles_change_hands(
    told: list[tuple[int, int]],
) -> None:
    board, late = LivePicture(most=5), None
    follower = _Follower(board.reader())
    for number, (name, last) in enumerate(told):
        board.tell([_track(f"track-{name}", last)])
        if number % 3 == 0:
            follower.look()
    follower.look()
    late = _Follower(board.reader())
    late.look()
    assert len(late.last) <= 5
    assert follower.shown() == late.shown()


def test_the_newest_of_more_than_the_board_holds_are_kept() -> None:
    board = LivePicture(most=3)
    board.tell([_track(f"track-{number}", number) for number in range(10)])
    follower = _Follower(board.reader())
    follower.look()
    assert set(follower.shown()) == {"track-7", "track-8", "track-9"}


def test_what_has_no_position_or_is_too_old_is_not_shown() -> None:
    board = LivePicture()
    board.tell([_track("nowhere", 5, placed=False), _track("old", 4), _track("new", 6)])
    changes = board.reader().changes(5)
    assert [track.id for _, track in changes.named] == ["new"]


def test_nothing_new_is_nothing_to_tell() -> None:
    board = LivePicture()
    board.tell([_track("a", 1)])
    reader = board.reader()
    assert len(reader.changes(0).handles) == 1
    assert len(reader.changes(0).handles) == 0
    board.tell([_track("a", 0)])
    assert len(reader.changes(0).handles) == 0, "an older state replaces none"


def test_telling_and_reading_at_once_tears_nothing() -> None:
    """Latitude and time of each state belong together, while four threads write and one reads."""
    board = LivePicture()

    def write(part: int) -> None:
        for last in range(200):
            board.tell([_track(f"{part}-{number}", last) for number in range(20)])

    writers = [Thread(target=write, args=(part,)) for part in range(4)]
    for writer in writers:
        writer.start()
    reader, looks = board.reader(), 0
    while any(writer.is_alive() for writer in writers) or looks == 0:
        changes = reader.changes(0)
        looks += 1
        assert ((changes.states["longitude"] * 1000).round().astype(int) == changes.last).all()
    for writer in writers:
        writer.join()
    final = board.reader().changes(0)
    assert final.last.tolist() == [199] * 80
