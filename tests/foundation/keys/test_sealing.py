"""What is proven: what is sealed opens for one key only, unchanged, and nothing is sealed to what is no key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.foundation import keys
from comity.foundation.keys import CannotOpen, SealingKey
from comity.vocabulary.fault import Fault

_SEALING = SealingKey(bytes(range(96)))
_CONTENT_KEY = bytes(range(32))


def _flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(changed)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100))
def test_a_wrapped_key_comes_back(content_key: bytes, info: bytes) -> None:
    """What is wrapped to a public key its owner unwraps with the same info; its length is always the same."""
    wrapped = keys.wrap(_SEALING.public, content_key, info)
    assert len(wrapped) == keys.WRAP_LENGTH
    assert _SEALING.unwrap(wrapped, info) == content_key


@given(st.integers(0, 8 * keys.WRAP_LENGTH - 1))
def test_a_changed_wrapping_does_not_open(bit: int) -> None:
    """One bit changed anywhere, and it does not open."""
    wrapped = keys.wrap(_SEALING.public, _CONTENT_KEY, b"info")
    with pytest.raises(CannotOpen):
        _SEALING.unwrap(_flipped(wrapped, bit), b"info")


def test_a_wrapping_is_for_one_key_and_one_info() -> None:
    """Another's key or another info does not open it, and no two wrappings are alike."""
    wrapped = keys.wrap(_SEALING.public, _CONTENT_KEY, b"info")
    with pytest.raises(CannotOpen):
        _SEALING.unwrap(wrapped, b"other")
    with pytest.raises(CannotOpen):
        SealingKey(bytes(96)).unwrap(wrapped, b"info")
    assert wrapped != keys.wrap(_SEALING.public, _CONTENT_KEY, b"info")


@given(st.binary(max_size=2_000))
def test_garbage_does_not_open(wrapped: bytes) -> None:
    """Bytes of any length and content are refused by our own fault."""
    with pytest.raises(CannotOpen):
        _SEALING.unwrap(wrapped, b"info")


@pytest.mark.parametrize(
    "public",
    [
        b"",
        bytes(1216),  # the X25519 half is a point of low order
        _SEALING.public[:-1],
        _SEALING.public + b"\x00",
        b"\xff" * 1184 + _SEALING.public[1184:],  # coefficients of ML-KEM out of range (FIPS 203, section 7.2)
    ],
    ids=["empty", "zeros", "short", "long", "out of range"],
)
def test_a_malformed_sealing_key_is_refused(public: bytes) -> None:
    """Nothing is sealed to a key that is none."""
    with pytest.raises(Fault, match="malformed"):
        keys.wrap(public, _CONTENT_KEY, b"info")


@given(st.binary(max_size=300), st.binary(max_size=50))
def test_what_is_sealed_comes_back(plaintext: bytes, associated: bytes) -> None:
    """What is sealed opens with the same key and associated data."""
    assert keys.unseal(_CONTENT_KEY, keys.seal(_CONTENT_KEY, plaintext, associated), associated) == plaintext


@given(st.binary(max_size=100), st.integers(0, 8 * 116))
def test_what_was_changed_does_not_open(plaintext: bytes, bit: int) -> None:
    """One bit changed in content, key or associated data, or bytes cut, and it does not open."""
    sealed = keys.seal(_CONTENT_KEY, plaintext, b"header")
    for key, content, associated in (
        (_CONTENT_KEY, _flipped(sealed, bit), b"header"),
        (_flipped(_CONTENT_KEY, bit), sealed, b"header"),
        (_CONTENT_KEY, sealed, _flipped(b"header", bit)),
        (_CONTENT_KEY, sealed[: bit % len(sealed)], b"header"),
        (_CONTENT_KEY[:31], sealed, b"header"),
    ):
        with pytest.raises(CannotOpen):
            keys.unseal(key, content, associated)
