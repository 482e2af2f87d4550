"""Growth: a tree that takes in new leaves and says which tiles they change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comity.foundation.ledger.tile import HASH_LENGTH, WIDTH, hashes, widest
from comity.foundation.ledger.tree import EMPTY_ROOT, Tiles, fold, leaf_hash, node_hash


class Growth:
    """The right edge of a tree: at each level the hashes of the last tile, full tiles already left behind.

    It holds at most 255 hashes a level, whatever the size of the tree.
    """

    def __init__(self, size: int = 0, edge: Iterable[list[bytes]] = ()) -> None:
        self.size = size
        self._edge = list(edge)

    @classmethod
    def of(cls, tiles: Tiles, size: int) -> Growth:
        """Return the right edge of a tree of `size` leaves that exists already."""
        edge: list[list[bytes]] = []
        level = 0
        while size >> (8 * level):
            index = (size >> (8 * level)) // WIDTH
            width = widest(level, index, size)
            edge.append(hashes(tiles.tile(level, index, width), width) if width else [])
            level += 1
        return cls(size, edge)

    def add(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Append a leaf hash; yield level, index and bytes of each tile that it fills."""
        level, value = 0, leaf
        self.size += 1
        while True:
            if level == len(self._edge):
                self._edge.append([])
            row = self._edge[level]
            row.append(value)
            if len(row) < WIDTH:
                return
            yield level, (self.size >> (8 * level)) // WIDTH - 1, b"".join(row)
            self._edge[level], value, level = [], fold(row), level + 1

    def partial(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield level, index and bytes of the tiles at the edge, which are not full."""
        for level, row in enumerate(self._edge):
            if row:
                yield level, (self.size >> (8 * level)) // WIDTH, b"".join(row)

    def root(self) -> bytes:
        """Return the root of the tree as it stands."""
        found: bytes | None = None
        for peak in self._peaks():
            found = peak if found is None else node_hash(peak, found)
        return EMPTY_ROOT if found is None else found

    def _peaks(self) -> Iterator[bytes]:
        """Yield from right to left the hashes of the complete subtrees that make up the tree."""
        for row in self._edge:
            end = len(row)
            while end:
                length = end & -end
                yield fold(row[end - length : end])
                end -= length


def grow(tiles: Tiles, size: int, leaves: Iterable[bytes]) -> tuple[Growth, dict[tuple[int, int], bytes]]:
    """Append leaves (their data) to a tree of `size`; return its new edge and each tile changed, by level and index."""
    growth = Growth.of(tiles, size)
    changed: dict[tuple[int, int], bytes] = {}
    for leaf in leaves:
        changed.update({(level, index): data for level, index, data in growth.add(leaf_hash(leaf))})
    for level, index, data in growth.partial():
        if len(data) > widest(level, index, size) * HASH_LENGTH:
            changed[level, index] = data
    return growth, changed
