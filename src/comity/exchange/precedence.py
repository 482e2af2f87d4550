"""Precedence: what the machine gives in batches makes way for what people send, where there is not time for both.

Lanes keep the two apart, but not the processors and disks that they share. So while a person's message has waited for
longer than it should, nothing is added in bulk, and couriers bring nothing in bulk (docs/decisions/0048).
"""

from __future__ import annotations

from typing import Final

from comity.foundation import clock
from comity.foundation.store import outbox_state
from comity.foundation.store.store import Transaction
from comity.vocabulary.instant import SECOND, Duration
from comity.vocabulary.message import Lane

SOON: Final[Duration] = 100
"""Milliseconds in which a person's message is on its way when nothing stands in it."""
LONGEST: Final[Duration] = 5 * SECOND
"""How long one is waited for: its partner may not answer, and others must not go without because of that."""


def pressing(transaction: Transaction) -> bool:
    """Whether what people sent, to whatever partner, has waited for longer than it should and is still to be tried."""
    now = clock.wall()
    return outbox_state.held_up(transaction, Lane.BULK.value, now - LONGEST, now - SOON)
