"""A writing: what officers write, in versions. A report and a notice are writings."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from comity.vocabulary.handling import Evaluation, Grading, Handling, Scale
from comity.vocabulary.instant import Instant
from comity.vocabulary.offence import Offence
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.thing import Thing

MOST_SUBJECTS = 20


class Writing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of what an officer wrote and answers for.

    It is about things, places and deeds, never about persons: no field holds one, and in free text, which no machine
    can judge, the officer says that there is none (safeguards 3 and 20). It carries its source grading (safeguard 15).
    """

    id: str
    """Of the writing: the same in each of its versions."""
    version: Annotated[int, msgspec.Meta(ge=1, le=9_999)]
    before: bytes = b""
    """SHA-256 of the version before; empty in the first."""
    reason: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    """Why it was written anew; empty in the first."""
    officer: str
    time: Instant
    """When this version was written."""
    offence: Offence
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=r"\S")]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000, pattern=r"\S")]
    since: Instant
    """When what it tells of began, or is expected."""
    until: Instant
    position: Position | None = None
    area: str = ""
    """Instead of a position: an area of an agreement, by its name there."""
    subjects: Annotated[tuple[Thing, ...], msgspec.Meta(max_length=MOST_SUBJECTS)] = ()
    purposes: Annotated[tuple[Purpose, ...], msgspec.Meta(min_length=1)]
    """For which it is held (safeguard 1)."""
    scale: Scale
    """Of its grading, which stands in the handling."""
    handling: Handling
    independent: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    """Where this version is graded better than the one before: the independent source that allows it."""
    names_nobody: bool
    """The officer's word that nothing in it names a person or leads to one. It cannot be no."""
    expires: Instant
    simulated: bool = False

    def __post_init__(self) -> None:
        if not self.names_nobody:
            raise ValueError("what names a person, or leads to one, cannot be written until its safeguards stand")
        if self.position is not None and self.area:
            raise ValueError("it is at a position or in an area, not both")
        if self.until < self.since:
            raise ValueError("it ended before it began")
        if self.expires <= self.time:
            raise ValueError("it would have expired before it was written")
        if len(set(self.purposes)) != len(self.purposes):
            raise ValueError("a purpose stands twice")
        self._expect_one_scale()
        self._expect_order()

    def _expect_one_scale(self) -> None:
        four = isinstance(self.handling.evaluation, Evaluation)
        if four != (self.scale is Scale.FOUR_BY_FOUR) or (four and self.handling.grading != Grading()):
            raise ValueError("it is graded on one scale, the one that it names")

    def _expect_order(self) -> None:
        first = self.version == 1
        if first == bool(self.before) or len(self.before) not in (0, 32) or first == bool(self.reason.strip()):
            raise ValueError("each version but the first names the one before, and why it was written anew")


class Ending(Enum):
    """Why a writing was cancelled. A partner learns this word and no more."""

    MISTAKEN = "mistaken"
    """It was not so, or should not have been written."""
    OVER = "over"
    """What it told of is over, or what it asked for is done."""
    REPLACED = "replaced"
    """Another writing has taken its place."""


class Cancellation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That a writing counts no more: every version of it, here and at all who have it."""

    writing: str
    ending: Ending
    officer: str
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
    """In words: it stays at home."""
    time: Instant
