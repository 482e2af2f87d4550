"""Copies: of which records of ours a partner may still hold what it was given."""

from __future__ import annotations

from collections.abc import Collection

from comity.foundation import canonical
from comity.foundation.store import keeping, obligations
from comity.foundation.store.store import Transaction
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given

_MOST = 2_000
"""Copies that are looked into at once; of a record with more, a partner counts as holding one."""


def held_elsewhere(transaction: Transaction, records: Collection[str], now: Instant) -> set[str]:
    """Return those of these records that a partner may still hold.

    By our own copy of what was given, its time is not over, or it was given under an agreement after whose end a
    partner has not proven yet that it erased what it had.
    """
    asked = sorted(set(records) - {""})
    copies = keeping.given(transaction, asked, _MOST + 1)
    if len(copies) > _MOST and len(asked) > 1:
        half = len(asked) // 2
        return held_elsewhere(transaction, asked[:half], now) | held_elsewhere(transaction, asked[half:], now)
    if len(copies) > _MOST:
        return set(asked)
    owed = obligations.owed_to_us(transaction)
    read = ((record, canonical.own(item, Given)) for record, item in copies)
    return {record for record, given in read if given.keep_until > now or given.agreement in owed}
