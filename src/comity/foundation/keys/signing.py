"""Signing: Ed25519 (RFC 8032) and, beside it, ML-DSA-44 (FIPS 204), always over a label and a message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from comity.foundation.canonical import digest
from comity.vocabulary.fault import Fault

LATTICE_PUBLIC = 1312
"""Bytes of an ML-DSA-44 public key."""
LATTICE_SIGNATURE = 2420
"""Bytes of an ML-DSA-44 signature."""


class BadSignature(Fault):
    """A signature that is not by the key it should be by, over the bytes it should be over."""


def _labelled(label: str, message: bytes) -> bytes:
    return label.encode() + b"\x00" + message


class SigningKey:
    """An Ed25519 private key: from its seed of 32 bytes, or held elsewhere, where only signatures come out."""

    def __init__(self, seed: bytes) -> None:
        key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = key.public_key().public_bytes_raw()
        self._sign: Callable[[bytes], bytes] = key.sign

    @classmethod
    def held(cls, public: bytes, sign: Callable[[bytes], bytes]) -> Self:
        """Return the key with these public bytes whose holder makes signatures by `sign`."""
        key = cls.__new__(cls)
        key.public = public
        key._sign = sign  # noqa: SLF001 - its own
        return key

    def sign(self, label: str, message: bytes) -> bytes:
        """Return the signature of 64 bytes over the label, a zero byte and the message."""
        return self._sign(_labelled(label, message))

    def pseudonym(self, name: str) -> str:
        """Return 32 hexadecimal digits that stand for the name: always the same, and nobody else can compute them.

        They are drawn from a signature, which Ed25519 makes without randomness (RFC 8032, section 5.1.6).
        """
        return digest(self.sign("comity/pseudonym/v1", name.encode())).hex()[:32]

    def sign_bare(self, message: bytes) -> bytes:
        """Return the signature over the message alone: for formats of others that fix the bytes (signed notes)."""
        return self._sign(message)


def verify(public: bytes, label: str, message: bytes, signature: bytes) -> None:
    """Check a signature made by `SigningKey.sign`.

    Raises:
        BadSignature: it does not hold.
    """
    verify_bare(public, _labelled(label, message), signature)


def verify_bare(public: bytes, message: bytes, signature: bytes) -> None:
    """Check a signature made by `SigningKey.sign_bare`.

    Raises:
        BadSignature: it does not hold.
    """
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise BadSignature("the signature does not hold") from error


class LatticeKey:
    """An ML-DSA-44 private key, from its seed of 32 bytes (the xi of FIPS 204, algorithm 1).

    The context string of FIPS 204 stays empty: the label says what is signed, by the same rule as for Ed25519.
    """

    def __init__(self, seed: bytes) -> None:
        self._key = MLDSA44PrivateKey.from_seed_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, label: str, message: bytes) -> bytes:
        """Return a signature of 2,420 bytes over the label, a zero byte and the message; no two are alike."""
        return self._key.sign(_labelled(label, message))

    def sign_bare(self, message: bytes) -> bytes:
        """Return a signature over the message alone: for formats of others that fix the bytes."""
        return self._key.sign(message)


def verify_lattice(public: bytes, label: str, message: bytes, signature: bytes) -> None:
    """Check a signature made by `LatticeKey.sign`.

    Raises:
        BadSignature: it does not hold.
    """
    verify_lattice_bare(public, _labelled(label, message), signature)


def verify_lattice_bare(public: bytes, message: bytes, signature: bytes) -> None:
    """Check a signature made by `LatticeKey.sign_bare`.

    Raises:
        BadSignature: it does not hold.
    """
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise BadSignature("the second signature does not hold") from error
