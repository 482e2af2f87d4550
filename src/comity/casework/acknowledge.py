"""Acknowledging: an officer takes note of a report or notice that a partner gave."""

from __future__ import annotations

from comity.casework.write import BASIS
from comity.casework.writers import expect_writer
from comity.foundation.canonical import digest, read
from comity.foundation.clock import Clock
from comity.foundation.store import acknowledgements, inbox
from comity.foundation.store.store import ActTransaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given
from comity.vocabulary.officer import Officer
from comity.vocabulary.record import RecordKind

ACKNOWLEDGED = frozenset({RecordKind.REPORT, RecordKind.NOTICE})
"""Kinds of record of which note is taken."""


def acknowledge(act: ActTransaction, clock: Clock, officer: Officer, sender: str, message: bytes) -> Instant:
    """Keep that the officer took note of what the partner gave, as part of the act, and return when that was.

    The entry is logged here.

    Raises:
        Refused: the officer's role takes no note, somebody did before, or it is no report or notice.
        Missing: the partner gave no such message, or it is erased.
    """
    expect_writer(officer)
    now = clock.now()
    arrival = inbox.get(act, sender, message)
    if arrival is None or not arrival.payload or arrival.keep_until is None or arrival.keep_until <= now:
        raise Missing(
            "there is no such record received", where=message.hex(), remedy="Take it from what partners gave."
        )
    given = read(arrival.payload, Given, where=sender)
    if given.kind not in ACKNOWLEDGED:
        raise Refused(f"nobody takes note of a {given.kind.value}", where=message.hex())
    if not acknowledgements.add(act, sender, message, officer.name, now):
        raise Refused("an officer has taken note of it already", where=message.hex())
    act.log(
        Entry(
            act=Act.ACKNOWLEDGED,
            officer=officer.name,
            basis=BASIS,
            purpose=given.purpose,
            subject=given.id,
            partner=sender,
            digest=digest(arrival.payload),
        )
    )
    return now
