"""Onward: the originator's signed leave to pass a record on, and how it is asked for (docs/formats/onward.md)."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, TypeAlias

import msgspec

from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import LATEST, Instant
from comity.vocabulary.message import Digest
from comity.vocabulary.partner import NAME_PATTERN
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind

Name: TypeAlias = Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
RecordId: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Place: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=999)]
Moment: TypeAlias = Annotated[Instant, msgspec.Meta(ge=0, le=LATEST)]
Line: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class OnwardStep(Enum):
    """What happens."""

    ASKED = "asked"
    """The holder asks the originator."""
    LEFT = "left"
    """The originator gives leave."""
    DECLINED = "declined"
    """The originator gives none."""
    SHOWN = "shown"
    """The holder shows the leave to whom it gives the record next."""


class OnwardState(Enum):
    """How it stands at a node."""

    ASKED = "asked"
    LEFT = "left"
    DECLINED = "declined"
    PASSED = "passed"
    """At the holder: the record is on its way, or there."""
    SHOWN = "shown"
    """At the recipient."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Which record the holder wants to pass on, to whom, what for and why."""

    message: Digest
    """The release in which the originator gave it."""
    place: Place
    record: RecordId
    recipient: Name
    purpose: Purpose
    reason: Line
    """For the originator's people."""


class Leave(msgspec.Struct, frozen=True, kw_only=True):
    """What the originator signs: this record, from this holder, to this recipient, for this purpose, and no more."""

    onward: Digest
    """What names it, drawn by the holder: one leave is shown once."""
    originator: Name
    holder: Name
    recipient: Name
    message: Digest
    place: Place
    kind: RecordKind
    record: RecordId
    version: Annotated[int, msgspec.Meta(ge=0)]
    bound: Digest
    """SHA-256 over the digests of the record's fields as they were given: what is passed on is of this very giving."""
    handling: Handling
    """As it was given to the holder: the recipient gets it no wider."""
    purpose: Purpose
    keep_until: Moment
    """When the holder has erased it: the recipient keeps it no longer."""
    until: Moment
    """From when it can be passed on no more."""
    time: Moment
    officer: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    """Of the originator: who gave the leave."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What originator, holder and recipient send each other of it."""

    step: OnwardStep
    onward: Digest
    """Drawn by who asks; names it for good."""
    wish: Wish | None = None
    leave: Leave | None = None
    signature: bytes = b""
