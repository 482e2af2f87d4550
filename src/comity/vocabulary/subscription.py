"""Subscription: a partner asks to be kept informed, as far as an agreement gives (docs/formats/subscription.md)."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from comity.vocabulary.instant import LATEST, Instant
from comity.vocabulary.message import Digest
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=63)]
"""Of an agreement, a clause or an area."""
Until = Annotated[Instant, msgspec.Meta(ge=0, le=LATEST)]


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a subscriber asks to be given, and what that rests on."""

    kind: RecordKind
    area: Annotated[str, msgspec.Meta(max_length=63)] = ""
    """Of the agreement's annex; empty: wherever the clauses give."""
    purpose: Purpose
    agreement: Name
    clauses: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=20)]
    """In sorted order, each once."""
    until: Until


class SubscriptionStep(Enum):
    """Which step is taken."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    """The subscription, or its renewal."""
    RENEWAL = "renewal"
    """A later end is asked for."""
    RENEWED = "renewed"
    ENDED = "ended"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step, by the node that sends it."""

    step: SubscriptionStep
    subscription: Digest
    """Random, drawn by who asks."""
    wish: Wish | None = None
    until: Until = 0


class SubscriptionState(Enum):
    """Where a subscription is in its life. One that runs is over once its time is."""

    ASKED = "asked"
    RUNNING = "running"
    DECLINED = "declined"
    ENDED = "ended"
    EXPIRED = "expired"
    """Its time is over, and the log says so."""
