"""Messages between nodes: what is sealed, what is answered."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, TypeAlias

import msgspec

from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import Instant
from comity.vocabulary.record import RecordKind

Digest: TypeAlias = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
"""SHA-256."""


class MessageKind(Enum):
    """What an envelope carries."""

    RELEASE = "release"
    """A record given under a permit."""
    WITHDRAWN = "withdrawn"
    """Takes the place of a release that was stopped before its receipt: same id and sequence, nothing inside."""
    AGREEMENT = "agreement"
    """A step in the life of an agreement: its text, a party's signature, proof that it stands in a log."""
    RECALL = "recall"
    """The owner of a record calls it back from one to whom it was given."""
    RECALLED = "recalled"
    """A holder's proof of what it did about a recall."""
    ACKNOWLEDGEMENT = "acknowledgement"
    """An officer took note of a report or notice that was given."""
    CANCELLATION = "cancellation"
    """What was given counts no more."""
    SUBSCRIPTION = "subscription"
    """A step in the life of a subscription: asked for, accepted, declined, renewed, ended."""
    INQUIRY = "inquiry"
    """A question whether a partner holds anything on a thing, its answer, or what became of a hit."""
    ONWARD = "onward"
    """A step of passing on: leave asked of a record's originator, given, declined, or shown to the recipient."""


class Lane(Enum):
    """Each lane has its own sequence, so that distress never waits behind a batch."""

    DISTRESS = "distress"
    ORDINARY = "ordinary"
    BULK = "bulk"
    """What the machine gives in batches: it never holds up what a person sends."""


class Outcome(Enum):
    """What became of a message at its receiver."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A record as it was given: the disclosed fields, and digests that bind them (docs/formats/given.md).

    `disclosures` are the canonical bytes of `[salt, name, value]`; `digests` holds the SHA-256 of each of them, a decoy
    for each value withheld, and more up to a round number, in sorted order: either side can prove what was given, and
    nobody learns how many fields were withheld, or which values they had.
    """

    kind: RecordKind
    id: str
    owner: str
    time: Instant
    agreement: Digest
    clause: str
    purpose: str
    handling: Handling
    keep_until: Instant
    disclosures: tuple[bytes, ...]
    digests: bytes
    """One after another."""
    simulated: bool = False


class Refusal(msgspec.Struct, frozen=True):
    """An item of a message that was not taken in, though others were."""

    place: int
    """From 0."""
    reason: str
    """A coarse code."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The receiver's signed word on one message, given only after it is durable (docs/formats/receipt.md)."""

    message: Digest
    """The message id."""
    envelope: Digest
    """What names the envelope: SHA-256 of its cover."""
    payload: Digest
    """What binds the items as they were opened; zeros where they could not be."""
    sender: str
    receiver: str
    outcome: Outcome
    reason: str
    """A coarse code where refused, else empty."""
    refused: tuple[Refusal, ...]
    """Where accepted: the items that were not, by place."""
    time: Instant
    origin: str
    """The receiver's log."""
    index: int
    """Where the entry stands in it."""
    entry: bytes
    """The canonical entry that stands there."""
    salt: bytes
    """Its salt: with the entry it opens the commitment."""
