"""Updating: a new version takes the place of the one before, which is kept."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from comity.casework.draft import Draft, Signature, signed
from comity.casework.write import entry
from comity.casework.writers import expect_writer
from comity.foundation.canonical import digest, written
from comity.foundation.clock import Clock
from comity.foundation.store import writings
from comity.foundation.store.store import ActTransaction
from comity.foundation.store.writings import AnyWriting, KeptWriting
from comity.vocabulary.entry import Act
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.handling import Grading, Handling, within
from comity.vocabulary.officer import Officer


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """What an officer writes anew, why, and which version they had before them."""

    id: str
    version: int
    reason: str
    draft: Draft


def update(act: ActTransaction, clock: Clock, officer: Officer, revision: Revision) -> AnyWriting:
    """Keep a new version, as part of the act, and return it. The entry is logged here.

    Raises:
        Refused: the officer's role does not write; the writing is cancelled; somebody has written it anew since; or
            the new version widens the marks of the one before, or grades it better without an independent source.
        Missing: there is no such writing.
        Fault: no reason, or the draft does not hold together.
    """
    expect_writer(officer)
    kept = expect_open(act, revision.id)
    older = kept.writing
    if older.version != revision.version:
        raise Refused(
            f"version {older.version} is there by now, and {revision.version} was written on",
            where=revision.id,
            remedy="Open it again, and write on the newest version.",
        )
    reason = revision.reason.strip()
    if not 1 <= len(reason) <= 2_000:
        raise Fault("a new version needs a reason of 1 to 2,000 characters", where="reason", remedy="Say why.")
    signature = Signature(
        id=older.id,
        version=older.version + 1,
        before=digest(written(older)),
        reason=reason,
        officer=officer.name,
        time=max(clock.now(), older.time),
    )
    made = signed(revision.draft, signature)
    _expect_follows(made, older)
    writings.add(act, made)
    act.log(entry(Act.ALTERED, made))
    return made


def expect_open(act: ActTransaction, id: str) -> KeptWriting:  # noqa: A002 - what every record calls it
    """Return the writing, for nobody else to change before the act ends.

    Raises:
        Missing: there is no such writing.
        Refused: it is cancelled.
    """
    kept = writings.claim(act, id)
    if kept is None:
        raise Missing("there is no such report or notice", where=id, remedy="Take it from the list.")
    if kept.cancellation is not None:
        raise Refused("it is cancelled, for good", where=id, remedy="Write a new one.")
    return kept


def _expect_follows(made: AnyWriting, older: AnyWriting) -> None:
    if type(made) is not type(older):
        raise Refused("a report does not become a notice, nor a notice a report", where=made.id, remedy="Write a new.")
    if not within(_marks(made.handling), _marks(older.handling)):
        raise Refused(
            "a new version does not widen how the one before may be used (safeguard 8)",
            where="marks",
            remedy="Keep its marks or tighten them.",
        )
    if not _graded_no_better(made.handling, older.handling) and not made.independent.strip():
        raise Refused(
            "no grade rises without an independent source (safeguard 15)",
            where="independent",
            remedy="Say which source it is, apart from the first, or keep the grade.",
        )


def _marks(handling: Handling) -> Handling:
    """Return the handling without its grading."""
    return replace(handling, grading=Grading(), evaluation=msgspec.UNSET)


def _graded_no_better(new: Handling, old: Handling) -> bool:
    grades = (Handling(grading=each.grading, evaluation=each.evaluation) for each in (new, old))
    return within(*grades)
