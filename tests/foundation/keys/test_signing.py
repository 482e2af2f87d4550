"""What is proven: what is signed holds, by both schemes, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.foundation import keys
from comity.foundation.keys import BadSignature, LatticeKey, SigningKey

_KEY = SigningKey(bytes(range(32)))
_LATTICE = LatticeKey(bytes(range(32)))


def _flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(changed)


@given(st.binary(max_size=200), st.sampled_from(["comity/card/v1", "comity/receipt/v1"]))
def test_a_signature_holds(message: bytes, label: str) -> None:
    """What was signed under a label holds under that label, and the same is always signed alike."""
    signature = _KEY.sign(label, message)
    keys.verify(_KEY.public, label, message, signature)
    assert signature == SigningKey(bytes(range(32))).sign(label, message)


@given(st.binary(min_size=1, max_size=200), st.integers(0, 8 * 200), st.sampled_from(["message", "signature", "key"]))
def test_any_flipped_bit_is_refused(message: bytes, bit: int, where: str) -> None:
    """One bit changed in the message, the signature or the public key, and the signature does not hold."""
    public, signature = _KEY.public, _KEY.sign("comity/card/v1", message)
    if where == "message":
        message = _flipped(message, bit)
    elif where == "signature":
        signature = _flipped(signature, bit)
    else:
        public = _flipped(public, bit)
    with pytest.raises(BadSignature):
        keys.verify(public, "comity/card/v1", message, signature)


def test_a_signature_holds_for_its_label_only() -> None:
    """A signature cannot be passed off as one over something else, nor a labelled one as a bare one."""
    signature = _KEY.sign("comity/card/v1", b"message")
    with pytest.raises(BadSignature):
        keys.verify(_KEY.public, "comity/receipt/v1", b"message", signature)
    with pytest.raises(BadSignature):
        keys.verify_bare(_KEY.public, b"message", signature)
    keys.verify_bare(_KEY.public, b"message", _KEY.sign_bare(b"message"))


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_garbage_is_no_signature(public: bytes, signature: bytes) -> None:
    """Keys and signatures of any length and content are refused by our own fault."""
    with pytest.raises(BadSignature):
        keys.verify_bare(public, b"message", signature)


@given(st.binary(max_size=200), st.sampled_from(["comity/card/v1", "comity/receipt/v1"]))
@settings(max_examples=30)
def test_a_second_signature_holds(message: bytes, label: str) -> None:
    """What was signed with ML-DSA-44 holds under its label and no other, and not as a bare one."""
    signature = _LATTICE.sign(label, message)
    assert (len(_LATTICE.public), len(signature)) == (keys.LATTICE_PUBLIC, keys.LATTICE_SIGNATURE)
    keys.verify_lattice(_LATTICE.public, label, message, signature)
    keys.verify_lattice_bare(_LATTICE.public, message, _LATTICE.sign_bare(message))
    with pytest.raises(BadSignature):
        keys.verify_lattice(_LATTICE.public, label + "x", message, signature)
    with pytest.raises(BadSignature):
        keys.verify_lattice_bare(_LATTICE.public, message, signature)


@given(
    st.binary(min_size=1, max_size=50), st.integers(0, 8 * 2420 - 1), st.sampled_from(["message", "signature", "key"])
)
@settings(max_examples=50)
def test_a_changed_second_signature_is_refused(message: bytes, bit: int, where: str) -> None:
    """One bit changed in the message, the signature or the public key, and the second signature does not hold."""
    public, signature = _LATTICE.public, _LATTICE.sign("comity/card/v1", message)
    if where == "message":
        message = _flipped(message, bit)
    elif where == "signature":
        signature = _flipped(signature, bit)
    else:
        public = _flipped(public, bit)
    with pytest.raises(BadSignature):
        keys.verify_lattice(public, "comity/card/v1", message, signature)


@given(st.binary(max_size=80) | st.binary(min_size=1312, max_size=1312), st.binary(max_size=80))
def test_garbage_is_no_second_signature(public: bytes, signature: bytes) -> None:
    """Keys and signatures of any length and content are refused by our own fault."""
    with pytest.raises(BadSignature):
        keys.verify_lattice_bare(public, b"message", signature)


def test_a_key_held_elsewhere_signs_as_one_from_a_seed() -> None:
    """Whoever holds the key, the signatures are the same."""
    held = SigningKey.held(_KEY.public, _KEY.sign_bare)
    assert held.public == _KEY.public
    assert held.sign("comity/card/v1", b"message") == _KEY.sign("comity/card/v1", b"message")
    assert held.pseudonym("name") == _KEY.pseudonym("name")


def test_random_bytes_are_as_many_as_asked_and_differ() -> None:
    """The generator gives the asked length, and two draws of 32 bytes do not agree."""
    assert [len(keys.random_bytes(count)) for count in (0, 1, 32)] == [0, 1, 32]
    assert keys.random_bytes(32) != keys.random_bytes(32)
