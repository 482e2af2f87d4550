"""The checkpoint's story, over real HTTP between real stores: signed once, cosigned by all who answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from litestar import Litestar, post
from litestar.params import RawBody
from msgspec.structs import replace

from builders.stations import station
from builders.web import serving
from comity.api.witness import witness_router
from comity.exchange import witnessing
from comity.exchange.cards import Own, cosigning_keys
from comity.foundation.ledger import checkpoint as checkpoints_format
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.cosignature import LatticeWitnessKey, WitnessKey, cosign, cosign_lattice
from comity.foundation.ledger.note import Ed25519Key
from comity.foundation.ledger.policy import Quorum
from comity.foundation.ledger.proof import LogProof
from comity.foundation.store import checkpoints, ledger, witnessed
from comity.foundation.store.store import Store
from comity.node.flow_checkpoint import checkpoint_once
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.partner import Card, Station

NORTH = station("north")
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def serve() -> Iterator[Callable[[Litestar], str]]:
    with ExitStack() as stack:
        yield lambda application: stack.enter_context(serving(application))


@pytest.fixture
def witness(
    serve: Callable[[Litestar], str], make_store: Callable[[str], Store]
) -> Callable[[str], tuple[Card, Store]]:
    """Return a maker of witnesses that know the log of `north`: each a store of its own, served on loopback."""

    def make(name: str) -> tuple[Card, Store]:
        store, own = make_store(name), station(name, kind=Station.WITNESS)
        keys = own.keys
        router = witness_router(store, own.card.witness_name, keys.witness, _known, lattice=keys.witness_pq)
        return station(name, serve(Litestar([router])), Station.WITNESS).card, store

    return make


def _known(origin: str) -> bytes | None:
    return NORTH.card.log if origin == NORTH.card.origin else None


def _append(store: Store, count: int) -> None:
    with store.acting() as act:
        for _ in range(count):
            act.log(Entry(act=Act.CONSULTED))


def _note(store: Store) -> notes.Note:
    with store.reading() as transaction:
        kept = checkpoints.newest(transaction)
    assert kept is not None
    return notes.read(kept.note)


def test_an_empty_log_signs_nothing(store: Store) -> None:
    assert checkpoint_once(store, NORTH, []).signed is False
    with store.reading() as transaction:
        assert checkpoints.newest(transaction) is None


def test_a_checkpoint_is_signed_when_the_tree_has_grown_and_cosigned_by_every_witness(
    store: Store, witness: Callable[[str], tuple[Card, Store]]
) -> None:
    """Again and again as the log grows; when nothing is new, nobody is asked and nothing is signed."""
    (south, _), (west, _) = witness("south"), witness("west")
    for count in (1, 300, 7):
        _append(store, count)
        published = checkpoint_once(store, NORTH, [south, west])
        assert (published.signed, published.cosigned) == (True, ("south", "west"))
        keys = [WitnessKey(card.witness_name, card.witness) for card in (south, west)]
        assert len(notes.verify(_note(store), [Ed25519Key("north/log", NORTH.card.log), *keys])) == 3
    again = checkpoint_once(store, NORTH, [south, west])
    assert (again.size, again.signed, again.cosigned) == (308, False, ())
    with store.reading() as transaction:
        leaf = ledger.entries(transaction, 150, 1)[0].leaf
        known = [WitnessKey(card.witness_name, card.witness) for card in (south, west)]
        proof = ledger.witnessed_proof(transaction, 150, Quorum(2), known)
    assert LogProof.read(proof or b"").verify(leaf, "north/log", NORTH.card.log, known, Quorum(2)).size == 308


def test_a_witness_that_does_not_answer_is_asked_again_next_time(
    store: Store, witness: Callable[[str], tuple[Card, Store]]
) -> None:
    """The others' cosignatures are kept meanwhile; once it answers, it cosigns the same checkpoint."""
    (south, _), (west, _) = witness("south"), witness("west")
    away = station("west", NOBODY, Station.WITNESS).card
    _append(store, 5)
    first = checkpoint_once(store, NORTH, [south, away])
    assert first.cosigned == ("south",)
    assert list(first.unreachable) == ["west"]
    second = checkpoint_once(store, NORTH, [south, west])
    assert (second.signed, second.cosigned) == (False, ("west",))
    assert len(_note(store).signatures) == 5


def test_a_witness_that_stored_and_whose_answer_was_lost_cosigns_when_asked_again(
    store: Store, witness: Callable[[str], tuple[Card, Store]]
) -> None:
    """The witness holds a newer tree than the log knows of: it tells its size, and the next proof starts there."""
    south, watch = witness("south")
    _append(store, 5)
    checkpoint_once(store, NORTH, [south])
    _append(store, 4)
    checkpoint_once(store, NORTH, [south])
    with store.upkeep() as transaction:  # as if the answer had not come
        checkpoints.seen(transaction, "south/witness", 5)
        text = _note(store).text
        transaction.run("UPDATE ledger_checkpoint SET note = %s WHERE size = 9", notes.written(_bare(text)))
    assert checkpoint_once(store, NORTH, [south]).cosigned == ("south",)
    assert len(_note(store).signatures) == 3
    with watch.reading() as transaction:
        kept = witnessed.get(transaction, "north/log")
    assert kept is not None
    assert kept.size == 9


def _bare(text: str) -> notes.Note:
    return notes.Note(text, (notes.sign(text, "north/log", NORTH.keys.log),))


def test_a_log_that_was_rolled_back_is_told_so_by_its_witness(
    make_store: Callable[[str], Store], witness: Callable[[str], tuple[Card, Store]]
) -> None:
    """A witness has seen 9 entries, and the log restored from an older backup has 5: no retry, a fault in words."""
    south, _ = witness("south")
    lost, restored = make_store("north"), make_store("north")
    _append(lost, 9)
    checkpoint_once(lost, NORTH, [south])
    _append(restored, 5)
    published = checkpoint_once(restored, NORTH, [south])
    assert published.cosigned == ()
    assert "rolled back" in published.refused["south"]


def test_a_log_with_another_history_is_not_cosigned(
    make_store: Callable[[str], Store], witness: Callable[[str], tuple[Card, Store]]
) -> None:
    """Two logs under one key and name: the witness cosigns the one it saw first, and no other of any size."""
    south, _ = witness("south")
    first, second = make_store("north"), make_store("north")
    _append(first, 5)
    checkpoint_once(first, NORTH, [south])
    for count in (5, 4):
        _append(second, count)
        published = checkpoint_once(second, NORTH, [south])
        assert "status 422" in published.refused["south"]


def _answering(answer: Callable[[bytes], bytes]) -> Litestar:
    @post("/witness/add-checkpoint", sync_to_thread=True, status_code=200, media_type="text/plain")
    def add_checkpoint(body: RawBody) -> bytes:
        return answer(body)

    return Litestar([add_checkpoint])


def _forged(own: Own) -> list[Callable[[bytes], bytes]]:
    def by(signer: Own, text: str) -> bytes:
        return notes.line(cosign(text, "south/witness", signer.keys.witness, 1)).encode()

    return [
        lambda _: b"",
        lambda _: b"\xff" * 100,
        lambda _: b"a" * 100_000,
        lambda body: by(station("west"), notes.read(body.partition(b"\n\n")[2]).text),
        lambda _: by(own, checkpoints_format.text(checkpoints_format.Checkpoint("north/log", 1, bytes(32)))),
        lambda body: by(own, notes.read(body.partition(b"\n\n")[2]).text)[:-1],
    ]


@pytest.mark.parametrize("number", range(6))
def test_a_witness_that_answers_nonsense_changes_nothing(
    store: Store, serve: Callable[[Litestar], str], number: int
) -> None:
    """Nothing, garbage, too much, a stranger's cosignature, one of another tree, one cut short: none is kept."""
    south = station("south", kind=Station.WITNESS)
    url = serve(_answering(_forged(south)[number]))
    _append(store, 5)
    published = checkpoint_once(store, NORTH, [station("south", url, Station.WITNESS).card])
    assert published.cosigned == ()
    assert "south" in {**published.unreachable, **published.refused}
    assert len(_note(store).signatures) == 1


@pytest.mark.parametrize("named", [True, False])
def test_a_witness_that_cosigns_with_two_keys_counts_once(
    store: Store, serve: Callable[[Litestar], str], make_store: Callable[[str], Store], *, named: bool
) -> None:
    """Both are kept if its card names both keys; one whose key it does not name is left out, and nothing refused."""
    own = station("south", kind=Station.WITNESS)
    router = witness_router(make_store("south"), "south/witness", own.keys.witness, _known, lattice=own.keys.witness_pq)
    card = station("south", serve(Litestar([router])), Station.WITNESS).card
    card = card if named else replace(card, witness_pq=b"")
    _append(store, 3)
    assert checkpoint_once(store, NORTH, [card]).cosigned == ("south",)
    both = [WitnessKey("south/witness", own.card.witness), LatticeWitnessKey("south/witness", own.card.witness_pq)]
    assert notes.verified(_note(store), both) == tuple(both if named else both[:1])
    with store.reading() as transaction:
        kept = checkpoints.newest(transaction)
    assert kept is not None
    assert kept.cosigned == 1
    assert checkpoint_once(store, NORTH, [card]).cosigned == (), "nothing is asked for again"
    shown = witnessing.shown(card, Ed25519Key("north/log", NORTH.card.log), cosigning_keys(card))
    assert shown is not None
    assert len(notes.read(shown).signatures) == 3


def test_a_cosignature_that_was_withheld_is_asked_for_again(
    store: Store, serve: Callable[[Litestar], str], make_store: Callable[[str], Store]
) -> None:
    """What a witness gave with one of its keys is kept, and somebody must look; once it gives the other it is whole."""
    own, watch = station("south", kind=Station.WITNESS), make_store("south")
    keys = own.keys
    half = serve(Litestar([witness_router(watch, "south/witness", keys.witness, _known)]))
    both = serve(Litestar([witness_router(watch, "south/witness", keys.witness, _known, lattice=keys.witness_pq)]))
    _append(store, 3)
    for _ in range(2):
        published = checkpoint_once(store, NORTH, [replace(own.card, endpoint=half)])
        assert (published.cosigned, list(published.refused)) == ((), ["south"])
        assert "one of them" in published.refused["south"]
        assert notes.verified(_note(store), cosigning_keys(own.card)) == tuple(cosigning_keys(own.card)[:1])
    assert checkpoint_once(store, NORTH, [replace(own.card, endpoint=both)]).cosigned == ("south",)
    assert notes.verified(_note(store), cosigning_keys(own.card)) == tuple(cosigning_keys(own.card))
    assert checkpoint_once(store, NORTH, [replace(own.card, endpoint=half)]).refused == {}, "nothing is missing"


def test_a_checkpoint_carries_as_many_cosignatures_as_a_note_may_have(store: Store) -> None:
    """Of 31 witnesses with two keys each, the longest that are known; it is read again whole."""
    _append(store, 3)
    checkpoint_once(store, NORTH, [])
    stations = [station(f"w{number}", kind=Station.WITNESS) for number in range(31)]
    text = _note(store).text
    given = [
        signature
        for each in stations
        for signature in (
            cosign(text, each.card.witness_name, each.keys.witness, 1),
            cosign_lattice(text, each.card.witness_name, each.keys.witness_pq, 1),
        )
    ]
    with store.upkeep() as transaction:
        assert checkpoints.add_cosignatures(transaction, 3, given).cosigned == 31
    assert len(_note(store).signatures) == 63
