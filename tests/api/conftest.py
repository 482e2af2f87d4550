"""Fixtures of the API's tests: a furnished centre, served on loopback, and its people signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from builders import centre
from comity.exchange.deadline import trusted
from comity.foundation.store.store import Store
from comity.node.assemble import Node
from comity.vocabulary.officer import Role

SignIn = Callable[[Role], httpx.Client]


@pytest.fixture
def node(make_store: Callable[[str], Store], tmp_path: Path) -> Node:
    """Return a centre with people, a partner, an agreement in force, a track and two alerts."""
    made = centre.node(make_store("dk.coord"), tmp_path)
    centre.staffed(made)
    centre.furnished(made)
    return made


@pytest.fixture
def address(node: Node) -> Iterator[str]:
    """Return where the centre's console is served."""
    with centre.served(node) as served:
        yield served


@pytest.fixture
def sign_in(node: Node, address: str) -> Iterator[SignIn]:
    """Return a maker of clients, each signed in as the person of a role."""
    with ExitStack() as clients:
        yield lambda role: clients.enter_context(centre.signed_in(node, address, role))


@pytest.fixture
def browser(address: str) -> Iterator[httpx.Client]:
    """Return a client that keeps cookies as a browser does, and is not signed in."""
    with httpx.Client(base_url=address, timeout=20, trust_env=False, verify=trusted()) as client:
        yield client
