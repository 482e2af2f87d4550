"""The folder: files written whole or not at all, merged, written anew without what must go, and removed."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from comity.foundation import cell
from comity.foundation.archive.engine import Engine, literal
from comity.foundation.archive.row import NAMES, SELECTED, columns
from comity.vocabulary.instant import DAY, Duration, Instant, written
from comity.vocabulary.movement import ArchiveFile, Movement

if TYPE_CHECKING:
    import duckdb  # loaded by the engine

NOWHERE = "none"
"""The part of those reports that tell no position."""
_PATIENCE = 300.0
"""Seconds that writing one file may take."""
_ROW_GROUP = 50_000
_ABOUT = """
SELECT count(*), min(sequence), max(sequence), min(time), max(time), min(latitude), min(longitude), max(latitude),
    max(longitude), min(keep_until), count(*) FILTER (version > 1) FROM"""


class Folder:
    """The archive's files. Whoever changes them keeps the catalogue; only one process may."""

    def __init__(self, root: Path) -> None:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._root = root.resolve()
        self.engine = Engine(self._root)

    def write(self, movements: Sequence[Movement]) -> list[ArchiveFile]:
        """Write the movements, a file for each day and coarse cell, and return what the catalogue must know of each."""
        if not movements:
            return []
        parts: dict[tuple[Instant, str], list[Movement]] = defaultdict(list)
        for each in movements:
            parts[_part(each)].append(each)
        with self.engine.session(_PATIENCE) as connection:
            return [self._write_part(connection, key, parts[key]) for key in sorted(parts)]

    def merge(self, files: Sequence[ArchiveFile]) -> ArchiveFile:
        """Write one file with all that is in these, which are of one day and cell."""
        with self.engine.session(_PATIENCE) as connection:
            whole = self._copy(connection, files, self._content(files))
        assert whole is not None  # noqa: S101 - no file of the archive is empty
        return whole

    def without(
        self, file: ArchiveFile, *, now: Instant, keep: Mapping[str, Duration], gone: Collection[int] = ()
    ) -> ArchiveFile | None:
        """Write the file anew without rows that have ended by `now` and those of the sequences `gone`.

        A feed in `keep` keeps its rows for so long at most. Return the new file; None where nothing is left.
        """
        shorter = " ".join(f"WHEN {literal(name)} THEN time + {length}" for name, length in sorted(keep.items()))
        ends = f"least(keep_until, CASE source {shorter} ELSE keep_until END)" if shorter else "keep_until"
        content = f"SELECT * REPLACE ({ends} AS keep_until) FROM ({self._content([file])})"  # noqa: S608 - of ours alone
        with self.engine.session(_PATIENCE) as connection:
            connection.execute("CREATE TEMP TABLE gone (sequence BIGINT)").fetchall()
            if gone:
                connection.execute("INSERT INTO gone SELECT unnest($1)", [list(gone)]).fetchall()
            left = f"SELECT * FROM ({content}) WHERE keep_until > {now} AND sequence NOT IN (SELECT sequence FROM gone)"  # noqa: S608 - of ours alone
            return self._copy(connection, [file], left)

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files that the catalogue no longer knows, and bring that to disk."""
        changed = set()
        for path in paths:
            (self._root / path).unlink(missing_ok=True)
            changed.add((self._root / path).parent)
        for folder in changed:
            if folder.is_dir():
                _to_disk(folder)

    def sweep(self, known: Collection[str]) -> int:
        """Remove every file that the catalogue does not know, and return how many those were."""
        found = [file for file in self._root.glob("day=*/cell=*/*") if file.is_file()]
        strays = [path for file in found if (path := str(file.relative_to(self._root))) not in known]
        self.remove(strays)
        for folder in sorted(self._root.glob("day=*/cell=*")) + sorted(self._root.glob("day=*")):
            if not any(folder.iterdir()):
                folder.rmdir()
        return len(strays)

    def paths(self, files: Sequence[ArchiveFile]) -> str:
        """Return the list of these files as SQL writes it."""
        return "[" + ", ".join(literal(str(self._root / file.path)) for file in files) + "]"

    def path(self, name: str) -> str:
        """Return the path below the folder of a file that the engine names."""
        return str(Path(name).relative_to(self._root))

    def _content(self, files: Sequence[ArchiveFile]) -> str:
        return f"SELECT {NAMES} FROM read_parquet({self.paths(files)}, hive_partitioning = false)"  # noqa: S608 - of ours alone

    def _write_part(
        self, connection: duckdb.DuckDBPyConnection, key: tuple[Instant, str], movements: Sequence[Movement]
    ) -> ArchiveFile:
        connection.register("fresh", columns(movements))
        try:
            written_file = self._copy_to(connection, key, 1, f"SELECT {SELECTED} FROM fresh")  # noqa: S608 - of ours alone
        finally:
            connection.unregister("fresh")
        assert written_file is not None  # noqa: S101 - a part has a movement
        return written_file

    def _copy(
        self, connection: duckdb.DuckDBPyConnection, files: Sequence[ArchiveFile], content: str
    ) -> ArchiveFile | None:
        turn = max(int(file.path.rsplit(".", 2)[1]) for file in files) + 1
        return self._copy_to(connection, (files[0].day, files[0].cell), turn, content)

    def _copy_to(
        self, connection: duckdb.DuckDBPyConnection, key: tuple[Instant, str], turn: int, content: str
    ) -> ArchiveFile | None:
        """Write the content under a temporary name, bring it to disk, and give it its own name."""
        day, part = key
        folder = self._root / f"day={written(day)[:10]}" / f"cell={part}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        coming = folder / "coming"
        connection.execute(
            f"COPY ({content} ORDER BY time, sequence) TO {literal(str(coming))}"
            f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
        ).fetchall()
        (about,) = connection.execute(f"{_ABOUT} read_parquet({literal(str(coming))})").fetchall()
        rows, first, last, begin, end, south, west, north, east, ends, corrections = about
        if not rows:
            coming.unlink()
            return None
        named = folder / f"{first:016d}-{last:016d}.{turn}.parquet"
        coming.chmod(0o600)
        _to_disk(coming)
        coming.replace(named)
        for each in (folder, folder.parent, self._root):
            _to_disk(each)
        return ArchiveFile(
            path=str(named.relative_to(self._root)),
            day=day,
            cell=part,
            first=first,
            last=last,
            rows=rows,
            begin=begin,
            end=end,
            south=south,
            west=west,
            north=north,
            east=east,
            ends=ends,
            corrections=corrections,
            size=named.stat().st_size,
        )


def _part(movement: Movement) -> tuple[Instant, str]:
    position, time = movement.sighting.position, movement.sighting.time
    return time - time % DAY, NOWHERE if position is None else cell.coarse(position)


def _to_disk(path: Path) -> None:
    """Bring a file's content, or a folder's names, to disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
