"""The witness over HTTP: the answers that C2SP tlog-witness asks for, and nothing given away that is not durable."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from builders.lattice import LatticeKey
from builders.trees import MemoryTiles
from comity.api.witness import witness_router
from comity.foundation.keys import SigningKey
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import witness
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import ML_DSA_44, LatticeWitnessKey, WitnessKey, seconds
from comity.foundation.ledger.tree import Tree
from comity.foundation.store import witnessed
from comity.foundation.store.store import Store

_LOG, _WITNESS = SigningKey(bytes(range(32))), SigningKey(bytes(range(32, 64)))
_TILES = MemoryTiles()
_TILES.append([b"%d" % number for number in range(40)])


@pytest.fixture
def client(store: Store) -> Iterator[TestClient[Litestar]]:
    keys = {"north/log": _LOG.public}
    router = witness_router(store, "south/witness", _WITNESS, keys.get, now=lambda: 1_700_000_000)
    with TestClient(Litestar([router])) as client:
        yield client


def _request(old: int, size: int, origin: str = "north/log", key: SigningKey = _LOG) -> bytes:
    tree = Tree(_TILES, size)
    note = checkpoint_format.sign(Checkpoint(origin, size, tree.root()), key)
    return witness.written(old, tree.consistency(old), note)


def test_a_checkpoint_is_cosigned_once_it_is_stored(client: TestClient[Litestar], store: Store) -> None:
    answer = client.post("/witness/add-checkpoint", content=_request(0, 9))
    assert answer.status_code == 200
    text = checkpoint_format.text(Checkpoint("north/log", 9, Tree(_TILES, 9).root()))
    note = notes.Note(text, notes.lines(answer.text))
    notes.verify(note, [WitnessKey("south/witness", _WITNESS.public)])
    assert seconds(note.signatures[0].signature) == 1_700_000_000
    with store.reading() as transaction:
        kept = witnessed.get(transaction, "north/log")
    assert kept is not None
    assert kept.size == 9


def test_the_statuses_are_those_of_the_specification(client: TestClient[Litestar]) -> None:
    assert client.post("/witness/add-checkpoint", content=_request(0, 9)).status_code == 200
    for body, status in (
        (b"nonsense", 400),
        (_request(0, 5)[:-4], 400),
        (_request(9, 12, key=_WITNESS), 403),
        (_request(9, 12, origin="west/log"), 404),
        (_request(5, 12), 409),
        (_request(9, 12).replace(b"old 9\n", b"old 9\n" + _request(0, 5).split(b"\n")[4] + b"\n", 1), 422),
    ):
        assert client.post("/witness/add-checkpoint", content=body).status_code == status
    assert client.post("/witness/add-checkpoint", content=_request(9, 12)).status_code == 200


def test_a_conflict_tells_the_size_in_its_own_type(client: TestClient[Litestar]) -> None:
    client.post("/witness/add-checkpoint", content=_request(0, 9))
    answer = client.post("/witness/add-checkpoint", content=_request(0, 12))
    assert (answer.status_code, answer.text) == (409, "9\n")
    assert answer.headers["content-type"] == "text/x.tlog.size"


def test_a_request_too_large_is_refused(client: TestClient[Litestar]) -> None:
    assert client.post("/witness/add-checkpoint", content=bytes(witness.LARGEST + 1)).status_code == 413


def test_what_was_cosigned_is_shown_with_both_signatures(client: TestClient[Litestar]) -> None:
    digest = hashlib.sha256(b"north/log").hexdigest()
    assert client.get(f"/witness/{digest}/checkpoint").status_code == 404
    client.post("/witness/add-checkpoint", content=_request(0, 9))
    answer = client.get(f"/witness/{digest}/checkpoint")
    assert answer.status_code == 200
    assert len(notes.read(answer.content).signatures) == 2
    for other in (digest.upper(), "x", "0" * 64):
        assert client.get(f"/witness/{other}/checkpoint").status_code == 404


def test_a_witness_with_two_keys_cosigns_with_both(store: Store) -> None:
    """One line for each, of the same moment and the whole tree; what is shown carries both, and the log's own."""
    lattice = LatticeKey("south")
    router = witness_router(
        store, "south/witness", _WITNESS, {"north/log": _LOG.public}.get, lattice=lattice, now=lambda: 1_700_000_000
    )
    keys = [WitnessKey("south/witness", _WITNESS.public), LatticeWitnessKey("south/witness", lattice.public)]
    digest = hashlib.sha256(b"north/log").hexdigest()
    with TestClient(Litestar([router])) as client:
        answer = client.post("/witness/add-checkpoint", content=_request(0, 9))
        text = checkpoint_format.text(Checkpoint("north/log", 9, Tree(_TILES, 9).root()))
        note = notes.Note(text, notes.lines(answer.text))
        assert notes.verify(note, keys) == tuple(keys)
        assert seconds(note.signatures[1].signature, ML_DSA_44) == 1_700_000_000
        shown = notes.read(client.get(f"/witness/{digest}/checkpoint").content)
        assert notes.verified(shown, keys) == tuple(keys)
        assert len(shown.signatures) == 3
