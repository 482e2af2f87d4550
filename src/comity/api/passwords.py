"""Passwords and session tokens."""

from __future__ import annotations

import threading
from contextlib import suppress

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from comity.foundation.canonical import digest
from comity.foundation.keys import random_bytes
from comity.vocabulary.fault import Fault

SHORTEST = 12
"""Characters of a password (NIST SP 800-63B asks for 8 at least; this is a border agency)."""
LONGEST = 1_024
LONGEST_NAME = 120
"""Characters of a person's name."""

_HASHER = PasswordHasher()
_AT_ONCE = threading.BoundedSemaphore(4)
"""Each hash takes 64 MiB: no crowd at the door fills the memory."""
_NOBODY = _HASHER.hash(random_bytes(16).hex())


def hashed(password: str) -> str:
    """Return the argon2id hash (RFC 9106) to keep.

    Raises:
        Fault: the password is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Fault(
            f"the password has {len(password)} characters",
            where="password",
            remedy=f"Choose one of {SHORTEST} to {LONGEST} characters; a sentence does well.",
        )
    return _HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one kept; as slow for a name that does not exist as for one that does."""
    right = False
    with _AT_ONCE, suppress(VerifyMismatchError, InvalidHashError):
        right = _HASHER.verify(kept or _NOBODY, password)
    return right and kept is not None


def new_token() -> str:
    """Return a session token of 256 random bits."""
    return random_bytes(32).hex()


def token_digest(token: str) -> bytes:
    """Return what is kept of a token: whoever reads the database cannot sign in with it."""
    return digest(b"comity/session/v1\x00", token.encode())


def token_csrf(token: str) -> str:
    """Return what our own pages send beside the cookie: who cannot read our answers cannot know it."""
    return digest(b"comity/csrf/v1\x00", token.encode()).hex()
