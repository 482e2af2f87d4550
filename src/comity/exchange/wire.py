"""The envelope on the wire: sealed to one partner, signed by the sender (docs/formats/envelope.md)."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec.structs import replace

from comity.foundation import canonical, keys
from comity.foundation.canonical import digest
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Digest, Lane, MessageKind

VERSION = 1
SUITE = "MLKEM768-X25519+ChaCha20-Poly1305+Ed25519"
EPOCH = 1
LARGEST = 4 * 1024 * 1024
"""Bytes of an envelope."""
SMALLEST_BUCKET = 1024
LARGEST_BUCKET = 2 * 1024 * 1024
LARGEST_PAYLOAD = LARGEST_BUCKET - 4
ZEROS = bytes(32)

_LABEL = "comity/envelope/v1"
_TAG = 16

Count = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=63)]


class Unreadable(Fault):
    """An envelope by its sender's hand whose content cannot be had: not sealed to us, changed, or padded wrongly."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on the envelope: in the clear, covered by the signature, bound to the content."""

    kind: MessageKind
    sender: Name
    recipient: Name
    id: Digest
    """Random; the same over every retry, and in what takes this message's place."""
    lane: Lane
    sequence: Count
    """For each sender, recipient and lane, from 1, without gaps."""
    agreement: Digest = ZEROS
    purpose: Annotated[str, msgspec.Meta(max_length=64)] = ""
    created: Instant
    expires: Instant
    bucket: Annotated[int, msgspec.Meta(ge=SMALLEST_BUCKET, le=LARGEST_BUCKET)] = SMALLEST_BUCKET
    """Length of the padded payload, bytes: `seal` fills it in, and the next."""
    payload: Digest = ZEROS
    """SHA-256 of the payload."""
    version: int = VERSION
    suite: str = SUITE
    epoch: int = EPOCH


class _Outer(msgspec.Struct, frozen=True):
    header: bytes
    wrapped: Annotated[bytes, msgspec.Meta(min_length=keys.WRAP_LENGTH, max_length=keys.WRAP_LENGTH)]
    sealed: Annotated[bytes, msgspec.Meta(max_length=LARGEST_BUCKET + _TAG)]
    signature: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]


class Parsed(msgspec.Struct, frozen=True):
    """An envelope read but not yet believed: `authenticate` it before anything is done with it."""

    header: Header
    head: bytes
    """The header's own bytes."""
    wrapped: bytes
    sealed: bytes
    signature: bytes
    digest: Digest
    """SHA-256 of the whole envelope."""


def bucket(length: int) -> int:
    """Return the padded length for a payload of so many bytes.

    Raises:
        Fault: it is too large for an envelope.
    """
    if length > LARGEST_PAYLOAD:
        raise Fault(f"{length} bytes are more than an envelope holds ({LARGEST_PAYLOAD})", remedy="Send less at once.")
    return max(SMALLEST_BUCKET, 1 << (length + 3).bit_length())


def seal(header: Header, payload: bytes, signing: keys.SigningKey, sealing: bytes) -> bytes:
    """Return the envelope: sealed to the recipient's `sealing` key, signed by the sender's `signing` key.

    Raises:
        Fault: the payload is too large, or the sealing key malformed.
    """
    padded = _padded(payload)
    head = canonical.written(replace(header, bucket=len(padded), payload=digest(payload)))
    content_key = keys.random_bytes(32)
    wrapped = keys.wrap(sealing, content_key, _info(header.recipient, head))
    sealed = keys.seal(content_key, padded, head)
    return canonical.written(_Outer(head, wrapped, sealed, signing.sign(_LABEL, _signed(head, wrapped, sealed))))


def parse(envelope: bytes, where: str = "") -> Parsed:
    """Return the parts of an envelope: strictly read, not yet believed.

    Raises:
        Fault: the bytes are no envelope of this version and suite.
    """
    if len(envelope) > LARGEST:
        raise Fault(f"{len(envelope)} bytes are more than an envelope may have", where=where)
    outer = canonical.read(envelope, _Outer, where=where)
    header = canonical.read(outer.header, Header, where=where)
    if (header.version, header.suite, header.epoch) != (VERSION, SUITE, EPOCH):
        raise Fault("the envelope is of another version, suite or epoch", where=where, remedy="Upgrade the older node.")
    if header.bucket & (header.bucket - 1) or len(outer.sealed) != header.bucket + _TAG:
        raise Fault("the envelope has not the length it states", where=where)
    return Parsed(header, outer.header, outer.wrapped, outer.sealed, outer.signature, digest(envelope))


def authenticate(parsed: Parsed, identity: bytes) -> None:
    """Check that the holder of the `identity` key made this envelope.

    Raises:
        BadSignature: it did not, or something was changed.
    """
    keys.verify(identity, _LABEL, _signed(parsed.head, parsed.wrapped, parsed.sealed), parsed.signature)


def open(parsed: Parsed, key: keys.SealingKey) -> bytes:  # noqa: A001 - the field's word, and used as wire.open
    """Return the payload.

    Raises:
        Unreadable: it is not sealed to this key, was changed, is padded otherwise, or is not what the header names.
    """
    try:
        content_key = key.unwrap(parsed.wrapped, _info(parsed.header.recipient, parsed.head))
        payload = _unpadded(keys.unseal(content_key, parsed.sealed, parsed.head))
    except keys.CannotOpen as fault:
        raise Unreadable(fault.what, where=parsed.header.sender) from fault
    if digest(payload) != parsed.header.payload:
        raise Unreadable("the payload is not the one its header names", where=parsed.header.sender)
    return payload


def _info(recipient: str, head: bytes) -> bytes:
    return b"\x00".join((_LABEL.encode(), recipient.encode(), digest(head)))


def _signed(head: bytes, wrapped: bytes, sealed: bytes) -> bytes:
    return digest(head) + digest(wrapped) + digest(sealed)


def _padded(payload: bytes) -> bytes:
    return (len(payload).to_bytes(4, "big") + payload).ljust(bucket(len(payload)), b"\x00")


def _unpadded(padded: bytes) -> bytes:
    payload = padded[4 : 4 + int.from_bytes(padded[:4], "big")]
    if len(payload) > LARGEST_PAYLOAD or _padded(payload) != padded:
        raise Unreadable("the payload is padded otherwise than it should be")
    return payload
