"""Acknowledging: an officer takes note of a report or notice that a partner gave."""

from __future__ import annotations

import msgspec

from comity.casework.write import BASIS
from comity.casework.writers import expect_writer
from comity.foundation.canonical import digest, read
from comity.foundation.store import acknowledgements, inbox
from comity.foundation.store.acknowledgements import Acknowledged
from comity.foundation.store.store import ActTransaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given
from comity.vocabulary.officer import Officer
from comity.vocabulary.record import WRITTEN


class Place(msgspec.Struct, frozen=True):
    """Where what a partner gave is found: the sender, the message's id, and its place in the message."""

    sender: str
    message: bytes
    place: int


def acknowledge(act: ActTransaction, officer: Officer, place: Place, now: Instant) -> None:
    """Keep that the officer took note of what the partner gave, now, as part of the act. The entry is logged here.

    Raises:
        Refused: the officer's role takes no note, somebody did before, or it is no report or notice.
        Missing: the partner gave no such record, or it is erased.
    """
    expect_writer(officer)
    item = _item(act, place, now)
    given = read(item, Given, where=place.sender)
    where = place.message.hex()
    if given.kind not in WRITTEN:
        raise Refused(f"nobody takes note of a {given.kind.value}", where=where, remedy="Use it as it is marked.")
    noted = Acknowledged(officer.name, now)
    if not acknowledgements.add(act, place.sender, place.message, place.place, noted):
        raise Refused("an officer has taken note of it already", where=where, remedy="Nothing more is needed.")
    act.log(
        Entry(
            act=Act.ACKNOWLEDGED,
            officer=officer.name,
            basis=BASIS,
            purpose=given.purpose,
            subject=given.id,
            partner=place.sender,
            digest=digest(item),
        )
    )


def _item(act: ActTransaction, place: Place, now: Instant) -> bytes:
    for kept in inbox.records(act, place.sender, place.message):
        if kept.place == place.place and kept.item and kept.keep_until is not None and now < kept.keep_until:
            return kept.item
    raise Missing(
        "there is no such record received", where=place.message.hex(), remedy="Take it from what partners gave."
    )
