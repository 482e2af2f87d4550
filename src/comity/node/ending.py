"""Ending: what follows in the transaction in which an agreement that was in force ends."""

from __future__ import annotations

from comity.agreements import terms
from comity.agreements.frame import After
from comity.agreements.standing import Standing, State
from comity.foundation.store import agreements, obligations
from comity.foundation.store.agreements import KeptAgreement, KeptEnd
from comity.foundation.store.obligations import KeptObligation
from comity.foundation.store.store import ActTransaction, Transaction
from comity.vocabulary.instant import DAY, Duration, Instant

_TENTH = 10
_STOOD = frozenset({State.FINALIZED, State.SUSPENDED})


def begin(act: ActTransaction, own: str, kept: KeptAgreement, ended: KeptEnd) -> int:
    """Keep how the agreement ended and what is owed from now on; return how many records must go sooner than planned.

    Nothing is owed of what was never in force, nor of what expired while a newer version is in force.
    """
    agreements.end(act, ended)
    agreed = terms.from_canonical(kept.body)
    proven = set(agreements.standings(act, kept.digest)) == set(agreed.between)
    if not proven or (ended.state == State.EXPIRED.value and _followed(act, kept)):
        return 0
    shortened = 0
    for party in agreed.between:
        if party == own:
            continue
        for ours in (True, False):
            owed = KeptObligation(
                agreement=kept.digest, partner=party, ours=ours, made=ended.time, due=ended.time + agreed.after.erase
            )
            obligations.add(act, owed)
        until = ended.time + agreed.after.erase - margin(agreed.after)
        shortened += obligations.shorten(act, party, kept.digest, until, left_alone(agreed.after))
    return shortened


def margin(after: After) -> Duration:
    """Return how long before the debt is due everything is gone, so that the proof arrives in time."""
    return min(DAY, after.erase // _TENTH)


def left_alone(after: After) -> list[str]:
    """Return the kinds of record that may be kept for as long as each was given for."""
    return [kind.value for kind in after.keep]


def over(standing: Standing, now: Instant) -> bool:
    """Whether the time of an agreement that is or was in force is over."""
    return standing.state in _STOOD and standing.terms.in_force.end <= now


def _followed(transaction: Transaction, kept: KeptAgreement) -> bool:
    return any(
        one.name == kept.name and one.version > kept.version and one.state == State.FINALIZED.value
        for one in agreements.all(transaction)
    )
