"""A draft: what an officer hands in, and the report or notice that it becomes."""

from __future__ import annotations

from typing import Annotated

import msgspec

from comity.foundation.store.writings import AnyWriting
from comity.vocabulary import attachment
from comity.vocabulary.attachment import Attachment
from comity.vocabulary.fault import Fault
from comity.vocabulary.handling import Handling, Onward, Scale, Tlp, read_grading
from comity.vocabulary.instant import Instant
from comity.vocabulary.notice import Ask, Notice, NoticeKind
from comity.vocabulary.offence import Offence
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.report import Report
from comity.vocabulary.thing import Thing
from comity.vocabulary.writing import MOST_SUBJECTS


class Marks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it may be used, and how source and information are graded: nothing here has a default."""

    tlp: Tlp
    onward: Onward
    proceedings: bool = False
    scale: Scale
    grading: Annotated[str, msgspec.Meta(pattern=r"^[A-FX][1-6]$")]
    """Like `B2`."""


class NoticeDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What makes a notice of it: what kind, and what is asked of the reader."""

    kind: NoticeKind
    asks: Annotated[tuple[Ask, ...], msgspec.Meta(min_length=1, max_length=len(Ask))]
    attachments: Annotated[tuple[Attachment, ...], msgspec.Meta(max_length=attachment.MOST)] = ()


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report, or with `notice` a notice, as its writer hands it in."""

    offence: Offence
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=r"\S")]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000, pattern=r"\S")]
    since: Instant
    until: Instant
    position: Position | None = None
    area: Annotated[str, msgspec.Meta(max_length=63)] = ""
    subjects: Annotated[tuple[Thing, ...], msgspec.Meta(max_length=MOST_SUBJECTS)] = ()
    purposes: Annotated[tuple[Purpose, ...], msgspec.Meta(min_length=1, max_length=len(Purpose))]
    marks: Marks
    independent: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    names_nobody: bool
    """The writer's word that nothing in it names a person or leads to one."""
    expires: Instant
    notice: NoticeDraft | None = None
    simulated: bool = False


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """What the node adds to a draft: which writing and version it becomes, whose and when."""

    id: str
    version: int
    before: bytes
    reason: str
    officer: str
    time: Instant


def signed(draft: Draft, signature: Signature) -> AnyWriting:
    """Return the report or notice that the draft becomes.

    Raises:
        Fault: the draft does not hold together; it says what is wrong.
    """
    try:
        parts = {**_parts(draft), **{name: getattr(signature, name) for name in signature.__struct_fields__}}
        if draft.notice is None:
            return Report(**parts)
        asking = draft.notice
        return Notice(**parts, kind=asking.kind, asks=asking.asks, attachments=asking.attachments)
    except ValueError as error:
        raise Fault(str(error), where="draft", remedy="Correct it and hand it in again.") from error


def _parts(draft: Draft) -> dict[str, object]:
    marks = draft.marks
    grading, evaluation = read_grading(marks.scale, marks.grading)
    handling = Handling(
        tlp=marks.tlp, onward=marks.onward, proceedings=marks.proceedings, grading=grading, evaluation=evaluation
    )
    own = {name: getattr(draft, name) for name in draft.__struct_fields__ if name not in ("marks", "notice")}
    return {**own, "scale": marks.scale, "handling": handling}
