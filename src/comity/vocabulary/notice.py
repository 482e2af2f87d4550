"""A notice: a warning or a request to partners."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from comity.vocabulary import attachment
from comity.vocabulary.attachment import Attachment
from comity.vocabulary.writing import Writing


class NoticeKind(Enum):
    """What it does."""

    THREAT = "threat"
    """Warns of a danger."""
    LOOK_OUT = "look-out"
    """Asks that somebody looks out for a thing, or in an area."""


class Ask(Enum):
    """What is asked of who reads it. It asks for no more than looking and telling: it orders nobody."""

    OBSERVE = "observe"
    REPORT = "report"
    DO_NOT_APPROACH = "do-not-approach"


class Notice(Writing, frozen=True, kw_only=True, omit_defaults=True):
    """A warning or a request, with what is asked of the reader."""

    kind: NoticeKind
    asks: Annotated[tuple[Ask, ...], msgspec.Meta(min_length=1)]
    attachments: Annotated[tuple[Attachment, ...], msgspec.Meta(max_length=attachment.MOST)] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(set(self.asks)) != len(self.asks):
            raise ValueError("the same is asked twice")
        if self.kind is NoticeKind.LOOK_OUT and not self.subjects and self.position is None and not self.area:
            raise ValueError("a look-out names what to look out for, or where")
