"""The tree: hashes over all entries, and proofs that need only a few of them (RFC 6962, section 2.1).

A tree is read through its tiles, wherever they lie: in the database, at a partner, in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

from comity.foundation.ledger.tile import HASH_LENGTH, hashes, widest
from comity.vocabulary.fault import Fault

EMPTY_ROOT = hashlib.sha256(b"").digest()
LARGEST = 2**63 - 1
"""Leaves. No tree is larger."""


class ProofFault(Fault):
    """A proof that does not prove what it should."""


class Tiles(Protocol):
    """Where the tiles of a tree can be had."""

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the first `width` hashes of this tile, one after another.

        Raises:
            Missing: the tile, or as much of it, is not there.
        """
        ...


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf with this data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node over these two."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(row: Sequence[bytes]) -> bytes:
    """Return the hash over a row of subtrees of one size, as many as a power of two."""
    while len(row) > 1:
        row = [node_hash(row[place], row[place + 1]) for place in range(0, len(row), 2)]
    return row[0]


def flat_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root of the tree over these leaves, few enough to be held at once, given by their hashes."""
    return _over(leaves)


def flat_inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the proof that the leaf `index` is in the tree over these leaf hashes, from its sibling up.

    Raises:
        Fault: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise Fault(f"a tree of {len(leaves)} leaves has none with the index {index}")
    row = list(leaves)
    proof: list[bytes] = []
    while len(row) > 1:
        middle = _split(len(row))
        left, right = row[:middle], row[middle:]
        proof.append(_over(right if index < middle else left))
        row, index = (left, index) if index < middle else (right, index - middle)
    return proof[::-1]


def _over(row: Sequence[bytes]) -> bytes:
    """Return the root over a row of leaf hashes: neighbours are joined, and one left over moves up as it is."""
    if not row:
        return EMPTY_ROOT
    while len(row) > 1:
        joined = [node_hash(row[place], row[place + 1]) for place in range(0, len(row) - 1, 2)]
        row = [*joined, row[-1]] if len(row) % 2 else joined
    return row[0]


class Tree:
    """A tree of `size` leaves, read through its tiles. Each tile is fetched once."""

    def __init__(self, tiles: Tiles, size: int) -> None:
        if not 0 <= size <= LARGEST:
            raise Fault(f"{size} is not the size of a tree")
        self.size = size
        self._tiles = tiles
        self._fetched: dict[tuple[int, int], list[bytes]] = {}

    def root(self) -> bytes:
        """Return the root. The empty tree's is the hash of nothing."""
        return self._range(0, self.size) if self.size else EMPTY_ROOT

    def leaf(self, index: int) -> bytes:
        """Return the leaf hash at `index`.

        Raises:
            Fault: the tree has no such leaf.
        """
        if not 0 <= index < self.size:
            raise Fault(f"a tree of {self.size} leaves has none with the index {index}")
        return self._complete(index, 0)

    def inclusion(self, index: int) -> list[bytes]:
        """Return the proof that the leaf `index` is in this tree, from its sibling up (section 2.1.1).

        Raises:
            Fault: the tree has no such leaf.
        """
        if not 0 <= index < self.size:
            raise Fault(f"a tree of {self.size} leaves has none with the index {index}")
        proof: list[bytes] = []
        start, end = 0, self.size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        return proof[::-1]

    def consistency(self, old: int) -> list[bytes]:
        """Return the proof that the tree of the first `old` leaves is the beginning of this one (section 2.1.2).

        Nothing is proven, and the proof is empty, where `old` is 0 or the tree's own size.

        Raises:
            Fault: `old` exceeds the size.
        """
        if not 0 <= old <= self.size:
            raise Fault(f"a tree of {self.size} leaves has no beginning of {old}")
        proof: list[bytes] = []
        start, end = 0, self.size
        whole = True  # whether the subtree in view is the old tree itself, which its reader has
        while old not in (0, end):
            middle = start + _split(end - start)
            if old <= middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start, whole = middle, False
        return [*([] if whole else [self._range(start, end)]), *proof[::-1]]

    def _range(self, start: int, end: int) -> bytes:
        """Return the hash over the leaves from `start` to before `end`, a subtree of this tree."""
        length = end - start
        if length & (length - 1) == 0:
            return self._complete(start, length.bit_length() - 1)
        middle = start + _split(length)
        return node_hash(self._range(start, middle), self._range(middle, end))

    def _complete(self, start: int, height: int) -> bytes:
        """Return the hash over 2^height leaves from `start`, a multiple of that number."""
        level, within = divmod(height, 8)
        index, place = divmod(start >> (8 * level), 256)
        return fold(self._row(level, index)[place : place + (1 << within)])

    def _row(self, level: int, index: int) -> list[bytes]:
        if (level, index) not in self._fetched:
            width = widest(level, index, self.size)
            data = self._tiles.tile(level, index, width)
            self._fetched[level, index] = hashes(data, width, f"tile {level}/{index}")
        return self._fetched[level, index]


def _split(length: int) -> int:
    """Return the largest power of two below `length`, which is at least 2."""
    return 1 << ((length - 1).bit_length() - 1)


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf with the hash `leaf` stands at `index` in the tree of that size and root.

    The algorithm is that of RFC 9162, section 2.1.3.2.

    Raises:
        ProofFault: it does not, or the proof is not the one for that place.
    """
    _expect_hashes([root])
    if root_from_path(index, size, leaf, proof) != root:
        raise ProofFault(f"the entry does not stand at {index} in the tree of {size} with this root")


def root_from_path(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """Return the root of the tree of that size in which the leaf with the hash `leaf` stands at `index`, by the proof.

    Raises:
        ProofFault: the proof is not the one for that place.
    """
    if not 0 <= index < size <= LARGEST:
        raise ProofFault(f"there is no leaf {index} in a tree of {size}")
    _expect_hashes([leaf, *proof])
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofFault("the inclusion proof is too long")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ProofFault("the inclusion proof is too short")
    return found


def verify_consistency(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of `old` leaves is the beginning of the tree of `size`, both known by their roots.

    The algorithm is that of RFC 9162, section 2.1.4.2. Every tree begins with the empty one.

    Raises:
        ProofFault: it is not, or the proof is not the one for these sizes.
    """
    if not 0 <= old <= size <= LARGEST:
        raise ProofFault(f"a tree of {size} leaves does not begin with one of {old}")
    _expect_hashes([old_root, root, *proof])
    if 0 in (old, size) or old == size:
        _verify_trivial(old, size, old_root, root, proof)
        return
    if not proof:
        raise ProofFault("the consistency proof is empty")
    found_old, found = _rebuilt(old, size, [old_root, *proof] if old & (old - 1) == 0 else list(proof))
    if found_old != old_root:
        raise ProofFault(f"the tree of {size} leaves does not begin with the tree of {old} known")
    if found != root:
        raise ProofFault(f"the consistency proof does not lead to the root of the tree of {size}")


def _verify_trivial(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    if proof:
        raise ProofFault("the consistency proof must be empty here")
    if old == 0 and old_root != EMPTY_ROOT:
        raise ProofFault("the root of the empty tree is not the hash of nothing")
    if old == size and old_root != root:
        raise ProofFault(f"two trees of {size} leaves have different roots")


def _rebuilt(old: int, size: int, path: list[bytes]) -> tuple[bytes, bytes]:
    """Return both roots as the consistency path (with its starting hash) makes them."""
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    found_old = found = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofFault("the consistency proof is too long")
        if place & 1 or place == last:
            found_old, found = node_hash(sibling, found_old), node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ProofFault("the consistency proof is too short")
    return found_old, found


def _expect_hashes(values: Sequence[bytes]) -> None:
    if any(len(value) != HASH_LENGTH for value in values):
        raise ProofFault(f"a hash has not {HASH_LENGTH} bytes")
