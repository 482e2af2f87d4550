"""Decisions: what officers judged of each alert. None is ever replaced or removed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation.canonical import read, written
from comity.foundation.store import tally
from comity.foundation.store.page import LARGEST, bounded
from comity.foundation.store.store import News, Transaction
from comity.vocabulary.decision import Decision, Judgement
from comity.vocabulary.fault import Missing, Refused


def add(t: Transaction, decision: Decision) -> None:
    """Keep the decision, and set the alert's judgement to it.

    Raises:
        Missing: there is no such alert, or none that it is said to repeat.
        Refused: the alert is said to repeat itself.
    """
    if decision.duplicate_of == decision.alert:
        raise Refused("an alert cannot be a duplicate of itself", where=decision.alert)
    if decision.duplicate_of and not t.row("SELECT 1 FROM alert WHERE id = %s", decision.duplicate_of):
        raise Missing("there is no such alert to be a duplicate of", where=decision.duplicate_of)
    # The alert first: its row keeps a second officer waiting, so that the last judgement kept is the one shown.
    if not t.run("UPDATE alert SET judgement = %s WHERE id = %s", decision.judgement.value, decision.alert):
        raise Missing("there is no such alert", where=decision.alert)
    t.run("INSERT INTO decision (alert, body) VALUES (%s, %s)", decision.alert, written(decision))
    t.announce(News.JUDGED)


def of(t: Transaction, alert: str) -> list[Decision]:
    """Return every decision on the alert, the latest last."""
    rows = t.rows("SELECT body FROM decision WHERE alert = %s ORDER BY sequence LIMIT %s", alert, LARGEST)
    return [read(body, Decision, where=alert) for (body,) in rows]


def latest(t: Transaction, alert: str) -> Decision | None:
    """Return the decision that stands, or None if there is none yet."""
    row = t.row("SELECT body FROM decision WHERE alert = %s ORDER BY sequence DESC LIMIT 1", alert)
    return read(row[0], Decision, where=alert) if row else None


class Judging(msgspec.Struct, frozen=True):
    """An alert and the decision that stands on it, if there is one, both in canonical form."""

    alert: bytes
    decision: bytes | None


def judgings(t: Transaction, alerts: Sequence[str]) -> dict[str, Judging]:
    """Return those of these alerts that there are, by id, each with the decision that stands."""
    rows = t.rows(
        "SELECT id, alert.body, latest.body FROM alert LEFT JOIN LATERAL (SELECT body FROM decision"
        " WHERE alert = alert.id ORDER BY sequence DESC LIMIT 1) AS latest ON true WHERE id = ANY(%s)",
        list(alerts),
    )
    return {id: Judging(alert, decision) for id, alert, decision in rows}  # noqa: A001 - the column's name


class Judged(msgspec.Struct, frozen=True):
    """That an alert was judged, and what it counts as now."""

    sequence: int
    """Of the decision."""
    alert: str
    number: int
    """Of the alert in the queue."""
    judgement: Judgement


def newest(t: Transaction, limit: int) -> list[Judged]:
    """Return which alerts were judged last, the latest decision first."""
    rows = t.rows(
        "SELECT decision.sequence, alert.id, alert.sequence, alert.judgement FROM decision"
        " JOIN alert ON alert.id = decision.alert ORDER BY decision.sequence DESC LIMIT %s",
        bounded(limit),
    )
    return [Judged(sequence, alert, number, Judgement(judgement)) for sequence, alert, number, judgement in rows]


def count(t: Transaction) -> int:
    """Return how many decisions were taken, as far as `tally.about` counts."""
    return tally.about(t, "decision")
