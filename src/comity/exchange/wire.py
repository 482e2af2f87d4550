"""The envelope on the wire: sealed to one partner, signed by the sender (docs/formats/envelope.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec.structs import replace

from comity.foundation import canonical, keys
from comity.foundation.canonical import digest
from comity.foundation.ledger.tree import flat_root, leaf_hash
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Digest, Lane, MessageKind

VERSION = 1
SUITE = "MLKEM768-X25519+ChaCha20-Poly1305+Ed25519"
BOTH = f"{SUITE}+ML-DSA-44"
EPOCH = 1
LARGEST = 4 * 1024 * 1024
"""Bytes of an envelope."""
SMALLEST_BUCKET = 1024
LARGEST_BUCKET = 2 * 1024 * 1024
LARGEST_PAYLOAD = LARGEST_BUCKET - 4
MOST = 1_000
"""Items of a payload."""
ZEROS = bytes(32)

_LABEL = "comity/envelope/v1"
_ITEMS = b"comity/items/v1\x00"
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
    """What binds the items inside, each by itself: `bound` of them."""
    kem: Digest = ZEROS
    """SHA-256 of the public key that it is sealed to: `seal` fills it in."""
    version: int = VERSION
    suite: str = SUITE
    epoch: int = EPOCH


class _Outer(msgspec.Struct, frozen=True, omit_defaults=True):
    header: bytes
    wrapped: Annotated[bytes, msgspec.Meta(min_length=keys.WRAP_LENGTH, max_length=keys.WRAP_LENGTH)]
    sealed: Annotated[bytes, msgspec.Meta(max_length=LARGEST_BUCKET + _TAG)]
    signature: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
    signature_pq: Annotated[bytes, msgspec.Meta(max_length=keys.LATTICE_SIGNATURE)] = b""


class Cover(msgspec.Struct, frozen=True, omit_defaults=True):
    """The signed outside of an envelope: it shows who sent what to whom, and opens nothing, whatever keys are lost."""

    header: bytes
    """The header's own bytes."""
    wrapped: Digest
    sealed: Digest
    """SHA-256 of the two."""
    signature: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
    signature_pq: Annotated[bytes, msgspec.Meta(max_length=keys.LATTICE_SIGNATURE)] = b""
    """ML-DSA-44, where the suite has it; else empty."""

    def written(self) -> bytes:
        """Return the canonical bytes."""
        return canonical.written(self)

    @property
    def digest(self) -> Digest:
        """What names the envelope, in receipts."""
        return digest(self.written())


class Parsed(msgspec.Struct, frozen=True):
    """An envelope read but not yet believed: `authenticate` it before anything is done with it."""

    header: Header
    cover: Cover
    wrapped: bytes
    sealed: bytes

    @property
    def digest(self) -> Digest:
        """What names the envelope, in receipts."""
        return self.cover.digest


def bucket(length: int) -> int:
    """Return the padded length for a payload of so many bytes.

    Raises:
        Fault: it is too large for an envelope.
    """
    if length > LARGEST_PAYLOAD:
        raise Fault(f"{length} bytes are more than an envelope holds ({LARGEST_PAYLOAD})", remedy="Send less at once.")
    return max(SMALLEST_BUCKET, 1 << (length + 3).bit_length())


def bound(items: Sequence[bytes]) -> Digest:
    """Return what stands for the items in header, entry and receipt: a hash over their number and their tree's root.

    The tree is that of RFC 6962, so that each item can be shown to have been inside without showing the others.
    """
    return rooted(len(items), flat_root([leaf_hash(item) for item in items]))


def rooted(count: int, root: bytes) -> Digest:
    """Return what `bound` returns for so many items whose tree has this root."""
    return digest(_ITEMS, count.to_bytes(4, "big"), root)


def seal(
    header: Header,
    items: Sequence[bytes],
    signing: keys.SigningKey,
    sealing: bytes,
    second: keys.LatticeKey | None = None,
) -> bytes:
    """Return the envelope: sealed to the recipient's public key `sealing`, signed by the sender's `signing` key.

    With a `second` key it is signed by both, and its suite says so.

    Raises:
        Fault: the items are too many or too large, or the sealing key malformed.
    """
    padded = _padded(written(items))
    suite = BOTH if second else SUITE
    head = canonical.written(
        replace(header, bucket=len(padded), payload=bound(items), kem=digest(sealing), suite=suite)
    )
    content_key = keys.random_bytes(32)
    wrapped = keys.wrap(sealing, content_key, _info(header.recipient, head))
    sealed = keys.seal(content_key, padded, head)
    signed = _signed(head, digest(wrapped), digest(sealed))
    signature_pq = second.sign(_LABEL, signed) if second else b""
    return canonical.written(_Outer(head, wrapped, sealed, signing.sign(_LABEL, signed), signature_pq))


def written(items: Sequence[bytes]) -> bytes:
    """Return the payload that holds the items.

    Raises:
        Fault: they are too many.
    """
    if len(items) > MOST:
        raise Fault(f"{len(items)} items are more than an envelope holds ({MOST})", remedy="Send fewer at once.")
    return canonical.written(list(items))


def items(payload: bytes, where: str = "") -> tuple[bytes, ...]:
    """Return the items that a payload holds.

    Raises:
        NotCanonical: it is no list of byte strings, or too long a one.
    """
    found = canonical.read(payload, tuple[bytes, ...], where=where)
    if len(found) > MOST:
        raise canonical.NotCanonical(f"more than {MOST} items", where=where)
    return found


def parse(envelope: bytes, where: str = "") -> Parsed:
    """Return the parts of an envelope: strictly read, not yet believed.

    Raises:
        Fault: the bytes are no envelope of this version and suite.
    """
    if len(envelope) > LARGEST:
        raise Fault(f"{len(envelope)} bytes are more than an envelope may have", where=where)
    outer = canonical.read(envelope, _Outer, where=where)
    header = head(outer.header, where)
    if len(outer.sealed) != header.bucket + _TAG:
        raise Fault("the envelope has not the length it states", where=where)
    cover = Cover(outer.header, digest(outer.wrapped), digest(outer.sealed), outer.signature, outer.signature_pq)
    return Parsed(header, cover, outer.wrapped, outer.sealed)


def head(data: bytes, where: str = "") -> Header:
    """Return the header that these bytes are: strictly read, not yet believed.

    Raises:
        Fault: they are no header of this version and suite.
    """
    header = canonical.read(data, Header, where=where)
    if (header.version, header.epoch) != (VERSION, EPOCH) or header.suite not in {SUITE, BOTH}:
        raise Fault("the envelope is of another version, suite or epoch", where=where, remedy="Upgrade the older node.")
    if header.bucket & (header.bucket - 1):
        raise Fault("the envelope states a length that none has", where=where)
    return header


def cover(data: bytes, where: str = "") -> Cover:
    """Return the cover that these bytes are: strictly read, not yet believed.

    Raises:
        Fault: they are none.
    """
    return canonical.read(data, Cover, where=where)


def authenticate(cover: Cover, identity: bytes, identity_pq: bytes = b"") -> None:
    """Check that the holder of the identity keys made the envelope with this cover: of both, where its suite says so.

    Raises:
        BadSignature: it did not, or something was changed.
    """
    signed = _signed(cover.header, cover.wrapped, cover.sealed)
    keys.verify(identity, _LABEL, signed, cover.signature)
    if head(cover.header).suite == BOTH:
        keys.verify_lattice(identity_pq, _LABEL, signed, cover.signature_pq)
    elif cover.signature_pq:
        raise keys.BadSignature("there is a signature that the suite does not have")


def open(parsed: Parsed, key: keys.SealingKey) -> tuple[bytes, ...]:  # noqa: A001 - the field's word: wire.open
    """Return the items inside.

    Raises:
        Unreadable: it is not sealed to this key, was changed, is padded otherwise, or is not what the header names.
    """
    try:
        content_key = key.unwrap(parsed.wrapped, _info(parsed.header.recipient, parsed.cover.header))
        opened = items(_unpadded(keys.unseal(content_key, parsed.sealed, parsed.cover.header)))
    except (keys.CannotOpen, canonical.NotCanonical) as fault:
        raise Unreadable(fault.what, where=parsed.header.sender) from fault
    if bound(opened) != parsed.header.payload:
        raise Unreadable("the items are not those that the header names", where=parsed.header.sender)
    return opened


def _info(recipient: str, head: bytes) -> bytes:
    return b"\x00".join((_LABEL.encode(), recipient.encode(), digest(head)))


def _signed(head: bytes, wrapped: Digest, sealed: Digest) -> bytes:
    return digest(head) + wrapped + sealed


def _padded(payload: bytes) -> bytes:
    return (len(payload).to_bytes(4, "big") + payload).ljust(bucket(len(payload)), b"\x00")


def _unpadded(padded: bytes) -> bytes:
    payload = padded[4 : 4 + int.from_bytes(padded[:4], "big")]
    if len(payload) > LARGEST_PAYLOAD or _padded(payload) != padded:
        raise Unreadable("the payload is padded otherwise than it should be")
    return payload
