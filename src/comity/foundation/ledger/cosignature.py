"""Cosignatures: a witness's word that a checkpoint is consistent with all it has seen of the log.

This is the Ed25519 form `cosignature/v1` of C2SP tlog-cosignature, signature type 0x04: 8 bytes of time in seconds
since 1970, highest first, then the signature over a header, that time and the checkpoint's text.
"""

from __future__ import annotations

import msgspec

from comity.foundation.keys import BadSignature, SigningKey, verify_bare
from comity.foundation.ledger.note import Signature, key_id

_KIND = 0x04
_LENGTH = 8 + 64
_LATEST = 2**63 - 1


class WitnessKey(msgspec.Struct, frozen=True):
    """The public key of a witness, under the name that its cosignatures carry."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The key's id."""
        return key_id(self.name, _KIND, self.public)

    def check(self, text: str, signature: bytes) -> None:
        """Check a cosignature of the checkpoint with this text.

        Raises:
            BadSignature: it does not hold.
        """
        verify_bare(self.public, _message(text, seconds(signature)), signature[8:])


def cosign(text: str, name: str, key: SigningKey, now: int) -> Signature:
    """Return the cosignature of the checkpoint with this text, at `now` (whole seconds since 1970, not 0)."""
    signature = now.to_bytes(8, "big") + key.sign_bare(_message(text, now))
    return Signature(name, WitnessKey(name, key.public).id, signature)


def seconds(signature: bytes) -> int:
    """Return the time of a cosignature: seconds since 1970.

    Raises:
        BadSignature: it has not the length of one, or no time that could be.
    """
    moment = int.from_bytes(signature[:8], "big")
    if len(signature) != _LENGTH or not 0 < moment <= _LATEST:
        raise BadSignature("this is no cosignature of a checkpoint")
    return moment


def _message(text: str, moment: int) -> bytes:
    return f"cosignature/v1\ntime {moment}\n{text}".encode()
