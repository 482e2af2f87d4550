"""The ledger: durable appends beside pymerkle's SQLite tree, then proofs and their verification in a large tree.

Both sides append in batches of 256 and 1,024 and one by one, each batch in one transaction that is on disk when it
returns, with databases on the same file system. Ours is a whole act: canonical entry, salted commitment, its place at
the head, rows with an index by subject, all in PostgreSQL with the settings that a node gives it; theirs is a leaf of
as many bytes with its hash in SQLite, with its defaults. Prints medians, each the median batch; a single act's 99th of
a hundred; the rate at which entries enter the tree.

Then a tree of ten million leaves (`--leaves` takes another number) is made tile by tile in the same database, and
proofs are made from it as the node makes them, and verified as their readers do: the log's signature, two
Ed25519 cosignatures and the path to the root, each once. Last the memory of the largest process at its peak, the
database's and those that made the tree included. The last line is one JSON object.

pymerkle is GPL: it is no part of what Comity needs, and is installed into an environment of its own that goes away with
the run.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from comity.foundation.clock import Clock, steady
from comity.foundation.keys import SigningKey
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import proof as proofs
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import WitnessKey, cosign
from comity.foundation.ledger.policy import Quorum
from comity.foundation.ledger.proof import LogProof
from comity.foundation.ledger.tile import WIDTH
from comity.foundation.ledger.tree import Tree, fold, leaf_hash
from comity.foundation.store import ledger
from comity.foundation.store.server import Server
from comity.foundation.store.store import Store, Transaction
from comity.vocabulary.entry import Act, Entry

PEER = "pymerkle==7.0.0"
BATCHES = {256: 60, 1_024: 30}
"""How many batches of each size."""
SINGLES, PROOFS, BODY = 500, 2_000, 228
"""Single acts, proofs, and the bytes of an entry on both sides."""
BLOCK = WIDTH * WIDTH
"""Leaves hashed at once: as many as a tile of level 1 stands over."""

THEIRS = """
import json, os, sys, time
from pymerkle import SqliteTree
file, size, rounds, body = sys.argv[1], *map(int, sys.argv[2:])
tree, taken = SqliteTree(file), []
for number in range(rounds):
    entries = [os.urandom(body) for _ in range(size)]
    begun = time.perf_counter()
    if size == 1:
        tree.append_entry(entries[0])
    else:
        tree.append_entries(entries)
    taken.append(time.perf_counter() - begun)
print(json.dumps(taken))
"""


def entry(number: int) -> Entry:
    """Return an entry such as a release makes."""
    return Entry(
        act=Act.DISCLOSED,
        officer="freja",
        basis="kattegat-maritime 3 abcdef",
        clause="tracks-in-the-kattegat",
        purpose="border-surveillance",
        subject=f"alert-{number:06d}",
        partner="se.coord",
        digest=bytes(32),
    )


def taken(work: Callable[[], object], rounds: int) -> list[float]:
    """Return the seconds that each round took."""
    found = []
    for _ in range(rounds):
        begun = steady()
        work()
        found.append(steady() - begun)
    return found


def appended(store: Store, entries: list[Entry]) -> None:
    """Log the entries in one act, durable when this returns."""
    with store.acting() as act:
        act.log_many(entries)


def installed(folder: Path) -> Path:
    """Return the interpreter of a fresh environment that holds the peer."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    done = subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEER],
        check=False,
        capture_output=True,
    )
    if done.returncode:
        raise SystemExit(f"{PEER} could not be installed: there is nothing to compare with.")
    return python


def theirs(python: Path, file: Path, size: int, rounds: int) -> list[float]:
    """Return the seconds that each append by the peer took."""
    words = [str(python), "-c", THEIRS, str(file), *map(str, (size, rounds, BODY))]
    found: list[float] = json.loads(subprocess.run(words, check=True, capture_output=True, timeout=120).stdout)
    return found


def block(start: int, count: int) -> tuple[list[bytes], list[bytes]]:
    """Return the tiles over `count` leaves from `start`, and the hash over each that is full."""
    tiles, above = [], []
    for first in range(start, start + count, WIDTH):
        width = min(WIDTH, start + count - first)
        row = [leaf_hash(place.to_bytes(32, "big")) for place in range(first, first + width)]
        tiles.append(b"".join(row))
        if width == WIDTH:
            above.append(fold(row))
    return tiles, above


def keep(transaction: Transaction, level: int, first: int, tiles: list[bytes]) -> None:
    """Keep tiles of one level, the first of which has the index `first`."""
    transaction.run_many(
        "INSERT INTO ledger_tile (level, index, hashes) VALUES (%s, %s, %s)",
        [(level, first + place, data) for place, data in enumerate(tiles)],
    )


def plant(store: Store, leaves: int) -> bytes:
    """Make a tree of so many leaves in the database in place of the one there, and return its root."""
    starts = range(0, leaves, BLOCK)
    row: list[bytes] = []
    with store.upkeep() as transaction, ProcessPoolExecutor(2) as pool:
        transaction.run("DELETE FROM ledger_tile")
        counts = [min(BLOCK, leaves - start) for start in starts]
        for start, (tiles, above) in zip(starts, pool.map(block, starts, counts), strict=True):
            keep(transaction, 0, start // WIDTH, tiles)
            row += above
        for level in range(1, 8):
            cut = [row[place : place + WIDTH] for place in range(0, len(row), WIDTH)]
            keep(transaction, level, 0, [b"".join(each) for each in cut])
            row = [fold(each) for each in cut if len(each) == WIDTH]
        root = Tree(ledger.StoredTiles(transaction), leaves).root()
        transaction.run("UPDATE ledger_tree SET size = %s, root = %s", leaves, root)
    return root


def proven(store: Store, root: bytes, leaves: int) -> tuple[float, float]:
    """Return how many proofs are made in a second, each from the database anew, and how many are verified."""
    log, south, west = (SigningKey(name.ljust(32)) for name in (b"north", b"south", b"west"))
    keys = {"south/witness": south.public, "west/witness": west.public}
    checkpoint = Checkpoint("north/log", leaves, root)
    text = checkpoints.text(checkpoint)
    signed = notes.read(checkpoints.sign(checkpoint, log))
    cosigned = [cosign(text, name, key, 1) for name, key in (("south/witness", south), ("west/witness", west))]
    note = notes.written(notes.joined(signed, cosigned))
    known = [WitnessKey(name, public) for name, public in keys.items()]
    places = [int(place) for place in np.random.default_rng(6962).integers(0, leaves, PROOFS)]

    def made() -> Iterator[LogProof]:
        for place in places:
            with store.reading() as transaction:
                yield proofs.made(place, ledger.inclusion(transaction, place, leaves), note, known)

    begun = steady()
    found = list(made())
    between = steady()
    for each in found:
        each.verify(each.index.to_bytes(32, "big"), "north/log", log.public, known, Quorum(2))
    return PROOFS / (between - begun), PROOFS / (steady() - between)


def compare(store: Store, folder: Path) -> dict[str, float]:
    """Append on both sides, and return the rates and the time of a single act."""
    python = installed(folder / "peer")
    said: dict[str, float] = {}
    for size, rounds in BATCHES.items():
        ours = size / statistics.median(taken(partial(appended, store, [entry(n) for n in range(size)]), rounds))
        peer = size / statistics.median(theirs(python, folder / f"{size}.db", size, rounds))
        print(f"in batches of {size:,}: {ours:,.0f} acts/s, pymerkle {peer:,.0f} leaves/s, ratio {ours / peer:.2f}")
        said |= {f"ours_{size}": round(ours), f"theirs_{size}": round(peer)}
    single, peers = taken(partial(appended, store, [entry(0)]), SINGLES), theirs(python, folder / "1.db", 1, SINGLES)
    p99, peers99 = (sorted(each)[SINGLES * 99 // 100] * 1_000 for each in (single, peers))
    median, peers50 = (statistics.median(each) * 1_000 for each in (single, peers))
    print(f"one alone: median {median:.2f} ms, p99 {p99:.2f} ms; pymerkle {peers50:.2f} ms, p99 {peers99:.2f} ms")
    begun = steady()
    with store.upkeep() as transaction:
        size = ledger.integrate(transaction)
    print(f"into the tree: {size / (steady() - begun):,.0f} entries/s")
    said |= {"single_p50_ms": round(median, 2), "single_p99_ms": round(p99, 2)}
    return said


def main() -> None:
    """Measure, and print."""
    words = argparse.ArgumentParser(description="Appends beside pymerkle, and proofs in a large tree.")
    words.add_argument("--leaves", type=int, default=10_000_000, help="of the large tree (default: 10,000,000)")
    leaves: int = words.parse_args().leaves
    with tempfile.TemporaryDirectory(prefix="comity-ledger-") as name, Server.start(Path(name) / "store") as server:
        store = Store(server.url, node="dk.coord", clock=Clock())
        store.migrate()
        said = compare(store, Path(name))
        begun = steady()
        root = plant(store, leaves)
        print(f"a tree of {leaves:,} leaves, made in {steady() - begun:.0f} s")
        made, verified = proven(store, root, leaves)
        store.close()
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1_024
    print(f"{made:,.0f} proofs/s made, {verified:,.0f} verified; largest process {peak:.0f} MB")
    answer = {
        "claim": "durable appends to the ledger in batches of 256, beside pymerkle's SQLite tree",
        "ours": said["ours_256"],
        "theirs": said["theirs_256"],
        "ratio": round(said["ours_256"] / said["theirs_256"], 3),
        **said,
        "proofs_per_second": round(made),
        "verifications_per_second": round(verified),
        "leaves": leaves,
        "peak_mb": round(peak),
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
