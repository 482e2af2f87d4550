"""Handling: how a record may be used and passed on. A lattice: what is derived inherits the strictest.

Gradings of two scales are never turned into each other (docs/decisions/0070): a record is graded on one, and what is
derived of both cannot be judged on either.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache, reduce
from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType


class Tlp(Enum):
    """Traffic Light Protocol 2.0 (FIRST, 2022), from widest to strictest."""

    CLEAR = "CLEAR"
    GREEN = "GREEN"
    AMBER = "AMBER"
    AMBER_STRICT = "AMBER+STRICT"
    RED = "RED"

    __hash__ = object.__hash__  # each exists once; by name, as Enum has it, takes ten times as long


class Onward(Enum):
    """Whether a recipient may pass the record on, from widest to strictest; `ask`: with the originator's release."""

    YES = "yes"
    ASK = "ask"
    NO = "no"

    __hash__ = object.__hash__


class Reliability(Enum):
    """Of the source (Admiralty system, NATO AJP-2.1), from best to worst; F cannot be judged."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"

    __hash__ = object.__hash__


class Credibility(Enum):
    """Of the information (Admiralty system), from confirmed by others to cannot be judged."""

    ONE = 1
    TWO = 2
    THREE = 3
    FOUR = 4
    FIVE = 5
    SIX = 6

    __hash__ = object.__hash__


class Grading(msgspec.Struct, frozen=True):
    """Source reliability and information credibility, written like `B2`."""

    reliability: Reliability = Reliability.F
    credibility: Credibility = Credibility.SIX

    def __str__(self) -> str:
        return f"{self.reliability.value}{self.credibility.value}"


class Source(Enum):
    """How the source is evaluated on the 4x4 scale (Europol), from best to worst; X cannot be assessed."""

    A = "A"
    B = "B"
    C = "C"
    X = "X"

    __hash__ = object.__hash__


class Information(Enum):
    """How the information is evaluated on the 4x4 scale, from not in doubt to neither known nor corroborated."""

    ONE = 1
    TWO = 2
    THREE = 3
    FOUR = 4

    __hash__ = object.__hash__


class Evaluation(msgspec.Struct, frozen=True):
    """A grading on the 4x4 scale, written like `B2`: alike in form to the Admiralty system's, and not in meaning."""

    source: Source
    information: Information

    def __str__(self) -> str:
        return f"{self.source.value}{self.information.value}"


class Scale(Enum):
    """The system in which sources and information are graded."""

    ADMIRALTY = "admiralty"
    FOUR_BY_FOUR = "4x4"


class Handling(msgspec.Struct, frozen=True, kw_only=True):
    """The marks that travel with a record. The defaults are the strictest: an unmarked record goes nowhere."""

    tlp: Tlp = Tlp.RED
    onward: Onward = Onward.NO
    proceedings: bool = False
    """May be used in legal proceedings without asking the originator."""
    grading: Grading = Grading()
    """In the Admiralty system; F6 where it was graded on the other scale, or cannot be judged."""
    evaluation: Evaluation | UnsetType = UNSET
    """On the 4x4 scale; not set, which is the strictest, where it was not graded on that one."""

    @property
    def graded(self) -> str:
        """The grading with its scale, like `admiralty B2` or `4x4 B2`."""
        if isinstance(self.evaluation, Evaluation):
            return f"{Scale.FOUR_BY_FOUR.value} {self.evaluation}"
        return f"{Scale.ADMIRALTY.value} {self.grading}"


BEST = Handling(
    tlp=Tlp.CLEAR,
    onward=Onward.YES,
    proceedings=True,
    grading=Grading(Reliability.A, Credibility.ONE),
    evaluation=Evaluation(Source.A, Information.ONE),
)
"""The widest there is, best on both scales: joined with it, every handling stays what it is."""


_Mark = TypeVar("_Mark", bound=Enum)


def _later(one: _Mark, other: _Mark) -> _Mark:
    order = list(type(one))
    return max(one, other, key=order.index)


def strictest(first: Handling, *others: Handling) -> Handling:
    """Return the handling of something derived from all of these (safeguards 8 and 15).

    Marks only tighten and grading only worsens: fusion alone never raises a grade.
    """
    return reduce(_stricter, others, first)


@lru_cache(maxsize=1024)  # there are few, and every record that is given or comes is asked about
def _stricter(one: Handling, other: Handling) -> Handling:
    return Handling(
        tlp=_later(one.tlp, other.tlp),
        onward=_later(one.onward, other.onward),
        proceedings=one.proceedings and other.proceedings,
        grading=Grading(
            _later(one.grading.reliability, other.grading.reliability),
            _later(one.grading.credibility, other.grading.credibility),
        ),
        evaluation=_worse(one.evaluation, other.evaluation),
    )


def _worse(one: Evaluation | UnsetType, other: Evaluation | UnsetType) -> Evaluation | UnsetType:
    """Return the worse in both parts; what is not graded on the scale is worse than all that is."""
    if isinstance(one, Evaluation) and isinstance(other, Evaluation):
        return Evaluation(_later(one.source, other.source), _later(one.information, other.information))
    return UNSET


def read_grading(scale: Scale, text: str) -> tuple[Grading, Evaluation | UnsetType]:
    """Return what a grading like `B2` says on its scale: the Admiralty system's part and the 4x4 part of a handling.

    Raises:
        ValueError: it is none of the scale.
    """
    if len(text) != 2 or not (text[1].isascii() and text[1].isdigit()):
        raise ValueError(f"{text[:20]!r} is no grading: a letter and a digit, like B2")
    if scale is Scale.ADMIRALTY:
        return Grading(Reliability(text[0]), Credibility(int(text[1]))), UNSET
    return Grading(), Evaluation(Source(text[0]), Information(int(text[1])))


def within(given: Handling, limit: Handling) -> bool:
    """Whether `given` is at least as strict as `limit` in every mark."""
    return strictest(given, limit) == given
