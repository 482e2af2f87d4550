"""Acknowledging: a named person answers for a finding about a log, with a reason, and the ledger keeps it."""

from __future__ import annotations

from comity.foundation.clock import Clock
from comity.foundation.store import findings, followed
from comity.foundation.store.store import Store
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.finding import Finding, FindingKind
from comity.vocabulary.officer import Officer, Role

ANSWERABLE = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR})
"""Roles that may acknowledge a finding."""


def acknowledge(store: Store, clock: Clock, officer: Officer, sequence: int, reason: str) -> None:
    """Close a finding, with a reason, in one transaction with its entry.

    A log that contradicted what was seen of it is followed from its contradicting note on; both notes stay kept.

    Raises:
        Refused: the officer's role does not answer for findings.
        Missing: there is no such finding.
        Fault: no reason is given, or somebody has acknowledged it already.
    """
    if officer.role not in ANSWERABLE:
        raise Refused(f"the role {officer.role.value} acknowledges no findings", remedy="Ask an officer or auditor.")
    if not reason.strip():
        raise Fault("no reason is given", remedy="Say what was done about it.")
    with store.acting() as act:
        finding = findings.acknowledge(act, sequence, officer.name, reason.strip(), clock.now())
        if _followed(finding):
            followed.put(act, finding.origin, finding.now)
        act.log(
            Entry(
                act=Act.FINDING,
                officer=officer.name,
                basis="review",
                subject=f"finding {sequence}",
                partner=finding.partner,
                detail=f"acknowledged: {reason.strip()}"[:500],
            )
        )


def _followed(finding: Finding) -> bool:
    """Whether the log itself showed both notes, one after the other, and cannot be believed as it was before."""
    return finding.kind in {FindingKind.SPLIT_VIEW, FindingKind.ROLLBACK} and finding.shown_by == finding.partner
