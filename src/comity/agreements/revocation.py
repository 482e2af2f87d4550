"""Revocation: a party withdraws from an agreement, by a signature that can be shown to anyone."""

from __future__ import annotations

from typing import Annotated

import msgspec

from comity.foundation import canonical, keys
from comity.vocabulary.fault import Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Digest

_LABEL = "comity/revocation/v1"


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    """Who withdraws from which agreement, when, and why."""

    agreement: Digest
    party: str
    time: Instant
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class _Signed(msgspec.Struct, frozen=True, omit_defaults=True):
    revocation: bytes
    signature: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
    signature_pq: Annotated[bytes, msgspec.Meta(max_length=keys.LATTICE_SIGNATURE)] = b""


def sign(revocation: Revocation, key: keys.SigningKey, second: keys.LatticeKey | None = None) -> bytes:
    """Return the signed revocation; with a `second` key it is signed by both."""
    body = canonical.written(revocation)
    return canonical.written(_Signed(body, key.sign(_LABEL, body), second.sign(_LABEL, body) if second else b""))


def read(signed: bytes, public: bytes, public_pq: bytes | None = None) -> Revocation:
    """Return the revocation, signed by the identity key `public`; with `public_pq`, by both.

    Raises:
        Fault: the bytes are none, or a signature does not hold.
        Refused: there is a signature too many or too few.
    """
    outer = canonical.read(signed, _Signed, where="revocation")
    found = canonical.read(outer.revocation, Revocation, where="revocation")
    keys.verify(public, _LABEL, outer.revocation, outer.signature)
    if bool(outer.signature_pq) != (public_pq is not None):
        raise Refused("it is signed otherwise than the agreement demands", where=found.party)
    if public_pq is not None:
        keys.verify_lattice(public_pq, _LABEL, outer.revocation, outer.signature_pq)
    return found
