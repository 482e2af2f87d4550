"""A log that lies: it signs whatever tree it is told to, and serves it over real HTTP as an honest one would."""

from __future__ import annotations

from litestar import Litestar, Response, get
from litestar.params import FromPath

from builders.trees import MemoryTiles
from comity.exchange.cards import Own
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import tile as tiles
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import cosign
from comity.foundation.ledger.tree import Tree
from comity.vocabulary.fault import Missing


class LyingLog:
    """A log with the keys of a station. `branch` starts the tree that is shown from then on, `grow` adds to it."""

    def __init__(self, own: Own) -> None:
        self._own = own
        self._tiles = MemoryTiles()
        self.note = b""
        """What it serves as its checkpoint."""
        self.hidden: set[tuple[int, int]] = set()
        """Tiles that it does not serve, by level and index."""
        self.shortened = 0
        """How many bytes it leaves out of each tile."""

    def branch(self, label: bytes, size: int) -> bytes:
        """Show a tree of its own, with so many leaves that the label names; return its note."""
        self._tiles = MemoryTiles()
        return self.grow(label, size)

    def grow(self, label: bytes, count: int) -> bytes:
        """Append leaves to the tree shown, and return the new note."""
        self._tiles.append([b"%s %d" % (label, number) for number in range(count)])
        self.note = self.signed(self._tiles.size)
        return self.note

    def signed(self, size: int, *witnesses: Own) -> bytes:
        """Return the note of the tree's first `size` leaves, cosigned by these stations."""
        root = Tree(self._tiles, size).root()
        checkpoint = Checkpoint(self._own.card.origin, size, root)
        note = notes.read(checkpoint_format.sign(checkpoint, self._own.keys.log))
        given = [cosign(note.text, each.card.witness_name, each.keys.witness, 1) for each in witnesses]
        return notes.written(notes.joined(note, given))

    def consistency(self, old: int) -> list[bytes]:
        """Return the proof from the first `old` leaves to all."""
        return Tree(self._tiles, self._tiles.size).consistency(old)

    def application(self) -> Litestar:
        """Return what serves it."""

        @get("/log/checkpoint", sync_to_thread=True, media_type="text/plain")
        def checkpoint() -> bytes:
            return self.note

        @get("/log/tile/{rest:path}", sync_to_thread=True)
        def tile(rest: FromPath[str]) -> Response[bytes]:
            wanted = tiles.read(f"tile{rest}")
            if (wanted.level or 0, wanted.index) in self.hidden:
                return Response(b"", status_code=404)
            try:
                whole = self._tiles.tile(wanted.level or 0, wanted.index, wanted.width)
                return Response(whole[: len(whole) - self.shortened])
            except Missing:
                return Response(b"", status_code=404)

        return Litestar([checkpoint, tile])
