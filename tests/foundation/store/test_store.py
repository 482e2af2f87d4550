"""The rule that an act and its ledger entry are one, against a real PostgreSQL."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict
from structlog.testing import capture_logs

from comity.foundation.canonical import read
from comity.foundation.clock import Clock, steady
from comity.foundation.ledger.commitment import commitment
from comity.foundation.store import feeds
from comity.foundation.store.connections import watched
from comity.foundation.store.server import Server
from comity.foundation.store.store import ActTransaction, Busy, Store, Transaction, Unavailable
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault

_ENTRY = Entry(act=Act.COLLECTED, subject="feed")


def _counts(store: Store) -> tuple[int, int]:
    """Return how many acts took effect and how many entries there are."""
    with store.reading() as t:
        acts, entries = t.row("SELECT count(*) FROM feed"), t.row("SELECT count(*) FROM ledger_entry")
        size = t.row("SELECT size FROM ledger_head")
    assert acts
    assert entries == size
    return acts[0], entries[0]


def _act(t: ActTransaction, name: str) -> int:
    feeds.advance(t, name, 1)
    return t.log(_ENTRY).index


def test_an_act_and_its_entry_are_kept(store: Store) -> None:
    """The entry carries the node's name and time, and salt and body open the commitment that is kept as the leaf."""
    with store.acting() as t:
        feeds.advance(t, "ais", 1)
        logged = t.log(_ENTRY)
    with store.reading() as t:
        row = t.row("SELECT leaf, salt, entry FROM ledger_entry WHERE index = 0")
    assert row == (commitment(logged.salt, logged.entry), logged.salt, logged.entry)
    entry = read(logged.entry, Entry)
    assert (entry.node, entry.officer, entry.act) == ("north", "north", Act.COLLECTED)
    assert entry.time > 0
    assert _counts(store) == (1, 1)


def test_an_act_without_entry_is_undone(store: Store) -> None:
    """A block that logs nothing fails, and what it did is rolled back."""
    with pytest.raises(AssertionError, match="must be logged"), store.acting() as t:
        feeds.advance(t, "ais", 1)
    assert _counts(store) == (0, 0)


def test_an_entry_without_act_is_undone(store: Store) -> None:
    """A fault after the entry leaves neither entry nor act, and the next act takes the index."""
    with pytest.raises(ZeroDivisionError), store.acting() as t:
        _suffer(t, "ais", "fails after")
    assert _counts(store) == (0, 0)
    with store.acting() as t:
        assert _act(t, "ais") == 0


def test_concurrent_acts_are_in_one_order_without_gaps(store: Store) -> None:
    """Eight threads, some of whose acts fail: the indexes of the others are 0 to n - 1, each once."""

    def work(worker: int) -> list[int]:
        indexes = []
        for number in range(25):
            with suppress(ZeroDivisionError), store.acting() as t:
                _suffer(t, f"{worker}-{number}", "fails after" if number % 5 == 4 else "kept")
                indexes.append(t.logged[0].index)
        return indexes

    with ThreadPoolExecutor(8) as threads:
        found = sorted(index for indexes in threads.map(work, range(8)) for index in indexes)
    assert found == list(range(8 * 20))
    assert _counts(store) == (160, 160)


@pytest.fixture
def fresh(borrow_database: Callable[[], str]) -> Callable[[], Store]:
    """Return the same database each time, emptied: hypothesis runs many examples within one test."""
    url = borrow_database()

    def make() -> Store:
        with psycopg.connect(url) as connection:
            connection.execute("SELECT seed.restore()")
        return Store(url, node="north", clock=Clock(), connections=1)

    return make


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["kept", "silent", "fails before", "fails after"]), max_size=8))
def test_as_many_entries_as_acts(fresh: Callable[[], Store], fates: list[str]) -> None:
    """Whatever befalls acts, there are exactly as many entries as acts that took effect."""
    store = fresh()
    try:
        for number, fate in enumerate(fates):
            try:
                with store.acting() as t:
                    _suffer(t, f"feed-{number}", fate)
            except (AssertionError, ZeroDivisionError):
                assert fate != "kept"
        kept = fates.count("kept")
        assert _counts(store) == (kept, kept)
    finally:
        store.close()


def _suffer(t: ActTransaction, name: str, fate: str) -> None:
    feeds.advance(t, name, 1)
    if fate == "fails before":
        raise ZeroDivisionError
    if fate != "silent":
        t.log(_ENTRY)
    if fate == "fails after":
        raise ZeroDivisionError


def test_reading_cannot_write(store: Store) -> None:
    """A transaction opened for reading refuses to write."""
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), store.reading() as t:
        feeds.advance(t, "ais", 1)


def test_reading_sees_one_moment(store: Store) -> None:
    """What others commit while a reader reads is not seen by it."""
    with store.reading() as reader:
        assert feeds.position(reader, "ais") == 0
        with store.acting() as t:
            _act(t, "ais")
        assert feeds.position(reader, "ais") == 0
    with store.reading() as reader:
        assert feeds.position(reader, "ais") == 1


def test_values_are_never_part_of_a_statement(store: Store) -> None:
    """A name made of SQL is kept as a name."""
    name = "'); DROP TABLE feed; --%s"
    with store.upkeep() as t:
        feeds.advance(t, name, 7)
    with store.reading() as t:
        assert feeds.position(t, name) == 7


def test_waiting_for_other_work_is_not_called_an_outage(store: Store) -> None:
    """A lock held by others gives Busy, the same a statement cancelled by its time-out, and the store goes on."""
    with store.upkeep() as holder:
        feeds.advance(holder, "ais", 1)
        with pytest.raises(Busy, match="LockNotAvailable"), store.upkeep() as t:
            _impatiently(t, "INSERT INTO feed (name) VALUES ('ais')")
    with pytest.raises(Busy, match="QueryCanceled"), store.upkeep() as t:
        _impatiently(t, "SELECT pg_sleep(20)")
    with store.reading() as t:
        assert feeds.position(t, "ais") == 1


def _impatiently(t: Transaction, statement: str) -> None:
    t.run("SET LOCAL lock_timeout = '50ms'")
    t.run("SET LOCAL statement_timeout = '100ms'")
    t.run(statement)


def test_who_waits_for_a_connection_is_told_of_and_learns_why(borrow_database: Callable[[], str]) -> None:
    """That others have all connections is said while it lasts, and is no outage; then the store goes on."""
    store = Store(borrow_database(), node="north", clock=Clock(), connections=1, patience=0.2)
    try:
        in_use = pytest.raises(Unavailable, match="all 1 connections are in use")
        with store.reading(), capture_logs() as told, in_use, store.reading():
            pass
        (line,) = told
        assert (line["log_level"], line["most"], line["free"]) == ("warning", 1, 0)
        with store.reading() as t:
            assert t.row("SELECT 1") == (1,)
    finally:
        store.close()


def test_a_line_to_the_database_that_is_cut_is_found_out(borrow_database: Callable[[], str]) -> None:
    """Half a minute without a sign ends it, in each kind of connection, unless whoever set the URL wants another."""
    with psycopg.connect(watched(borrow_database())) as connection:
        said = connection.info.get_parameters()
    assert int(said["tcp_user_timeout"]) == 30_000
    assert int(said["keepalives_idle"]) + int(said["keepalives_interval"]) * int(said["keepalives_count"]) == 30
    assert conninfo_to_dict(watched("host=db tcp_user_timeout=5000"))["tcp_user_timeout"] == "5000"


def test_an_outage_is_said_and_survived(tmp_path: Path) -> None:
    """Without a database every transaction says so within its patience; once it is back, the same store works again."""
    server = Server.start(tmp_path / "store")
    store = Store(server.url, node="north", clock=Clock(), patience=1)
    try:
        store.migrate()
        with pytest.raises(Unavailable):
            _act_while_it_stops(store, server)
        began = steady()
        with pytest.raises(Unavailable), store.acting() as t:
            _act(t, "lost")
        assert steady() - began < 10
        with Server.start(tmp_path / "store"):
            _await_recovery(store)
            assert _counts(store) == (1, 1)
    finally:
        store.close()
        server.stop()


def test_a_database_that_ends_at_once_is_unavailable(tmp_path: Path) -> None:
    """Also to who asks it next on a line that it had answered on: that is no failure inside the node."""
    server = Server.start(tmp_path / "store")
    store = Store(server.url, node="north", clock=Clock(), patience=1)
    try:
        with pytest.raises(Unavailable, match="does not answer"):
            _ask_after_its_end(store, server)
    finally:
        store.close()
        server.stop()


def _ask_after_its_end(store: Store, server: Server) -> None:
    with store.upkeep() as t:
        assert t.row("SELECT 1") == (1,)
        server.child.send_signal(signal.SIGQUIT)
        server.child.wait(30)
        t.row("SELECT 2")


def _act_while_it_stops(store: Store, server: Server) -> None:
    with store.acting() as t:
        _act(t, "lost")
        server.stop()


def _await_recovery(store: Store) -> None:
    deadline = steady() + 30
    while True:
        try:
            with store.acting() as t:
                _act(t, "kept")
        except Unavailable:
            assert steady() < deadline, "the store did not find the database again"
        else:
            return


@pytest.mark.parametrize(("statement", "value"), [("SELECT %s::text", "a\x00b"), ("SELECT %s::bigint", 2**80)])
def test_a_value_that_cannot_be_kept_is_a_fault_of_who_gave_it(store: Store, statement: str, value: object) -> None:
    """Not of the database, which goes on answering."""
    with pytest.raises(Fault, match="none that can be kept") as told, store.reading() as transaction:
        transaction.row(statement, value)
    assert not isinstance(told.value, Unavailable)
    with store.reading() as transaction:
        assert transaction.row("SELECT 1") == (1,)
