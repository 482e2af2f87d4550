"""Overdue recalls: what no partner's log has proven in time is a finding, for which a person must answer."""

from __future__ import annotations

from comity.foundation.canonical import digest
from comity.foundation.store import findings, recalls
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.recalls import KeptRecall
from comity.foundation.store.store import Store, Transaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.finding import Finding, FindingKind
from comity.vocabulary.instant import Instant, written

_MOST = 1_000
"""Overdue recalls looked at in one round."""


def find(store: Store, now: Instant) -> int:
    """Let a person answer for each recall that is overdue, once, and return how many are new (safeguard 22)."""
    new = 0
    with store.reading() as transaction:
        late = [(one, _finding(transaction, one)) for one in recalls.overdue(transaction, now, _MOST)]
        unknown = [(one, finding) for one, finding in late if not findings.known(transaction, finding)]
    for one, finding in unknown:
        with store.acting() as act:
            number = findings.add(act, finding, now)
            act.log(
                Entry(
                    act=Act.FINDING,
                    basis="recall",
                    subject=f"finding {number}",
                    partner=one.partner,
                    digest=digest(finding.before, finding.now),
                    detail=f"{finding.kind.value}: {finding.words}"[:500],
                )
            )
        new += 1
    return new


def _finding(transaction: Transaction, late: KeptRecall) -> Finding:
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
