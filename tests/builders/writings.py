"""Reports and notices for tests, each sound until a test changes one thing."""

from __future__ import annotations

import struct
import zlib

from builders.pair import NOW
from comity.casework.draft import Draft, Marks, NoticeDraft
from comity.vocabulary.attachment import Attachment, MediaType
from comity.vocabulary.handling import Credibility, Grading, Handling, Onward, Reliability, Scale, Tlp
from comity.vocabulary.instant import DAY, HOUR
from comity.vocabulary.notice import Ask, Notice, NoticeKind
from comity.vocabulary.offence import Offence
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.report import Report
from comity.vocabulary.thing import Thing, ThingKind

VESSEL = Thing(kind=ThingKind.VESSEL, mmsi=219_000_001, name="FREJA", description="blue hull, white bridge")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*more: tuple[bytes, bytes]) -> bytes:
    """Return a picture of one grey pixel, with more chunks before its end."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\x00\x80")), *more, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def jpeg(*more: tuple[int, bytes]) -> bytes:
    """Return the frame of a picture, a scan with a stuffed zero and a restart in it, with more segments before it."""
    segments = b"".join(bytes((0xFF, mark)) + struct.pack(">H", len(body) + 2) + body for mark, body in more)
    return b"\xff\xd8" + segments + b"\xff\xda\x00\x03\x01" + b"\x12\xff\x00\x34\xff\xd0\x56" + b"\xff\xd9"


def written(**changes: object) -> dict[str, object]:
    """Return the parts that reports and notices have in common."""
    sound: dict[str, object] = {
        "id": "writing-1",
        "version": 1,
        "officer": "anna",
        "time": NOW,
        "offence": Offence.SMUGGLING,
        "title": "Cigarettes by fishing boat",
        "text": "Two pallets were taken over at sea on three nights.",
        "since": NOW - 3 * DAY,
        "until": NOW - HOUR,
        "position": Position(56.5, 11.5),
        "subjects": (VESSEL,),
        "purposes": (Purpose.SMUGGLING, Purpose.BORDER_SURVEILLANCE),
        "scale": Scale.ADMIRALTY,
        "handling": Handling(tlp=Tlp.GREEN, onward=Onward.ASK, grading=Grading(Reliability.B, Credibility.TWO)),
        "names_nobody": True,
        "expires": NOW + 30 * DAY,
    }
    return {**sound, **changes}


def report(**changes: object) -> Report:
    """Return a report on a vessel in the Kattegat."""
    return Report(**written(**changes))  # type: ignore[arg-type]


def notice(**changes: object) -> Notice:
    """Return a look-out for a vessel, with a picture."""
    picture = Attachment(name="hull.png", type=MediaType.PNG, content=png())
    sound = {"kind": NoticeKind.LOOK_OUT, "asks": (Ask.OBSERVE, Ask.REPORT), "attachments": (picture,)}
    return Notice(**written(**{**sound, **changes}))  # type: ignore[arg-type]


def draft(**changes: object) -> Draft:
    """Return the draft of a report on a vessel in the Kattegat."""
    sound: dict[str, object] = {
        name: value
        for name, value in written().items()
        if name not in ("id", "version", "officer", "time", "scale", "handling")
    }
    return Draft(**{**sound, "marks": marks(), **changes})  # type: ignore[arg-type]


def marks(**changes: object) -> Marks:
    """Return marks under which the example agreement gives a report."""
    sound = {"tlp": Tlp.GREEN, "onward": Onward.ASK, "scale": Scale.ADMIRALTY, "grading": "B2"}
    return Marks(**{**sound, **changes})  # type: ignore[arg-type]


def look_out(**changes: object) -> Draft:
    """Return the draft of a look-out for a vessel, with a picture."""
    picture = Attachment(name="hull.png", type=MediaType.PNG, content=png())
    asking = NoticeDraft(kind=NoticeKind.LOOK_OUT, asks=(Ask.OBSERVE, Ask.REPORT), attachments=(picture,))
    return draft(**{"notice": asking, **changes})
