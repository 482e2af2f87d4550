"""Wording: figures as an officer reads them."""

from __future__ import annotations

from comity.foundation.geodesy import KNOT
from comity.vocabulary.instant import MINUTE, SECOND, Duration
from comity.vocabulary.subject import Identity


def called(identity: Identity) -> str:
    """Return what to call a subject in a sentence."""
    kind = identity.kind.value
    number = f"MMSI {identity.mmsi:09d}" if identity.mmsi is not None else ""
    if identity.name:
        return f"the {kind} calling itself {identity.name}" + (f" ({number})" if number else "")
    return f"the {kind} with {number}" if number else f"an unidentified {kind}"


def lasting(duration: Duration) -> str:
    """Return a duration such as `45 s`, `30 min` or `2 h 31 min`."""
    if duration < 2 * MINUTE:
        return f"{duration // SECOND} s"
    hours, minutes = divmod(duration // MINUTE, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def knots(speed: float) -> str:
    """Return a speed, given in metres a second, such as `12.3 kn`."""
    return f"{speed / KNOT:.1f} kn"


def metres(length: float) -> str:
    """Return a length such as `320 m` or `14.2 km`."""
    return f"{length:.0f} m" if length < 1_000 else f"{length / 1_000:.1f} km"


def capitalised(sentence: str) -> str:
    """Return the sentence with its first letter large and the others as they were."""
    return sentence[:1].upper() + sentence[1:]
