"""Sealing: by which keys an envelope of ours is signed, and that it is sealed to the partner's."""

from __future__ import annotations

from collections.abc import Sequence

from comity.exchange import wire
from comity.exchange.cards import Own
from comity.vocabulary.instant import DAY, Duration
from comity.vocabulary.message import MessageKind
from comity.vocabulary.partner import Card
from comity.vocabulary.suite import Suite

OF_RECORDS = frozenset({MessageKind.RELEASE, MessageKind.WITHDRAWN})
"""What goes under the suite of its agreement; all else under that of both nodes."""
PATIENCE: Duration = 365 * DAY
"""How long a message that carries no record may be on its way."""


def suite(own: Own, partner: Card, kind: MessageKind, demanded: Suite) -> str:
    """Return the suite that goes on the envelope; without an agreement that demands two, both sides must have two."""
    able = kind in OF_RECORDS or (own.card.identity_pq and partner.identity_pq)
    return wire.BOTH if demanded is Suite.BOTH and able else wire.SUITE


def sealed(own: Own, header: wire.Header, items: Sequence[bytes], key: bytes) -> bytes:
    """Return the envelope, signed as the header's suite says and sealed to this key of the partner's."""
    second = own.keys.identity_pq if header.suite == wire.BOTH else None
    return wire.seal(header, items, own.keys.identity, key, second)
