"""Tiles: the tree cut into pieces of 256 hashes, and the paths they are served at.

The format is C2SP tlog-tiles (docs/formats/log.md). Tile `index` of `level` holds the hashes of the complete subtrees
of 256^level leaves, from number 256 * index on; at level 0 these are the leaf hashes. A tile with fewer than 256
hashes is partial, and its width is part of its path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from comity.vocabulary.fault import Fault

WIDTH = 256
HASH_LENGTH = 32
_LONGEST_ENTRY = 0xFFFF

_PAST_LAST = 2**55
"""No tree of less than 2^63 leaves has a tile with this index, nor one above level 7."""

_PATH = re.compile(
    r"tile/(?P<level>entries|[0-7])/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class Tile(msgspec.Struct, frozen=True):
    """Which tile: its level (none for a bundle of entries), its index within the level, its width in hashes."""

    level: int | None
    index: int
    width: int = WIDTH


def path(tile: Tile) -> str:
    """Return the path of a tile, such as `tile/0/x001/x234/067` or `tile/entries/000.p/12`."""
    level = "entries" if tile.level is None else str(tile.level)
    partial = "" if tile.width == WIDTH else f".p/{tile.width}"
    return f"tile/{level}/{_index_path(tile.index)}{partial}"


def read(text: str) -> Tile:
    """Return the tile that a path names.

    Raises:
        Fault: it is not the one way to write the path of a tile.
    """
    match = _PATH.fullmatch(text)
    if match is None:
        raise Fault("not the path of a tile", where=text[:100], remedy="Write it like tile/0/x001/234.p/5.")
    level = None if match["level"] == "entries" else int(match["level"])
    index = int(match["index"].replace("x", "").replace("/", ""))
    tile = Tile(level, index, int(match["width"] or WIDTH))
    if tile.width > WIDTH or tile.index >= _PAST_LAST or path(tile) != text:
        raise Fault("not the one way to write this path", where=text[:100], remedy=f"Write it {path(tile)[:100]}.")
    return tile


def _index_path(index: int) -> str:
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups))


def widest(level: int, index: int, size: int) -> int:
    """Return how many hashes this tile holds in a tree of `size` leaves: 0 to 256."""
    return max(0, min(WIDTH, (size >> (8 * level)) - index * WIDTH))


def whole(size: int) -> Iterator[Tile]:
    """Yield every tile of a tree of `size` leaves, and every bundle of its entries, as far as each is filled."""
    for level in (None, *range(8)):
        for index in range(((size >> (8 * (level or 0))) + WIDTH - 1) // WIDTH):
            yield Tile(level, index, widest(level or 0, index, size))


def hashes(data: bytes, width: int, where: str = "") -> list[bytes]:
    """Return the `width` hashes that the bytes of a tile hold.

    Raises:
        Fault: there are more or fewer bytes than that.
    """
    if len(data) != width * HASH_LENGTH:
        raise Fault(f"the tile has {len(data)} bytes and not {width * HASH_LENGTH}", where=where)
    return [data[place : place + HASH_LENGTH] for place in range(0, len(data), HASH_LENGTH)]


def bundle(entries: list[bytes]) -> bytes:
    """Return the bytes of an entry bundle: each entry behind its length, two bytes with the highest first.

    Raises:
        Fault: an entry is longer than 65,535 bytes.
    """
    if any(len(entry) > _LONGEST_ENTRY for entry in entries):
        raise Fault(f"an entry is longer than {_LONGEST_ENTRY} bytes", remedy="Commit to it by its hash.")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def entries(data: bytes, width: int, where: str = "") -> list[bytes]:
    """Return the `width` entries of a bundle.

    Raises:
        Fault: the bytes hold more or fewer, or end within one.
    """
    found: list[bytes] = []
    place = 0
    while place < len(data):
        length = int.from_bytes(data[place : place + 2], "big")
        entry = data[place + 2 : place + 2 + length]
        if place + 2 + length > len(data):
            raise Fault("the bundle ends within an entry", where=where)
        found.append(entry)
        place += 2 + length
    if len(found) != width:
        raise Fault(f"the bundle has {len(found)} entries and not {width}", where=where)
    return found
