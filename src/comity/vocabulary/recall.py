"""Recall: a record that was given is called back, to be erased or corrected, and each holder proves it did."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Digest


class RecallAct(Enum):
    """What a holder is asked to do."""

    ERASE = "erase"
    CORRECT = "correct"
    """Erase it: a corrected one has been given in its place."""


class RecallOutcome(Enum):
    """What a holder did."""

    ERASED = "erased"
    GONE = "gone"
    """Its time was over, or it had been recalled before."""
    NEVER_HELD = "never-held"
    """It was refused, or withdrawn on its way."""


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """What the owner sends to each holder (docs/formats/recall.md)."""

    message: Digest
    """The release in which the record went."""
    place: Annotated[int, msgspec.Meta(ge=0)]
    """Which of its items."""
    record: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    act: RecallAct
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    """For the holder's people."""
    corrected_by: Digest
    """The release with the corrected record; zeros for `erase`."""
    due: Instant


class Recalled(msgspec.Struct, frozen=True, kw_only=True):
    """What each holder answers (docs/formats/recall.md)."""

    recall: Digest
    """The message id of the recall."""
    outcome: RecallOutcome
    copies: Annotated[int, msgspec.Meta(ge=0)]
    onward: tuple[str, ...] = ()
    """To whom it had been passed on, and recalled in turn."""
    origin: str
    index: Annotated[int, msgspec.Meta(ge=0)]
    entry: bytes
    salt: bytes
