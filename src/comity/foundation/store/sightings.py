"""Sightings as they were reported, each with the track it was added to."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation.canonical import read, written
from comity.foundation.store import tally
from comity.foundation.store.page import bounded
from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.fault import Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import SubjectKind

_BATCH = 20_000
"""Rows erased by one statement, so that none runs into the time-out."""


def add(t: Transaction, items: Sequence[tuple[Sighting, str]]) -> int:
    """Keep each sighting with the id of its track, and return how many were new; one kept already stays as it is.

    Each is received now, by the clock of the transaction.

    Raises:
        Refused: one is about a person; none of them is kept.
    """
    rows = [_row(sighting, track) for sighting, track in items]
    if not rows:
        return 0
    # One statement with binary arrays: of five ways measured the fastest (a third faster than row by row, and than COPY
    # through a temporary table).
    return t.run(
        "INSERT INTO sighting (id, source, time, track, body, received)"
        " SELECT *, %s::bigint FROM unnest(%b::text[], %b::text[], %b::bigint[], %b::text[], %b::bytea[])"
        " ON CONFLICT DO NOTHING",
        *(t.now(), *(list(column) for column in zip(*rows, strict=True))),
    )


def correct(t: ActTransaction, sighting: Sighting, track: str) -> bool:
    """Put a sighting, known better, in place of the one with its id; False if there is none.

    It is taken in anew, with a later place in the order: the archive keeps what was known before beside it.

    Raises:
        Refused: it is about a person.
    """
    row = _row(sighting, track)
    corrected = t.run(
        "UPDATE sighting SET sequence = DEFAULT, version = version + 1, received = %s,"
        " source = %s, time = %s, track = %s, body = %s WHERE id = %s",
        *(t.now(), *row[1:], row[0]),
    )
    return corrected == 1


def since(t: Transaction, time: Instant, limit: int) -> list[Sighting]:
    """Return the sightings from `time` on in the order in which they were taken in, at most `limit` of them."""
    rows = t.rows("SELECT body FROM sighting WHERE time >= %s ORDER BY sequence LIMIT %s", time, bounded(limit))
    return _sightings(rows)


class KeptSighting(msgspec.Struct, frozen=True):
    """A sighting with its place in the order in which sightings were taken in."""

    sequence: int
    sighting: Sighting


def page(t: Transaction, since: Instant, after: int, limit: int) -> list[KeptSighting]:
    """Return sightings from the time `since` on, in the order they were taken in, those after the sequence `after`."""
    rows = t.rows(
        "SELECT sequence, body FROM sighting WHERE time >= %s AND sequence > %s ORDER BY sequence LIMIT %s",
        *(since, after, bounded(limit)),
    )
    return [KeptSighting(sequence, read(body, Sighting)) for sequence, body in rows]


def of_track(t: Transaction, track: str, limit: int) -> list[Sighting]:
    """Return the newest `limit` sightings of a track, the newest last."""
    rows = t.rows(
        "SELECT body FROM sighting WHERE track = %s ORDER BY time DESC, id DESC LIMIT %s", track, bounded(limit)
    )
    return _sightings(rows[::-1])


def get_many(t: Transaction, ids: Sequence[str]) -> list[Sighting]:
    """Return those of the sightings that are kept, oldest first.

    Raises:
        Fault: more ids than a page holds.
    """
    if not ids:
        return []
    bounded(len(ids))
    return _sightings(t.rows("SELECT body FROM sighting WHERE id = ANY(%s) ORDER BY time, id", list(ids)))


def count(t: Transaction) -> int:
    """Return how many sightings are kept, as far as `tally.about` counts."""
    return tally.about(t, "sighting")


def oldest(t: Transaction, before: Instant) -> Instant | None:
    """Return the time of the oldest sighting, if there is one from before that instant."""
    row = t.row("SELECT min(time) FROM sighting WHERE time < %s", before)
    return None if row is None or row[0] is None else int(row[0])


def is_kept_of(t: Transaction, source: str, since: Instant, before: Instant) -> bool:
    """Whether a feed has a sighting from `since` up to `before`."""
    row = t.row(
        "SELECT EXISTS (SELECT FROM sighting WHERE time >= %s AND time < %s AND source = %s)", since, before, source
    )
    return row is not None and bool(row[0])


def erase_before(t: Transaction, time: Instant) -> int:
    """Erase every sighting older than `time` and return how many those were."""
    erased = 0
    while True:
        batch = t.run(
            "DELETE FROM sighting WHERE id IN (SELECT id FROM sighting WHERE time < %s ORDER BY time LIMIT %s)",
            *(time, _BATCH),
        )
        erased += batch
        if batch == 0:
            return erased


def erase_of(t: ActTransaction, source: str, since: Instant, before: Instant) -> int:
    """Erase a feed's sightings from `since` up to `before`, and return how many those were."""
    erased = 0
    while True:
        batch = t.run(
            "DELETE FROM sighting WHERE id IN (SELECT id FROM sighting WHERE time >= %s AND time < %s AND source = %s"
            " ORDER BY time LIMIT %s)",
            *(since, before, source, _BATCH),
        )
        erased += batch
        if batch == 0:
            return erased


def erase_track(t: ActTransaction, track: str) -> int:
    """Erase every sighting of a track and return how many those were."""
    return t.run("DELETE FROM sighting WHERE track = %s", track)


def _row(sighting: Sighting, track: str) -> Row:
    if sighting.identity.kind is SubjectKind.PERSON:
        raise Refused("a sighting of a person cannot be kept", where=sighting.source)
    return (sighting.id, sighting.source, sighting.time, track, written(sighting))


def _sightings(rows: list[Row]) -> list[Sighting]:
    return [read(body, Sighting, where="sighting") for (body,) in rows]
