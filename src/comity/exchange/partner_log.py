"""Reading a partner's log: its checkpoint, its tiles, and proofs made from them here and believed only if they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from comity.exchange.answer import Unreachable, ask, client
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import proof as proofs
from comity.foundation.ledger import tile as tiles
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import CosigningKey
from comity.foundation.ledger.note import LARGEST, Ed25519Key, NoteKey
from comity.foundation.ledger.proof import LogProof
from comity.foundation.ledger.tile import HASH_LENGTH, WIDTH, Tile
from comity.foundation.ledger.tree import ProofFault, Tree, leaf_hash, verify_consistency, verify_inclusion
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.partner import Card


class Misbehaved(Fault):
    """A log contradicts itself. Both notes are signed with its key: keep them, they prove it to anyone."""

    def __init__(self, what: str, *, where: str, before: bytes, now: bytes) -> None:
        super().__init__(what, where=where, remedy="Do not believe this log; show both notes to its operator.")
        self.before = before
        self.now = now


class Rollback(Misbehaved):
    """A log now states a smaller tree than before."""


class SplitView(Misbehaved):
    """A log's tree now is not a continuation of its tree before: it shows different trees to different readers."""


class Withheld(Fault):
    """A log has signed the tree of this note and does not serve tiles that prove what is asked of it."""

    def __init__(self, what: str, *, where: str, note: bytes) -> None:
        super().__init__(what, where=where, remedy="Ask its operator: who signs a log serves it.")
        self.note = note


class PartnerLog:
    """A partner's log, read over HTTP. As a context manager it closes its connections at the end of the block."""

    def __init__(self, card: Card, timeout: float = 5.0, earlier: Sequence[NoteKey] = ()) -> None:
        """`earlier` are keys that the log had before, by which it signed what was seen of it then."""
        self._card = card
        self._earlier = tuple(earlier)
        self._key = Ed25519Key(card.origin, card.log)
        self._timeout = timeout
        self._client = client(timeout)
        self._tiles: dict[Tile, bytes] = {}
        self._notes: dict[bytes, Checkpoint] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def follow(self, seen: bytes | None = None) -> bytes:
        """Return the log's newest checkpoint, shown to continue the one `seen` before, if any.

        Raises:
            Unreachable: the log does not answer.
            NoteFault: what it answers is not signed with its key.
            Rollback, SplitView: it does not continue what was seen.
            Withheld: it answers with a checkpoint, and not with the tiles that would show whether it does.
        """
        note = self._fetch("checkpoint", LARGEST)
        checkpoint = self._opened(note)
        if seen is not None:
            before = self._seen(seen)
            with _served(self._key.name, note):
                self._continues(before, seen, checkpoint, note)
        return note

    def sample(self, note: bytes, index: int) -> None:
        """Have the log prove one of its entries, whatever it is: who hides some of its tiles does not know which.

        Raises:
            Withheld: it does not serve the tiles for that, or they do not make up the tree that it has signed.
            Missing: the tree of the note has no such entry.
        """
        checkpoint = self._opened(note)
        if index >= checkpoint.size:
            raise Missing(
                f"the log's checkpoint of {checkpoint.size} does not hold entry {index}", where=self._key.name
            )
        with _served(self._key.name, note):
            tree = Tree(self, checkpoint.size)
            verify_inclusion(index, checkpoint.size, tree.leaf(index), tree.inclusion(index), checkpoint.root)

    def reconcile(self, note: bytes, shown: bytes) -> None:
        """Hold the log's newest checkpoint, in `note`, against the one that somebody else shows of it.

        Raises:
            Unreachable: the log does not answer.
            Rollback: it has no tiles up to the larger one any more.
            SplitView: the larger one does not continue the smaller.
        """
        before, now = self._seen(shown), self._opened(note)
        if before.size <= now.size:
            self._grows(before, shown, now, note)
            return
        try:
            self._grows(now, note, before, shown)
        except Missing as fault:
            words = f"the log once had {before.size} entries, and now has tiles for no more than {now.size}"
            raise Rollback(words, where=self._key.name, before=shown, now=note) from fault

    def prove(self, index: int, leaf: bytes, note: bytes, witnesses: Sequence[CosigningKey]) -> LogProof:
        """Return the proof that the entry with this leaf data stands at `index` under the checkpoint in `note`.

        It carries the cosignatures by these keys that the note has.

        Raises:
            Unreachable: the log does not answer.
            ProofFault: the entry does not stand there, or its tiles do not make up the checkpoint's root.
            Missing: the checkpoint does not reach so far yet.
        """
        checkpoint = self._opened(note)
        if index >= checkpoint.size:
            raise Missing(
                f"the log's checkpoint of {checkpoint.size} does not hold entry {index} yet", where=self._key.name
            )
        hashes = Tree(self, checkpoint.size).inclusion(index)
        verify_inclusion(index, checkpoint.size, leaf_hash(leaf), hashes, checkpoint.root)
        return proofs.made(index, hashes, note, witnesses)

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the first `width` hashes of a tile; a full one serves where the partial one is gone.

        Each is fetched once: what is wrong in it makes up no checkpoint's root, however often it is asked for.

        Raises:
            Unreachable: the log does not answer, or has no such tile.
        """
        wanted = Tile(level, index, width)
        if wanted not in self._tiles:
            self._tiles[wanted] = self._fetched(wanted)
        return self._tiles[wanted]

    def _fetched(self, wanted: Tile) -> bytes:
        length = wanted.width * HASH_LENGTH
        try:
            data = self._fetch(tiles.path(wanted), length)
        except Missing:
            if wanted.width == WIDTH:
                raise
            data = self._fetch(tiles.path(Tile(wanted.level, wanted.index)), WIDTH * HASH_LENGTH)[:length]
        if len(data) != length:
            raise Unreachable(f"the tile has {len(data)} bytes and not {length}", where=tiles.path(wanted))
        return data

    def _opened(self, note: bytes) -> Checkpoint:
        if note not in self._notes:
            self._notes[note] = checkpoints.opened(note, self._key, self._key.name)[0]
        return self._notes[note]

    def _seen(self, note: bytes) -> Checkpoint:
        """Return a checkpoint seen before, which the log signed with the key that it has or one that it had."""
        return checkpoints.opened_by_any(note, (self._key, *self._earlier), self._key.name)

    def _continues(self, before: Checkpoint, seen: bytes, now: Checkpoint, note: bytes) -> None:
        where = self._key.name
        if now.size < before.size:
            words = f"the log went back from {before.size} entries to {now.size}"
            raise Rollback(words, where=where, before=seen, now=note)
        self._grows(before, seen, now, note)

    def _grows(self, before: Checkpoint, seen: bytes, now: Checkpoint, note: bytes) -> None:
        """Have the log's tiles show that the tree of `now`, which is no smaller, continues that of `before`."""
        where = self._key.name
        if now.size == before.size and now.root != before.root:
            words = f"the log shows two different trees of {now.size} entries"
            raise SplitView(words, where=where, before=seen, now=note)
        try:
            proof = Tree(self, now.size).consistency(before.size)
            verify_consistency(before.size, now.size, before.root, now.root, proof)
        except ProofFault as fault:
            words = f"the log's tree of {now.size} entries does not continue its tree of {before.size}"
            raise SplitView(words, where=where, before=seen, now=note) from fault

    def _fetch(self, path: str, limit: int) -> bytes:
        url = f"{self._card.endpoint}/log/{path}"
        answer = ask(self._client, "GET", url, limit=limit, timeout=self._timeout)
        if answer.status == 404:
            raise Missing("the partner's log does not have this", where=url)
        if answer.status != 200:
            raise Unreachable(f"the partner's log answers with status {answer.status}", where=url)
        return answer.body


@contextmanager
def _served(log: str, note: bytes) -> Iterator[None]:
    """Turn tiles that do not come, or do not make up the tree of the note, into what is withheld of it."""
    try:
        yield
    except (Missing, Unreachable) as fault:
        raise Withheld(f"the log signs a tree and does not serve {fault.where}", where=log, note=note) from fault
    except ProofFault as fault:
        raise Withheld("the log's tiles do not make up the tree that it signs", where=log, note=note) from fault
