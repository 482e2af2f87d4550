"""An onward step: what originator, holder and recipient send each other of a leave (docs/formats/onward.md)."""

from __future__ import annotations

from comity.foundation import canonical
from comity.vocabulary.fault import Refused
from comity.vocabulary.onward import OnwardStep, Step

_SIGNED = frozenset({OnwardStep.LEFT, OnwardStep.SHOWN})


def written(step: Step) -> bytes:
    """Return the step's canonical bytes."""
    return canonical.written(step)


def read(data: bytes, where: str = "onward step") -> Step:
    """Return the step that these bytes hold.

    Raises:
        NotCanonical: they hold none.
        Refused: they hold more or less than a step of this kind has.
    """
    found = canonical.read(data, Step, where=where)
    signed = found.step in _SIGNED
    has = (found.wish is not None, found.leave is not None, bool(found.signature))
    if has != (found.step is OnwardStep.ASKED, signed, signed):
        raise Refused(f"the step {found.step.value} holds more or less than it should", where=where)
    return found
