"""Subscribing: whether a wish to be kept informed rests on what an agreement gives. It permits nothing by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from comity.agreements import index
from comity.agreements.index import Ready
from comity.agreements.standing import Standing, current, obstacle
from comity.vocabulary.instant import DAY, Duration, Instant, written
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subscription import Wish

KINDS: Final = (RecordKind.ALERT, RecordKind.TRACK, RecordKind.REPORT, RecordKind.NOTICE)
"""Kinds of record of which a partner can be kept informed."""
LONGEST: Final[Duration] = 366 * DAY
"""How far away the end of a subscription may be."""


def standing_of(agreement: str, standings: Iterable[Standing], now: Instant, *parties: str) -> Standing | None:
    """Return the version of the agreement that counts now, if these are parties to it."""
    for one in current(standings, now):
        if one.terms.agreement == agreement and set(parties) <= set(one.terms.between):
            return one
    return None


def flaw(wish: Wish, owner: str, subscriber: str, standings: Iterable[Standing], now: Instant) -> str | None:
    """Return why the wish rests on nothing, None if it rests on clauses in force between the two."""
    if wish.kind not in KINDS:
        return f"{wish.kind.value} records cannot be subscribed to"
    standing = standing_of(wish.agreement, standings, now, owner, subscriber)
    if standing is None or owner == subscriber:
        return f"there is no agreement {wish.agreement} between {owner} and {subscriber}"
    reason = obstacle(standing, now)
    if reason is not None:
        return f"{wish.agreement}: {reason}"
    if wish.area and wish.area not in {area.name for area in standing.terms.areas}:
        return f"{wish.agreement} has no area {wish.area}"
    latest = min(now + LONGEST, standing.terms.in_force.end)
    if not now < wish.until <= latest:
        return f"it ends in the past, or after {written(latest)}"
    return _unresting(wish, owner, subscriber, standing)


def _unresting(wish: Wish, owner: str, subscriber: str, standing: Standing) -> str | None:
    if list(wish.clauses) != sorted(set(wish.clauses)):
        return "its clauses are not in sorted order, each once"
    by_id = index.index(standing).by_id
    for name in wish.clauses:
        ready = by_id.get(name)
        if ready is None or not _gives(ready, wish, owner, subscriber):
            said = f"{wish.kind.value} records to {subscriber} for {wish.purpose.value}"
            return f"the clause {name} of {wish.agreement} gives no {said}"
    return None


def _gives(ready: Ready, wish: Wish, owner: str, subscriber: str) -> bool:
    clause = ready.clause
    return (
        clause.give is wish.kind
        and owner in clause.givers
        and subscriber in clause.to
        and wish.purpose in clause.purposes
    )
