"""Passages: how often tracks were where, and how they moved there, counted out of the archive."""

from __future__ import annotations

from collections.abc import Sequence

from comity.foundation.archive.engine import literal
from comity.foundation.archive.folder import Folder
from comity.foundation.archive.replay import Files, left, superseded
from comity.foundation.geodesy import KNOT
from comity.foundation.traffic import AGAIN, SECTORS, SPEEDS, STILL, Passage
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant
from comity.vocabulary.movement import Period

MOST = 5_000_000
"""Passages that are learned at once."""


def _pace() -> str:
    """Return what counts, for each kind, how many of its speeds are at or below the row's."""
    parts = [
        f"WHEN {literal(kind.value)} THEN " + " + ".join(f"(speed >= {bound * KNOT!r})::INTEGER" for bound in bounds)
        for kind, bounds in SPEEDS.items()
    ]
    return f"CASE kind {' '.join(parts)} END"


_MOTION = f"""CASE WHEN pace = 0 THEN {STILL}
    ELSE pace * {SECTORS + 1} + floor(fmod(course + {180.0 / SECTORS}, 360.0) / {360.0 / SECTORS})::INTEGER END"""
_KINDS = ", ".join(literal(kind.value) for kind in SPEEDS)


def passages(
    folder: Folder,
    files: Files,
    period: Period,
    sources: Sequence[str],
    *,
    now: Instant,
    patience: float,
) -> tuple[list[Passage], int]:
    """Return the passages of the period, those of one track together and in time, and how many rows tell them.

    Simulated rows do not count.

    Raises:
        Fault: there are too many, or it takes too long.
    """
    if not files.holding:
        return [], 0
    values: list[object] = [period.since, period.until, period.known, now, list(sources)]
    statement = f"""
        WITH moving AS (
            SELECT track, time, kind, place, course, {_pace()} AS pace
            FROM read_parquet({folder.paths(files.holding)}, hive_partitioning = false) AS kept
            WHERE time >= $1 AND time < $2 AND received <= $3 AND keep_until > $4
            AND source IN (SELECT unnest($5::VARCHAR[]))
            AND NOT simulated AND kind IN ({_KINDS}) AND place IS NOT NULL AND speed IS NOT NULL
            {superseded(folder, files)} {left(folder, files, values)}),
        told AS (SELECT track, time, kind, place, {_MOTION} AS motion FROM moving WHERE pace = 0 OR course IS NOT NULL)
        SELECT track, min(time) AS first, kind, place, motion, count(*) FROM told
        GROUP BY track, time // {AGAIN}, kind, place, motion ORDER BY track, first, place, motion LIMIT {MOST + 1}"""  # noqa: S608 - of ours alone
    rows = folder.engine.rows(statement, values, patience)
    if len(rows) > MOST:
        raise Fault(f"more than {MOST:,} passages cannot be learned at once", remedy="Learn from a shorter period.")
    return [Passage(*row[:5]) for row in rows], sum(int(row[5]) for row in rows)
