"""A subscription step: what subscriber and owner send each other of a subscription (docs/formats/subscription.md)."""

from __future__ import annotations

from comity.foundation import canonical
from comity.vocabulary.fault import Refused
from comity.vocabulary.subscription import Step, SubscriptionStep

_WITH_END = frozenset({SubscriptionStep.RENEWAL, SubscriptionStep.RENEWED})


def written(step: Step) -> bytes:
    """Return the step's canonical bytes."""
    return canonical.written(step)


def read(data: bytes, where: str = "subscription step") -> Step:
    """Return the step that these bytes hold.

    Raises:
        NotCanonical: they hold none.
        Refused: they hold more or less than a step of this kind has.
    """
    found = canonical.read(data, Step, where=where)
    has = (found.wish is not None, found.until != 0)
    if has != (found.step is SubscriptionStep.ASKED, found.step in _WITH_END):
        raise Refused(f"the step {found.step.value} holds more or less than it should", where=where)
    return found
