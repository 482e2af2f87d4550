"""An inquiry step: what asker and owner send each other of an inquiry (docs/formats/inquiry.md)."""

from __future__ import annotations

from comity.foundation import canonical
from comity.vocabulary.fault import Refused
from comity.vocabulary.inquiry import InquiryStep, Step

SALT_LENGTH = 32


def written(step: Step) -> bytes:
    """Return the step's canonical bytes."""
    return canonical.written(step)


def read(data: bytes, where: str = "inquiry step") -> Step:
    """Return the step that these bytes hold.

    Raises:
        NotCanonical: they hold none.
        Refused: they hold more or less than a step of this kind has, or ask after nothing.
    """
    found = canonical.read(data, Step, where=where)
    has = (found.question is not None, found.hit is not None, bool(found.messages))
    if has != tuple(found.step is one for one in (InquiryStep.ASKED, InquiryStep.ANSWERED, InquiryStep.GIVEN)):
        raise Refused(f"the step {found.step.value} holds more or less than it should", where=where)
    if len(found.salt) != (SALT_LENGTH if found.question is not None else 0):
        raise Refused("a question comes with 32 random bytes, and nothing else does", where=where)
    if found.simulated and not found.hit:
        raise Refused("only a hit can be simulated", where=where)
    if found.question is not None and found.question.blank:
        raise Refused("the question asks after nothing", where=where, remedy="Name an MMSI, IMO, call sign or name.")
    if len(set(found.messages)) != len(found.messages):
        raise Refused("a message is named twice", where=where)
    return found
