"""The summary: how much the node has of each thing, and how long its releases took."""

from __future__ import annotations

import msgspec
from litestar import Router, get

from comity.api.access import Caller, Here
from comity.api.problems import problems
from comity.foundation.store import alerts, decisions, feeds, inbox, ledger, outbox_state, sightings, tracks
from comity.vocabulary.instant import Instant


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Counts only: no record can be seen in them, so every role may."""

    node: str
    now: Instant
    """What the node's clock shows."""
    sightings: int
    tracks: int
    alerts: int
    decisions: int
    entries: int
    """In the node's log."""
    feeds: dict[str, int]
    """How many sightings each feed has brought."""
    outbox: dict[str, dict[str, int]]
    """For each partner, how many messages are in each state."""
    received: int


@get("/", sync_to_thread=True, responses=problems())
def summary(officer: Caller, node: Here) -> Summary:  # noqa: ARG001 - asking for the officer demands a session
    """Return the node's counts."""
    with node.store.reading() as transaction:
        return Summary(
            node=node.own.card.name,
            now=node.clock.now(),
            sightings=sightings.count(transaction),
            tracks=tracks.count(transaction),
            alerts=alerts.count(transaction),
            decisions=decisions.count(transaction),
            entries=ledger.logged(transaction),
            feeds={name: feeds.position(transaction, name) for name in (feed.name for feed in node.settings.feed)},
            outbox=outbox_state.counts(transaction),
            received=inbox.count(transaction),
        )


router = Router(path="/summary", tags=["summary"], route_handlers=[summary])
