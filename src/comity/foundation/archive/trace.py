"""A trace: what the archive holds of one track, found by what its subject claims or by a record's id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from comity.foundation.archive.folder import Folder
from comity.foundation.archive.replay import Files, left
from comity.vocabulary.instant import Instant

MOST: Final = 1_001
"""Traces that are found at once."""
_BEARS: Final[Mapping[str, str]] = {
    "mmsi": "CAST(mmsi AS VARCHAR) = $2",
    "imo": "CAST(imo AS VARCHAR) = $2",
    "call_sign": "lower(trim(call_sign)) = lower($2)",
    "name": "lower(trim(name)) = lower($2)",
    "record": "$2 IN (track, id)",
}
"""What a row is asked by each mark; by others none is found, since no row is about a person."""


class Trace(msgspec.Struct, frozen=True):
    """One track in the archive."""

    record: str
    """The track's id; where a sighting belongs to none, its own."""
    rows: int
    first: Instant
    last: Instant
    keep_until: Instant


def traces(folder: Folder, files: Files, mark: str, value: str, *, now: Instant, patience: float) -> list[Trace]:
    """Return the tracks that bear a mark, those that began first before others; `files` are all there are.

    Raises:
        Gone: a file was replaced since the catalogue was read.
        Fault: it takes too long.
    """
    if mark not in _BEARS or not files.holding:
        return []
    values: list[object] = [now, value.strip()]
    statement = f"""
        SELECT CASE WHEN track = '' THEN id ELSE track END AS record,
            count(*), min(time), max(time), max(keep_until)
        FROM read_parquet({folder.paths(files.holding)}, hive_partitioning = false) AS kept
        WHERE keep_until > $1 AND {_BEARS[mark]} {left(folder, files, values)}
        GROUP BY record ORDER BY min(time), record LIMIT {MOST}"""  # noqa: S608 - of ours alone
    return [Trace(*row) for row in folder.engine.rows(statement, values, patience)]
