"""The export: files that a static server serves as the log itself; they hold what the log holds, or are found out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.stations import station
from comity.exchange.partner_log import PartnerLog
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger import tile as tiles
from comity.foundation.ledger import vkey
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.note import Ed25519Key, NoteFault
from comity.foundation.store import checkpoints, ledger
from comity.foundation.store.export import export, exported, reread
from comity.foundation.store.store import Store
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing

NORTH = station("north")
KEY = Ed25519Key("north/log", NORTH.card.log)
VECTORS = Path(__file__).parents[2] / "vectors" / "transparency" / "log"
PUBLISHED = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


def _quietly(_done: int, _total: int) -> None:
    """Take no note."""


def _grown(store: Store, count: int) -> None:
    with store.acting() as act:
        act.log_many([Entry(act=Act.CONSULTED)] * count)
    with store.upkeep() as transaction:
        ledger.integrate(transaction)
        size, root = ledger.head(transaction)
        checkpoint = Checkpoint("north/log", size, root)
        checkpoints.put(transaction, size, checkpoint_format.sign(checkpoint, NORTH.keys.log))


def _exported(store: Store, folder: Path) -> Path:
    with store.reading() as transaction:
        export(transaction, folder, _quietly)
    return folder


@pytest.mark.parametrize("size", [1, 255, 256, 257, 1_500])
def test_what_is_exported_is_the_whole_log(store: Store, tmp_path: Path, size: int) -> None:
    """Every tile and bundle as it is served, no other file, and the newest checkpoint; progress reaches the end."""
    told: list[tuple[int, int]] = []
    _grown(store, size)
    with store.reading() as transaction:
        done = export(transaction, tmp_path / "out", lambda *each: told.append(each))
        files = [each for each in (tmp_path / "out").rglob("*") if each.is_file()]
        assert (done.size, done.files + 1) == (size, len(files))
        for file in files:
            path = str(file.relative_to(tmp_path / "out"))
            if path != "checkpoint":
                assert file.read_bytes() == ledger.stored_tile(transaction, tiles.read(path))
        newest, root = checkpoints.newest(transaction), ledger.head(transaction)[1]
    assert newest is not None
    assert (tmp_path / "out" / "checkpoint").read_bytes() == newest.note
    assert told[-1] == (done.files, done.files)
    report = reread(tmp_path / "out", KEY, _quietly)
    assert (report.faults, report.size, report.root) == ((), size, root)


def test_entries_after_the_checkpoint_are_left_out(store: Store, tmp_path: Path) -> None:
    """The tree in the database has grown; what is written is what the checkpoint vouches for."""
    _grown(store, 300)
    with store.acting() as act:
        act.log_many([Entry(act=Act.CONSULTED)] * 500)
    with store.upkeep() as transaction:
        ledger.integrate(transaction)
    report = reread(_exported(store, tmp_path / "out"), KEY, _quietly)
    assert (report.faults, report.size) == ((), 300)


@pytest.fixture
def serve() -> Iterator[Callable[[Path], str]]:
    servers: list[ThreadingHTTPServer] = []

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    def serving(folder: Path) -> str:
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))))
        Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield serving
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_plain_web_server_serves_it_as_the_log(store: Store, tmp_path: Path, serve: Callable[[Path], str]) -> None:
    """A partner follows and proves from the folder as from the node."""
    _grown(store, 700)
    _exported(store, tmp_path / "log")
    with PartnerLog(station("north", serve(tmp_path)).card) as log, store.reading() as transaction:
        note = log.follow()
        for kept in (ledger.entry(transaction, index) for index in (0, 256, 699)):
            assert kept is not None
            assert log.prove(kept.index, kept.leaf, note, {}).index == kept.index


def test_another_log_s_files_are_read_too() -> None:
    """A public test log, with the key published beside it."""
    assert exported(VECTORS)
    report = reread(VECTORS, vkey.read(PUBLISHED), _quietly)
    assert (report.faults, report.size) == ((), 15)


@pytest.fixture(scope="module")
def kept() -> dict[str, bytes]:
    return {}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 10**6), place=st.floats(0, 1, exclude_max=True), mask=st.integers(0, 255))
def test_a_mutated_or_missing_file_is_found(
    store: Store, tmp_path: Path, kept: dict[str, bytes], number: int, place: float, mask: int
) -> None:
    """Any bit of any file, or the whole of it (mask 0): a fault in the report, or of the checkpoint."""
    folder = tmp_path / "out"
    if not exported(folder):
        _grown(store, 600)
        _exported(store, folder)
        kept.update({str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()})
    name = sorted(kept)[number % len(kept)]
    changed = bytearray(kept[name])
    changed[int(place * len(changed))] ^= mask
    if mask:
        (folder / name).write_bytes(changed)
    else:
        (folder / name).unlink()
    try:
        assert reread(folder, KEY, _quietly).found
    except NoteFault:
        assert name == "checkpoint"
    finally:
        (folder / name).write_bytes(kept[name])
    assert not reread(folder, KEY, _quietly).found


def test_another_key_s_log_is_refused(store: Store, tmp_path: Path) -> None:
    """Without a key the folder is held against itself alone."""
    _grown(store, 3)
    folder = _exported(store, tmp_path / "out")
    with pytest.raises(NoteFault, match="not signed by"):
        reread(folder, Ed25519Key("north/log", station("west").card.log), _quietly)
    assert reread(folder, None, _quietly).faults == ()


def test_nothing_is_written_over_and_an_empty_log_has_no_export(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Missing, match="no checkpoint yet"):
        _exported(store, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    _grown(store, 3)
    (tmp_path / "own").write_text("mine", "utf-8")
    with pytest.raises(Fault, match="something is in this folder"):
        _exported(store, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["own"]
