"""Fixtures of the threads: an owner that gives, and a holder to whom it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builders import centre, pair
from comity.exchange import cards, partners
from comity.exchange.inbox import Reception
from comity.foundation.store.store import Store
from comity.node.assemble import Node
from comity.node.flow_recall import Recalls
from comity.vocabulary.instant import DAY
from comity.vocabulary.message import MessageKind


@pytest.fixture
def owner(borrow_database: Callable[[], str], tmp_path: Path) -> Iterator[Node]:
    """Return `dk.coord`, with two alerts to give to `se.coord`."""
    store = Store(borrow_database(), node="dk.coord", clock=pair.clock())
    made = centre.node(store, tmp_path)
    centre.furnished(made)
    yield made
    store.close()


@pytest.fixture
def holder(borrow_database: Callable[[], str]) -> Iterator[Reception]:
    """Return what takes messages in for `se.coord`, which knows `dk.coord`."""
    time = pair.clock()
    store = Store(borrow_database(), node="se.coord", clock=time)
    own = pair.own("se.coord", 2)
    theirs = pair.own("dk.coord", 1)
    with store.acting() as act:
        partners.accept(act, own, theirs.signed, cards.fingerprint(theirs.signed), officer="bo", now=pair.NOW)
    taking = Recalls(store, own, time, DAY)
    yield Reception(
        store=store,
        own=own,
        clock=time,
        standings=lambda _: (pair.in_force(),),
        on_release=lambda *_: None,
        takers={MessageKind.RECALL: taking.take},
    )
    store.close()
