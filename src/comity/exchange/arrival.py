"""An arrival: an authentic message, its items, and why all of it or some of them are refused."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from comity.agreements.admission import Admission
from comity.agreements.onward import Granted
from comity.agreements.standing import Standing
from comity.exchange import wire
from comity.foundation import canonical
from comity.foundation.keys import SealingKey
from comity.vocabulary.fault import Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given, MessageKind, Refusal
from comity.vocabulary.partner import Card
from comity.vocabulary.suite import Suite


class OneKey(Refused):
    """An envelope is signed by one key of its sender where both are demanded."""


class Item(msgspec.Struct, frozen=True):
    """One thing inside a message, and why it is refused, if it is."""

    item: bytes
    given: Given | None = None
    reason: str = ""


class Message(msgspec.Struct, frozen=True):
    """An authentic message: its content as far as it could be read, and why all of it is refused, if it is."""

    parsed: wire.Parsed
    items: tuple[Item, ...] | None = None
    """None where it could not be opened."""
    reason: str = ""

    @property
    def sole(self) -> Given | None:
        """The one record that it holds, if it holds one."""
        return self.items[0].given if self.items and len(self.items) == 1 else None

    @property
    def taken(self) -> list[tuple[int, Item]]:
        """The items that are taken in, with their places."""
        items = () if self.reason or self.items is None else self.items
        return [(place, one) for place, one in enumerate(items) if not one.reason]

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """The items that are not, where others are."""
        items = () if self.reason or self.items is None else self.items
        return tuple(Refusal(place, one.reason) for place, one in enumerate(items) if one.reason)


def expect_both(header: wire.Header, standings: tuple[Standing, ...], card: Card) -> None:
    """Refuse what is signed by one key where both are demanded: its sender is not certain.

    Were there a receipt for it, and its place in the lane taken, whoever broke the one key could put something else in
    the place of a true message.
    """
    if header.suite != wire.BOTH and _demands_both(header, standings, card):
        raise OneKey("the envelope is signed by one key where both are demanded", where=header.sender)


def _demands_both(header: wire.Header, standings: tuple[Standing, ...], card: Card) -> bool:
    """Whether both keys must sign: of records as the agreement says; without one, whoever has two keys."""
    if header.kind in {MessageKind.RELEASE, MessageKind.WITHDRAWN}:
        for one in standings:
            if one.digest == header.agreement:
                return one.terms.suite is Suite.BOTH
    return bool(card.identity_pq)


def opened(message: Message, key: SealingKey, now: Instant) -> Message:
    """Return the message with its content, or with the reason why it has none."""
    header = message.parsed.header
    if now >= header.expires:
        return replace(message, reason="expired")
    try:
        items = wire.open(message.parsed, key)
    except wire.Unreadable:
        return replace(message, reason="unreadable")
    if header.kind is MessageKind.RELEASE:
        return _whole(replace(message, items=tuple(_record(header, item) for item in items)))
    expected = {MessageKind.WITHDRAWN: 0}.get(header.kind, 1)
    return replace(
        message,
        items=tuple(Item(item) for item in items),
        reason="" if len(items) == expected else "malformed",
    )


def _record(header: wire.Header, item: bytes) -> Item:
    """Return the record that an item of a release is, or why it is none."""
    if not item:
        return Item(item, reason="withdrawn")
    try:
        given = canonical.read(item, Given, where=header.sender)
    except canonical.NotCanonical:
        return Item(item, reason="malformed")
    same = (given.agreement, given.purpose) == (header.agreement, header.purpose)
    return Item(item, given, "" if same else "malformed")


def _whole(message: Message) -> Message:
    """Return the message as refused where nothing of it is taken in, by the first reason that there is."""
    reasons = [one.reason for one in message.items or ()]
    if message.reason or not all(reasons):
        return message
    return replace(message, reason=next((reason for reason in reasons if reason != "withdrawn"), "malformed"))


def judged(
    message: Message, own: str, standings: tuple[Standing, ...], now: Instant, leave: Callable[[Given], Granted | None]
) -> Message:
    """Return the message with each record that the agreement does not admit refused.

    `leave` returns what the sender has shown for a record that another originated.
    """
    if message.reason or message.items is None:
        return message
    sender = message.parsed.header.sender
    admission = Admission(sender, own, standings, now)
    items = tuple(
        one
        if one.given is None or one.reason
        else replace(one, reason=admission.of(one.given, _shown(one.given, sender, leave)) or "")
        for one in message.items
    )
    message = replace(message, items=items)
    return _whole(message) if message.parsed.header.kind is MessageKind.RELEASE else message


def _shown(given: Given, sender: str, leave: Callable[[Given], Granted | None]) -> Granted | None:
    return None if given.owner == sender else leave(given)
