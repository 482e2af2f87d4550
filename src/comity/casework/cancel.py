"""Cancelling: a report or notice counts no more, in any of its versions, and that is for good."""

from __future__ import annotations

from comity.casework.update import expect_open
from comity.casework.write import BASIS
from comity.casework.writers import expect_writer
from comity.foundation.canonical import digest, written
from comity.foundation.clock import Clock
from comity.foundation.store import writings
from comity.foundation.store.store import ActTransaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.officer import Officer
from comity.vocabulary.writing import Cancellation, Ending


def cancel(
    act: ActTransaction,
    clock: Clock,
    officer: Officer,
    id: str,  # noqa: A002 - what every record calls it
    ending: Ending,
    reason: str,
) -> Cancellation:
    """Cancel the writing, as part of the act, and return the cancellation. The entry is logged here.

    Raises:
        Refused: the officer's role does not write, or it is cancelled already.
        Missing: there is no such writing.
        Fault: no reason.
    """
    expect_writer(officer)
    if not 1 <= len(reason.strip()) <= 2_000:
        raise Fault("a cancellation needs a reason of 1 to 2,000 characters", where="reason", remedy="Say why.")
    kept = expect_open(act, id)
    made = Cancellation(
        writing=id,
        ending=ending,
        officer=officer.name,
        reason=reason.strip(),
        time=max(clock.now(), kept.writing.time),
    )
    writings.cancel(act, made)
    act.log(
        Entry(
            act=Act.ALTERED,
            officer=officer.name,
            basis=BASIS,
            subject=id,
            digest=digest(written(made)),
            detail=f"cancelled: {ending.value}",
        )
    )
    return made
