"""What is proven: only the recipient opens an envelope, only the sender can make it, and no byte of it can change."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from comity.exchange import wire
from comity.foundation import canonical, keys
from comity.foundation.canonical import digest
from comity.foundation.ledger.tree import flat_inclusion, leaf_hash, root_from_path
from comity.vocabulary.fault import Fault
from comity.vocabulary.message import Lane, MessageKind

SENDER = keys.SigningKey(bytes([1]) * 32)
RECIPIENT = keys.SealingKey(bytes([2]) * 96)
STRANGER = keys.SealingKey(bytes([3]) * 96)
HEADER = wire.Header(
    kind=MessageKind.AGREEMENT,
    sender="dk.coord",
    recipient="se.coord",
    id=bytes(range(32)),
    lane=Lane.ORDINARY,
    sequence=7,
    created=1_795_386_252_123,
    expires=1_797_978_252_123,
)
ENVELOPE = wire.seal(HEADER, [b"a step"], SENDER, RECIPIENT.public)
PARTS = canonical.read(ENVELOPE, dict[str, bytes])


def opened(envelope: bytes, identity: bytes = SENDER.public, key: keys.SealingKey = RECIPIENT) -> tuple[bytes, ...]:
    parsed = wire.parse(envelope)
    wire.authenticate(parsed.cover, identity)
    return wire.open(parsed, key)


@settings(max_examples=30)
@given(st.lists(st.binary(max_size=2_000), max_size=5))
def test_what_is_sealed_comes_out(items: list[bytes]) -> None:
    """Sealing and opening are inverse; the header names length bucket and what binds the items."""
    envelope = wire.seal(HEADER, items, SENDER, RECIPIENT.public)
    assert opened(envelope) == tuple(items)
    header = wire.parse(envelope).header
    length = len(canonical.written(items))
    kem = digest(RECIPIENT.public)
    assert header == replace(HEADER, bucket=wire.bucket(length), payload=wire.bound(items), kem=kem)


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=40), st.data())
def test_each_item_is_bound_by_its_place_and_number(items: list[bytes], data: st.DataObject) -> None:
    """A path shows one item without the others; at another place, of another number, or changed, it shows nothing."""
    place = data.draw(st.integers(0, len(items) - 1))
    path = flat_inclusion([leaf_hash(item) for item in items], place)
    root = root_from_path(place, len(items), leaf_hash(items[place]), path)
    assert wire.rooted(len(items), root) == wire.bound(items)
    assert wire.rooted(len(items) + 1, root) != wire.bound(items)
    other = root_from_path(place, len(items), leaf_hash(items[place] + b"x"), path)
    assert wire.rooted(len(items), other) != wire.bound(items)


@given(st.integers(0, wire.LARGEST_PAYLOAD))
def test_buckets_are_powers_of_two_that_just_fit(length: int) -> None:
    """An onlooker learns no more of the length than its power of two."""
    size = wire.bucket(length)
    assert size & (size - 1) == 0
    assert length + 4 <= size
    assert size == wire.SMALLEST_BUCKET or size // 2 < length + 4


def test_the_largest_payload_fits_the_largest_envelope() -> None:
    """The limits agree with one another, and one byte more is refused."""
    largest = bytes(wire.LARGEST_PAYLOAD - 6)  # the list's own head and the item's
    envelope = wire.seal(HEADER, [largest], SENDER, RECIPIENT.public)
    assert len(envelope) <= wire.LARGEST
    assert opened(envelope) == (largest,)
    with pytest.raises(Fault, match="more than an envelope holds"):
        wire.seal(HEADER, [largest + b"x"], SENDER, RECIPIENT.public)
    with pytest.raises(Fault, match="items are more"):
        wire.seal(HEADER, [b""] * (wire.MOST + 1), SENDER, RECIPIENT.public)


@settings(max_examples=400)
@given(st.integers(0, len(ENVELOPE) - 1), st.integers(1, 255))
def test_an_envelope_changed_anywhere_is_refused(place: int, mask: int) -> None:
    """Every byte is covered by the signature or by the strictness of reading."""
    changed = bytearray(ENVELOPE)
    changed[place] ^= mask
    with pytest.raises(Fault):
        opened(bytes(changed))


@given(st.integers(0, len(ENVELOPE) - 1))
def test_a_truncated_envelope_is_refused(length: int) -> None:
    """No beginning of an envelope is one."""
    with pytest.raises(Fault):
        wire.parse(ENVELOPE[:length])


@given(st.binary(max_size=2_000))
def test_arbitrary_bytes_are_no_envelope(data: bytes) -> None:
    """Nothing but a fault comes of bytes that are no envelope, before or after a real one."""
    for junk in (data, ENVELOPE + data + b"\x00", data + b"\x00" + ENVELOPE):
        with pytest.raises(Fault):
            wire.parse(junk)


@pytest.mark.parametrize("part", ["header", "wrapped", "sealed", "signature"])
def test_parts_of_two_envelopes_do_not_mix(part: str) -> None:
    """A part taken from another true envelope, even one of the same header, breaks the signature."""
    other = canonical.read(
        wire.seal(replace(HEADER, sequence=8), [b"b step"], SENDER, RECIPIENT.public), dict[str, bytes]
    )
    with pytest.raises(keys.BadSignature):
        opened(canonical.written({**PARTS, part: other[part]}))


def test_another_sender_and_another_reader_are_refused() -> None:
    """The signature names one sender, the wrap one reader."""
    with pytest.raises(keys.BadSignature):
        opened(ENVELOPE, identity=keys.SigningKey(bytes([9]) * 32).public)
    with pytest.raises(wire.Unreadable):
        opened(ENVELOPE, key=STRANGER)


def forged(**changes: object) -> bytes:
    """Return an envelope by the true sender's key whose header was written by hand."""
    plain = {**canonical.read(PARTS["header"], dict[str, object]), **changes}
    head = canonical.written({name: value for name, value in plain.items() if value is not None})
    return resigned(head, PARTS["wrapped"], PARTS["sealed"])


def resigned(head: bytes, wrapped: bytes, sealed: bytes) -> bytes:
    message = canonical.digest(head) + canonical.digest(wrapped) + canonical.digest(sealed)
    signature = SENDER.sign("comity/envelope/v1", message)
    return canonical.written({"header": head, "wrapped": wrapped, "sealed": sealed, "signature": signature})


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2},
        {"version": 0},
        {"version": None},
        {"suite": "X25519+ChaCha20-Poly1305+Ed25519"},
        {"suite": None},
        {"epoch": 2},
        {"sequence": 0},
        {"sequence": -1},
        {"sequence": 2**63},
        {"bucket": 2048},
        {"bucket": 1025},
        {"kind": "order"},
        {"lane": "fast"},
        {"id": b"short"},
        {"id": None},
        {"recipient": ["se.coord", "de.coord"]},
        {"recipient": ""},
        {"extra": 1},
    ],
)
def test_a_header_of_another_making_is_refused(changes: dict[str, object]) -> None:
    """No other version, suite, epoch, length, field or audience is read, though the sender signed it: no downgrade."""
    with pytest.raises(Fault):
        wire.parse(forged(**changes))


def test_a_length_that_no_payload_is_padded_to_is_refused_before_it_is_opened() -> None:
    """Only powers of two, so that the length carries no hidden word; what is sealed is as long as the header says."""
    header = {**canonical.read(PARTS["header"], dict[str, object]), "bucket": 1_500}
    with pytest.raises(Fault, match="length that none has"):
        wire.parse(resigned(canonical.written(header), PARTS["wrapped"], bytes(1_500 + 16)))


@pytest.mark.parametrize(
    "padded",
    [
        (8).to_bytes(4, "big") + b"\x81\x46a step" + bytes(1011) + b"\x01",
        (2**32 - 1).to_bytes(4, "big") + bytes(1020),
        (1021).to_bytes(4, "big") + bytes(1020),
        (8).to_bytes(4, "big") + b"\x81\x46b step" + bytes(1012),
    ],
)
def test_padding_and_digest_are_checked(padded: bytes) -> None:
    """A sender cannot hide bytes in the padding, nor name another payload than it sealed."""
    content_key = bytes(32)
    head = PARTS["header"]
    info = b"comity/envelope/v1\x00se.coord\x00" + canonical.digest(head)
    wrapped = keys.wrap(RECIPIENT.public, content_key, info)
    parsed = wire.parse(resigned(head, wrapped, keys.seal(content_key, padded, head)))
    wire.authenticate(parsed.cover, SENDER.public)
    with pytest.raises(wire.Unreadable):
        wire.open(parsed, RECIPIENT)


def test_a_smaller_payload_in_a_larger_bucket_is_refused() -> None:
    """There is one bucket for a length, so that the bucket carries no hidden word."""
    header = replace(HEADER, bucket=2048, payload=wire.bound([b"a step"]))
    head, content_key = canonical.written(header), bytes(32)
    info = b"comity/envelope/v1\x00se.coord\x00" + canonical.digest(head)
    padded = ((8).to_bytes(4, "big") + b"\x81\x46a step").ljust(2048, b"\x00")
    sealed = keys.seal(content_key, padded, head)
    parsed = wire.parse(resigned(head, keys.wrap(RECIPIENT.public, content_key, info), sealed))
    with pytest.raises(wire.Unreadable, match="padded"):
        wire.open(parsed, RECIPIENT)
