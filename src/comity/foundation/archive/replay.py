"""Replay: what moved in a period and an area, as it was or as known then, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from comity.foundation.archive.engine import PATIENCE
from comity.foundation.archive.folder import Folder
from comity.foundation.archive.row import NAMES, movement
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY, Instant, written
from comity.vocabulary.movement import ArchiveFile, Box, Movement, Period

LONGEST = 31 * DAY
"""The longest period that one question may name."""
MOST = 5_000
"""Movements in a page."""


class Files(NamedTuple):
    """What a question reads, as the catalogue has it."""

    holding: Sequence[ArchiveFile]
    """Files that may hold some of what is asked."""
    correcting: Sequence[ArchiveFile] = ()
    """Files that hold corrections, which may be of any row."""
    ordered: Sequence[tuple[str, str]] = ()
    """What is ordered out, and there no more whatever files hold: a record, and the source of which alone it goes."""


def page(
    folder: Folder,
    files: Files,
    period: Period,
    *,
    now: Instant,
    after: tuple[Instant, int] = (-1, -1),
    limit: int = MOST,
    patience: float = PATIENCE,
) -> list[Movement]:
    """Return movements of the period in the order of their time, those after a (time, sequence).

    Raises:
        Fault: the period or the page is too large, or the answer takes too long.
    """
    check(period)
    if not 1 <= limit <= MOST:
        raise Fault(f"{limit} movements cannot be asked for", remedy=f"Ask for 1 to {MOST}, page by page.")
    if not files.holding:
        return []
    values: list[object] = [period.since, period.until, period.known, now, after[0], after[1]]
    statement = f"""
        SELECT {NAMES} FROM read_parquet({folder.paths(files.holding)}, hive_partitioning = false) AS kept
        WHERE time >= $1 AND time < $2 AND received <= $3 AND keep_until > $4 AND (time, sequence) > ($5, $6)
        {_inside(period.box, values)} {superseded(folder, files)} {left(folder, files, values)}
        ORDER BY time, sequence LIMIT {limit}"""  # noqa: S608 - of ours alone
    return [movement(row) for row in folder.engine.rows(statement, values, patience)]


def check(period: Period) -> None:
    """See that the period can be asked for.

    Raises:
        Fault: it is longer than the longest, or ends before it begins.
    """
    if period.until < period.since:
        raise Fault(
            "the period ends before it begins",
            where=f"{written(period.since)} to {written(period.until)}",
            remedy="Give since before until.",
        )
    if period.until - period.since > LONGEST:
        raise Fault("the period is longer than 31 days", remedy="Ask for a part of it at a time.")
    if period.box is not None and period.box.south > period.box.north:
        raise Fault("the area's south is north of its north", remedy="Give south, west, north, east in degrees.")


def superseded(folder: Folder, files: Files) -> str:
    """Return what leaves out rows that a later one, received by `$3`, corrects."""
    if not files.correcting:
        return ""
    return f"""AND NOT EXISTS (
        SELECT 1 FROM read_parquet({folder.paths(files.correcting)}, hive_partitioning = false) AS later
        WHERE later.version > 1 AND later.received <= $3 AND later.id = kept.id AND later.sequence > kept.sequence)"""  # noqa: S608 - of ours alone


def left(folder: Folder, files: Files, values: list[object]) -> str:
    """Return what leaves out rows that are ordered out and all earlier versions, and add to the values what it asks."""
    if not files.ordered:
        return ""
    values += [[record for record, _ in files.ordered], [source for _, source in files.ordered]]
    every = list({file.path: file for file in (*files.holding, *files.correcting)}.values())
    return f"""AND NOT EXISTS (
        SELECT 1 FROM read_parquet({folder.paths(every)}, hive_partitioning = false) AS named
        JOIN (SELECT unnest(${len(values) - 1}::VARCHAR[]) AS record, unnest(${len(values)}::VARCHAR[]) AS of) AS wanted
        ON wanted.record IN (named.track, named.id) AND wanted.of IN ('', named.source)
        WHERE named.id = kept.id AND named.sequence >= kept.sequence)"""  # noqa: S608 - of ours alone


def _inside(box: Box | None, values: list[object]) -> str:
    """Return what holds of rows in the area, and add to the values what it asks for."""
    if box is None:
        return ""
    values += [box.south, box.north, box.west, box.east]
    around = "AND" if box.west <= box.east else "OR"
    return f"AND latitude BETWEEN $7 AND $8 AND (longitude >= $9 {around} longitude <= $10)"


def may_hold(file: ArchiveFile, period: Period) -> bool:
    """Whether the file may hold something of the period, by what the catalogue knows of it."""
    if file.end < period.since or file.begin >= period.until:
        return False
    box = period.box
    if box is None:
        return True
    if file.south is None or file.north is None or file.west is None or file.east is None:
        return False
    if file.north < box.south or file.south > box.north:
        return False
    if box.west <= box.east:
        return file.east >= box.west and file.west <= box.east
    return file.east >= box.west or file.west <= box.east


def of_records(
    folder: Folder, files: Sequence[ArchiveFile], orders: Mapping[int, tuple[str, str]], patience: float
) -> dict[str, list[tuple[int, int]]]:
    """Return by file the order and sequence of each row that an order asks for, and of all earlier versions of it.

    Each order, by its number, names a record, which a row bears as its track or as its own id, and the source of which
    alone rows are asked for; an empty source asks for rows of any.
    """
    if not files:
        return {}
    content = f"read_parquet({folder.paths(files)}, hive_partitioning = false, filename = true)"
    statement = f"""
        WITH wanted AS (SELECT unnest($1::BIGINT[]) AS number, unnest($2::VARCHAR[]) AS record,
            unnest($3::VARCHAR[]) AS of),
        rows AS (SELECT id, track, source, sequence, filename FROM {content}),
        named AS (SELECT number, id, sequence, filename FROM rows JOIN wanted ON track = record
                WHERE of IN ('', source)
            UNION SELECT number, id, sequence, filename FROM rows JOIN wanted ON id = record WHERE of IN ('', source)),
        newest AS (SELECT number, id, max(sequence) AS sequence FROM named GROUP BY number, id)
        SELECT filename, number, sequence FROM named
        UNION SELECT filename, number, rows.sequence FROM rows
            JOIN newest ON rows.id = newest.id AND rows.sequence < newest.sequence"""  # noqa: S608 - of ours alone
    values = [list(orders), [record for record, _ in orders.values()], [source for _, source in orders.values()]]
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for name, number, sequence in folder.engine.rows(statement, values, patience):
        found[folder.path(name)].append((number, sequence))
    return found
