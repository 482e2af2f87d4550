"""Fixtures that many rooms share: a real PostgreSQL for the session, and a fresh migrated database for each test."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from comity.foundation.clock import Clock
from comity.foundation.store.server import Server
from comity.foundation.store.store import Store

MakeStore = Callable[[str], Store]
_TEMPLATE = "template_comity"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Return a real PostgreSQL server in a folder of its own, stopped and gone after the session."""
    with (
        tempfile.TemporaryDirectory(prefix="comity-tests-") as folder,
        Server.start(Path(folder) / "database") as server,
    ):
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {_TEMPLATE}")
        first = Store(make_conninfo(server.url, dbname=_TEMPLATE), node="template", clock=Clock(), connections=1)
        first.migrate()
        first.close()
        yield server


@pytest.fixture(scope="session")
def _administration(postgres: Server) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def fresh_database(postgres: Server, _administration: psycopg.Connection) -> Iterator[Callable[[], str]]:
    """Return a maker of migrated, empty databases that returns the URL of each; they are dropped after the test."""
    numbers = count()
    made: list[str] = []

    def make() -> str:
        name = f"test_{next(numbers)}"
        _administration.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        made.append(name)
        return make_conninfo(postgres.url, dbname=name)

    yield make
    for name in made:
        _administration.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def make_store(fresh_database: Callable[[], str]) -> Iterator[MakeStore]:
    """Return a maker of stores, each the fresh database of the node so named, for tests with several nodes."""
    made: list[Store] = []

    def make(name: str) -> Store:
        made.append(Store(fresh_database(), node=name, clock=Clock(), connections=10))
        return made[-1]

    yield make
    for store in made:
        store.close()


@pytest.fixture
def store(make_store: MakeStore) -> Store:
    """Return the fresh database of a node named `north`."""
    return make_store("north")
