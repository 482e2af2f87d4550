"""Reviews: a posture whose date is past is a finding, for which a person must answer. It stays as it is until then."""

from __future__ import annotations

from comity.foundation.store import postures
from comity.foundation.store.postures import KeptPosture
from comity.foundation.store.store import Store
from comity.node.reminder import remind
from comity.vocabulary.finding import Finding, FindingKind
from comity.vocabulary.instant import Instant, written

_MOST = 1_000
"""Postures looked at in one round."""


def find(store: Store, now: Instant) -> int:
    """Remind of each posture whose review is due, once, and return how many are new."""
    with store.reading() as transaction:
        due = postures.due(transaction, now, _MOST)
    return remind(store, [_finding(one) for one in due], "posture", now)


def _finding(due: KeptPosture) -> Finding:
    """Return the finding. It does not tell the reason: findings are shown to whoever runs the machine."""
    return Finding(
        kind=FindingKind.REVIEW,
        partner=due.partner,
        origin=f"{due.partner}/log",
        shown_by=f"posture {due.sequence}",
        words=f"relations with {due.partner} are {due.posture.value}, and were to be looked at again by now",
        before=f"set by {due.officer} {written(due.since)}, review {written(due.review)}\n".encode(),
        now=b"it stays as it is until an officer sets one\n",
    )
