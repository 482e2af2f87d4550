"""An agreement step: what nodes send each other to bring an agreement into force (docs/formats/agreement-step.md)."""

from __future__ import annotations

from enum import Enum

import msgspec

from comity.foundation import canonical
from comity.vocabulary.fault import Refused
from comity.vocabulary.message import Digest


class StepKind(Enum):
    """Which step is taken."""

    SIGNED = "signed"
    STANDING = "standing"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step, by the node that sends it."""

    step: StepKind
    agreement: Digest
    terms: bytes = b""
    signatures: dict[str, bytes] = {}
    entry: bytes = b""
    salt: bytes = b""
    proof: bytes = b""


_HAS = {
    StepKind.SIGNED: frozenset({"terms", "signatures"}),
    StepKind.STANDING: frozenset({"entry", "salt", "proof"}),
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
