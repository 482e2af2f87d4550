"""An entry: what the ledger keeps of one act."""

from __future__ import annotations

from enum import Enum

import msgspec

from comity.vocabulary.instant import Instant

CLOSED = "entries"
"""Subject of an entry that says how many others were erased because their term was over."""


class Act(Enum):
    """Kinds of act. The first six are those whose logging Directive 2016/680, art. 25 demands."""

    COLLECTED = "collected"
    ALTERED = "altered"
    CONSULTED = "consulted"
    DISCLOSED = "disclosed"
    COMBINED = "combined"
    ERASED = "erased"
    RECEIVED = "received"
    """A release of a partner was durably accepted, or refused."""
    RECEIPTED = "receipted"
    """A partner's receipt for a release of ours came in."""
    WITHDRAWN = "withdrawn"
    """A release was stopped between decision and delivery."""
    RECALLED = "recalled"
    """A record of ours was called back from a partner, or the partner's proof came in."""
    DENIED = "denied"
    """A release was asked for and the permit said no."""
    AGREEMENT = "agreement"
    """An agreement was offered, signed, brought into force, suspended or revoked."""
    SUBSCRIPTION = "subscription"
    """A subscription was asked for, accepted, declined, renewed or ended."""
    INQUIRY = "inquiry"
    """A question was put to a partner or by one, answered, or what lies behind a hit was given or kept back."""
    POSTURE = "posture"
    """An officer set how wide relations with a partner allow this node to give."""
    ONWARD = "onward"
    """Leave to pass a record on was asked for, given, declined or shown."""
    PARTNER = "partner"
    """A partner or witness was accepted or cut off."""
    ACCESS = "access"
    """A user was added or changed, or a session began or was refused."""
    FINDING = "finding"
    """A log was found to contradict itself or to lack a required cosignature, or such a finding was acknowledged."""
    ACKNOWLEDGED = "acknowledged"
    """An officer took note of what a partner gave, or a partner said so of what this node gave."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One act: who did what to which record, when, on what basis.

    Only the salted commitment to it enters the tree (docs/formats/entry.md); the entry itself stays with the node,
    and carries ids and hashes, never a person's data.
    """

    act: Act
    node: str = ""
    """Whose log it stands in, and when by that node's clock: the store fills both in."""
    time: Instant = 0
    officer: str = ""
    """The named person, or the node's own name for what the machine does by itself."""
    basis: str = ""
    """Agreement and clause, law or setting on which it rests."""
    clause: str = ""
    purpose: str = ""
    subject: str = ""
    """The id of what was acted upon."""
    partner: str = ""
    digest: bytes = b""
    """SHA-256 over the canonical form of what was acted upon, where it has one."""
    count: int = 1
    """How many items one act covers (a batch collected)."""
    detail: str = ""
