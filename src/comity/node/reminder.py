"""A reminder: what was found is told once, logged, and stays until a person answers for it."""

from __future__ import annotations

from collections.abc import Sequence

from comity.foundation.canonical import digest
from comity.foundation.store import findings
from comity.foundation.store.store import Store
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.finding import Finding
from comity.vocabulary.instant import Instant


def remind(store: Store, found: Sequence[Finding], basis: str, now: Instant) -> int:
    """Keep and log each finding that is not known yet, on this basis, and return how many those are."""
    with store.reading() as transaction:
        new = [finding for finding in found if not findings.known(transaction, finding)]
    for finding in new:
        with store.acting() as act:
            number = findings.add(act, finding, now)
            act.log(
                Entry(
                    act=Act.FINDING,
                    basis=basis,
                    subject=f"finding {number}",
                    partner=finding.partner,
                    digest=digest(finding.before, finding.now),
                    detail=f"{finding.kind.value}: {finding.words}"[:500],
                )
            )
    return len(new)
