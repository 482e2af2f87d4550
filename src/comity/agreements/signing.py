"""Signing: a party's signature over an agreement's digest, by its identity key."""

from __future__ import annotations

from comity.foundation import keys
from comity.foundation.keys import SigningKey

_LABEL = "comity/agreement/v1"


def sign(key: SigningKey, digest: bytes) -> bytes:
    """Return the party's Ed25519 signature, 64 bytes, over the label and the digest that `terms.digest` gives."""
    return key.sign(_LABEL, digest)


def verify(public: bytes, digest: bytes, signature: bytes) -> None:
    """Check that the holder of this identity key signed the agreement of this digest.

    Raises:
        BadSignature: it did not.
    """
    keys.verify(public, _LABEL, digest, signature)
