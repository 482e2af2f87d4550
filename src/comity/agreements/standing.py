"""Standing: how an agreement stands now, and which of its versions counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

import msgspec

from comity.agreements.terms import Terms
from comity.vocabulary.instant import Instant, written


class State(Enum):
    """Where an agreement is in its life."""

    REQUESTED = "requested"
    """Asked for; nobody has signed."""
    OFFERED = "offered"
    """Another party has signed."""
    ACCEPTED = "accepted"
    """This node has signed; not all parties have."""
    AGREED = "agreed"
    """Every party has signed."""
    VERIFIED = "verified"
    """That all have signed is proven of this node's own log; the others' proofs are still coming in."""
    FINALIZED = "finalized"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    REVOKED = "revoked"
    """A party has withdrawn, by a signature of its own."""
    TERMINATED = "terminated"


UNDER_WAY = frozenset({State.REQUESTED, State.OFFERED, State.ACCEPTED, State.AGREED, State.VERIFIED})
"""Not in force yet."""
ENDED = frozenset({State.EXPIRED, State.REVOKED, State.TERMINATED})
"""Over for good: what follows is owed."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement with what this node has verified of it."""

    terms: Terms
    digest: bytes
    state: State
    signed: frozenset[str]
    """Parties whose signature over the digest holds."""
    standing_at: frozenset[str]
    """Parties whose log is proven, under a checkpoint that the required witnesses cosigned, to hold the signatures."""


def unproven(standing: Standing) -> str | None:
    """Return why the agreement has never come into force (safeguard 11), None if it has: then its text binds."""
    parties = frozenset(standing.terms.between)
    unsigned = parties - standing.signed
    if unsigned:
        return f"not signed by {', '.join(sorted(unsigned))}"
    unseen = parties - standing.standing_at
    if unseen:
        return f"no witnessed proof that it stands in the log of {', '.join(sorted(unseen))}"
    if standing.state in UNDER_WAY:
        return f"it is {standing.state.value}, not finalized"
    return None


def obstacle(standing: Standing, now: Instant) -> str | None:
    """Return why the agreement is not in force at this instant (safeguards 9 and 11), None if it is."""
    reason = unproven(standing)
    if reason is not None:
        return reason
    if standing.state is not State.FINALIZED:
        return f"it is {standing.state.value}"
    term = standing.terms.in_force
    if now < term.start:
        return f"in force only from {written(term.start)}"
    if now >= term.end:
        return f"in force only until {written(term.end)}"
    return None


def current(standings: Iterable[Standing], now: Instant) -> Iterator[Standing]:
    """Yield of each agreement the one version that counts now.

    That is the newest that was proven and whose time has begun: while it is suspended, terminated or expired, no
    older one takes its place. Where there is none, the newest of all stands for the agreement, to say why not. Two
    texts of one version both count for nothing.
    """
    by_name: dict[str, list[Standing]] = {}
    for standing in standings:
        by_name.setdefault(standing.terms.agreement, []).append(standing)
    for versions in by_name.values():
        proven = [one for one in versions if unproven(one) is None]
        begun = [one for one in proven if one.terms.in_force.start <= now]
        newest = max(begun or proven or versions, key=lambda one: one.terms.version)
        twins = {one.digest for one in proven if one.terms.version == newest.terms.version}
        if len(twins) <= 1:
            yield newest


def between(standings: Iterable[Standing], own: str, partner: str, now: Instant) -> Iterator[Standing]:
    """Yield of the agreements that count now those between two nodes, in force or not; none where they are one."""
    for standing in current(standings, now):
        if own != partner and {own, partner} <= {*standing.terms.between}:
            yield standing
