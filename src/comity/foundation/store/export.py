"""The export of a whole log into a folder, and the re-reading of such a folder: static files that anyone's tools read.

The layout is that of C2SP tlog-tiles (docs/formats/log.md): `checkpoint`, `tile/…` and `tile/entries/…`, whatever
other log wrote them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import tile as tiles
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.growth import Growth
from comity.foundation.ledger.note import NoteKey
from comity.foundation.ledger.tile import WIDTH, Tile
from comity.foundation.ledger.tree import leaf_hash
from comity.foundation.store import checkpoints, ledger
from comity.foundation.store.fsck import MOST_FAULTS, Report
from comity.foundation.store.store import Transaction
from comity.vocabulary.fault import Fault, Missing

CHECKPOINT = "checkpoint"
_LARGEST_BUNDLE = WIDTH * (2 + 0xFFFF)


class Exported(msgspec.Struct, frozen=True):
    """What was written: the size of the tree, and how many tiles and bundles."""

    size: int
    files: int


def export(transaction: Transaction, folder: Path, progress: Callable[[int, int], None]) -> Exported:
    """Write the log under its newest checkpoint into an empty or a new folder; memory does not grow with it.

    The checkpoint comes last: a folder without one was not finished. `progress` is told now and then how many tiles of
    how many are written.

    Raises:
        Missing: the log has no checkpoint yet.
        Fault: something is in the folder already.
    """
    kept = checkpoints.newest(transaction)
    if kept is None:
        raise Missing("the log has no checkpoint yet", remedy="Run the node for a moment, then try again.")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Fault("something is in this folder already", where=str(folder), remedy="Name an empty or a new one.")
    total = sum(1 for _ in tiles.whole(kept.size))
    for done, tile in enumerate(tiles.whole(kept.size), 1):
        _write(folder / tiles.path(tile), ledger.stored_tile(transaction, tile))
        if done % WIDTH == 0 or done == total:
            progress(done, total)
    _finish(folder, kept.note)
    return Exported(kept.size, total)


def _write(file: Path, data: bytes) -> None:
    if not file.parent.is_dir():
        file.parent.mkdir(parents=True)
    file.write_bytes(data)


def _finish(folder: Path, note: bytes) -> None:
    """Have all that was written on disk before the checkpoint, which vouches for it, has its name."""
    fresh = folder / f".{CHECKPOINT}"
    with fresh.open("wb") as file:
        file.write(note)
        file.flush()
        os.sync()
    fresh.rename(folder / CHECKPOINT)


def exported(folder: Path) -> bool:
    """Whether the folder holds a log as `export` writes it, and no node."""
    return (folder / CHECKPOINT).is_file()


def reread(folder: Path, key: NoteKey | None, progress: Callable[[int, int], None]) -> Report:
    """Hold every entry, tile and the checkpoint in the folder against each other; offline, in bounded memory.

    With `key` the checkpoint must be signed by it; without, nobody's word is checked, and the report says only that
    the folder is of one piece. Older partial tiles, which a log may keep, are not looked at.

    Raises:
        NoteFault: the checkpoint cannot be read, or is not signed with the key.
    """
    data = _read(folder / CHECKPOINT, notes.LARGEST) or b""
    if key is None:
        checkpoint = checkpoint_format.read(notes.read(data, CHECKPOINT).text, CHECKPOINT)
    else:
        checkpoint, _ = checkpoint_format.opened(data, key, CHECKPOINT)
    reading = _Reading(folder, checkpoint.size)
    for index in range(0, checkpoint.size, WIDTH):
        reading.take(index // WIDTH)
        progress(min(index + WIDTH, checkpoint.size), checkpoint.size)
    return reading.finish(checkpoint)


class _Reading:
    """How far the folder is read: the tree rebuilt so far, and what was found."""

    def __init__(self, folder: Path, size: int) -> None:
        self._folder = folder
        self._size = size
        self._growth = Growth()
        self._faults: list[str] = []
        self._found = self._tiles = 0

    def take(self, index: int) -> None:
        """Take in one bundle of entries, and hold the tiles that it fills against it."""
        width = min(WIDTH, self._size - index * WIDTH)
        for leaf in self._bundle(Tile(None, index, width)):
            for level, place, data in self._growth.add(leaf_hash(leaf)):
                self._tile(Tile(level, place), data)

    def _bundle(self, tile: Tile) -> list[bytes]:
        path = tiles.path(tile)
        data = _read(self._folder / path, _LARGEST_BUNDLE)
        if data is None and tile.width < WIDTH:  # a log may have dropped it once the full one was there
            path = tiles.path(Tile(None, tile.index))
            data = _read(self._folder / path, _LARGEST_BUNDLE)
        if data is None:
            self._fault(f"{path} is missing")
            return []
        try:
            return tiles.entries(data, tile.width, path)
        except Fault as fault:
            self._fault(str(fault))
            return []

    def _tile(self, tile: Tile, expected: bytes) -> None:
        self._tiles += 1
        found = _read(self._folder / tiles.path(tile), len(expected))
        if found is None and tile.width < WIDTH:
            found = (_read(self._folder / tiles.path(Tile(tile.level, tile.index)), WIDTH * tiles.HASH_LENGTH) or b"")[
                : len(expected)
            ] or None
        if found is None:
            self._fault(f"{tiles.path(tile)} is missing")
        elif found != expected:
            self._fault(f"{tiles.path(tile)} does not hold the hashes of its entries")

    def finish(self, checkpoint: Checkpoint) -> Report:
        """Hold the tiles at the edge and the root against the tree rebuilt, and return the report."""
        for level, index, data in self._growth.partial():
            self._tile(Tile(level, index, len(data) // tiles.HASH_LENGTH), data)
        root = self._growth.root()
        if (self._growth.size, root) != (checkpoint.size, checkpoint.root):
            self._fault(f"the checkpoint of {checkpoint.size} does not state the root of the entries")
        size = self._growth.size
        return Report(size, 0, self._tiles, 1, size, root, tuple(self._faults), self._found)

    def _fault(self, words: str) -> None:
        self._found += 1
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(words)


def _read(file: Path, limit: int) -> bytes | None:
    """Return the bytes of a file, one more than the limit where it is longer; None if it is not there."""
    try:
        with file.open("rb") as opened:
            return opened.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
