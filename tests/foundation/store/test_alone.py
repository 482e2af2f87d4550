"""One process runs a node: a second is refused, and the first learns when its database has ended."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from comity.foundation.clock import Clock
from comity.foundation.store.store import Store
from comity.vocabulary.fault import Fault


def test_a_second_process_is_refused_until_the_first_has_ended(borrow_database: Callable[[], str]) -> None:
    url = borrow_database()
    first, second = (Store(url, node="north", clock=Clock()) for _ in range(2))
    try:
        with first.alone() as alone:
            assert alone()
            with pytest.raises(Fault, match="another process runs this node"), second.alone():
                pass
        with second.alone() as alone:
            assert alone()
    finally:
        first.close()
        second.close()


def test_a_process_learns_that_its_connection_has_ended(borrow_database: Callable[[], str]) -> None:
    url = borrow_database()
    store = Store(url, node="north", clock=Clock())
    try:
        with store.alone() as alone:
            with psycopg.connect(url) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND"
                    " database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            assert not alone()
    finally:
        store.close()
