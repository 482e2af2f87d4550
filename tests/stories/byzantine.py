"""A Byzantine partner: it holds a partner's real keys, sits at its address and answers as the test wishes.

`Byzantine` speaks HTTP by hand, so that it can break that too. What it does with a delivery is a trick: a function from
the delivered envelope to the bytes that go back over the line, whatever they are. Nothing of it runs in the node's own
code but what makes envelopes, receipts and checkpoints, with which it lies.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from typing import TypeAlias

from msgspec.structs import replace

from builders.trees import MemoryTiles, naive_proof, naive_root
from comity.exchange import receipts, wire
from comity.exchange.cards import Own
from comity.foundation import canonical, keys
from comity.foundation.clock import wall
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import witness
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.commitment import commitment
from comity.foundation.ledger.tile import Tile
from comity.foundation.ledger.tile import read as read_tile
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import HOUR
from comity.vocabulary.message import Lane, MessageKind, Outcome, Receipt
from stories.door import Door, heard

Said: TypeAlias = bytes | Iterable[bytes]
"""What goes back over the line: all at once, or in pieces until the other side hangs up."""
Trick: TypeAlias = Callable[[bytes], Said]


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return an answer as a decent server gives it."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body


class FalseLog:
    """A log of entries that were never made, as tiles in memory, with a checkpoint signed by the partner's log key."""

    def __init__(self, own: Own, leaves: list[bytes]) -> None:
        self.leaves = leaves
        self._own = own
        self._tiles = MemoryTiles()
        self._tiles.append(leaves)

    @property
    def checkpoint(self) -> bytes:
        """The signed note."""
        tree = Checkpoint(self._own.card.origin, len(self.leaves), naive_root(self.leaves))
        return checkpoints.sign(tree, self._own.keys.log)

    def tile(self, tile: Tile) -> bytes:
        """Return the hashes of a tile."""
        return self._tiles.tile(tile.level or 0, tile.index, tile.width)

    def request(self, old: int) -> bytes:
        """Return what asks a witness to cosign the log, which saw so many of its entries before."""
        proof = naive_proof(old, self.leaves) if old else []
        return witness.written(old, proof, self.checkpoint)


class Byzantine:
    """The partner. `with Byzantine(own, address)` opens its door; every thread of it has ended after the block."""

    def __init__(self, own: Own, address: str) -> None:
        self.own = own
        self.trick: Trick = self.honest
        self.log: FalseLog | None = None
        self.asked: list[str] = []
        """Paths of all requests that came."""
        self.delivered: list[bytes] = []
        """Envelopes that came."""
        self.given: dict[bytes, bytes] = {}
        """Honest receipts that went back, by message."""
        self._door = Door(address, self._serve)

    def __enter__(self) -> Byzantine:
        self._door.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._door.__exit__(*error)

    def honest(self, envelope: bytes) -> Said:
        """Answer with the receipt that is due, and with the same one when asked again."""
        message = wire.parse(envelope).header.id
        if message not in self.given:
            self.given[message] = self.receipt(envelope)
        return http(self.given[message])

    def receipt(self, sent: bytes, /, **lies: object) -> bytes:
        """Return a signed receipt for the envelope that is right but for what the lies change, its entry included."""
        parsed = wire.parse(sent)
        receipt = Receipt(
            message=parsed.header.id,
            envelope=parsed.digest,
            payload=parsed.header.payload,
            sender=parsed.header.sender,
            receiver=self.own.card.name,
            outcome=Outcome.ACCEPTED,
            reason="",
            refused=(),
            time=wall(),
            origin=self.own.card.origin,
            index=300 + len(self.given),
            entry=b"",
            salt=keys.random_bytes(32),
        )
        told = replace(receipt, **{name: value for name, value in lies.items() if name != "entry"})
        entry = Entry(
            act=Act.RECEIVED,
            node=told.receiver,
            time=told.time,
            officer=told.receiver,
            partner=told.sender,
            digest=b"" if told.payload == receipts.UNOPENED else told.payload,
            detail=receipts.detail(told.outcome, told.reason),
        )
        body = lies.get("entry", canonical.written(entry))
        return receipts.sign(replace(told, entry=body), self.own.keys.identity)

    def entered(self, signed: bytes) -> FalseLog:
        """Return a log of its own making in which the entry of this receipt stands where the receipt says."""
        receipt = receipts.read(signed, self.own.card.identity)
        before = [bytes([number % 256]) * 32 for number in range(receipt.index)]
        return FalseLog(self.own, [*before, commitment(receipt.salt, receipt.entry)])

    def envelope(self, reader: str, sealing: bytes, items: list[bytes], **header: object) -> bytes:
        """Return an envelope by its own hand, sealed to a key; the header is right but for what is named."""
        now = wall()
        made = wire.Header(
            kind=MessageKind.RELEASE,
            sender=self.own.card.name,
            recipient=reader,
            id=keys.random_bytes(32),
            lane=Lane.ORDINARY,
            sequence=1,
            created=now,
            expires=now + HOUR,
        )
        made, own = replace(made, **header), self.own.keys
        sealed = wire.seal(made, items, own.identity, sealing, own.identity_pq)
        return self._of_suite(sealed, made.suite) if "suite" in header else sealed

    def _of_suite(self, envelope: bytes, suite: str) -> bytes:
        """Return the envelope with another suite in its header, signed anew by both keys."""
        outer, own = canonical.read(envelope, wire._Outer), self.own.keys
        head = canonical.written(replace(wire.head(outer.header), suite=suite))
        signed = wire._signed(head, canonical.digest(outer.wrapped), canonical.digest(outer.sealed))
        signature, second = own.identity.sign(wire._LABEL, signed), own.identity_pq.sign(wire._LABEL, signed)
        return canonical.written(replace(outer, header=head, signature=signature, signature_pq=second))

    def _serve(self, near: socket.socket) -> None:
        came = heard(near)
        if came is not None:
            said = self._answer(*came)
            for piece in (said,) if isinstance(said, bytes) else said:
                near.sendall(piece)

    def _answer(self, head: bytes, body: bytes) -> Said:
        method, path, *_ = head.decode("latin-1").split(" ", 2)
        self.asked.append(path)
        if (method, path) == ("POST", "/exchange/inbox"):
            self.delivered.append(body)
            return self.trick(body)
        if self.log is not None and path == "/log/checkpoint":
            return http(self.log.checkpoint)
        if self.log is not None and path.startswith("/log/tile/"):
            return http(self.log.tile(read_tile(path.removeprefix("/log/"))))
        return http(b"nothing here", "404 Not Found")

    def silent(self, _: bytes) -> Said:
        """Say nothing until the test has another trick, or is over."""
        mine = self.trick
        while self.trick == mine and not self._door.over.wait(0.05):
            pass
        return b""


def always(said: Said) -> Trick:
    """Return the trick that says the same whatever comes."""
    return lambda _: said


def endless(_: bytes) -> Said:
    """Answer 200 with a body that never ends."""
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"10000\r\n" + bytes(65_536) + b"\r\n"


def huge_header(_: bytes) -> Said:
    """Answer 200 with a header of many megabytes."""
    yield b"HTTP/1.1 200 OK\r\nX-Much: "
    for _piece in range(256):
        yield b"a" * 65_536
    yield b"\r\nContent-Length: 0\r\n\r\n"


def countless_headers(_: bytes) -> Said:
    """Answer 200 with headers that never end."""
    yield b"HTTP/1.1 200 OK\r\n"
    number = 0
    while True:
        number += 1
        yield b"".join(b"X-%d: %d\r\n" % (number, each) for each in range(1_000))
