"""The recheck: of what waits in the outbox it is asked again, before each attempt to deliver, whether it may go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec

from comity.foundation import canonical
from comity.foundation.store import outbox, recalls
from comity.foundation.store.outbox import KeptItem, KeptMessage
from comity.foundation.store.store import Transaction, Unavailable
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import MessageKind

_ASKED_AGAIN = frozenset({MessageKind.RELEASE, MessageKind.INQUIRY})


class Waiting(msgspec.Struct, frozen=True):
    """An item that waits: what was asked before it went into the outbox, and the item, a record as it was given."""

    request: bytes
    given: bytes
    kind: MessageKind = MessageKind.RELEASE


Recheck: TypeAlias = Callable[[Transaction, Sequence[Waiting]], Sequence[str | None]]
"""For each record of a message why it must not go any more, or None."""


class _Kept(msgspec.Struct, frozen=True):
    """What is asked of a record that was given."""

    keep_until: Instant


def obstacles(transaction: Transaction, message: KeptMessage, recheck: Recheck, now: Instant) -> dict[int, str]:
    """Ask the permits again, and return why records of the message must not go any more, by their places."""
    kind = MessageKind(message.kind)
    if kind not in _ASKED_AGAIN:
        return {}
    waiting = [one for one in outbox.items(transaction, message.id) if one.withdrawn is None]
    recalled = recalls.pending_places(transaction, message.id)
    if kind is MessageKind.RELEASE:
        found = {one.place: why for one in waiting if (why := _unasked(one, recalled, now)) is not None}
    else:
        found = {one.place: "it is erased" for one in waiting if one.item is None}
        waiting = [one for one in waiting if one.request is not None]
    asked = {one.place: Waiting(one.request or b"", one.item or b"", kind) for one in waiting if one.place not in found}
    answers = _asked(transaction, list(asked.values()), recheck)
    return found | {place: why for place, why in zip(asked, answers, strict=True) if why is not None}


def _asked(transaction: Transaction, waiting: Sequence[Waiting], recheck: Recheck) -> Sequence[str | None]:
    """Ask the permits again. What cannot be asked must not go: missing data is a denial."""
    try:
        return recheck(transaction, waiting)
    except Unavailable:
        raise
    except Fault as fault:
        return [f"the permit cannot be asked again: {fault.what}"] * len(waiting)


def _unasked(item: KeptItem, recalled: frozenset[int], now: Instant) -> str | None:
    """Return why an item must not go, whatever the permit would say; None if that is to be asked."""
    if item.place in recalled:
        return "it was recalled"
    if item.request is None or item.item is None:
        return "it is not known what the permit was asked"
    try:
        over = canonical.own(item.item, _Kept).keep_until <= now
    except canonical.NotCanonical as fault:
        return f"the permit cannot be asked again: {fault.what}"
    return "the time for which it was given is over" if over else None
