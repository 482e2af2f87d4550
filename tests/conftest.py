"""Fixtures that many rooms share: a real PostgreSQL for the session, and an empty migrated database for each test."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from psycopg.conninfo import make_conninfo

from builders.shares import Shares, slow_first, towns
from comity.foundation import canonical
from comity.foundation.clock import Clock
from comity.foundation.store.server import Server
from comity.foundation.store.store import Store

MakeStore = Callable[[str], Store]

settings.register_profile("comity", deadline=None)  # how long an example takes says something of the machine alone
settings.load_profile("comity")

_TEMPLATE = "template_comity"
# Emptying a database takes two milliseconds, making one a hundred: so they are used again. What the migrations
# themselves put into tables is set aside here, and put back.
_RESTORE = """
CREATE SCHEMA seed;
DO $$ DECLARE kept record; filled boolean; BEGIN
    FOR kept IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (TABLE public.%I)', kept.name) INTO filled;
        IF filled THEN EXECUTE format('CREATE TABLE seed.%1$I AS TABLE public.%1$I', kept.name); END IF;
    END LOOP;
END $$;
CREATE FUNCTION seed.restore() RETURNS void LANGUAGE plpgsql AS $$ DECLARE kept record; BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;  -- no order among tables that refer to each other
    FOR kept IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%I', kept.name);
    END LOOP;
    FOR kept IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'seed' LOOP
        EXECUTE format('INSERT INTO public.%1$I OVERRIDING SYSTEM VALUE TABLE seed.%1$I', kept.name);
    END LOOP;
    PERFORM setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace;
END $$;
"""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Return a real PostgreSQL server in a folder of its own, stopped and gone after the session."""
    with tempfile.TemporaryDirectory(prefix="comity-tests-") as folder, Server.start(Path(folder) / "store") as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            # No test cuts this server's power; those that kill a node, or fill its disk, run servers of their own.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute(f"CREATE DATABASE {_TEMPLATE}")
        url = make_conninfo(server.url, dbname=_TEMPLATE)
        first = Store(url, node="template", clock=Clock(), connections=1)
        first.migrate()
        first.close()
        with psycopg.connect(url) as connection:
            connection.execute(_RESTORE)
        yield server


@pytest.fixture(scope="session")
def make_database(postgres: Server) -> Callable[[], str]:
    """Return a maker of migrated, empty databases that returns the URL of each; for tests that change a schema."""
    numbers = count()

    def make() -> str:
        name = f"test_{next(numbers)}"
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy")
        return make_conninfo(postgres.url, dbname=name)

    return make


@pytest.fixture(scope="session")
def _free_databases() -> list[str]:
    return []


@pytest.fixture
def borrow_database(_free_databases: list[str], make_database: Callable[[], str]) -> Iterator[Callable[[], str]]:
    """Return a lender of migrated, empty databases; they are emptied after the test, for the next one."""
    lent: list[str] = []

    def borrow() -> str:
        lent.append(_free_databases.pop() if _free_databases else make_database())
        return lent[-1]

    yield borrow
    for url in lent:
        with psycopg.connect(url) as connection:
            connection.execute("SELECT seed.restore()")
        _free_databases.append(url)


@pytest.fixture
def make_store(borrow_database: Callable[[], str]) -> Iterator[MakeStore]:
    """Return a maker of stores, each the empty database of the node so named, for tests with several nodes."""
    made: list[Store] = []

    def make(name: str) -> Store:
        made.append(Store(borrow_database(), node=name, clock=Clock(), connections=10))
        return made[-1]

    yield make
    for store in made:
        store.close()


@pytest.fixture
def store(make_store: MakeStore) -> Store:
    """Return the empty database of a node named `north`."""
    return make_store("north")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Shares:
    """Deal the tests out where several processes run them."""
    return Shares(config, log)


def pytest_collection_finish() -> None:
    """Do what a process must before it has threads."""
    canonical.prepare()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """End a town after the last test of its share: nodes that nobody asks any more would take time from all others."""
    yield
    for name in towns(item) - towns(nextitem):
        made = item.session._fixturemanager.getfixturedefs(name, item)  # pytest has no public way to end a fixture
        made[-1].finish(item._request)  # type: ignore[index, attr-defined]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let every property test try COMITY_EXAMPLES examples instead of its own number; bring the order of the shares."""
    if hasattr(config, "workerinput"):
        items[:] = slow_first(items)
    examples = os.environ.get("COMITY_EXAMPLES")
    for item in items if examples else ():
        test = getattr(item, "obj", None)
        own = getattr(test, "_hypothesis_internal_use_settings", None)  # hypothesis has no public way to say this
        if test is not None and own is not None:
            test._hypothesis_internal_use_settings = settings(own, max_examples=int(examples or 0), deadline=None)
