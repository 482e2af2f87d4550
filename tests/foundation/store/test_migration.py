"""Migrations, each on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from comity.foundation.clock import Clock
from comity.foundation.store.server import Server
from comity.foundation.store.store import Store
from comity.vocabulary.fault import Fault


@pytest.fixture
def migrated(make_database: Callable[[], str]) -> Iterator[Store]:
    """Return a store on a migrated database that no other test uses."""
    store = Store(make_database(), node="north", clock=Clock())
    yield store
    store.close()


@pytest.fixture
def empty_url(postgres: Server, make_database: Callable[[], str]) -> str:
    """Return the URL of a database with nothing in it."""
    name = str(conninfo_to_dict(make_database())["dbname"]) + "_empty"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return make_conninfo(postgres.url, dbname=name)


def test_a_second_time_does_nothing(migrated: Store) -> None:
    """A migrated database has nothing left to migrate."""
    assert migrated.migrate() == 0


def test_two_at_once_migrate_once(empty_url: str) -> None:
    """Of two processes that migrate an empty database at the same time, one does all and the other none."""
    stores = [Store(empty_url, node="north", clock=Clock()) for _ in range(2)]
    try:
        with ThreadPoolExecutor(2) as threads:
            done = sorted(threads.map(lambda store: store.migrate(), stores))
        assert done[0] == 0
        assert done[1] >= 1
    finally:
        for store in stores:
            store.close()


@pytest.mark.parametrize(
    "tampering",
    ["UPDATE migration SET digest = repeat('0', 64)", "INSERT INTO migration VALUES ('9999_later.sql', 'ab')"],
    ids=["a changed step", "a step of a later version"],
)
def test_a_database_of_another_version_is_refused(migrated: Store, tampering: str) -> None:
    """A step that this version does not know, or knows otherwise, is named in the fault, and nothing is changed."""
    with migrated.upkeep() as t:
        t.run(tampering)
    with pytest.raises(Fault, match="migrated by another version"):
        migrated.migrate()


def test_a_step_that_fails_leaves_nothing(empty_url: str) -> None:
    """If a step cannot be applied, the database is as it was before."""
    store = Store(empty_url, node="north", clock=Clock())
    try:
        with store.upkeep() as t:
            t.run("CREATE TABLE ledger_tile ()")  # in the way of the first step, after most of its tables
        with pytest.raises(psycopg.errors.DuplicateTable):
            store.migrate()
        with store.reading() as t:
            assert t.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [("ledger_tile",)]
    finally:
        store.close()
