"""A detector: one rule that watches the picture on event time, and what all rules share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np

from comity.foundation.canonical import digest, written
from comity.vocabulary.alert import Alert
from comity.vocabulary.columns import Floats, Moves, Truths, Whole
from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import SubjectKind
from comity.vocabulary.track import Track

Where: TypeAlias = Callable[[Position], Collection[str]]
"""Names of the areas that hold a position."""
First: TypeAlias = Callable[[Sequence[str], Floats, Floats], Whole]
"""Of some areas the number of the first that holds each of many positions in degrees; `NONE` where none does."""
Shown: TypeAlias = Callable[[int], tuple[Track | None, Sighting]]
"""Puts a row of a batch into words: its track just after it, if it is confirmed, and the sighting."""
Noted: TypeAlias = tuple[int, bool, Alert]
"""The row at which something stood out, whether only as its time had come, and what."""
HandlingOf: TypeAlias = Callable[[str], Handling]
"""The handling of what a source gives."""


class Detector(Protocol):
    """One rule. It sees every sighting that has a confirmed track, in the order in which they were taken.

    An alert returned with the id of an earlier one revises it: it is the same thing, known better.
    """

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:
        """See one sighting and its track just after it; return what now stands out."""
        ...

    def advance(self, now: Instant) -> list[Alert]:
        """Learn that event time has come to `now`; return what now stands out. Time that goes back changes nothing."""
        ...


@runtime_checkable
class Sparing(Protocol):
    """A detector that tells of many reports at once which it need not see: they cannot change what it knows."""

    timeless: bool
    """Whether time alone, without a report, changes nothing for it: it need not be told of that."""

    def wants(self, moves: Moves) -> Truths:
        """Return which of the quiet rows it must see. It is then shown these and all rows that are not quiet."""
        ...


@runtime_checkable
class Sweeping(Protocol):
    """A detector that takes a batch at once, its own time included, and finds what it would find row by row."""

    def sweep(self, moves: Moves, shown: Shown) -> Iterable[Noted]:
        """See the batch; return what stands out, row by row. `shown` puts a row into words."""
        ...


@runtime_checkable
class Sensing(Protocol):
    """A detector that looks at single reports too: those of ground sensors seldom make a track."""

    def sense(self, sighting: Sighting) -> list[Alert]:
        """See one sighting that has no confirmed track; return what now stands out."""
        ...


@runtime_checkable
class Listener(Protocol):
    """A detector that hears of what the others find, what was stored before the node started included."""

    def hear(self, alert: Alert) -> list[Alert]:
        """Hear of an alert, new or told anew; return what now stands out."""
        ...


def none_of(moves: Moves) -> Truths:
    """Return that no quiet row is wanted."""
    return np.zeros(len(moves), np.bool_)


def alert_id(rule: str, version: int, tracks: Iterable[str], begin: Instant) -> str:
    """Return the id of an alert: SHA-256 over what it is, the first 32 hexadecimal digits."""
    return digest(b"comity/alert\x00", written([rule, version, sorted(tracks), begin])).hex()[:32]


def watchable(track: Track) -> bool:
    """Whether a rule may look at the track at all: never at a person (safeguard 5)."""
    return track.identity.kind is not SubjectKind.PERSON
