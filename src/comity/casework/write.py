"""Writing: an officer's report or notice is kept under their name, with its entry; it is its own decision."""

from __future__ import annotations

from comity.casework.draft import Draft, Signature, signed
from comity.casework.writers import expect_writer
from comity.foundation.canonical import digest, written
from comity.foundation.clock import Clock
from comity.foundation.keys import random_bytes
from comity.foundation.store import writings
from comity.foundation.store.store import Store
from comity.foundation.store.writings import AnyWriting
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.officer import Officer

BASIS = "casework"


def write(store: Store, clock: Clock, officer: Officer, draft: Draft) -> AnyWriting:
    """Keep a new report or notice, in one transaction with its ledger entry, and return it.

    Raises:
        Refused: the officer's role does not write.
        Fault: the draft does not hold together.
    """
    expect_writer(officer)
    made = signed(
        draft,
        Signature(id=random_bytes(16).hex(), version=1, before=b"", reason="", officer=officer.name, time=clock.now()),
    )
    with store.acting() as act:
        writings.add(act, made)
        act.log(entry(Act.COLLECTED, made))
    return made


def entry(act: Act, writing: AnyWriting) -> Entry:
    """Return what the ledger keeps of a version."""
    return Entry(
        act=act,
        officer=writing.officer,
        basis=BASIS,
        subject=writing.id,
        digest=digest(written(writing)),
        detail=f"{writings.kind_of(writing).value}, version {writing.version}",
    )
