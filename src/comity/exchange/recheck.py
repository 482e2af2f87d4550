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


def obstacles(
    transaction: Transaction, messages: Sequence[KeptMessage], recheck: Recheck, now: Instant
) -> list[dict[int, str]]:
    """Ask the permits again, all at once, and return of each message why records must not go any more, by places."""
    again = [one for one in messages if MessageKind(one.kind) in _ASKED_AGAIN]
    ids = [one.id for one in again]
    items, recalled = (outbox.items_of(transaction, ids), recalls.pending_places(transaction, ids)) if ids else ({}, ())
    found: dict[bytes, dict[int, str]] = {one.id: {} for one in messages}
    asked: dict[tuple[bytes, int], Waiting] = {}
    for message in again:
        kind = MessageKind(message.kind)
        for item in items[message.id]:
            key = message.id, item.place
            if item.withdrawn is None and (why := _unasked(item, kind, now, recalled=key in recalled)) is not None:
                found[message.id][item.place] = why
            elif item.withdrawn is None and item.request is not None:
                asked[key] = Waiting(item.request, item.item or b"", kind)
    answers = _asked(transaction, list(asked.values()), recheck)
    for (id_, place), why in zip(asked, answers, strict=True):
        if why is not None:
            found[id_][place] = why
    return [found[one.id] for one in messages]


def _asked(transaction: Transaction, waiting: Sequence[Waiting], recheck: Recheck) -> Sequence[str | None]:
    """Ask the permits again. What cannot be asked must not go: missing data is a denial."""
    try:
        return recheck(transaction, waiting)
    except Unavailable:
        raise
    except Fault as fault:
        return [f"the permit cannot be asked again: {fault.what}"] * len(waiting)


def _unasked(item: KeptItem, kind: MessageKind, now: Instant, *, recalled: bool) -> str | None:
    """Return why an item must not go, whatever the permit would say; None if that is to be asked."""
    if kind is not MessageKind.RELEASE:
        return "it is erased" if item.item is None else None
    if recalled:
        return "it was recalled"
    if item.request is None or item.item is None:
        return "it is not known what the permit was asked"
    try:
        until = item.keep_until if item.keep_until is not None else canonical.own(item.item, _Kept).keep_until
    except canonical.NotCanonical as fault:
        return f"the permit cannot be asked again: {fault.what}"
    return "the time for which it was given is over" if until <= now else None
