"""Verifier keys: a public key as text, with its name and what it signs (C2SP signed-note, docs/formats/policy.md).

south/witness+1afcbbd8+BA5yTPBBlPUVakbJ2CH3cjrBOx84ARmiVrOvb4+s7CLx
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from comity.foundation.ledger import cosignature
from comity.foundation.ledger.cosignature import LatticeWitnessKey, WitnessKey
from comity.foundation.ledger.note import ED25519, Ed25519Key, NoteFault, NoteKey, decoded, encoded


class Key(NoteKey, Protocol):
    """A key that can be written as text."""

    @property
    def public(self) -> bytes:
        """The public key's raw bytes."""
        ...


class _Kind(msgspec.Struct, frozen=True):
    """A signature type: its keys, and how many bytes a public one has."""

    make: Callable[[str, bytes], Key]
    length: int


_KINDS = {
    ED25519: _Kind(Ed25519Key, 32),
    cosignature.ED25519: _Kind(WitnessKey, 32),
    cosignature.ML_DSA_44: _Kind(LatticeWitnessKey, 1312),
}
_TYPES: dict[type, int] = {
    Ed25519Key: ED25519,
    WitnessKey: cosignature.ED25519,
    LatticeWitnessKey: cosignature.ML_DSA_44,
}


def written(key: Key) -> str:
    """Return the key as text."""
    return f"{key.name}+{key.id.hex()}+{encoded(bytes([_TYPES[type(key)]]) + key.public)}"


def read(text: str, where: str = "") -> Key:
    """Return the key that this text is.

    Raises:
        NoteFault: it is none, of a type that is not known, or its id is not that of its name, type and key.
    """
    name, *rest = text.split("+", 2)
    if len(rest) != 2 or not name or any(character.isspace() for character in name):
        raise NoteFault("a verifier key is a name, an id and a key, with a + between them", where=where)
    material = decoded(rest[1], where)
    kind = _KINDS.get(material[0]) if material else None
    if kind is None or len(material) != 1 + kind.length:
        raise NoteFault(f"the key of {name!r} is of no known type, or not as long as that type's keys", where=where)
    key = kind.make(name, material[1:])
    if written(key) != text:
        raise NoteFault(f"the id of the key {name!r} is not {rest[0][:8]!r}", where=where)
    return key
