"""Partner prekeys: to which key of a partner a message is sealed, and where the next one comes from."""

from __future__ import annotations

import httpx

from comity.exchange import answer, prekeys
from comity.exchange.answer import Unreachable
from comity.exchange.prekeys import LARGEST, Prekey
from comity.foundation.store import partner_prekeys
from comity.foundation.store.store import Transaction
from comity.vocabulary.fault import Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.partner import Card

_LONGEST = 30.0


def known(transaction: Transaction, card: Card) -> Prekey | None:
    """Return the partner's newest prekey known here; its signatures were checked when it was learnt."""
    kept = partner_prekeys.get(transaction, card.name)
    return prekeys.believed(kept) if kept else None


def sealing(transaction: Transaction, card: Card, now: Instant) -> bytes:
    """Return the public key to which a message to the partner is sealed."""
    return sealing_by(partner_prekeys.get(transaction, card.name), card, now)


def sealing_by(kept: bytes | None, card: Card, now: Instant) -> bytes:
    """Return what `sealing` does where this is the partner's newest prekey that is known.

    Where there is none whose time is not over it is the key on the card: such a message does not leave as it is
    (docs/decisions/0114).
    """
    prekey = prekeys.believed(kept) if kept else None
    return prekey.public if prekey and now < prekey.expires else card.sealing


def learn(transaction: Transaction, card: Card, signed: bytes, now: Instant) -> Prekey:
    """Keep the partner's next prekey, and return it.

    Raises:
        Refused: its time is over, or it is older than the one known.
        Fault: the bytes are no prekey by the partner.
    """
    prekey = prekeys.read(signed, card)
    before = known(transaction, card)
    if now >= prekey.expires:
        raise Refused("the prekey's time is over", where=card.name, remedy="Compare both nodes' clocks.")
    if before is not None and prekey.created < before.created:
        raise Refused(
            "the prekey is older than one that the partner had before",
            where=card.name,
            remedy="If the partner's clock or backup went back, accept its card again: comity partner add.",
        )
    partner_prekeys.put(transaction, card.name, signed)
    return prekey


def fetch(line: httpx.Client, card: Card) -> bytes:
    """Ask the partner for its present prekey and return it, not yet believed.

    Raises:
        Unreachable: there is no answer.
    """
    address = f"{card.endpoint}/exchange/prekey"
    answered = answer.ask(line, "GET", address, limit=LARGEST, timeout=_LONGEST)
    if answered.status != 200:
        raise Unreachable(f"the partner answers with status {answered.status}", where=address)
    return answered.body
