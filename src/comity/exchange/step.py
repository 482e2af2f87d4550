"""An agreement step: what nodes send each other to bring an agreement into force (docs/formats/agreement-step.md)."""

from __future__ import annotations

from enum import Enum

import msgspec

from comity.foundation import canonical
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


def written(step: Step) -> bytes:
    """Return the step's canonical bytes."""
    return canonical.written(step)


def read(data: bytes) -> Step:
    """Return the step that these bytes hold.

    Raises:
        NotCanonical: they hold none.
    """
    return canonical.read(data, Step, where="agreement step")
