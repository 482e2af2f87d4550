"""Tracks: the latest estimate of each."""

from __future__ import annotations

from collections.abc import Iterable

from comity.foundation.canonical import read, written
from comity.foundation.store import tally
from comity.foundation.store.page import bounded
from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.fault import Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.subject import SubjectKind
from comity.vocabulary.track import Track


def put(t: Transaction, tracks: Iterable[Track]) -> None:
    """Keep each track in place of what was known of it; an older estimate does not replace a newer one.

    Raises:
        Refused: one is about a person; none of them is kept.
    """
    # Always in the order of the ids, so that two writers cannot wait for each other.
    rows = sorted({track.id: _row(track) for track in tracks}.values())
    if not rows:
        return
    t.run(
        "INSERT INTO track AS kept (id, last, body) SELECT * FROM unnest(%b::text[], %b::bigint[], %b::bytea[])"
        " ON CONFLICT (id) DO UPDATE SET last = excluded.last, body = excluded.body WHERE kept.last <= excluded.last",
        *(list(column) for column in zip(*rows, strict=True)),
    )


def get(t: Transaction, id: str) -> Track | None:  # noqa: A002 - what every record calls it
    """Return the track, or None."""
    row = t.row("SELECT body FROM track WHERE id = %s", id)
    return read(row[0], Track, where=id) if row else None


def current(t: Transaction, since: Instant, limit: int) -> list[Track]:
    """Return the tracks last seen at `since` or later, the latest first, at most `limit` of them."""
    rows = t.rows("SELECT body FROM track WHERE last >= %s ORDER BY last DESC, id LIMIT %s", since, bounded(limit))
    return [read(body, Track, where="track") for (body,) in rows]


def ended(t: Transaction, since: Instant, before: Instant, after: str, limit: int) -> list[Track]:
    """Return the tracks last seen from `since` up to `before` in the order of their ids, those after one."""
    rows = t.rows(
        "SELECT body FROM track WHERE last >= %s AND last < %s AND id > %s ORDER BY id LIMIT %s",
        *(since, before, after, bounded(limit)),
    )
    return [read(body, Track, where="track") for (body,) in rows]


def page(t: Transaction, after: str, limit: int) -> list[Track]:
    """Return tracks in the order of their ids, those after one."""
    rows = t.rows("SELECT body FROM track WHERE id > %s ORDER BY id LIMIT %s", after, bounded(limit))
    return [read(body, Track, where="track") for (body,) in rows]


def erase(t: ActTransaction, id: str) -> bool:  # noqa: A002 - what every record calls it
    """Erase the track; False if it is gone already."""
    return t.run("DELETE FROM track WHERE id = %s", id) == 1


def count(t: Transaction) -> int:
    """Return how many tracks are kept, as far as `tally.about` counts."""
    return tally.about(t, "track")


def erase_before(t: Transaction, time: Instant) -> int:
    """Erase every track last seen before `time` and return how many those were."""
    return t.run("DELETE FROM track WHERE last < %s", time)


def _row(track: Track) -> Row:
    if track.identity.kind is SubjectKind.PERSON:
        raise Refused("a track of a person cannot be kept", where=track.id)
    return (track.id, track.last, written(track))
