"""Receipts: the receiver's signed word on one message (docs/formats/receipt.md)."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import msgspec

from comity.foundation import canonical, keys
from comity.foundation.ledger.commitment import SALT_LENGTH
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.message import Outcome, Receipt
from comity.vocabulary.partner import Card

LARGEST = 64 * 1024
"""Bytes of a signed receipt."""
UNOPENED = bytes(32)
"""Stands for the payload where it was not opened."""

_LABEL = "comity/receipt/v1"


class WrongReceipt(Fault):
    """An answer that is not the partner's receipt for what was sent."""


class Sent(msgspec.Struct, frozen=True):
    """What a receipt must answer: one message, as it was sent."""

    message: bytes
    envelope: bytes
    """What names the envelope."""
    payload: bytes
    """What binds the items in it."""
    count: int
    """How many they are."""


class _Signed(msgspec.Struct, frozen=True, omit_defaults=True):
    receipt: bytes
    signature: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
    signature_pq: Annotated[bytes, msgspec.Meta(max_length=keys.LATTICE_SIGNATURE)] = b""


def sign(receipt: Receipt, key: keys.SigningKey, second: keys.LatticeKey | None = None) -> bytes:
    """Return the signed receipt; with a `second` key it is signed by both."""
    body = canonical.written(receipt)
    signature_pq = second.sign(_LABEL, body) if second else b""
    return canonical.written(_Signed(body, key.sign(_LABEL, body), signature_pq))


def by_both(signed: bytes) -> bool:
    """Whether the receipt carries a second signature, of a receipt that is read besides.

    Raises:
        Fault: the bytes are no receipt.
    """
    return bool(canonical.read(signed, _Signed).signature_pq)


@lru_cache(maxsize=128)
def read(signed: bytes, public: bytes, where: str = "", public_pq: bytes | None = None) -> Receipt:
    """Return the receipt, signed by the identity key `public`, and by `public_pq` where it carries two signatures.

    What was read once is not checked again: the courier reads a receipt, and a second later the proof of it does.

    Without `public_pq` a second signature is not looked at. Whether there must be one, `by_both` and the suite tell.

    Raises:
        Fault: the bytes are no receipt, the signature does not hold, or the entry does not say what the receipt does.
    """
    if len(signed) > LARGEST:
        raise Fault(f"{len(signed)} bytes are too many for a receipt", where=where)
    outer = canonical.read(signed, _Signed, where=where)
    receipt = canonical.read(outer.receipt, Receipt, where=where)
    keys.verify(public, _LABEL, outer.receipt, outer.signature)
    if outer.signature_pq and public_pq is not None:
        keys.verify_lattice(public_pq, _LABEL, outer.receipt, outer.signature_pq)
    _compare(receipt, canonical.read(receipt.entry, Entry, where=where), where)
    return receipt


def envelope(signed: bytes) -> bytes:
    """Return which envelope a receipt answers, of a receipt that was read and believed before.

    Raises:
        Fault: the bytes are no receipt.
    """
    return canonical.read(canonical.read(signed, _Signed).receipt, Receipt).envelope


def took(signed: bytes, place: int) -> bool:
    """Whether the item at this place was taken in, by a receipt that was read and believed before.

    Raises:
        Fault: the bytes are no receipt.
    """
    receipt = canonical.read(canonical.read(signed, _Signed).receipt, Receipt)
    return receipt.outcome is Outcome.ACCEPTED and all(each.place != place for each in receipt.refused)


def check(receipt: Receipt, sent: Sent, sender: str, receiver: Card) -> None:
    """Check that the receipt answers what was sent.

    Raises:
        WrongReceipt: it answers something else, or is by somebody else.
    """
    ours = (sent.message, sent.envelope, sender, receiver.name, receiver.origin)
    theirs = (receipt.message, receipt.envelope, receipt.sender, receipt.receiver, receipt.origin)
    unopened = receipt.outcome is Outcome.REFUSED and receipt.payload == UNOPENED
    beyond = any(each.place >= sent.count for each in receipt.refused)
    if ours != theirs or beyond or not (unopened or receipt.payload == sent.payload):
        raise WrongReceipt(
            "the receipt is not for the message that was sent",
            where=receiver.name,
            remedy="Tell the partner: its node answers with receipts for something else.",
        )


def detail(outcome: Outcome, reason: str, refused: int = 0) -> str:
    """Return how the receiver's entry words what became of the message, of which so many items were refused."""
    if reason:
        return f"{outcome.value}: {reason}"
    return f"{outcome.value}: all but {refused}" if refused else outcome.value


def _compare(receipt: Receipt, entry: Entry, where: str) -> None:
    expected = (
        Act.RECEIVED,
        receipt.receiver,
        receipt.sender,
        receipt.time,
        b"" if receipt.payload == UNOPENED else receipt.payload,
        detail(receipt.outcome, receipt.reason, len(receipt.refused)),
    )
    if (entry.act, entry.node, entry.partner, entry.time, entry.digest, entry.detail) != expected:
        raise WrongReceipt("the entry in the receipt does not say what the receipt says", where=where)
    places = [each.place for each in receipt.refused]
    if (
        len(receipt.salt) != SALT_LENGTH
        or receipt.index < 0
        or bool(receipt.reason) == (receipt.outcome is Outcome.ACCEPTED)
        or (places and receipt.outcome is Outcome.REFUSED)
        or places != sorted(set(places))
        or any(each.place < 0 or not each.reason for each in receipt.refused)
    ):
        raise WrongReceipt("the receipt contradicts itself", where=where)
