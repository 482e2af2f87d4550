"""Checkpoints: a log's word on how large its tree is and what its root is (C2SP tlog-checkpoint, docs/formats/log.md).

denmark.example/log
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from comity.foundation.keys import SigningKey
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.note import Note, NoteFault, NoteKey, decoded, encoded
from comity.foundation.ledger.tile import HASH_LENGTH
from comity.foundation.ledger.tree import LARGEST

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class Checkpoint(msgspec.Struct, frozen=True):
    """Origin, size and root of a tree, and lines that the log may have added."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def text(checkpoint: Checkpoint) -> str:
    """Return the text that is signed."""
    head = (checkpoint.origin, str(checkpoint.size), encoded(checkpoint.root))
    return "".join(f"{row}\n" for row in (*head, *checkpoint.extensions))


def read(body: str, where: str = "") -> Checkpoint:
    """Return the checkpoint that a note's text is.

    Raises:
        NoteFault: it is none.
    """
    rows = body.split("\n")
    if rows.pop() or len(rows) < 3 or not all(rows):
        raise NoteFault("a checkpoint is three or more full lines", where=where)
    root = decoded(rows[2], where)
    if len(root) != HASH_LENGTH:
        raise NoteFault(f"the root has {len(root)} bytes and not {HASH_LENGTH}", where=where)
    return Checkpoint(rows[0], number(rows[1], where), root, tuple(rows[3:]))


def number(digits: str, where: str = "") -> int:
    """Return the size or index that these decimal digits write.

    Raises:
        NoteFault: they have leading zeros, are no digits, or exceed 2^63 - 1.
    """
    if not _NUMBER.fullmatch(digits) or int(digits) > LARGEST:
        raise NoteFault("a number is not plain decimal digits below 2^63", where=where)
    return int(digits)


def sign(checkpoint: Checkpoint, key: SigningKey) -> bytes:
    """Return the checkpoint as a note signed by the log's key, whose name is the origin.

    Raises:
        NoteFault: the origin cannot stand in a note.
    """
    body = text(checkpoint)
    return notes.written(Note(body, (notes.sign(body, checkpoint.origin, key),)))


def opened_by_any(data: bytes, keys: Sequence[NoteKey], where: str = "") -> Checkpoint:
    """Return the checkpoint of a log that has had these keys, all under one name, signed with any of them.

    Raises:
        NoteFault: the bytes are no checkpoint, or not one of that log signed with such a key.
    """
    below = {(each.name, each.id) for each in notes.read(data, where).signatures}
    key = next((each for each in keys if (each.name, each.id) in below), keys[0])
    return opened(data, key, where)[0]


def opened(data: bytes, key: NoteKey, where: str = "") -> tuple[Checkpoint, Note]:
    """Return the checkpoint of the log that `key` belongs to, and the note it stands in.

    Raises:
        NoteFault: the bytes are no checkpoint, or not one of that log signed with that key.
    """
    note = notes.read(data, where)
    notes.verify(note, [key], where)
    checkpoint = read(note.text, where)
    if checkpoint.origin != key.name:
        raise NoteFault(f"the checkpoint is of {checkpoint.origin!r} and not of {key.name!r}", where=where)
    return checkpoint, note
