"""Overdue: what no partner's log has proven in time is a finding, for which a person must answer."""

from __future__ import annotations

from comity.foundation.store import agreements, obligations, recalls
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.obligations import KeptObligation
from comity.foundation.store.recalls import KeptRecall
from comity.foundation.store.store import Store, Transaction
from comity.node.reminder import remind
from comity.vocabulary.finding import Finding, FindingKind
from comity.vocabulary.instant import Instant, written

_MOST = 1_000
"""Recalls, and obligations, found in one round; what is over that is found in the next."""


def find(store: Store, now: Instant, most: int = _MOST) -> int:
    """Let a person answer for each recall and each obligation that is overdue, once, and return how many are new.

    Safeguard 22.
    """
    with store.reading() as transaction:
        late = [_recall(transaction, one) for one in recalls.unreminded(transaction, now, most)]
        owed = [_obligation(transaction, one) for one in obligations.unreminded(transaction, now, most)]
    return remind(store, late, "recall", now) + remind(store, owed, "end of an agreement", now)


def _obligation(transaction: Transaction, late: KeptObligation) -> Finding:
    kept = agreements.get(transaction, late.agreement)
    name = f"{kept.name} version {kept.version}" if kept else late.agreement.hex()
    return Finding(
        kind=FindingKind.OVERDUE,
        partner=late.partner,
        origin=f"{late.partner}/log",
        shown_by=late.agreement.hex(),
        words=f"{late.partner} has not proven in time that it erased what it was given under {name}",
        before=f"ended {written(late.made)}, due {written(late.due)}\n".encode(),
        now=b"no proof has come\n",
    )


def _recall(transaction: Transaction, late: KeptRecall) -> Finding:
    """Return the finding. It tells neither record nor reason: findings are shown to whoever runs the machine."""
    message = kept_outbox.get(transaction, late.id)
    state = "the recall could not be sent, or has not been receipted"
    if message is not None and message.receipt is not None:
        state = "the recall was receipted, and not answered"
    if late.outcome is not None:
        state = "the recall was answered, and the partner's log does not show it"
    return Finding(
        kind=FindingKind.OVERDUE,
        partner=late.partner,
        origin=f"{late.partner}/log",
        shown_by=late.id.hex(),
        words=f"{late.partner} has not proven in time that it erased what was recalled",
        before=f"recalled {written(late.made)}, due {written(late.due)}\n".encode(),
        now=f"{state}\n".encode(),
    )
