"""Cosignatures: a witness's word that a checkpoint is consistent with all it has seen of the log.

Both forms of C2SP tlog-cosignature: 8 bytes of time in seconds since 1970, highest first, then a signature. That of
type 0x04 is Ed25519 (`cosignature/v1`) over a header, that time and the checkpoint's text; that of type 0x06 is
ML-DSA-44 (FIPS 204, empty context) over a structure with the cosigner's name, that time, and origin, size and root.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from comity.foundation.keys import BadSignature, SigningKey, verify_bare, verify_lattice_bare
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger.note import NoteFault, Signature, key_id

ED25519, ML_DSA_44 = 0x04, 0x06
"""Signature types."""
_LENGTHS = {ED25519: 8 + 64, ML_DSA_44: 8 + 2420}
_LATEST = 2**63 - 1
_SUBTREE = b"subtree/v1\n\x00"
_LONGEST_NAME = 255
"""Bytes of a cosigner's name or an origin in the form of type 0x06."""


class LatticeSigner(Protocol):
    """A private ML-DSA-44 key."""

    @property
    def public(self) -> bytes:
        """The public key: 1,312 bytes."""
        ...

    def sign_bare(self, message: bytes) -> bytes:
        """Return the signature over the message alone, with empty context: 2,420 bytes."""
        ...


class WitnessKey(msgspec.Struct, frozen=True):
    """The public key of a witness, under the name that its cosignatures carry."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The key's id."""
        return key_id(self.name, ED25519, self.public)

    def check(self, text: str, signature: bytes) -> None:
        """Check a cosignature of the checkpoint with this text.

        Raises:
            BadSignature: it does not hold.
        """
        verify_bare(self.public, _message(text, seconds(signature)), signature[8:])


class LatticeWitnessKey(msgspec.Struct, frozen=True):
    """The public ML-DSA-44 key of a witness, or of a log that signs its checkpoints so, under its name."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The key's id."""
        return key_id(self.name, ML_DSA_44, self.public)

    def check(self, text: str, signature: bytes) -> None:
        """Check a cosignature of the checkpoint with this text. Its extension lines are not covered by it.

        Raises:
            BadSignature: it does not hold.
        """
        message = _structure(self.name, seconds(signature, ML_DSA_44), text)
        verify_lattice_bare(self.public, message, signature[8:])


CosigningKey = WitnessKey | LatticeWitnessKey
"""A public key with which a witness cosigns. One witness may have both; they bear the same name."""


def cosign_lattice(text: str, name: str, key: LatticeSigner, now: int) -> Signature:
    """Return the ML-DSA-44 cosignature of the checkpoint with this text, at `now` (whole seconds since 1970, not 0).

    Raises:
        BadSignature: the text is no checkpoint, or its origin or the name is longer than 255 bytes.
    """
    signature = now.to_bytes(8, "big") + key.sign_bare(_structure(name, now, text))
    return Signature(name, LatticeWitnessKey(name, key.public).id, signature)


def cosign(text: str, name: str, key: SigningKey, now: int) -> Signature:
    """Return the cosignature of the checkpoint with this text, at `now` (whole seconds since 1970, not 0)."""
    signature = now.to_bytes(8, "big") + key.sign_bare(_message(text, now))
    return Signature(name, WitnessKey(name, key.public).id, signature)


def seconds(signature: bytes, kind: int = ED25519) -> int:
    """Return the time of a cosignature: seconds since 1970.

    Raises:
        BadSignature: it has not the length of one, or no time that could be.
    """
    moment = int.from_bytes(signature[:8], "big")
    if len(signature) != _LENGTHS[kind] or not 0 < moment <= _LATEST:
        raise BadSignature("this is no cosignature of a checkpoint")
    return moment


def _message(text: str, moment: int) -> bytes:
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def _structure(name: str, moment: int, text: str) -> bytes:
    """Return the `cosigned_message` of a whole tree: it starts at leaf 0 and ends at the size."""
    try:
        checkpoint = checkpoints.read(text)
    except NoteFault as fault:
        raise BadSignature(f"what is cosigned is no checkpoint: {fault.what}") from fault
    cosigner, origin = name.encode(), checkpoint.origin.encode()
    if not 1 <= len(cosigner) <= _LONGEST_NAME or not 1 <= len(origin) <= _LONGEST_NAME:
        raise BadSignature(f"a cosigner's name and an origin have 1 to {_LONGEST_NAME} bytes")
    return b"".join(
        (
            _SUBTREE,
            bytes([len(cosigner)]) + cosigner,
            moment.to_bytes(8, "big"),
            bytes([len(origin)]) + origin,
            (0).to_bytes(8, "big"),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )
