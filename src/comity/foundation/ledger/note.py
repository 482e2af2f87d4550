"""Signed notes: a text and signatures below it (C2SP signed-note, docs/formats/log.md).

Reading is stricter than the specification asks: base64 that does not come out the same when written again is refused,
so that no byte of a note can change unnoticed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

import msgspec

from comity.foundation.keys import BadSignature, SigningKey, verify_bare
from comity.vocabulary.fault import Fault

LARGEST = 256 * 1024
"""Bytes. No note is larger: as many signatures as it may have fit, of the longest kind that is known."""
MOST_SIGNATURES = 64
_DASH = "\N{EM DASH} "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NO_NAME = re.compile(r"[\s+]")
ED25519 = 0x01
"""Signature type of a key that signs the note's text itself."""


class NoteFault(Fault):
    """Bytes that are no signed note, or a note that is not signed as it should be."""


class Signature(msgspec.Struct, frozen=True):
    """One signature line: the key's name, its id of 4 bytes, and what the key made of the text."""

    name: str
    id: bytes
    signature: bytes


class Note(msgspec.Struct, frozen=True):
    """A text, which ends in a newline, and the signatures below it."""

    text: str
    signatures: tuple[Signature, ...]


class NoteKey(Protocol):
    """A key whose signatures can stand below a note."""

    @property
    def name(self) -> str:
        """The key's name."""
        ...

    @property
    def id(self) -> bytes:
        """The key's id: 4 bytes."""
        ...

    def check(self, text: str, signature: bytes) -> None:
        """Check a signature over the text.

        Raises:
            BadSignature: it does not hold.
        """
        ...


_Key = TypeVar("_Key", bound=NoteKey)


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return the id of a key: the first 4 bytes of a hash over name, signature type and public key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


class Ed25519Key(msgspec.Struct, frozen=True):
    """A public key that signs the note's text itself (signature type 0x01): a log's."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The key's id."""
        return key_id(self.name, ED25519, self.public)

    def check(self, text: str, signature: bytes) -> None:
        """Check a signature over the text.

        Raises:
            BadSignature: it does not hold.
        """
        verify_bare(self.public, text.encode(), signature)


def sign(text: str, name: str, key: SigningKey) -> Signature:
    """Return the signature of the text (type 0x01) by a key of that name."""
    return Signature(name, Ed25519Key(name, key.public).id, key.sign_bare(text.encode()))


def line(signature: Signature) -> str:
    """Return the signature as a line of a note, newline included."""
    return f"{_DASH}{signature.name} {encoded(signature.id + signature.signature)}\n"


def written(note: Note) -> bytes:
    """Return the bytes of the note.

    Raises:
        NoteFault: the text or a name cannot stand in a note.
    """
    data = (note.text + "\n" + "".join(map(line, note.signatures))).encode()
    if read(data) != note:
        raise NoteFault(
            "this cannot be written as a note", remedy="End the text in a newline; name keys without space."
        )
    return data


def read(data: bytes, where: str = "") -> Note:
    """Return the note that these bytes are. Nothing in it is to be believed before `verify`.

    Raises:
        NoteFault: they are none.
    """
    if len(data) > LARGEST:
        raise NoteFault(f"the note has {len(data)} bytes, more than the {LARGEST} allowed", where=where)
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteFault("the note is not UTF-8", where=where) from error
    if _CONTROL.search(whole):
        raise NoteFault("the note holds a control character", where=where)
    text, blank, below = whole.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise NoteFault("the note does not end in an empty line and signature lines", where=where)
    return Note(text + "\n", lines(below, where))


def lines(below: str, where: str = "") -> tuple[Signature, ...]:
    """Return the signatures of these lines, at least one, each ended by a newline.

    Raises:
        NoteFault: a line is malformed, there are too many, or two are by the same key.
    """
    rows = below.split("\n")
    if rows.pop() or not 1 <= len(rows) <= MOST_SIGNATURES:
        raise NoteFault(f"there are not 1 to {MOST_SIGNATURES} whole signature lines", where=where)
    signatures = tuple(_signature(row, where) for row in rows)
    if len({(signature.name, signature.id) for signature in signatures}) < len(signatures):
        raise NoteFault("two signatures are by the same key", where=where)
    return signatures


def _signature(row: str, where: str) -> Signature:
    name, space, code = row.removeprefix(_DASH).partition(" ")
    if not row.startswith(_DASH) or not space or not name or _cannot_name(name):
        raise NoteFault("a signature line is not dash, name and signature", where=where)
    value = decoded(code, where)
    if len(value) <= 4:
        raise NoteFault(f"the signature of {name!r} is empty", where=where)
    return Signature(name, value[:4], value[4:])


def _cannot_name(name: str) -> bool:
    return _NO_NAME.search(name) is not None


def encoded(value: bytes) -> str:
    """Return the value in base64 (RFC 4648, section 4)."""
    return base64.b64encode(value).decode()


def decoded(code: str, where: str = "") -> bytes:
    """Return the value of base64 text.

    Raises:
        NoteFault: it is none, or not the one way to write its value.
    """
    try:
        value = base64.b64decode(code, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteFault("a value is not base64", where=where) from error
    if encoded(value) != code:
        raise NoteFault("a value is not written in the one base64 form it has", where=where)
    return value


def verified(note: Note, keys: Sequence[_Key], where: str = "") -> tuple[_Key, ...]:
    """Return those of the keys that have signed the note, none being an answer too. Other signatures are ignored.

    Raises:
        NoteFault: a signature that names one of the keys does not hold: the whole note is bad.
    """
    known = {(key.name, key.id): key for key in keys}
    found: list[_Key] = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.id))
        if key is not None:
            _check(key, note.text, signature, where)
            found.append(key)
    return tuple(found)


def verify(note: Note, keys: Sequence[NoteKey], where: str = "") -> tuple[NoteKey, ...]:
    """Return those of the keys that have signed the note: at least one.

    Raises:
        NoteFault: none has, or a signature that names one of the keys does not hold.
    """
    found = verified(note, keys, where)
    if not found:
        names = ", ".join(key.name for key in keys) or "nobody"
        raise NoteFault(f"the note is not signed by {names}", where=where)
    return found


def _check(key: NoteKey, text: str, signature: Signature, where: str) -> None:
    try:
        key.check(text, signature.signature)
    except BadSignature as error:
        raise NoteFault(f"the signature of {key.name} does not hold", where=where) from error


def only(note: Note, keys: Sequence[NoteKey]) -> Note:
    """Return the note with the signatures of these keys alone, for a reader who knows no others."""
    wanted = {(key.name, key.id) for key in keys}
    return Note(note.text, tuple(each for each in note.signatures if (each.name, each.id) in wanted))


def joined(note: Note, more: Sequence[Signature]) -> Note:
    """Return the note with more signatures; a new one takes the place of an older one by the same key."""
    kept = {(each.name, each.id): each for each in (*note.signatures, *more)}
    return Note(note.text, tuple(kept.values()))
