"""Leaves: whose signature stands under a leave to pass a record on, by the cards that count."""

from __future__ import annotations

from contextlib import suppress

from comity.agreements.onward import Granted, bound, granted
from comity.exchange import cards, partners
from comity.exchange.cards import Own
from comity.foundation import canonical
from comity.foundation.keys import BadSignature
from comity.foundation.store import onward, partner_cards
from comity.foundation.store.onward import KeptOnward
from comity.foundation.store.store import Transaction
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.message import Given
from comity.vocabulary.onward import Leave


def believed(transaction: Transaction, leave: Leave, signature: bytes) -> Granted:
    """Return the leave as one that its originator, a partner, signed with keys that still count.

    Raises:
        Missing: the originator is no partner, or was cut off.
        BadSignature: no card of it that counts has the keys.
    """
    present = partners.card(transaction, leave.originator)
    earlier = [one for one in partner_cards.of(transaction, leave.originator) if one.cut_off is None]
    for card in (present, *(cards.read(one.card, one.name) for one in earlier)):
        with suppress(BadSignature):
            return granted(leave, signature, card.identity, card.identity_pq)
    raise BadSignature("the originator's signature does not hold", where=leave.originator)


def kept(transaction: Transaction, found: KeptOnward) -> Granted:
    """Return the leave that is kept here, if it still counts.

    Raises:
        Missing: there is none yet, or its originator is no partner any more.
        BadSignature: its originator's keys do not count any more.
    """
    if found.leave is None or found.signature is None:
        raise Missing("no leave has been given", where=found.id.hex(), remedy="Wait for the originator's answer.")
    return believed(transaction, canonical.read(found.leave, Leave), found.signature)


def shown(transaction: Transaction, own: Own, sender: str, given: Given) -> Granted | None:
    """Return the leave that the sender has shown this node for just this record, None if there is none that counts."""
    for found in onward.shown(transaction, sender, given.id, given.purpose):
        if found.recipient == own.card.name:
            with suppress(Fault):
                leave = kept(transaction, found)
                if leave.leave.bound == bound(given):
                    return leave
    return None
