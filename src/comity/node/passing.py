"""Passing: another's record as this node holds it, with the originator's leave, for the permit to judge."""

from __future__ import annotations

import msgspec

from comity.agreements.held import held
from comity.agreements.onward import Granted
from comity.exchange import leaves
from comity.foundation import canonical
from comity.foundation.store import acknowledgements, inbox, onward
from comity.foundation.store.store import Transaction
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given
from comity.vocabulary.record import Record


class Passing(msgspec.Struct, frozen=True):
    """What may be passed on: the record, as it was given, and the leave."""

    record: Record
    original: Given
    leave: Granted


def original(transaction: Transaction, sender: str, message: bytes, place: int, now: Instant) -> Given:
    """Return what a partner gave at this place of a message, if it is here and may be kept.

    Raises:
        Missing: it is not, or not any more.
    """
    for one in inbox.records(transaction, sender, message):
        if one.place == place and one.item is not None and one.keep_until is not None and now < one.keep_until:
            return canonical.read(one.item, Given, where=sender)
    raise Missing("the record is not here, or not any more", where=message.hex(), remedy="Take it from those received.")


def passing(transaction: Transaction, id: bytes, now: Instant) -> Passing:  # noqa: A002 - what every record calls it
    """Return what the permit is asked about for the leave of this id.

    Raises:
        Missing: there is no such leave, or record any more, or its originator is no partner.
        Fault: the leave does not count, or is for something else.
    """
    kept = onward.get(transaction, id)
    if kept is None:
        raise Missing("there is no such leave", where=id.hex())
    leave = leaves.kept(transaction, kept)
    given = original(transaction, kept.originator, kept.message, kept.place, now)
    ended = acknowledgements.cancelled(transaction, [given.id]).get((kept.originator, given.id))
    cancelled = ended is not None and ended.covers(given.time)
    return Passing(held(given, leave, cancelled=cancelled), given, leave)
