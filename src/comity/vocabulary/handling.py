"""Handling: how a record may be used and passed on. A lattice: what is derived inherits the strictest."""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

import msgspec


class Tlp(Enum):
    """Traffic Light Protocol 2.0 (FIRST, 2022), from widest to strictest."""

    CLEAR = "CLEAR"
    GREEN = "GREEN"
    AMBER = "AMBER"
    AMBER_STRICT = "AMBER+STRICT"
    RED = "RED"


class Onward(Enum):
    """Whether a recipient may pass the record on, from widest to strictest; `ask`: with the originator's release."""

    YES = "yes"
    ASK = "ask"
    NO = "no"


class Reliability(Enum):
    """Of the source (Admiralty system, NATO AJP-2.1), from best to worst; F cannot be judged."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


class Credibility(Enum):
    """Of the information (Admiralty system), from confirmed by others to cannot be judged."""

    ONE = 1
    TWO = 2
    THREE = 3
    FOUR = 4
    FIVE = 5
    SIX = 6


class Grading(msgspec.Struct, frozen=True):
    """Source reliability and information credibility, written like `B2`."""

    reliability: Reliability = Reliability.F
    credibility: Credibility = Credibility.SIX

    def __str__(self) -> str:
        return f"{self.reliability.value}{self.credibility.value}"


class Handling(msgspec.Struct, frozen=True, kw_only=True):
    """The marks that travel with a record. The defaults are the strictest: an unmarked record goes nowhere."""

    tlp: Tlp = Tlp.RED
    onward: Onward = Onward.NO
    proceedings: bool = False
    """May be used in legal proceedings without asking the originator."""
    grading: Grading = Grading()


_Mark = TypeVar("_Mark", bound=Enum)


def _later(one: _Mark, other: _Mark) -> _Mark:
    order = list(type(one))
    return max(one, other, key=order.index)


def strictest(first: Handling, *others: Handling) -> Handling:
    """Return the handling of something derived from all of these (safeguards 8 and 15).

    Marks only tighten and grading only worsens: fusion alone never raises a grade.
    """
    result = first
    for other in others:
        result = Handling(
            tlp=_later(result.tlp, other.tlp),
            onward=_later(result.onward, other.onward),
            proceedings=result.proceedings and other.proceedings,
            grading=Grading(
                _later(result.grading.reliability, other.grading.reliability),
                _later(result.grading.credibility, other.grading.credibility),
            ),
        )
    return result


def within(given: Handling, limit: Handling) -> bool:
    """Whether `given` is at least as strict as `limit` in every mark."""
    return strictest(given, limit) == given
