"""Consulting: every look at a record is an act, and stands in the ledger (safeguard 2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from comity.foundation.store.store import ActTransaction, Store
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.officer import Officer


@contextmanager
def consulted(store: Store, officer: Officer, subject: str) -> Iterator[ActTransaction]:
    """Open a transaction in which the officer looks at `subject`: the look and its entry are one."""
    with store.acting() as act:
        yield act
        act.log(Entry(act=Act.CONSULTED, officer=officer.name, basis=f"role {officer.role.value}", subject=subject))
