"""Tiles: one path for each, bundles that come back as they went, and a real log of another implementation."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.trees import naive_root
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import tile as tiles
from comity.foundation.ledger.note import Ed25519Key, decoded
from comity.foundation.ledger.tile import WIDTH, Tile
from comity.foundation.ledger.tree import Tree, leaf_hash, verify_consistency, verify_inclusion
from comity.vocabulary.fault import Fault

_LOG = Path(__file__).parents[2] / "vectors" / "transparency" / "log"
_KEY = Ed25519Key("example.com/log/testdata", decoded("AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")[1:])
_TILES = st.builds(Tile, st.one_of(st.none(), st.integers(0, 7)), st.integers(0, 2**55 - 1), st.integers(1, WIDTH))


@given(tile=_TILES)
def test_a_path_names_its_tile(tile: Tile) -> None:
    assert tiles.read(tiles.path(tile)) == tile


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("tile/0/000", Tile(0, 0)),
        ("tile/1/x001/x234/067", Tile(1, 1_234_067)),
        ("tile/2/x001/000.p/17", Tile(2, 1000, 17)),
        ("tile/entries/123.p/255", Tile(None, 123, 255)),
    ],
)
def test_paths_are_those_of_the_specification(path: str, tile: Tile) -> None:
    assert tiles.path(tile) == path
    assert tiles.read(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/0/x000/001",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/8/000",
        "tile/00/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/٣٣٣",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/entries/../000",
        "",
    ],
)
def test_any_other_way_to_write_a_path_is_refused(path: str) -> None:
    with pytest.raises(Fault):
        tiles.read(path)


@given(text=st.text(max_size=60))
def test_arbitrary_paths_are_refused_or_the_one_way_to_write_them(text: str) -> None:
    for path in (text, f"tile/0/{text}"):
        try:
            tile = tiles.read(path)
        except Fault:
            continue
        assert tiles.path(tile) == path


@given(entries=st.lists(st.binary(max_size=80), max_size=20))
def test_a_bundle_holds_its_entries(entries: list[bytes]) -> None:
    assert tiles.entries(tiles.bundle(entries), len(entries)) == entries


@given(data=st.binary(max_size=200), width=st.integers(0, 20))
def test_arbitrary_bytes_are_no_bundle_or_come_out_the_same(data: bytes, width: int) -> None:
    try:
        entries = tiles.entries(data, width)
    except Fault:
        return
    assert tiles.bundle(entries) == data


def test_an_entry_too_long_for_its_length_is_refused() -> None:
    with pytest.raises(Fault):
        tiles.bundle([bytes(65_536)])


def test_hashes_of_the_wrong_number_are_refused() -> None:
    assert tiles.hashes(bytes(64), 2) == [bytes(32)] * 2
    for data in (bytes(63), bytes(96), b""):
        with pytest.raises(Fault):
            tiles.hashes(data, 2)


class _Files:
    """The tiles of the log in the vectors, read from its files."""

    def tile(self, level: int, index: int, width: int) -> bytes:
        return (_LOG / tiles.path(Tile(level, index, width))).read_bytes()


@pytest.mark.parametrize("size", range(1, 16))
def test_a_log_of_another_implementation_is_read_and_proven(size: int) -> None:
    """Its checkpoints are signed, its tiles make up their roots, its entries are in, each size continues the last."""
    checkpoint, _note = checkpoints.opened((_LOG / f"checkpoint.{size}").read_bytes(), _KEY)
    entries = tiles.entries((_LOG / tiles.path(Tile(None, 0, size))).read_bytes(), size)
    tree = Tree(_Files(), size)
    assert checkpoint.size == size
    assert tree.root() == checkpoint.root == naive_root(entries)
    for index, entry in enumerate(entries):
        verify_inclusion(index, size, leaf_hash(entry), tree.inclusion(index), checkpoint.root)
    before, _note = checkpoints.opened((_LOG / f"checkpoint.{size - 1}").read_bytes(), _KEY)
    verify_consistency(before.size, size, before.root, checkpoint.root, tree.consistency(before.size))
