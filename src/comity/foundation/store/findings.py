"""Findings: what the monitor has seen of logs that contradict themselves or lack cosignatures, and who answered."""

from __future__ import annotations

import msgspec

from comity.foundation.store import tally
from comity.foundation.store.page import bounded
from comity.foundation.store.store import Row, Transaction
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.finding import Finding, FindingKind
from comity.vocabulary.instant import Instant

_COLUMNS = (
    "sequence, found, officer, acknowledged, reason, kind, partner, origin, shown_by, words, before, now"  # as _kept
)


class KeptFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding, when it was made, and who acknowledged it when and why; none of these three while it is open."""

    sequence: int
    found: Instant
    finding: Finding
    officer: str | None = None
    acknowledged: Instant | None = None
    reason: str | None = None


def known(t: Transaction, finding: Finding) -> bool:
    """Return whether the same is open, or was found from the same note before: then it is no news."""
    row = t.row(
        "SELECT 1 FROM finding WHERE origin = %s AND kind = %s AND shown_by = %s"
        " AND (acknowledged IS NULL OR sha256(before) = sha256(%s)) LIMIT 1",
        *(finding.origin, finding.kind.value, finding.shown_by, finding.before),
    )
    return row is not None


def add(t: Transaction, finding: Finding, found: Instant) -> int:
    """Keep a finding that is not `known`, and return its number."""
    row = t.row(
        "INSERT INTO finding (kind, partner, origin, shown_by, words, before, now, found)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING sequence",
        *(finding.kind.value, finding.partner, finding.origin, finding.shown_by),
        *(finding.words, finding.before, finding.now, found),
    )
    return int(row[0]) if row else 0


def get(t: Transaction, sequence: int) -> KeptFinding | None:
    """Return the finding of this number."""
    row = t.row(f"SELECT {_COLUMNS} FROM finding WHERE sequence = %s", sequence)  # noqa: S608 - a constant of ours
    return _kept(row) if row else None


def newest(t: Transaction, limit: int) -> list[KeptFinding]:
    """Return the newest findings, those still open before all others, newest first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM finding ORDER BY acknowledged IS NULL DESC, sequence DESC LIMIT %s",  # noqa: S608
        bounded(limit),
    )
    return [_kept(row) for row in rows]


def acknowledge(t: Transaction, sequence: int, officer: str, reason: str, now: Instant) -> Finding:
    """Close an open finding, and return it.

    Raises:
        Missing: there is no such finding.
        Fault: somebody has acknowledged it already.
    """
    done = t.run(
        "UPDATE finding SET officer = %s, reason = %s, acknowledged = %s WHERE sequence = %s AND acknowledged IS NULL",
        *(officer, reason, now, sequence),
    )
    kept = get(t, sequence)
    if kept is None:
        raise Missing("there is no such finding", where=str(sequence), remedy="Take its number from the list.")
    if not done:
        raise Fault(
            f"the finding was acknowledged by {kept.officer}", where=str(sequence), remedy="Nothing is left to do."
        )
    return kept.finding


def counts(t: Transaction) -> dict[str, tuple[int, int]]:
    """Return for each kind how many findings were made, and how many of them are open, of the `tally.MOST` newest."""
    rows = t.rows(
        "SELECT kind, count(*), count(*) FILTER (WHERE acknowledged IS NULL)"
        " FROM (SELECT kind, acknowledged FROM finding ORDER BY sequence DESC LIMIT %s) AS newest GROUP BY kind",
        tally.MOST,
    )
    return {kind: (number, still) for kind, number, still in rows}


def _kept(row: Row) -> KeptFinding:
    sequence, found, officer, acknowledged, reason, kind, partner, origin, shown_by, words, before, now = row
    return KeptFinding(
        sequence=sequence,
        found=found,
        officer=officer,
        acknowledged=acknowledged,
        reason=reason,
        finding=Finding(
            kind=FindingKind(kind),
            partner=partner,
            origin=origin,
            shown_by=shown_by,
            words=words,
            before=bytes(before),
            now=bytes(now),
        ),
    )
