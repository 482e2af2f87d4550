"""The log over HTTP: the paths, types and caching that C2SP tlog-tiles asks for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from comity.api.log import log_router
from comity.foundation.keys import SigningKey
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import cosign
from comity.foundation.store import checkpoints, ledger
from comity.foundation.store.store import Store
from comity.vocabulary.entry import Act, Entry

_LOG = SigningKey(bytes(range(32)))


@pytest.fixture
def client(store: Store) -> Iterator[TestClient[Litestar]]:
    """Return a client of a log of 300 entries, the checkpoint at 256 cosigned, the one at 300 not."""
    for count in (256, 44):
        with store.acting() as act:
            for _ in range(count):
                act.log(Entry(act=Act.CONSULTED))
        with store.upkeep() as transaction:
            ledger.integrate(transaction)
            size, root = ledger.head(transaction)
            checkpoint = Checkpoint("north/log", size, root)
            checkpoints.put(transaction, size, checkpoint_format.sign(checkpoint, _LOG))
            if size == 256:
                given = cosign(checkpoint_format.text(checkpoint), "south/witness", _LOG, 1)
                checkpoints.add_cosignatures(transaction, size, [given])
    routers = [log_router(store, path=path, cosigned=least) for path, least in (("/log", 0), ("/one", 1), ("/two", 2))]
    with TestClient(Litestar(routers)) as client:
        yield client


@pytest.mark.parametrize(("path", "size"), [("/log", "300"), ("/one", "256"), ("/two", "300")])
def test_the_checkpoint_is_the_newest_cosigned_enough(client: TestClient[Litestar], path: str, size: str) -> None:
    answer = client.get(f"{path}/checkpoint")
    assert answer.status_code == 200
    assert answer.text.split("\n")[:2] == ["north/log", size]
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "length"),
    [
        ("tile/0/000", 8192),
        ("tile/0/001.p/44", 44 * 32),
        ("tile/0/001.p/3", 3 * 32),
        ("tile/1/000.p/1", 32),
        ("tile/entries/000", 256 * 34),
        ("tile/entries/001.p/44", 44 * 34),
    ],
)
def test_tiles_are_bytes_that_never_change(client: TestClient[Litestar], path: str, length: int) -> None:
    answer = client.get(f"/log/{path}")
    assert (answer.status_code, len(answer.content)) == (200, length)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("tile/0/001", 404),
        ("tile/0/001.p/45", 404),
        ("tile/1/000", 404),
        ("tile/2/000.p/1", 404),
        ("tile/entries/001", 404),
        ("tile/0/x035/x999/x999/x999/x999/999", 404),
        ("tile/0/1", 400),
        ("tile/0/000.p/256", 400),
        ("tile/9/000", 400),
        ("tile/0/%00", 400),
    ],
)
def test_what_is_not_there_is_not_cached(client: TestClient[Litestar], path: str, status: int) -> None:
    answer = client.get(f"/log/{path}")
    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-cache"


def test_a_log_without_entries_has_no_checkpoint(store: Store) -> None:
    with TestClient(Litestar([log_router(store)])) as client:
        assert client.get("/log/checkpoint").status_code == 404
        assert client.get("/log/tile/0/000.p/1").status_code == 404
