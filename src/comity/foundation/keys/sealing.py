"""Sealing: HPKE (RFC 9180) with the KEM MLKEM768-X25519, and ChaCha20-Poly1305 under the key it carries."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from comity.vocabulary.fault import Fault

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_MLKEM_PUBLIC = 1184
_MLKEM_SEED = 64
WRAP_LENGTH = 1168
"""Bytes of one wrapped content key: encapsulation 1,120, sealed key 32, tag 16."""


class CannotOpen(Fault):
    """A sealed message that is not for this key, or was changed on its way."""


class SealingKey:
    """A private key of the HPKE KEM MLKEM768-X25519: an ML-KEM-768 seed of 64 bytes, then an X25519 key of 32."""

    def __init__(self, seed: bytes) -> None:
        self._key = MLKEM768X25519PrivateKey(
            MLKEM768PrivateKey.from_seed_bytes(seed[:_MLKEM_SEED]),
            X25519PrivateKey.from_private_bytes(seed[_MLKEM_SEED:]),
        )
        self.public = (
            MLKEM768PrivateKey.from_seed_bytes(seed[:_MLKEM_SEED]).public_key().public_bytes_raw()
            + X25519PrivateKey.from_private_bytes(seed[_MLKEM_SEED:]).public_key().public_bytes_raw()
        )

    def unwrap(self, wrapped: bytes, info: bytes) -> bytes:
        """Return the content key that `wrap` sealed to this key with the same `info`.

        Raises:
            CannotOpen: it was not, or was changed.
        """
        try:
            return _SUITE.decrypt(wrapped, self._key, info=info)
        except (InvalidTag, ValueError) as error:
            raise CannotOpen("the content key is not sealed to this node") from error


def wrap(public: bytes, content_key: bytes, info: bytes) -> bytes:
    """Seal a content key of 32 bytes to a `SealingKey`'s public bytes (HPKE base mode, RFC 9180).

    Raises:
        Fault: the public key is malformed.
    """
    try:
        recipient = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:]),
        )
        return _SUITE.encrypt(content_key, recipient, info=info)
    except ValueError as error:  # of encryption too: an X25519 point of low order comes to light only there
        raise Fault("the sealing key on the card is malformed", remedy="Ask the partner for a new card.") from error


_NONCE = bytes(12)  # each content key seals one message only, so that its nonce may stand still


def seal(content_key: bytes, plaintext: bytes, associated: bytes) -> bytes:
    """Encrypt with ChaCha20-Poly1305 (RFC 8439). The content key must be fresh: it seals one message only."""
    return ChaCha20Poly1305(content_key).encrypt(_NONCE, plaintext, associated)


def unseal(content_key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """Decrypt what `seal` made.

    Raises:
        CannotOpen: bytes or associated data were changed.
    """
    try:
        return ChaCha20Poly1305(content_key).decrypt(_NONCE, sealed, associated)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("the sealed content was changed on its way") from error
