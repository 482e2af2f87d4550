"""Signing: a party's signature over an agreement's digest, by its identity key."""

from __future__ import annotations

from comity.foundation import keys
from comity.foundation.keys import BadSignature, LatticeKey, SigningKey

_LABEL = "comity/agreement/v1"
_LENGTH = 64


def sign(key: SigningKey, digest: bytes, second: LatticeKey | None = None) -> bytes:
    """Return the party's signature over the label and the digest that `terms.digest` gives.

    Ed25519, 64 bytes; with a `second` key, as an agreement of that suite wants it, ML-DSA-44 of 2,420 bytes behind it.
    """
    return key.sign(_LABEL, digest) + (second.sign(_LABEL, digest) if second else b"")


def verify(public: bytes, digest: bytes, signature: bytes, public_pq: bytes | None = None) -> None:
    """Check that the holder of this identity key signed the agreement of this digest; with `public_pq`, of both keys.

    Raises:
        BadSignature: it did not.
    """
    keys.verify(public, _LABEL, digest, signature[:_LENGTH])
    if public_pq is not None:
        keys.verify_lattice(public_pq, _LABEL, digest, signature[_LENGTH:])
    elif len(signature) != _LENGTH:
        raise BadSignature("there is a signature that the suite does not have")
