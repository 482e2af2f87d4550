"""Inquiry: a partner asks whether a node holds anything on a thing (docs/formats/inquiry.md)."""

from __future__ import annotations

import unicodedata
from enum import Enum
from typing import Annotated, Protocol

import msgspec

from comity.vocabulary.message import Digest
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.subject import SubjectKind

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=63)]
"""Of an agreement or a clause."""
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class InquiryKind(Enum):
    """After what sort of subject a partner asks."""

    VESSEL = "vessel-inquiry"
    AIRCRAFT = "aircraft-inquiry"
    PERSON = "person-inquiry"
    VEHICLE = "vehicle-inquiry"
    DOCUMENT = "document-inquiry"

    @property
    def subject(self) -> SubjectKind:
        """The kind of subject that it asks after."""
        return SubjectKind(self.value.removesuffix("-inquiry"))


class Manner(Enum):
    """What an answer tells."""

    HIT_NO_HIT = "hit-no-hit"


class Identified(Protocol):
    """What bears the identifiers of a ship or aircraft: an identity, or a thing."""

    @property
    def mmsi(self) -> int | None:
        """Maritime Mobile Service Identity."""

    @property
    def imo(self) -> int | None:
        """IMO ship number."""

    @property
    def call_sign(self) -> str | None:
        """Radio call sign."""

    @property
    def name(self) -> str | None:
        """Name."""


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked, and on which clause that rests."""

    kind: InquiryKind
    mmsi: Annotated[int, msgspec.Meta(ge=1, le=999_999_999)] | None = None
    imo: Annotated[int, msgspec.Meta(ge=1, le=9_999_999)] | None = None
    call_sign: Text | None = None
    name: Text | None = None
    purpose: Purpose
    agreement: Name
    clause: Name

    @property
    def blank(self) -> bool:
        """Whether it asks after nothing, or by a text of which nothing is left once it is folded."""
        asked = [one for one in (self.mmsi, self.imo, self.call_sign, self.name) if one is not None]
        return not asked or self.weight < len(asked)

    @property
    def weight(self) -> int:
        """How many questions it counts for: each identifier asks after a thing of its own."""
        return len(marks(self))


def marks(subject: Identified) -> frozenset[tuple[str, str | int]]:
    """Return the identifiers that a subject bears or a question asks for, with texts folded: they match exactly."""
    texts = {"call_sign": subject.call_sign, "name": subject.name}
    found: dict[str, str | int | None] = {"mmsi": subject.mmsi, "imo": subject.imo}
    found |= {mark: _folded(text) for mark, text in texts.items() if text is not None}
    return frozenset((mark, value) for mark, value in found.items() if value)


def _folded(text: str) -> str:
    """Return the text without what people write in more than one way: case, spaces, widths."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


class InquiryStep(Enum):
    """Which step is taken."""

    ASKED = "asked"
    ANSWERED = "answered"
    GIVEN = "given"
    DECLINED = "declined"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step, by the node that sends it."""

    step: InquiryStep
    inquiry: Digest
    """Random, drawn by who asks."""
    question: Question | None = None
    salt: Annotated[bytes, msgspec.Meta(max_length=32)] = b""
    """Random, with a question: without it no hash that is kept tells what was asked."""
    hit: bool | None = None
    simulated: bool = False
    messages: Annotated[tuple[Digest, ...], msgspec.Meta(max_length=20)] = ()


class InquiryState(Enum):
    """Where an inquiry is in its life."""

    ASKED = "asked"
    FOUND = "found"
    """At the owner: looked up, and told at the next beat."""
    HIT = "hit"
    NO_HIT = "no-hit"
    GIVEN = "given"
    DECLINED = "declined"
    UNTOLD = "untold"
    """At the owner: nothing was told, as the agreement or the partner was gone before."""
