"""Persons: officers write records about suspects, correct, renew and erase them; each act has its entry.

An entry carries ids and a salted digest: neither what is written nor why a mark was set or a record denied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from comity.casework.person_draft import PersonDraft, PersonSignature, expect_review, signed
from comity.foundation.canonical import digest, written
from comity.foundation.clock import Clock
from comity.foundation.keys import random_bytes
from comity.foundation.store import persons
from comity.foundation.store.persons import KeptPerson, Shell
from comity.foundation.store.store import ActTransaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.instant import DAY, Duration, Instant
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.protection import loosened

WRITERS: Final = frozenset({Role.OFFICER, Role.SUPERVISOR})
CORRECTORS: Final = WRITERS | {Role.DATA_PROTECTION}
"""Roles that may correct and erase."""
READERS: Final = CORRECTORS | {Role.FUNDAMENTAL_RIGHTS}
"""Roles that may see records about persons."""
GRACE: Final[Duration] = 30 * DAY
"""For how long after its review date a record can still be renewed, by a supervisor, unread. Then it is erased."""


def expect(officer: Officer, roles: frozenset[Role], deed: str) -> None:
    """Do nothing if the officer's role is one of these.

    Raises:
        Refused: it is not.
    """
    if officer.role not in roles:
        raise Refused(f"the role {officer.role.value} does not {deed} records about persons", remedy="Ask who may.")


def write(act: ActTransaction, clock: Clock, officer: Officer, draft: PersonDraft) -> KeptPerson:
    """Keep a new record, as part of the act, and return it. The entry is logged here.

    Raises:
        Refused: the officer's role does not write.
        Fault: the draft does not hold together.
    """
    expect(officer, WRITERS, "write")
    now = clock.now()
    signature = PersonSignature(id=random_bytes(16).hex(), version=1, officer=officer.name, time=now)
    made = signed(draft, signature, random_bytes(32), now)
    persons.add(act, made)
    act.log(_entry(Act.COLLECTED, officer, made, "version 1"))
    return made


def read(act: ActTransaction, officer: Officer, id: str, now: Instant) -> KeptPerson:  # noqa: A002
    """Return the record; the look is logged here.

    Raises:
        Refused: the officer's role does not see such records.
        Missing: there is none of this id that can be read.
    """
    expect(officer, READERS, "see")
    kept = persons.get(act, id, now)
    if kept is None:
        raise _unreadable(id)
    act.log(consulted(officer, id))
    return kept


def listed(act: ActTransaction, officer: Officer, now: Instant, limit: int) -> list[KeptPerson]:
    """Return the records that can be read, the last changed first; each is a look of its own, and logged here.

    Raises:
        Refused: the officer's role does not see such records.
    """
    expect(officer, READERS, "see")
    found = persons.newest(act, now, limit)
    looked(act, officer, [(one.person.id, "") for one in found])
    return found


def looked(act: ActTransaction, officer: Officer, records: Sequence[tuple[str, str]]) -> None:
    """Log a look at each of these records, by id and the partner who gave it, or at a list that was empty."""
    act.log_many([consulted(officer, *one) for one in records] or [consulted(officer, "persons")])


def correct(
    act: ActTransaction,
    clock: Clock,
    officer: Officer,
    id: str,  # noqa: A002 - what every record calls it
    version: int,
    draft: PersonDraft,
) -> KeptPerson:
    """Keep a new version in the place of the one before, as part of the act, and return it. The entry is logged here.

    Raises:
        Refused: the role does not correct; somebody has written it anew since; it would be read for longer than
            before; or a mark comes off by another than the data-protection officer.
        Missing: there is no record of this id that can be read.
        Fault: the draft does not hold together.
    """
    expect(officer, CORRECTORS, "correct")
    now = clock.now()
    persons.claim(act, id)
    older = persons.get(act, id, now)
    if older is None:
        raise _unreadable(id)
    if older.person.version != version:
        raise Refused(
            f"version {older.person.version} is there by now, and {version} was written on",
            where=id,
            remedy="Open it again, and write on the newest version.",
        )
    if draft.review > older.review:
        raise Refused(
            "a correction does not put the review date off", where="review", remedy="Renew it, with a reason."
        )
    signature = PersonSignature(id=id, version=version + 1, officer=officer.name, time=max(now, older.person.time + 1))
    made = signed(draft, signature, random_bytes(32), now)
    loose = loosened(made.person.guard(made.review), older.person.guard(older.review))
    if loose and officer.role is not Role.DATA_PROTECTION:
        raise Refused(
            "a mark of protection or risk comes off by the data-protection officer only (safeguards 3 and 19)",
            where="protection, risks",
            remedy="Leave the marks as they are, or ask the data-protection officer.",
        )
    persons.add(act, made)
    act.log(_entry(Act.ALTERED, officer, made, f"version {made.person.version}"))
    return made


def renew(
    act: ActTransaction,
    clock: Clock,
    officer: Officer,
    id: str,  # noqa: A002 - what every record calls it
    review: Instant,
    reason: str,
) -> Shell:
    """Put the review date off, as part of the act. Past the old one a supervisor may, unread. The entry is logged here.

    Raises:
        Refused: the officer's role does not renew, its review date is past and they are no supervisor, or the new one
            is earlier: who has the record would not be told, and would keep it beyond that.
        Missing: there is no such record, or the time in which it could be renewed is over.
        Fault: no reason, or a date that is past or too far away.
    """
    expect(officer, WRITERS, "renew")
    why, now = reasoned(reason), clock.now()
    expect_review(review, now)
    found = persons.claim(act, id)
    if found is None or found.review + GRACE <= now:
        raise Missing("there is no such record about a person", where=id, remedy="Write it anew, if there is cause.")
    if found.review <= now and officer.role is not Role.SUPERVISOR:
        raise Refused("its review date is past (safeguard 7)", where=id, remedy="Ask a supervisor to renew it.")
    if review < found.review:
        raise Refused(
            "a renewal puts the review date off, and partners are not told of it",
            where="review",
            remedy="Correct the record: it is given anew with the earlier date, and called back before.",
        )
    persons.renew(act, id, review, now)
    entry = Entry(
        act=Act.ALTERED, officer=officer.name, basis=_basis(officer), subject=id, detail=f"renewed: {why}"[:500]
    )
    act.log(entry)
    return Shell(id=id, version=found.version, review=review, changed=now)


def erase(act: ActTransaction, officer: Officer, id: str, reason: str) -> None:  # noqa: A002
    """Erase the record, read or unread, as part of the act. The entry is logged here.

    Raises:
        Refused: the officer's role does not erase.
        Missing: there is no such record.
        Fault: no reason.
    """
    expect(officer, CORRECTORS, "erase")
    why = reasoned(reason)
    if not persons.erase(act, id):
        raise Missing("there is no such record about a person", where=id, remedy="Nothing more is needed.")
    act.log(Entry(act=Act.ERASED, officer=officer.name, basis=_basis(officer), subject=id, detail=why[:500]))


def reasoned(reason: str) -> str:
    """Return the reason without spaces around it.

    Raises:
        Fault: it is none.
    """
    if not 1 <= len(reason.strip()) <= 500:
        raise Fault("a reason of 1 to 500 characters is missing", where="reason", remedy="Say why, and name nobody.")
    return reason.strip()


def consulted(officer: Officer, id: str, partner: str = "") -> Entry:  # noqa: A002 - what every record calls it
    """Return the entry of a look at a record about a person, our own or a partner's."""
    return Entry(act=Act.CONSULTED, officer=officer.name, basis=_basis(officer), subject=id, partner=partner)


def _basis(officer: Officer) -> str:
    return f"role {officer.role.value}"


def _entry(act: Act, officer: Officer, kept: KeptPerson, detail: str) -> Entry:
    return Entry(
        act=act,
        officer=officer.name,
        basis=kept.person.basis,
        subject=kept.person.id,
        digest=digest(kept.salt, written(kept.person)),
        detail=detail,
    )


def _unreadable(id: str) -> Missing:  # noqa: A002 - what every record calls it
    """Return the one answer to whoever asks for what is not there or may not be read any more."""
    return Missing(
        "there is no such record about a person, or its review date is past",
        where=id,
        remedy="Take it from the list; a supervisor may renew what is past.",
    )
