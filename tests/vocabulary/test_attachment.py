"""An attachment is what it says it is, whole, and tells nothing on the side."""

from __future__ import annotations

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.writings import jpeg, png
from comity.foundation import canonical
from comity.vocabulary.attachment import LARGEST, Attachment, MediaType, unsound

SOUND = {MediaType.PNG: png(), MediaType.JPEG: jpeg(), MediaType.TEXT: "rød skrog\n".encode()}


@pytest.mark.parametrize("kind", list(MediaType), ids=lambda kind: kind.name)
def test_what_is_sound_is_taken_and_comes_back(kind: MediaType) -> None:
    made = Attachment(name="hull (2).png", type=kind, content=SOUND[kind])
    assert canonical.read(canonical.written(made), Attachment) == made
    assert made.digest == hashlib.sha256(SOUND[kind]).digest()


@pytest.mark.parametrize(
    ("kind", "content", "told"),
    [
        (MediaType.PNG, jpeg(), "does not begin"),
        (MediaType.JPEG, png(), "does not begin"),
        (MediaType.PNG, png() + b"more", "after its end"),
        (MediaType.JPEG, jpeg() + b"more", "after its end"),
        (MediaType.PNG, png()[:-3], "cut or changed"),
        (MediaType.PNG, png().replace(b"IDAT", b"IDAX"), "cut or changed"),
        (MediaType.JPEG, jpeg()[:-2], "does not end"),
        (MediaType.JPEG, b"\xff\xd8\xff\xd9", "no image"),
        (MediaType.PNG, png((b"tEXt", b"Author\x00somebody")), "metadata"),
        (MediaType.PNG, png((b"eXIf", b"MM")), "metadata"),
        (MediaType.JPEG, jpeg((0xE1, b"Exif\x00\x00")), "metadata"),
        (MediaType.JPEG, jpeg((0xFE, b"by somebody")), "metadata"),
        (MediaType.TEXT, b"\xff\xfe", "no text/plain"),
        (MediaType.TEXT, b"\x1b[2J", "control character"),
    ],
)
def test_what_is_not_what_it_says_is_refused(kind: MediaType, content: bytes, told: str) -> None:
    """Another type, a piece cut off or put on, or metadata that tell where and by whom: no attachment is made of it."""
    with pytest.raises(ValueError, match=told):
        Attachment(name="it", type=kind, content=content)


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "a\x00b", "x" * 81])
def test_names_that_are_no_names_are_refused(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": name, "type": "text/plain", "content": b"x"}, Attachment)


def test_more_than_the_bound_is_refused() -> None:
    for size, taken in ((LARGEST, True), (LARGEST + 1, False)):
        raw = {"name": "it", "type": "text/plain", "content": b"x" * size}
        if taken:
            assert msgspec.convert(raw, Attachment).content == raw["content"]
            continue
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(raw, Attachment)


@given(st.sampled_from(MediaType), st.binary(max_size=200))
def test_arbitrary_bytes_are_judged_and_nothing_is_raised(kind: MediaType, content: bytes) -> None:
    told = unsound(kind, content)
    assert told is None or told
    if kind is not MediaType.TEXT:
        assert told


@given(st.sampled_from([MediaType.PNG, MediaType.JPEG]), st.data())
def test_mutated_pictures_are_judged_and_nothing_is_raised(kind: MediaType, data: st.DataObject) -> None:
    """A changed byte in a PNG never passes; in a JPEG, which has no checks, it may."""
    content = bytearray(SOUND[kind])
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    told = unsound(kind, bytes(content))
    assert told or kind is MediaType.JPEG
