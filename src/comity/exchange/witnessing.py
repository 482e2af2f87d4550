"""Asking a witness to cosign a checkpoint, and what it shows of a log (C2SP tlog-witness, docs/formats/log.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from comity.exchange.answer import Answer, Unreachable, ask, client
from comity.exchange.cards import cosigning_keys
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.checkpoint import number
from comity.foundation.ledger.cosignature import CosigningKey
from comity.foundation.ledger.note import Note, NoteFault, NoteKey, Signature
from comity.foundation.ledger.witness import SIZE_TYPE
from comity.vocabulary.fault import Fault
from comity.vocabulary.partner import Card

_LARGEST = 16 * 1024
"""Bytes of an answer."""
TIMEOUT = 3.0
"""Seconds."""


class Behind(msgspec.Struct, frozen=True):
    """The witness last cosigned another size than the proof started from: make one that starts from this."""

    size: int


class NotCosigned(Fault):
    """A witness refused to cosign, or answered with what is no cosignature of its own."""


def cosign(card: Card, request: bytes, text: str, timeout: float = TIMEOUT) -> tuple[Signature, ...] | Behind:
    """Ask the witness with this card, and return its cosignatures of the checkpoint with this text, verified.

    `request` is what `foundation.ledger.witness.written` makes.

    Raises:
        Unreachable: the witness does not answer.
        NotCosigned: it refuses, or a cosignature does not hold.
    """
    url = f"{card.endpoint}/witness/add-checkpoint"
    with client(timeout) as session:
        answer = ask(session, "POST", url, body=request, limit=_LARGEST, timeout=timeout)
    if answer.status == 200:
        return _cosignatures(card, answer, text)
    if answer.status == 409 and answer.content_type.split(";")[0].strip() == SIZE_TYPE:
        return Behind(_size(card, answer))
    if answer.status >= 500:
        raise Unreachable(f"the witness answers with status {answer.status}", where=card.name)
    words = answer.body[:200].decode("utf-8", "replace").strip()
    raise NotCosigned(
        f"the witness refuses with status {answer.status}: {words}",
        where=card.name,
        remedy="If it does not know this log, ask its people to add this node's card: comity witness add.",
    )


def shown(card: Card, log: NoteKey, keys: Sequence[CosigningKey], timeout: float = TIMEOUT) -> bytes | None:
    """Return the newest checkpoint of a log that this witness shows, signed by the log and cosigned by the witness.

    It has cosigned with one of `keys`, which may be of its earlier cards. None: it has cosigned nothing of that log.

    Raises:
        Unreachable: the witness does not answer.
        NoteFault: what it shows is not signed by both.
    """
    digest = hashlib.sha256(log.name.encode()).hexdigest()
    url = f"{card.endpoint}/witness/{digest}/checkpoint"
    with client(timeout) as session:
        answer = ask(session, "GET", url, limit=notes.LARGEST, timeout=timeout)
    if answer.status == 404:
        return None
    if answer.status != 200:
        raise Unreachable(f"the witness answers with status {answer.status}", where=url)
    note = checkpoints.opened(answer.body, log, url)[1]
    notes.verify(note, keys, url)
    return answer.body


def _cosignatures(card: Card, answer: Answer, text: str) -> tuple[Signature, ...]:
    """Return the cosignatures by the card's keys; a witness may answer with more, by keys that are not known here."""
    keys = cosigning_keys(card)
    try:
        given = notes.only(Note(text, notes.lines(answer.body.decode())), keys)
        notes.verify(given, keys, card.name)
    except (NoteFault, UnicodeDecodeError) as error:
        raise NotCosigned(
            "the witness's answer is no cosignature of this checkpoint by its key",
            where=card.name,
            remedy="If it has new keys, follow it to its next card: comity partner renew.",
        ) from error
    return given.signatures


def _size(card: Card, answer: Answer) -> int:
    try:
        return number(answer.body.decode("ascii").removesuffix("\n"), card.name)
    except (NoteFault, UnicodeDecodeError) as error:
        raise NotCosigned("the witness does not state a size with its conflict", where=card.name) from error
