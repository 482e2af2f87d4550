"""Budget: how much a partner may bring in a while, so that none keeps the node from the others.

It is looked at before anything else is done, under the name that an envelope bears, and charged only once the envelope
has proven to be that partner's: a forger can use it up for nobody. What changes nothing, such as a message that was
brought before, anyone can send who once saw it pass. So it is charged to who sent it from there, and not to the partner
elsewhere. Each lane has a budget of its own: distress never waits behind the rest, nor an alert behind batches.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from math import ceil
from threading import Lock
from typing import TypeAlias

import msgspec

from comity.exchange import inbox, wire
from comity.exchange.arrival import OneKey
from comity.exchange.inbox import Accepted, Gap, Gone, Reception
from comity.foundation.clock import steady
from comity.vocabulary.message import Lane

SAVED = 30.0
"""Seconds of the rate that may be saved up: after an outage all that has waited comes at once."""
DISTRESS = 2.0
"""Distress messages a second, in the long run."""
MOST = 10_000
"""Addresses remembered; those that have been heard of longest ago are forgotten first. Partners are not forgotten."""
_PIECE = 256 * 1024
"""Bytes of an envelope that count as one more message."""

_Key: TypeAlias = tuple[str, ...]


class Spent(msgspec.Struct, frozen=True):
    """The partner has brought too much: nothing was looked at, and nothing kept."""

    seconds: int
    """After which it may go on."""


class Budget:
    """What each partner may still bring, at `rate` messages a second in the long run."""

    def __init__(self, rate: float, now: Callable[[], float] = steady, most: int = MOST) -> None:
        self._rate = rate
        self._now = now
        self._most = most
        self._partners: dict[_Key, tuple[float, float]] = {}
        self._elsewhere: OrderedDict[_Key, tuple[float, float]] = OrderedDict()
        self._turn = Lock()

    def seconds(self, sender: str, lane: Lane, address: str, count: int = 1) -> int:
        """Return how long the sender must wait before it may bring so many in this lane, 0 if it need not."""
        with self._turn:
            missing = max(count - self._level(key) for key in _keys(sender, lane, address))
        return ceil(missing / _rate(self._rate, lane)) if missing > 0 else 0

    def charge(self, sender: str, lane: Lane, address: str, size: int, *, anew: bool) -> None:
        """Charge an authentic message of so many bytes; `anew` says whether it changed anything here."""
        whole, again = _keys(sender, lane, address)
        with self._turn:
            if anew:
                self._partners[whole] = (self._level(whole) - 1 - size // _PIECE, self._now())
                return
            self._elsewhere[again] = (self._level(again) - 1 - size // _PIECE, self._now())
            self._elsewhere.move_to_end(again)
            while len(self._elsewhere) > self._most:
                self._elsewhere.popitem(last=False)

    def __len__(self) -> int:
        return len(self._partners) + len(self._elsewhere)

    def _level(self, key: _Key) -> float:
        rate = _rate(self._rate, Lane(key[1]))
        known = self._elsewhere.get(key) or self._partners.get(key)
        level, since = known or (rate * SAVED, self._now())
        return min(level + (self._now() - since) * rate, rate * SAVED)


def _rate(rate: float, lane: Lane) -> float:
    return DISTRESS if lane is Lane.DISTRESS else rate


def _keys(sender: str, lane: Lane, address: str) -> tuple[_Key, _Key]:
    return (sender, lane.value), (sender, lane.value, address)


def accept(reception: Reception, budget: Budget, envelope: bytes, address: str) -> Accepted | Gap | Gone | Spent:
    """Take in one envelope that came from this address, if its sender's budget is not spent.

    Raises:
        Fault, Unavailable: as `inbox.accept` does.
    """
    parsed = wire.parse(envelope)
    sender, lane = parsed.header.sender, parsed.header.lane
    if seconds := budget.seconds(sender, lane, address):
        return Spent(seconds)
    try:
        answer = inbox.taken(reception, parsed)
    except OneKey:  # whoever broke the one key could send it: it is not certain to be the partner's
        budget.charge(sender, lane, address, len(envelope), anew=False)
        raise
    anew = isinstance(answer, Accepted) and not answer.again
    budget.charge(sender, lane, address, len(envelope), anew=anew)
    return answer


def accept_together(reception: Reception, budget: Budget, envelopes: Sequence[bytes], address: str) -> list[bytes]:
    """Take in several envelopes that came in one request, all or none, and return their receipts; none: one by one.

    Raises:
        Fault, Unavailable: as `inbox.together` does, nothing was kept.
    """
    stack = [wire.parse(each) for each in envelopes]
    sender, lane = stack[0].header.sender, stack[0].header.lane
    if budget.seconds(sender, lane, address, sum(1 + len(each) // _PIECE for each in envelopes)):
        return []
    receipts = inbox.together(reception, stack)
    for each in envelopes if receipts else ():
        budget.charge(sender, lane, address, len(each), anew=True)
    return receipts or []
