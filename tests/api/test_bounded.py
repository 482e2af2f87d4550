"""What is proven: what a node does by itself all the time, and shows to whoever looks, reads no large table through.

The statements are those that the node really makes; the plans are those of the database for tables that are full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from comity.api import metrics
from comity.foundation.store import outbox_state, tally
from comity.foundation.store.store import Store, Transaction
from comity.node import upkeep
from comity.node.assemble import Node
from comity.node.flow_retention import ShortFeeds
from comity.vocabulary.officer import Role

_ROWS = 4_000
_MOST = 100
"""In place of 20,000, which would take long to fill."""
_LATER = 9_000_000_000_000
"""A time at which nothing is due yet."""
_FILL = """
INSERT INTO sighting (id, source, time, track, body)
    SELECT 's' || n, 'f', :later, 't', '' FROM generate_series(1, :rows) n;
INSERT INTO track (id, last, body) SELECT 't' || n, :later, '' FROM generate_series(1, :rows) n;
INSERT INTO alert (id, kind, time, raised, judgement, body)
    SELECT 'a' || n, 'meeting', 0, :later, 'confirmed', '' FROM generate_series(1, :rows) n;
INSERT INTO decision (alert, body) SELECT 'a' || n, '' FROM generate_series(1, :rows) n;
INSERT INTO outbox (id, partner, kind, lane, sequence, created, decided_wall, envelope, cover, count, entry, state,
        receipt, proven)
    SELECT sha256(int4send(n)), 'se.coord', 'release', 'records', n + 1000, 0, 0, '', '', 1, n, 'accepted', '', true
    FROM generate_series(1, :rows) n;
INSERT INTO outbox_item (message, place, leaf, item, record, entry)
    SELECT id, 0, '', '', 'r' || entry, entry FROM outbox;
INSERT INTO receipt_proof (message, body) SELECT id, '' FROM outbox;
INSERT INTO inbox (sender, id, kind, lane, sequence, received, cover, count, receipt)
    SELECT 'se.coord', sha256(int4send(n)), 'release', 'records', n, n, '', 1, '' FROM generate_series(1, :rows) n;
INSERT INTO inbox_item (sender, message, place, leaf, item, record, received, keep_until, record_kind)
    SELECT sender, id, 0, '', '', 'r' || sequence, received, :later, 'alert' FROM inbox;
INSERT INTO ledger_entry (index, leaf, salt, act, time, subject, entry)
    SELECT 100000 + n, sha256(int4send(n)), '', 'collected', :later, 'r' || n, '' FROM generate_series(1, :rows) n;
INSERT INTO ledger_checkpoint (size, note) SELECT n, '' FROM generate_series(100000, 100000 + :rows) n;
INSERT INTO finding (kind, partner, origin, shown_by, words, before, now, found, officer, acknowledged, reason)
    SELECT 'overdue', 'p', 'p/log', n::text, '', '', '', n, 'anna', n, 'done' FROM generate_series(1, :rows) n;
""".replace(":rows", str(_ROWS)).replace(":later", str(_LATER))
LARGE = {
    *("sighting", "track", "alert", "decision", "outbox", "outbox_item", "receipt_proof", "inbox", "inbox_item"),
    *("ledger_entry", "ledger_checkpoint", "finding"),
}
Asked = dict[str, tuple[object, ...]]


@pytest.fixture
def full(node: Node, monkeypatch: pytest.MonkeyPatch) -> Node:
    """Return the centre with full tables."""
    monkeypatch.setattr(tally, "MOST", _MOST)
    monkeypatch.setattr(tally, "EXACT", _MOST)
    monkeypatch.setattr(metrics, "_FRESH", 0.0)
    with node.store.upkeep() as transaction:
        for statement in _FILL.strip().removesuffix(";").split(";\n"):
            transaction.run(statement)
    with node.store.upkeep() as transaction:
        transaction.run("ANALYZE")
    return node


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Return the statements that are made from now on, each with the values of the last time."""
    made: Asked = {}
    for way in ("rows", "row", "run"):
        before: Callable[..., Any] = getattr(Transaction, way)

        def noting(self: Transaction, statement: str, *values: object, _before: Callable[..., Any] = before) -> object:
            made[statement] = values
            return _before(self, statement, *values)

        monkeypatch.setattr(Transaction, way, noting)
    return made


def _plans(store: Store, asked: Asked) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each statement that reads with its plan."""
    with store.reading() as transaction:
        for statement, values in list(asked.items()):
            if statement.lstrip().split(" ", 1)[0].upper() in {"SELECT", "WITH", "DELETE", "UPDATE"}:
                plan = transaction.connection.execute(f"EXPLAIN (FORMAT JSON) {statement}".encode(), values).fetchone()
                assert plan is not None
                yield statement, plan[0][0]["Plan"]


def _read_through(plan: dict[str, Any], above: str = "") -> Iterator[str]:
    """Yield each large table that a plan reads through: one read as far as a limit says is none."""
    large = plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in LARGE
    if large and (above != "Limit" or "Filter" in plan):
        yield plan["Relation Name"]
    for inner in plan.get("Plans", ()):
        yield from _read_through(inner, plan["Node Type"])


def test_nothing_that_is_looked_at_often_reads_a_table_through(
    full: Node, browser: httpx.Client, sign_in: Callable[[Role], httpx.Client], asked: Asked
) -> None:
    """What a node does every second, with nothing due, and the numbers and lists that it shows; which are near enough.

    What waits is counted however old it is: a partner that is down for weeks does not look as if nothing waited.
    """
    with full.store.upkeep() as transaction:
        transaction.run("UPDATE outbox SET state = 'queued', receipt = NULL, proven = false WHERE entry <= 7")
    upkeep.proceed(full)
    upkeep.erase(full, ShortFeeds(full.store, full.clock, {"f": 1000}))
    full.proofs.prove_due()
    with full.store.reading() as transaction:
        outbox_state.newest_waiting(transaction)
    seconds = len(asked)
    officer = sign_in(Role.OFFICER)
    assert browser.get("/metrics").status_code == 200
    for path in ("/summary", "/partners", "/findings", "/releases", "/recalls"):
        assert officer.get(path).status_code == 200, path
    counted = officer.get("/summary").json()
    assert _ROWS * 0.9 <= counted["sightings"] <= _ROWS * 1.1, "by the database's estimate"
    assert counted["outbox"]["se.coord"] == {"accepted": _MOST, "queued": 7}
    assert 15 < seconds < len(asked) - 15
    found = {
        statement: tables for statement, plan in _plans(full.store, asked) if (tables := list(_read_through(plan)))
    }
    assert found == {}
