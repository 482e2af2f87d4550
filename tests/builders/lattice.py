"""An ML-DSA-44 key for tests, made from a name."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey


class LatticeKey:
    """The private key that depends on the name alone."""

    def __init__(self, name: str) -> None:
        self._key = MLDSA44PrivateKey.from_seed_bytes(hashlib.sha256(name.encode()).digest())
        self.public = self._key.public_key().public_bytes_raw()

    def sign_bare(self, message: bytes) -> bytes:
        """Return the signature over the message, with empty context."""
        return self._key.sign(message)
