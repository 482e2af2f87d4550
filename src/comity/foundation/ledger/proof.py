"""The log proof: that an entry stands in a log under a cosigned checkpoint, checked without network.

It travels in canonical form inside other messages, and as text for anyone's tools (C2SP tlog-proof,
docs/formats/log.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Self

import msgspec

from comity.foundation import canonical
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import CosigningKey
from comity.foundation.ledger.note import Ed25519Key, Note, NoteFault, NoteKey, decoded, encoded
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

    @classmethod
    def read(cls, data: bytes, where: str = "") -> Self:
        """Return the proof with these canonical bytes.

        Raises:
            NotCanonical: they are none.
        """
        return canonical.read(data, cls, where=where)

    def written(self) -> bytes:
        """Return the canonical bytes."""
        return canonical.written(self)

    def verify(
        self,
        leaf: bytes,
        origin: str,
        log: bytes,
        witnesses: Sequence[CosigningKey],
        quorum: Quorum,
        *,
        extra: bytes = b"",
    ) -> Checkpoint:
        """Check that the entry with the leaf data `leaf` stands in the log `origin`, whose public key is `log`.

        `witnesses` holds every known witness's keys: Ed25519, ML-DSA-44, or both. Every signature must be by the log or
        one of them and hold, and `extra` must be as expected: so a byte changed anywhere in the proof is refused.
        Returns the checkpoint under which the entry stands.

        Raises:
            Fault: something does not hold.
        """
        checkpoint = _counting(self.checkpoint, Ed25519Key(origin, log), tuple(witnesses), quorum)
        if self.extra != extra:
            raise ProofFault("the proof carries other extra data than expected", where=origin)
        verify_inclusion(self.index, checkpoint.size, leaf_hash(leaf), self.hashes, checkpoint.root)
        return checkpoint

    def text(self) -> bytes:
        """Return the proof as text (`.tlog-proof`)."""
        rows = [_HEAD]
        if self.extra:
            rows.append(f"extra {encoded(self.extra)}")
        rows += [f"index {self.index}", *(encoded(value) for value in self.hashes), "", ""]
        return "\n".join(rows).encode() + self.checkpoint

    @classmethod
    def from_text(cls, data: bytes, where: str = "") -> Self:
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
        extra, index, hashes = _extra(rows, where), _index(rows, where), _hashes(rows, where)
        checkpoints.read(notes.read(checkpoint, where).text, where)
        return cls(index, hashes, checkpoint, extra)


def made(index: int, hashes: Sequence[bytes], checkpoint: bytes, witnesses: Sequence[NoteKey]) -> LogProof:
    """Return a proof whose note carries the signatures of the log and of these witnesses alone, known to its verifier.

    Raises:
        NoteFault: the checkpoint is malformed, or the log has not signed it.
    """
    note = notes.read(checkpoint)
    origin = checkpoints.read(note.text).origin
    known = {(key.name, key.id) for key in witnesses}
    kept = tuple(each for each in note.signatures if each.name == origin or (each.name, each.id) in known)
    return LogProof(index, tuple(hashes), notes.written(Note(note.text, kept)))


@lru_cache(maxsize=64)
def _counting(signed: bytes, key: Ed25519Key, witnesses: tuple[CosigningKey, ...], quorum: Quorum) -> Checkpoint:
    """Return the checkpoint of this note, which counts; one that did once is not weighed again: these decide alone."""
    checkpoint, note = checkpoints.opened(signed, key, key.name)
    _expect_known(note, [key, *witnesses], key.name)
    weighed = weigh(note, witnesses, quorum, key.name)
    if not weighed.satisfied:
        raise ProofFault(f"the checkpoint of {checkpoint.size} does not count: {weighed.missing}", where=key.name)
    return checkpoint


def _expect_known(note: Note, keys: Sequence[NoteKey], where: str) -> None:
    known = {(key.name, key.id) for key in keys}
    for signature in note.signatures:
        if (signature.name, signature.id) not in known:
            raise ProofFault(
                f"the checkpoint carries a signature by an unknown key named {signature.name}", where=where
            )


def _extra(rows: list[str], where: str) -> bytes:
    if not rows or not rows[0].startswith("extra "):
        return b""
    extra = decoded(rows.pop(0).removeprefix("extra "), where)
    if not extra:
        raise NoteFault("extra data is announced and empty", where=where)
    return extra


def _index(rows: list[str], where: str) -> int:
    if not rows or not rows[0].startswith("index "):
        raise NoteFault("the index is missing", where=where)
    return checkpoints.number(rows.pop(0).removeprefix("index "), where)


def _hashes(rows: list[str], where: str) -> tuple[bytes, ...]:
    hashes = tuple(decoded(row, where) for row in rows)
    if len(hashes) > _MOST_HASHES or any(len(value) != HASH_LENGTH for value in hashes):
        raise NoteFault(f"the proof is not at most {_MOST_HASHES} hashes of {HASH_LENGTH} bytes", where=where)
    return hashes
