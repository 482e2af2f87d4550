"""Agreements: the texts, who has signed each, and the proofs that they stand in the parties' logs."""

from __future__ import annotations

import msgspec

from comity.foundation.store.page import LARGEST
from comity.foundation.store.store import ActTransaction, Transaction
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Instant

STATES = (
    *("requested", "offered", "accepted", "agreed", "verified", "finalized"),
    *("suspended", "expired", "revoked", "terminated"),
)
"""In the order in which an agreement goes through them; it never goes back."""


class KeptAgreement(msgspec.Struct, frozen=True):
    """An agreement's text and state."""

    digest: bytes
    """SHA-256 of the body."""
    name: str
    version: int
    body: bytes
    """The terms in canonical form."""
    state: str
    """One of STATES."""


class KeptEnd(msgspec.Struct, frozen=True, kw_only=True):
    """How an agreement ended."""

    agreement: bytes
    state: str
    party: str
    """Who ended it; empty: its time was over."""
    time: Instant
    reason: str
    revocation: bytes | None = None
    """Signed by that party."""


def add(t: Transaction, digest: bytes, name: str, version: int, body: bytes, state: str = "offered") -> bool:
    """Keep the text of an agreement, as offered or as requested, and return whether it is new.

    Two texts of one name and version are kept side by side: if the first to come took the number, anybody could keep
    a true text out by being quicker.
    """
    added = t.run(
        "INSERT INTO agreement (digest, name, version, body, state) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        *(digest, name, version, body, state),
    )
    return added == 1


def named(t: Transaction, name: str, version: int) -> list[KeptAgreement]:
    """Return the texts of this name and version, at most 100."""
    rows = t.rows(
        "SELECT digest, name, version, body, state FROM agreement WHERE name = %s AND version = %s"
        " ORDER BY digest LIMIT 100",
        *(name, version),
    )
    return [KeptAgreement(*row) for row in rows]


def offers(t: Transaction) -> int:
    """Return how many agreements are asked for or offered by others and nothing more."""
    row = t.row("SELECT count(*) FROM agreement WHERE state IN ('requested', 'offered')")
    return int(row[0]) if row else 0


def get(t: Transaction, digest: bytes) -> KeptAgreement | None:
    """Return the agreement, or None."""
    row = t.row("SELECT digest, name, version, body, state FROM agreement WHERE digest = %s", digest)
    return KeptAgreement(*row) if row else None


def all(t: Transaction) -> list[KeptAgreement]:  # noqa: A001 - read as agreements.all
    """Return every agreement by name and version."""
    rows = t.rows("SELECT digest, name, version, body, state FROM agreement ORDER BY name, version LIMIT %s", LARGEST)
    return [KeptAgreement(*row) for row in rows]


class KeptStanding(msgspec.Struct, frozen=True):
    """How an agreement stands: its state, and whose signatures and proofs are kept."""

    digest: bytes
    state: str
    signed: list[str]
    proven: list[str]


def stand(t: Transaction) -> list[KeptStanding]:
    """Return how each agreement stands, by name and version, without the texts."""
    rows = t.rows(
        "SELECT digest, state,"
        " ARRAY(SELECT party FROM agreement_signature WHERE agreement = digest ORDER BY party),"
        " ARRAY(SELECT party FROM agreement_standing WHERE agreement = digest ORDER BY party)"
        " FROM agreement ORDER BY name, version LIMIT %s",
        LARGEST,
    )
    return [KeptStanding(*row) for row in rows]


def set_state(t: Transaction, digest: bytes, state: str) -> bool:
    """Bring the agreement into a state further on in the order of STATES; False if it is there or beyond already.

    So nothing undoes a suspension or an end, whichever of two transactions comes first.

    Raises:
        Refused: there is no such state.
        Missing: there is no such agreement.
    """
    if state not in STATES:
        raise Refused(f"{state!r} is no state of an agreement", remedy=f"Name one of {', '.join(STATES)}.")
    _known(t, digest)
    before = list(STATES[: STATES.index(state)])
    return t.run("UPDATE agreement SET state = %s WHERE digest = %s AND state = ANY(%s)", state, digest, before) == 1


def end(t: ActTransaction, ended: KeptEnd) -> None:
    """Keep how an agreement ended; the first end stays."""
    t.run(
        "INSERT INTO agreement_end (agreement, state, party, time, reason, revocation) VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        *msgspec.structs.astuple(ended),
    )


def ended(t: Transaction, digest: bytes) -> KeptEnd | None:
    """Return how the agreement ended, None while it has not."""
    row = t.row(
        "SELECT agreement, state, party, time, reason, revocation FROM agreement_end WHERE agreement = %s", digest
    )
    return KeptEnd(**dict(zip(KeptEnd.__struct_fields__, row, strict=True))) if row else None


def add_signature(t: Transaction, digest: bytes, party: str, signature: bytes) -> None:
    """Keep a party's signature; the first one stays.

    Raises:
        Missing: there is no such agreement.
    """
    _known(t, digest)
    t.run(
        "INSERT INTO agreement_signature (agreement, party, signature) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        *(digest, party, signature),
    )


def signatures(t: Transaction, digest: bytes) -> dict[str, bytes]:
    """Return the signatures by party."""
    rows = t.rows("SELECT party, signature FROM agreement_signature WHERE agreement = %s LIMIT %s", digest, LARGEST)
    return dict(rows)


def add_standing(t: Transaction, digest: bytes, party: str, body: bytes) -> None:
    """Keep the proof that the agreement stands in a party's log; the first one stays.

    Raises:
        Missing: there is no such agreement.
    """
    _known(t, digest)
    t.run(
        "INSERT INTO agreement_standing (agreement, party, body) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        *(digest, party, body),
    )


def standings(t: Transaction, digest: bytes) -> dict[str, bytes]:
    """Return the proofs by party."""
    rows = t.rows("SELECT party, body FROM agreement_standing WHERE agreement = %s LIMIT %s", digest, LARGEST)
    return dict(rows)


def _known(t: Transaction, digest: bytes) -> None:
    if get(t, digest) is None:
        raise _unknown(digest)


def _unknown(digest: bytes) -> Missing:
    return Missing("there is no such agreement", where=digest.hex())
