"""Partners: other nodes and witnesses, known by their signed cards."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

NAME_PATTERN = r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$(?!\n)"
"""`$` alone lets a line end follow."""
NAME_LIKE = "small letters, digits, dots and hyphens, 63 at most, like dk.coord"
"""The pattern, for people."""


class Station(Enum):
    """What a card is for."""

    NODE = "node"
    WITNESS = "witness"


class Card(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a node or witness tells others of itself, signed with its own identity keys (docs/formats/card.md).

    All keys are raw public bytes: Ed25519 (RFC 8032) of 32, ML-DSA-44 (FIPS 204) of 1,312; `sealing` is an ML-KEM-768
    key of 1,184 followed by an X25519 key of 32 (the HPKE KEM MLKEM768-X25519), empty for a witness.
    """

    station: Station
    name: Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
    agency: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    country: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]
    """ISO 3166-1 alpha-2."""
    endpoint: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s]{1,200}$")]
    """Where its exchange, log and witness are served."""
    identity: bytes
    """Signs cards, agreements, envelopes and receipts."""
    log: bytes
    """Signs checkpoints, under the origin `{name}/log`; empty for a witness without a log."""
    witness: bytes
    """Cosigns others' checkpoints, under the name `{name}/witness`."""
    sealing: bytes
    created: int
    identity_pq: bytes = b""
    """The second identity key, ML-DSA-44; empty on a card by the first version of Comity."""
    witness_pq: bytes = b""
    """The second witness key, ML-DSA-44; empty likewise."""
    serial: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)] = 1
    """Which card of this node it is."""
    succeeds: bytes = b""
    """SHA-256 of the card before; empty where the serial is 1."""

    @property
    def origin(self) -> str:
        """Origin of its log (C2SP tlog-checkpoint)."""
        return f"{self.name}/log"

    @property
    def witness_name(self) -> str:
        """Key name of its cosignatures (C2SP tlog-cosignature)."""
        return f"{self.name}/witness"
