"""The commitment: what stands in the tree for an entry (docs/formats/entry.md).

A leaf's data is SHA-256 over a label, a random salt of 32 bytes and the entry's canonical form. Whoever holds salt
and entry can open it; once the salt is destroyed nobody can, and the tree stands unchanged.
"""

from __future__ import annotations

from comity.foundation.canonical import digest

_LABEL = b"comity/entry/v1\x00"
SALT_LENGTH = 32


def commitment(salt: bytes, entry: bytes) -> bytes:
    """Return the 32 bytes that are the leaf's data for this canonical entry under this salt."""
    return digest(_LABEL, salt, entry)
