"""How far the logs of partners were followed, and which cosignatures and tiles are waited for."""

from __future__ import annotations

import msgspec

from comity.foundation.store.store import Transaction


class Awaited(msgspec.Struct, frozen=True):
    """The first tree that a witness has not cosigned, its note, and since when (wall time) that is known."""

    size: int
    note: bytes
    since: int


class Withheld(msgspec.Struct, frozen=True):
    """An entry that a log did not prove, the note of the tree that it is in, and since when (wall time)."""

    index: int
    note: bytes
    since: int


def note(t: Transaction, origin: str) -> bytes | None:
    """Return the newest checkpoint that was believed of this log."""
    row = t.row("SELECT note FROM followed WHERE origin = %s", origin)
    return bytes(row[0]) if row else None


def put(t: Transaction, origin: str, newest: bytes) -> None:
    """Remember the newest checkpoint believed of this log."""
    t.run(
        "INSERT INTO followed (origin, note) VALUES (%s, %s) ON CONFLICT (origin) DO UPDATE SET note = excluded.note",
        *(origin, newest),
    )


def awaited(t: Transaction, origin: str, witness: str) -> Awaited | None:
    """Return what is waited for of this witness, for this log."""
    row = t.row("SELECT size, note, since FROM awaited WHERE origin = %s AND witness = %s", origin, witness)
    return Awaited(row[0], bytes(row[1]), row[2]) if row else None


def wait_for(t: Transaction, origin: str, witness: str, what: Awaited) -> None:
    """Begin to wait for the witness to cosign this tree of this log."""
    t.run(
        "INSERT INTO awaited (origin, witness, size, note, since) VALUES (%s, %s, %s, %s, %s)",
        *(origin, witness, what.size, what.note, what.since),
    )


def arrived(t: Transaction, origin: str, witness: str) -> None:
    """Wait no longer for what was waited for."""
    t.run("DELETE FROM awaited WHERE origin = %s AND witness = %s", origin, witness)


def withheld(t: Transaction, origin: str) -> Withheld | None:
    """Return what this log does not prove, if there is anything."""
    row = t.row("SELECT index, note, since FROM withheld WHERE origin = %s", origin)
    return Withheld(row[0], bytes(row[1]), row[2]) if row else None


def withhold(t: Transaction, origin: str, what: Withheld) -> None:
    """Remember what this log does not prove; what is remembered already stands."""
    t.run(
        "INSERT INTO withheld (origin, index, note, since) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        *(origin, what.index, what.note, what.since),
    )


def served(t: Transaction, origin: str) -> None:
    """Forget what this log did not prove: it has."""
    t.run("DELETE FROM withheld WHERE origin = %s", origin)
