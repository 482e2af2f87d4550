"""An agreement step: what nodes send each other to bring an agreement into force (docs/formats/agreement-step.md)."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from comity.foundation import canonical
from comity.vocabulary.fault import Refused
from comity.vocabulary.message import Digest

RETURNED = 36
"""Bytes: of a message id and a place."""
MOST_RETURNED = 20_000


class StepKind(Enum):
    """Which step is taken."""

    REQUESTED = "requested"
    SIGNED = "signed"
    STANDING = "standing"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    TERMINATED = "terminated"
    EFFECTED = "effected"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step, by the node that sends it."""

    step: StepKind
    agreement: Digest
    terms: bytes = b""
    signatures: dict[str, bytes] = {}
    entry: bytes = b""
    salt: bytes = b""
    proof: bytes = b""
    revocation: bytes = b""
    effect: bytes = b""


class Effect(msgspec.Struct, frozen=True):
    """What a holder has done after an agreement ended."""

    erased: Annotated[int, msgspec.Meta(ge=0)]
    """Records given under it that are erased here, whenever they were."""
    kept: Annotated[int, msgspec.Meta(ge=0)]
    """Those that may still be kept."""
    returned: Annotated[bytes, msgspec.Meta(max_length=MOST_RETURNED * RETURNED)] = b""
    """Message id and place of each that is accounted for."""


_HAS = {
    StepKind.REQUESTED: frozenset({"terms"}),
    StepKind.SIGNED: frozenset({"terms", "signatures"}),
    StepKind.STANDING: frozenset({"entry", "salt", "proof"}),
    StepKind.REVOKED: frozenset({"revocation"}),
    StepKind.EFFECTED: frozenset({"entry", "salt", "proof", "effect"}),
}
_PARTS = frozenset[str]().union(*_HAS.values())
"""What only steps of some kinds have: elsewhere it would be room for something else."""


def written(step: Step) -> bytes:
    """Return the step's canonical bytes."""
    return canonical.written(step)


def read(data: bytes) -> Step:
    """Return the step that these bytes hold.

    Raises:
        NotCanonical: they hold none.
        Refused: they hold more than a step of this kind has.
    """
    found = canonical.read(data, Step, where="agreement step")
    has = _HAS.get(found.step, frozenset())
    if any(getattr(found, name) for name in _PARTS - has):
        raise Refused(f"the step {found.step.value} holds more than it should", where="agreement step")
    return found
