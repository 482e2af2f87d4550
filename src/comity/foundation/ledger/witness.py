"""The witness's decision: whether a checkpoint may be cosigned (C2SP tlog-witness, add-checkpoint).

A request is text: the size that the log believes the witness last saw, a consistency proof from there, an empty line,
and the new checkpoint.

    old 20852014
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=

    denmark.example/log
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — denmark.example/log Az3grlgtzPICa5OS8npVmf1Myq/5IZni…
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.note import Note, NoteFault, NoteKey, decoded, encoded
from comity.foundation.ledger.tile import HASH_LENGTH
from comity.foundation.ledger.tree import EMPTY_ROOT, ProofFault, verify_consistency

MOST_HASHES = 63
"""No proof between two trees of less than 2^64 leaves needs more."""
LARGEST = notes.LARGEST + 64 * 64
"""Bytes of a request."""
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"


class Remembered(msgspec.Struct, frozen=True):
    """The newest tree of a log that the witness has cosigned; the empty one where it has cosigned none."""

    size: int = 0
    root: bytes = EMPTY_ROOT


class Request(msgspec.Struct, frozen=True):
    """A log's request for a cosignature."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: Note


class Decision(msgspec.Struct, frozen=True):
    """What to answer. With `remember`, that tree must be durable before the cosignature is given away.

    `status` is the HTTP status; `words` say why, and are the body of every answer but the cosignature itself.
    """

    status: int
    words: str = ""
    content_type: str = TEXT_TYPE
    remember: Remembered | None = None


def written(old: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """Return the bytes of a request for a cosignature of the checkpoint in `note`."""
    head = f"old {old}\n" + "".join(f"{encoded(value)}\n" for value in proof) + "\n"
    return head.encode() + note


def read(body: bytes, where: str = "") -> Request:
    """Return the request that these bytes are.

    Raises:
        Fault: they are none (status 400).
    """
    head, blank, rest = body.partition(b"\n\n")
    if len(body) > LARGEST or not blank:
        raise NoteFault("a request is an old size, a proof, an empty line and a checkpoint", where=where)
    try:
        rows = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise NoteFault("the proof is not ASCII", where=where) from error
    if not rows[0].startswith("old ") or len(rows) > MOST_HASHES + 1:
        raise NoteFault("a request begins with its old size and at most 63 hashes", where=where)
    proof = tuple(decoded(row, where) for row in rows[1:])
    if any(len(value) != HASH_LENGTH for value in proof):
        raise NoteFault(f"a hash of the proof has not {HASH_LENGTH} bytes", where=where)
    note = notes.read(rest, where)
    old = checkpoints.number(rows[0].removeprefix("old "), where)
    return Request(old, proof, checkpoints.read(note.text, where), note)


def decide(request: Request, remembered: Remembered, key: NoteKey | None) -> Decision:
    """Decide on a request, given what was cosigned of that log before and the log's key, none if it is unknown."""
    checkpoint = request.checkpoint
    if key is None or key.name != checkpoint.origin:
        return Decision(404, f"this witness does not know the log {checkpoint.origin}\n")
    try:
        notes.verify(request.note, [key])
    except NoteFault as fault:
        return Decision(403, f"{fault.what}\n")
    if request.old > checkpoint.size:
        return Decision(400, "the old size exceeds the checkpoint's\n")
    if request.old != remembered.size:
        return Decision(409, f"{remembered.size}\n", SIZE_TYPE)
    try:
        _prove(request, remembered)
    except ProofFault as fault:
        return Decision(422, f"{fault.what}\n")
    return Decision(200, remember=Remembered(checkpoint.size, checkpoint.root))


def _prove(request: Request, remembered: Remembered) -> None:
    checkpoint = request.checkpoint
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise ProofFault("the root of the empty tree is not the hash of nothing")
    verify_consistency(request.old, checkpoint.size, remembered.root, checkpoint.root, request.proof)
