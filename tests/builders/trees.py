"""Trees for tests: RFC 6962's own recursive definitions, and tiles kept in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from comity.foundation.ledger.growth import Growth, grow
from comity.vocabulary.fault import Missing


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """Return MTH(D[n]) (section 2.1)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    middle = split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:middle]) + naive_root(leaves[middle:])).digest()


def naive_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return PATH(m, D[n]) (section 2.1.1)."""
    if len(leaves) == 1:
        return []
    middle = split(len(leaves))
    if index < middle:
        return [*naive_path(index, leaves[:middle]), naive_root(leaves[middle:])]
    return [*naive_path(index - middle, leaves[middle:]), naive_root(leaves[:middle])]


def naive_proof(old: int, leaves: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """Return SUBPROOF(m, D[n], b) (section 2.1.2)."""
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    middle = split(len(leaves))
    if old <= middle:
        return [*naive_proof(old, leaves[:middle], whole=whole), naive_root(leaves[middle:])]
    return [*naive_proof(old - middle, leaves[middle:], whole=False), naive_root(leaves[:middle])]


def split(length: int) -> int:
    """Return the largest power of two below `length`."""
    middle = 1
    while middle * 2 < length:
        middle *= 2
    return middle


class MemoryTiles:
    """Tiles in memory, grown like those in the store."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, int], bytes] = {}
        self.size = 0

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the first `width` hashes of a tile."""
        data = self.kept.get((level, index), b"")
        if len(data) < width * 32:
            raise Missing(f"no tile {level}/{index} of {width}")
        return data[: width * 32]

    def append(self, leaves: Sequence[bytes]) -> Growth:
        """Append leaves, and return the tree's edge."""
        growth, changed = grow(self, self.size, leaves)
        self.kept.update(changed)
        self.size = growth.size
        return growth
