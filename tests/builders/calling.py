"""A node in a folder that has given two alerts, for tests of commands that call back; and the partner that has them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from builders import centre, giving, pair
from comity.exchange import cards, partners
from comity.exchange.inbox import Reception
from comity.foundation import canonical
from comity.foundation.clock import wall
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import cosign
from comity.foundation.ledger.policy import Quorum
from comity.foundation.store import checkpoints as kept_checkpoints
from comity.foundation.store import ledger, recalls
from comity.foundation.store.store import Store
from comity.node.assemble import opened
from comity.node.create import NewNode, create
from comity.node.flow_recall import Recalls
from comity.node.settings import FILE
from comity.vocabulary.instant import DAY, written
from comity.vocabulary.message import MessageKind
from comity.vocabulary.recall import Recalled

_FEED = """[[feed]]
name = "ais-north"
format = "ais"
path = "ais.nmea"
purposes = ["smuggling", "border-surveillance"]
"""
OVERSIGHT = pair.own("oversight", 8)


class Given(msgspec.Struct):
    """The node's folder, the partner, and the releases that gave it `alert-1` and `alert-2`."""

    folder: Path
    holder: Reception
    messages: tuple[str, str]

    def carry(self) -> None:
        """Bring what waits to the partner, and its answers back."""
        with opened(self.folder) as node:
            giving.brought(node, self.holder)
            giving.answers(node, self.holder)

    def prove(self, recall: str) -> None:
        """Keep the proof that the partner's log holds its answer, under a checkpoint that oversight cosigned."""
        with opened(self.folder) as node, node.store.upkeep() as transaction:
            kept = recalls.get(transaction, bytes.fromhex(recall))
            assert kept is not None
            index = canonical.read(kept.answer or b"", Recalled).index
            recalls.prove(transaction, kept.id, _proof(self.holder, index))


def made(folder: Path, store: Store) -> Given:
    """Return the node, staffed, and its partner over this store."""
    create(folder, NewNode(name="dk.coord", agency="Agency", country="DK"))
    settings = folder / FILE
    points = [[written(wall()), written(pair.NOW)]]
    clock = f"[clock]\npoints = {msgspec.json.encode(points).decode()}\n"
    settings.write_text(settings.read_text() + clock + _FEED)
    (folder / "ais.nmea").touch()
    with opened(folder) as node:
        centre.furnished(node)
        centre.staffed(node)
        holder = _holder(store, node.own)
        messages = (giving.given(node).hex(), giving.given(node, "alert-2").hex())
        giving.brought(node, holder)
    return Given(folder, holder, messages)


def _holder(store: Store, owner: cards.Own) -> Reception:
    own, time = pair.own("se.coord", 2), pair.clock()
    with store.acting() as act:
        partners.accept(act, own, owner.signed, cards.fingerprint(owner.signed), officer="bo", now=pair.NOW)
    return Reception(
        store=store,
        own=own,
        clock=time,
        standings=lambda _: (pair.in_force(),),
        on_release=lambda *_: None,
        takers={MessageKind.RECALL: Recalls(store, own, time, DAY).take},
    )


def _proof(holder: Reception, index: int) -> bytes:
    name = OVERSIGHT.card.witness_name
    with holder.store.upkeep() as transaction:
        ledger.integrate(transaction)
        size, root = ledger.head(transaction)
        note = checkpoints.sign(Checkpoint(holder.own.card.origin, size, root), holder.own.keys.log)
        kept_checkpoints.put(transaction, size, note)
        cosigned = cosign(notes.read(note).text, name, OVERSIGHT.keys.witness, pair.NOW // 1000)
        kept_checkpoints.add_cosignatures(transaction, size, [cosigned])
        proof = ledger.witnessed_proof(transaction, index, Quorum(1), cards.cosigning_keys(OVERSIGHT.card))
    assert proof is not None
    return proof
