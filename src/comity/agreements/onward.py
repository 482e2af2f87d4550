"""Onward: the originator's signature under a leave to pass a record on, and what such a leave lifts (safeguard 8)."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from typing import Final

from comity.foundation import canonical, keys
from comity.foundation.keys import BadSignature, LatticeKey, SigningKey
from comity.vocabulary.handling import Onward
from comity.vocabulary.instant import Instant, written
from comity.vocabulary.message import Given
from comity.vocabulary.onward import Leave
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import WRITTEN, Record

_LABEL: Final = "comity/onward/v1"
_LENGTH: Final = 64
_TOKEN: Final = object()  # whoever holds it can make a granted leave: it stays in this file


@dataclass(frozen=True, slots=True)
class Granted:
    """A leave whose signature was checked; only `granted` makes it."""

    leave: Leave
    token: InitVar[object]

    def __post_init__(self, token: object) -> None:
        if token is not _TOKEN:
            raise TypeError("a leave is believed by its signature")


def sign(key: SigningKey, leave: Leave, second: LatticeKey | None = None) -> bytes:
    """Return the originator's signature, with its second key's behind it where it has one."""
    digest = canonical.digest(canonical.written(leave))
    return key.sign(_LABEL, digest) + (second.sign(_LABEL, digest) if second else b"")


def granted(leave: Leave, signature: bytes, public: bytes, public_pq: bytes) -> Granted:
    """Return the leave as one that the holder of these identity keys signed; `public_pq` is empty where it has one key.

    Raises:
        BadSignature: it did not.
    """
    digest = canonical.digest(canonical.written(leave))
    keys.verify(public, _LABEL, digest, signature[:_LENGTH])
    if public_pq:
        keys.verify_lattice(public_pq, _LABEL, digest, signature[_LENGTH:])
    elif len(signature) != _LENGTH:
        raise BadSignature("there is a signature by a key that the card does not have", where=leave.originator)
    return Granted(leave, _TOKEN)


def bound(given: Given) -> bytes:
    """Return what binds a record as it was given: SHA-256 over its digests."""
    return canonical.digest(given.digests)


def unlifted(record: Record, holder: str, recipient: str, purpose: Purpose, now: Instant, found: Granted | None) -> str:
    """Return why another's record may not be passed on, empty where the leave lifts that."""
    rule = record.handling.onward
    if type(found) is not Granted:
        return f"{record.owner} originated it (onward: {rule.value}), and has signed no leave to pass it on"
    leave = found.leave
    if rule is Onward.NO or leave.handling.onward is Onward.NO:
        return "it is marked to be passed on to nobody"
    if record.kind not in WRITTEN:
        return f"a {record.kind.value} cannot be passed on"
    for word, said, asked in (
        ("by", (leave.originator, leave.holder), (record.owner, holder)),
        ("to", leave.recipient, recipient),
        ("for", leave.purpose, purpose),
        ("of", (leave.kind, leave.record, leave.version), (record.kind, record.id, record.fields.get("version"))),
    ):
        if said != asked:
            return f"{record.owner} has given leave, but {word} another"
    ends = min(leave.until, leave.keep_until)
    return "" if now < ends else f"the leave of {record.owner} ended at {written(ends)}"
