"""Readings: a record's marks in the schemes in which the node's own people think, with what is lost."""

from __future__ import annotations

from comity.agreements import tables
from comity.agreements.seen import Seen, seen
from comity.foundation.store.store import Transaction
from comity.node.standings import agreed
from comity.vocabulary.fault import Missing
from comity.vocabulary.handling import Handling
from comity.vocabulary.offence import Offence
from comity.vocabulary.record import Value


def readings(
    transaction: Transaction, schemes: tuple[str, ...], agreement: bytes, handling: Handling, offence: Value
) -> tuple[Seen, ...]:
    """Return how marks read in these schemes: by the crosswalks of the agreement of this digest, then by our own."""
    try:
        theirs = agreed(transaction, agreement).crosswalks
    except Missing:
        theirs = ()
    filed = next((one for one in Offence if one.value == offence), None)
    return seen(handling, filed, schemes, (*theirs, *tables.built_in()))
