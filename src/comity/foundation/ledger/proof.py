"""The log proof: that an entry stands in a log under a cosigned checkpoint, checked without network.

It travels in canonical form inside other messages, and as text for anyone's tools (C2SP tlog-proof,
docs/formats/log.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from comity.foundation import canonical
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.note import Note, NoteFault, NoteKey, decoded, encoded
from comity.foundation.ledger.policy import Quorum, weigh
from comity.foundation.ledger.tile import HASH_LENGTH
from comity.foundation.ledger.tree import LARGEST, ProofFault, leaf_hash, verify_inclusion

_HEAD = "c2sp.org/tlog-proof@v1"
_MOST_HASHES = 63
_LARGEST = 2 * notes.LARGEST


class LogProof(msgspec.Struct, frozen=True):
    """Where an entry stands, the hashes from it up to the root, and the checkpoint with that root.

    `extra` is for the application; nothing in the proof vouches for it.
    """

    index: Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]
    hashes: Annotated[
        tuple[Annotated[bytes, msgspec.Meta(min_length=HASH_LENGTH, max_length=HASH_LENGTH)], ...],
        msgspec.Meta(max_length=_MOST_HASHES),
    ]
    checkpoint: bytes
    """The signed note."""
    extra: bytes = b""


def made(index: int, hashes: Sequence[bytes], checkpoint: bytes, keys: Sequence[NoteKey]) -> LogProof:
    """Return a proof whose note carries the signatures of these keys alone, which its verifier knows.

    Raises:
        NoteFault: the checkpoint is malformed, or none of the keys has signed it.
    """
    return LogProof(index, tuple(hashes), notes.written(notes.only(notes.read(checkpoint), keys)))


def written(proof: LogProof) -> bytes:
    """Return the canonical bytes."""
    return canonical.written(proof)


def read(data: bytes, where: str = "") -> LogProof:
    """Return the proof with these canonical bytes.

    Raises:
        NotCanonical: they are none.
    """
    return canonical.read(data, LogProof, where=where)


def verify(
    proof: LogProof,
    leaf: bytes,
    key: NoteKey,
    witnesses: Sequence[NoteKey],
    quorum: Quorum,
    *,
    extra: bytes = b"",
) -> Checkpoint:
    """Check that the entry with the leaf data `leaf` stands in the log whose key, named like its origin, is `key`.

    Every signature must be by the log or one of the witnesses and hold, and `extra` must be as expected: so a byte
    changed anywhere in the proof is refused. Returns the checkpoint under which the entry stands.

    Raises:
        Fault: something does not hold.
    """
    checkpoint, note = checkpoints.opened(proof.checkpoint, key, key.name)
    _expect_known(note, [key, *witnesses])
    weighed = weigh(note, witnesses, quorum, key.name)
    if not weighed.satisfied:
        raise ProofFault(f"the checkpoint of {checkpoint.size} does not count: {weighed.missing}", where=key.name)
    if proof.extra != extra:
        raise ProofFault("the proof carries other extra data than expected", where=key.name)
    verify_inclusion(proof.index, checkpoint.size, leaf_hash(leaf), proof.hashes, checkpoint.root)
    return checkpoint


def _expect_known(note: Note, keys: Sequence[NoteKey]) -> None:
    known = {(key.name, key.id) for key in keys}
    for signature in note.signatures:
        if (signature.name, signature.id) not in known:
            raise ProofFault(f"the checkpoint carries a signature by an unknown key named {signature.name}")


def text(proof: LogProof) -> bytes:
    """Return the proof as text (`.tlog-proof`)."""
    rows = [_HEAD]
    if proof.extra:
        rows.append(f"extra {encoded(proof.extra)}")
    rows += [f"index {proof.index}", *(encoded(value) for value in proof.hashes), "", ""]
    return "\n".join(rows).encode() + proof.checkpoint


def from_text(data: bytes, where: str = "") -> LogProof:
    """Return the proof that this text is.

    Raises:
        NoteFault: it is none.
    """
    head, blank, checkpoint = data.partition(b"\n\n")
    if len(data) > _LARGEST or not blank or not head.isascii():
        raise NoteFault("this is no log proof", where=where)
    rows = head.decode("ascii").split("\n")
    if rows.pop(0) != _HEAD:
        raise NoteFault(f"a log proof begins with {_HEAD}", where=where)
    extra = _extra(rows, where)
    if not rows or not rows[0].startswith("index "):
        raise NoteFault("the index is missing", where=where)
    index = checkpoints.number(rows.pop(0).removeprefix("index "), where)
    hashes = tuple(decoded(row, where) for row in rows)
    if len(hashes) > _MOST_HASHES or any(len(value) != HASH_LENGTH for value in hashes):
        raise NoteFault(f"the proof is not at most {_MOST_HASHES} hashes of {HASH_LENGTH} bytes", where=where)
    checkpoints.read(notes.read(checkpoint, where).text, where)
    return LogProof(index, hashes, checkpoint, extra)


def _extra(rows: list[str], where: str) -> bytes:
    if not rows or not rows[0].startswith("extra "):
        return b""
    extra = decoded(rows.pop(0).removeprefix("extra "), where)
    if not extra:
        raise NoteFault("extra data is announced and empty", where=where)
    return extra
