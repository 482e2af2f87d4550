"""Alerts: the queue that officers work through."""

from __future__ import annotations

import msgspec

from comity.foundation.canonical import read, written
from comity.foundation.store import tally
from comity.foundation.store.page import bounded
from comity.foundation.store.store import ActTransaction, News, Row, Transaction
from comity.vocabulary.alert import Alert, AlertKind
from comity.vocabulary.decision import Judgement
from comity.vocabulary.entry import Act
from comity.vocabulary.instant import Instant

_LOCK = 0x616C_6572_74
"""Advisory lock: alerts are added one after another, so that a reader who asks for those after a number misses none."""
_COLUMNS = "body, sequence, raised, judgement"


class KeptAlert(msgspec.Struct, frozen=True):
    """An alert in the queue."""

    alert: Alert
    sequence: int
    """Grows with each alert; gaps mean nothing."""
    raised: Instant
    judgement: Judgement


def add(t: Transaction, alert: Alert, raised: Instant) -> Act | None:
    """Put an alert into the queue and return which act that was: combined, altered, or none at all.

    The same id again is the same alert: if it has gone on for longer, or is less sure than it was because reports came
    late, and nobody has judged it yet, what it says is brought up to date; once judged it stays as the officer saw it.
    """
    t.row("SELECT pg_advisory_xact_lock(%s)", _LOCK)
    kept = get(t, alert.id)
    if kept is None:
        t.run(
            "INSERT INTO alert (id, kind, time, raised, body) VALUES (%s, %s, %s, %s, %s)",
            *(alert.id, alert.kind.value, alert.time, raised, written(alert)),
        )
        t.announce(News.ALERT)
        return Act.COMBINED
    if alert.until > kept.alert.until or alert.confidence < kept.alert.confidence:
        revised = t.run(
            "UPDATE alert SET kind = %s, time = %s, body = %s WHERE id = %s AND judgement = %s",
            *(alert.kind.value, alert.time, written(alert), alert.id, Judgement.UNREVIEWED.value),
        )
        return Act.ALTERED if revised else None
    return None


def get(t: Transaction, id: str) -> KeptAlert | None:  # noqa: A002 - what every record calls it
    """Return the alert, or None."""
    row = t.row(f"SELECT {_COLUMNS} FROM alert WHERE id = %s", id)  # noqa: S608 - a constant of ours
    return _kept(row) if row else None


def queue(t: Transaction, judgement: Judgement | None = None, after: int = 0, limit: int = 100) -> list[KeptAlert]:
    """Return the alerts with this judgement (None: with any) whose number is above `after`, in the order raised."""
    wanted = [judgement.value] if judgement else [each.value for each in Judgement]
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM alert WHERE judgement = ANY(%s) AND sequence > %s ORDER BY sequence LIMIT %s",  # noqa: S608 - a constant of ours
        *(wanted, after, bounded(limit)),
    )
    return [_kept(row) for row in rows]


def standing(t: Transaction, since: Instant, limit: int) -> list[str]:
    """Return the ids of alerts raised since then that are confirmed or about distress, the newest first."""
    rows = t.rows(
        "SELECT id FROM alert WHERE raised >= %s AND (judgement = %s OR kind = %s AND judgement <> %s)"
        " ORDER BY sequence DESC LIMIT %s",
        *(since, Judgement.CONFIRMED.value, AlertKind.DISTRESS.value, Judgement.REJECTED.value, bounded(limit)),
    )
    return [id for (id,) in rows]  # noqa: A001 - the column's name


def count(t: Transaction, judgement: Judgement | None = None) -> int:
    """Return how many alerts have this judgement, up to `tally.MOST`; None: any, as far as `tally.about` counts."""
    if judgement is None:
        return tally.about(t, "alert")
    statement = "SELECT count(*) FROM (SELECT FROM alert WHERE judgement = %s LIMIT %s) AS counted"
    row = t.row(statement, judgement.value, tally.MOST)
    return int(row[0]) if row else 0


def erase(t: ActTransaction, id: str) -> bool:  # noqa: A002 - what every record calls it
    """Erase the alert with every decision on it; False if it is gone already."""
    t.run("DELETE FROM decision WHERE alert = %s", id)
    return t.run("DELETE FROM alert WHERE id = %s", id) == 1


def newest(t: Transaction, limit: int) -> list[tuple[str, int]]:
    """Return ids and numbers of the newest alerts, newest first."""
    rows = t.rows("SELECT id, sequence FROM alert ORDER BY sequence DESC LIMIT %s", bounded(limit))
    return [(row[0], row[1]) for row in rows]


def by_kind(t: Transaction) -> list[tuple[str, str, int]]:
    """Return kind, judgement and how many alerts there are of both, among the `tally.MOST` newest."""
    rows = t.rows(
        "SELECT kind, judgement, count(*) FROM (SELECT kind, judgement FROM alert ORDER BY sequence DESC LIMIT %s)"
        " AS newest GROUP BY kind, judgement ORDER BY kind, judgement",
        tally.MOST,
    )
    return [(kind, judgement, number) for kind, judgement, number in rows]


def _kept(row: Row) -> KeptAlert:
    body, sequence, raised, judgement = row
    return KeptAlert(read(body, Alert, where="alert"), sequence, raised, Judgement(judgement))
