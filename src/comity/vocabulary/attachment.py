"""Attachments: small pictures and texts beside a notice, checked to be what they say they are, and no more."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from enum import Enum
from typing import Annotated

import msgspec

LARGEST = 64 * 1024
"""Bytes of one attachment."""
MOST = 3
"""Attachments of one notice."""

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf"})
_JPEG_BEGIN, _JPEG_END, _JPEG_SCAN = 0xD8, 0xD9, 0xDA
_JPEG_TELLS = frozenset({0xE1, 0xED, 0xFE})
"""Exif and XMP, IPTC, comments."""
_JPEG_RESTARTS = frozenset(range(0xD0, 0xD8))


class MediaType(Enum):
    """What an attachment can be: nothing that can run, link or fetch."""

    PNG = "image/png"
    JPEG = "image/jpeg"
    TEXT = "text/plain"


class Attachment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One attachment. It cannot be made of bytes that are not of its type."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"^[\w][\w .()-]*$")]
    type: MediaType
    content: Annotated[bytes, msgspec.Meta(min_length=1, max_length=LARGEST)]

    def __post_init__(self) -> None:
        trouble = unsound(self.type, self.content)
        if trouble is not None:
            raise ValueError(f"the attachment {self.name!r} {trouble}")

    @property
    def digest(self) -> bytes:
        """SHA-256 of the content."""
        return hashlib.sha256(self.content).digest()


def unsound(kind: MediaType, content: bytes) -> str | None:
    """Return what is wrong with the content, None if it is one of this kind, whole, and tells nothing on the side.

    Metadata is refused: cameras write into it where, when and by whom a picture was taken.
    """
    check = {MediaType.PNG: _png, MediaType.JPEG: _jpeg, MediaType.TEXT: _text}[kind]
    try:
        return check(content)
    except (IndexError, ValueError) as error:
        return f"is no {kind.value} ({error})" if str(error) else f"is no {kind.value}"


def _text(content: bytes) -> str | None:
    text = content.decode("utf-8")
    strange = [each for each in text if not each.isprintable() and each not in "\n\r\t"]
    return f"holds the control character {strange[0]!a}" if strange else None


def _png(content: bytes) -> str | None:
    """Walk the chunks (ISO/IEC 15948, 5.3): the first is IHDR, the last IEND, and nothing comes after it."""
    names = list(_png_chunks(content))
    if names[:1] != [b"IHDR"] or b"IDAT" not in names:
        return "is no image/png (it has no image)"
    told = _PNG_TEXTS.intersection(names)
    return "holds metadata: remove them first" if told else None


def _png_chunks(content: bytes) -> Iterator[bytes]:
    if not content.startswith(_PNG):
        raise ValueError("it does not begin like one")
    place, name = len(_PNG), b""
    while name != b"IEND":
        length = int.from_bytes(content[place : place + 4], "big")
        name, end = content[place + 4 : place + 8], place + 8 + length
        check = content[end : end + 4]
        if len(check) != 4 or zlib.crc32(content[place + 4 : end]) != int.from_bytes(check, "big"):
            raise ValueError("a chunk is cut or changed")
        yield name
        place = end + 4
    if place != len(content):
        raise ValueError("something comes after its end")


def _jpeg(content: bytes) -> str | None:
    """Walk the segments (ITU-T T.81, annex B): from SOI to EOI, a scan among them, and nothing after it."""
    markers = list(_jpeg_markers(content))
    if _JPEG_SCAN not in markers:
        return "is no image/jpeg (it has no image)"
    return "holds metadata: remove them first" if _JPEG_TELLS.intersection(markers) else None


def _jpeg_markers(content: bytes) -> Iterator[int]:
    if content[:2] != bytes((0xFF, _JPEG_BEGIN)):
        raise ValueError("it does not begin like one")
    place, marker = 2, _JPEG_BEGIN
    while marker != _JPEG_END:
        if content[place] != 0xFF:
            raise ValueError("a segment does not begin with a marker")
        marker = content[place + 1]
        place += 2
        yield marker
        if marker != _JPEG_END:
            length = int.from_bytes(content[place : place + 2], "big")
            if length < 2 or place + length > len(content):
                raise ValueError("a segment is cut")
            place += length
        if marker == _JPEG_SCAN:
            place = _after_scan(content, place)
    if place != len(content):
        raise ValueError("something comes after its end")


def _after_scan(content: bytes, place: int) -> int:
    """Return where the marker stands that ends the scan: stuffed zeros and restarts belong to it."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0:
            raise ValueError("the scan does not end")
        following = content[place + 1]
        if following not in _JPEG_RESTARTS and following != 0:
            return place
        place += 2
