"""Upkeep: what a node does by itself every second. No piece of it waits for another that fails.

What must be erased is erased though a key cannot be written, and what is overdue is found though an agreement is stuck.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import structlog

from comity.foundation.clock import wall
from comity.foundation.store import sessions
from comity.foundation.store.store import Busy, Unavailable
from comity.node import flow_retention, reviews
from comity.node.assemble import Node
from comity.node.span import span

_log = structlog.get_logger()


def proceed(node: Node) -> None:
    """Let agreements proceed, find what is overdue, and end what is over.

    Raises:
        Fault: a piece of it failed; the others were done.
        Unavailable: the database does not answer.
    """
    each(
        node.agreements.proceed,
        node.endings.expire,
        node.endings.settle,
        node.subscriptions.expire,
        node.recalls.find_overdue,
        lambda: reviews.find(node.store, node.clock.now()),
        partial(_end_sessions, node),
    )


def erase(node: Node, short: flow_retention.ShortFeeds) -> None:
    """Destroy and erase what must be kept no longer; of `short` feeds sooner than of others.

    Raises:
        Fault: a piece of it failed; the others were done.
        Unavailable: the database does not answer.
    """
    keep = span(node.settings.retention.sightings)
    each(
        node.prekeys.renew,
        lambda: flow_retention.erase_received(node.store, node.clock),
        lambda: flow_retention.erase_sightings(node.store, node.clock, keep),
        short.erase,
        node.persons.upkeep,
        node.inquiries.forget,
        node.informing.forget,
        node.informing.erase,
        node.expiring.expire,
        node.forgetting.forget,
        node.thinning.thin,
    )


def each(*pieces: Callable[[], object]) -> None:
    """Do one piece after the other, and raise the first failure when all have been tried.

    Raises:
        Unavailable: the database does not answer: nothing more was tried.
    """
    failed: Exception | None = None
    for piece in pieces:
        try:
            piece()
        except Exception as failure:  # the first is raised below, the others are told
            if isinstance(failure, Unavailable) and not isinstance(failure, Busy):
                raise
            if failed is not None:
                _log.warning("failed besides", failure=f"{type(failure).__name__}: {failure}")
            failed = failed or failure
    if failed is not None:
        raise failed


def _end_sessions(node: Node) -> None:
    with node.store.upkeep() as transaction:
        sessions.expire(transaction, wall())
