"""Reading a partner's log over real HTTP: what holds is proven, and what contradicts itself is caught and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from litestar import Litestar, Response, get
from litestar.params import FromPath
from msgspec.structs import replace

from builders.stations import station
from builders.web import serving
from comity.api.log import log_router
from comity.exchange.answer import Unreachable
from comity.exchange.partner_log import PartnerLog, Rollback, SplitView
from comity.foundation.keys import SigningKey
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger import tile as tiles
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import WitnessKey, cosign
from comity.foundation.ledger.note import Ed25519Key, NoteFault
from comity.foundation.ledger.policy import Quorum
from comity.foundation.ledger.tree import ProofFault
from comity.foundation.store import checkpoints, ledger
from comity.foundation.store.store import Store
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing

NORTH, SOUTH = station("north"), station("south")
MakeStore = Callable[[str], Store]


def _grow(store: Store, count: int, key: SigningKey = NORTH.keys.log) -> None:
    with store.acting() as act:
        for _ in range(count):
            act.log(Entry(act=Act.CONSULTED))
    with store.upkeep() as transaction:
        ledger.integrate(transaction)
        size, root = ledger.head(transaction)
        checkpoint = Checkpoint("north/log", size, root)
        checkpoints.put(transaction, size, checkpoint_format.sign(checkpoint, key))
        cosignature = cosign(checkpoint_format.text(checkpoint), "south/witness", SOUTH.keys.witness, 1)
        checkpoints.add_cosignatures(transaction, size, [cosignature])


def _leaf(store: Store, index: int) -> bytes:
    with store.reading() as transaction:
        return ledger.entries(transaction, index, 1)[0].leaf


@contextmanager
def _reading(store: Store) -> Iterator[PartnerLog]:
    with serving(Litestar([log_router(store)])) as url, PartnerLog(station("north", url).card) as log:
        yield log


def test_a_log_goes_on_under_a_new_key(store: Store) -> None:
    """What was seen was signed by the key before: who knows that key sees the tree go on; newly it signs nothing."""
    _grow(store, 300)
    with serving(Litestar([log_router(store)])) as url:
        before = station("north", url).card
        with PartnerLog(before) as log:
            seen = log.follow()
        fresh = SigningKey(bytes(32))
        after, known = replace(before, log=fresh.public), [Ed25519Key("north/log", before.log)]
        with PartnerLog(after, earlier=known) as log:
            with pytest.raises(NoteFault, match="not signed by north/log"):
                log.follow(seen)
            _grow(store, 40, fresh)
            assert (
                checkpoint_format.opened_by_any(log.follow(seen), [Ed25519Key("north/log", fresh.public)]).size == 340
            )
            log.reconcile(log.follow(), seen)
        with PartnerLog(after) as log, pytest.raises(NoteFault):
            log.follow(seen)


def test_an_entry_is_proven_from_tiles_alone(store: Store) -> None:
    """The proof made from fetched tiles verifies offline, cosignature included, for every place tried."""
    _grow(store, 700)
    known = [WitnessKey("south/witness", SOUTH.card.witness)]
    with _reading(store) as log:
        note = log.follow()
        for index in (0, 255, 256, 511, 699):
            leaf = _leaf(store, index)
            proof = log.prove(index, leaf, note, known)
            assert proof.verify(leaf, "north/log", NORTH.card.log, known, Quorum(1)).size == 700


def test_an_entry_that_is_not_there_is_not_proven(store: Store) -> None:
    _grow(store, 300)
    with _reading(store) as log:
        note = log.follow()
        with pytest.raises(ProofFault):
            log.prove(3, bytes(32), note, {})
        with pytest.raises(ProofFault):
            log.prove(4, _leaf(store, 3), note, {})
        with pytest.raises(Missing):
            log.prove(300, bytes(32), note, {})


def test_a_log_that_grows_is_followed(store: Store) -> None:
    with _reading(store) as log:
        seen = None
        for count in (1, 1, 254, 1, 600):
            _grow(store, count)
            seen = log.follow(seen)
        assert log.follow(seen) == seen


def test_a_log_without_a_checkpoint_has_none(store: Store) -> None:
    with _reading(store) as log, pytest.raises(Missing):
        log.follow()


def test_a_rollback_is_named_and_both_notes_kept(store: Store, make_store: MakeStore) -> None:
    _grow(store, 9)
    with _reading(store) as log:
        seen = log.follow()
    older = make_store("north")
    _grow(older, 5)
    with _reading(older) as log, pytest.raises(Rollback, match="from 9 entries to 5") as caught:
        log.follow(seen)
    assert caught.value.before == seen
    assert checkpoint_format.read(caught.value.now.decode().partition("\n\n")[0] + "\n").size == 5


@pytest.mark.parametrize("count", [9, 12, 300])
def test_a_split_view_is_named(store: Store, make_store: MakeStore, count: int) -> None:
    """Another tree of the same size, or a larger one that does not begin with the tree seen."""
    _grow(store, 9)
    with _reading(store) as log:
        seen = log.follow()
    other = make_store("north")
    _grow(other, count)
    with _reading(other) as log, pytest.raises(SplitView):
        log.follow(seen)


def _lying(store: Store, change: Callable[[bytes], bytes]) -> Litestar:
    """Return a log whose tiles are changed on their way."""

    @get("/log/checkpoint", sync_to_thread=True, media_type="text/plain")
    def checkpoint() -> bytes:
        with store.reading() as transaction:
            kept = checkpoints.newest(transaction)
        return kept.note if kept else b""

    @get("/log/tile/{rest:path}", sync_to_thread=True)
    def tile(rest: FromPath[str]) -> Response[bytes]:
        with store.reading() as transaction:
            data = ledger.stored_tile(transaction, tiles.read(f"tile{rest}"))
        return Response(change(data), media_type="application/octet-stream")

    return Litestar([checkpoint, tile])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: data[:-1] + bytes([data[-1] ^ 1]), id="a bit"),
        pytest.param(lambda data: data[32:] + data[:32], id="another order"),
        pytest.param(lambda data: data[:-32], id="cut short"),
        pytest.param(lambda data: data + bytes(32), id="too long"),
        pytest.param(lambda _: b"", id="nothing"),
        pytest.param(lambda _: bytes(10_000_000), id="very much"),
    ],
)
def test_tiles_that_were_changed_prove_nothing(store: Store, change: Callable[[bytes], bytes]) -> None:
    _grow(store, 10)
    leaf = _leaf(store, 4)
    with serving(_lying(store, change)) as url, PartnerLog(station("north", url).card) as log:
        note = log.follow()
        with pytest.raises(Fault):
            log.prove(4, leaf, note, {})


def test_a_full_tile_serves_where_the_partial_one_is_gone(store: Store) -> None:
    """C2SP tlog-tiles lets a log drop partial tiles once the full one is there."""
    _grow(store, 10)

    def refused(data: bytes) -> bytes:
        return data

    app = _lying(store, refused)
    with serving(app) as url, PartnerLog(station("north", url).card) as log:
        note = log.follow()
    _grow(store, 300)

    @get("/log/tile/0/{rest:str}", sync_to_thread=True)
    def only_full(rest: FromPath[str]) -> Response[bytes]:
        if ".p" in rest:
            return Response(b"gone", status_code=404)
        with store.reading() as transaction:
            return Response(ledger.stored_tile(transaction, tiles.read(f"tile/0/{rest}")))

    with serving(Litestar([only_full])) as url, PartnerLog(station("north", url).card) as log:
        assert log.prove(4, _leaf(store, 4), note, {}).index == 4


def test_a_checkpoint_by_another_key_is_not_believed(store: Store) -> None:
    _grow(store, 3)
    with serving(Litestar([log_router(store)])) as url:
        card = station("west", url).card
        with PartnerLog(card) as log, pytest.raises(NoteFault):
            log.follow()


def test_a_log_that_does_not_answer_is_unreachable() -> None:
    with PartnerLog(station("north", "http://127.0.0.1:9").card, timeout=1) as log, pytest.raises(Unreachable):
        log.follow()
