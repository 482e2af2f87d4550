"""The two web applications of a node: for its own people (console), and for partners (exchange)."""

from __future__ import annotations

from pathlib import Path

from litestar import Litestar, Router, get
from litestar.di import Provide
from prometheus_client import CollectorRegistry

from comity.api import (
    agreements,
    alerts,
    archive,
    common,
    findings,
    inquiries,
    jurisdiction,
    onward,
    partners,
    persons,
    postures,
    recalls,
    received,
    releases,
    reports,
    rights,
    session,
    subscriptions,
    summary,
    tracks,
)
from comity.api.access import Here, caller, own_pages_only
from comity.api.attempts import Attempts
from comity.api.document import StrictStructs, document
from comity.api.exchange import exchange_router
from comity.api.headers import guarded
from comity.api.live import live_channel
from comity.api.log import log_router
from comity.api.metrics import Durations, metrics_route
from comity.api.problems import HANDLERS
from comity.api.static import FOLDER, console_files
from comity.api.witness import witness_router
from comity.node.assemble import Node
from comity.node.reception import reception
from comity.node.witnesses import known

_LARGEST_CALL = 1024 * 1024
"""Bytes of a call to the console's API."""


@get("/healthz", sync_to_thread=True, security=[{}])
def health(node: Here) -> dict[str, str]:
    """Answer once the database does, with what the node's card tells anybody."""
    with node.store.reading() as transaction:
        transaction.row("SELECT 1")
    card = node.own.card
    return {"node": card.name, "agency": card.agency, "country": card.country, "state": "running"}


def console_application(node: Node, console: Path = FOLDER) -> Litestar:
    """Return what the agency's own people reach: the API, the live channel, metrics, and the console's files."""
    parts = (
        *(session, alerts, reports, persons, releases, recalls, rights, received),
        *(
            tracks,
            common,
            archive,
            subscriptions,
            inquiries,
            onward,
            partners,
            postures,
            agreements,
            jurisdiction,
            findings,
            summary,
        ),
    )
    registry = CollectorRegistry()
    attempts = Attempts()
    api = Router(
        "/api",
        route_handlers=[live_channel(node), *(part.router for part in parts)],
        guards=[own_pages_only(node)],
    )
    return Litestar(
        route_handlers=[health, metrics_route(node, registry), api, console_files(console)],
        dependencies={
            "node": Provide(lambda: node, sync_to_thread=False),
            "officer": Provide(caller, sync_to_thread=True),
            "attempts": Provide(lambda: attempts, sync_to_thread=False),
        },
        exception_handlers=HANDLERS,
        openapi_config=document(node.own.card.name),
        plugins=[StrictStructs()],
        request_max_body_size=_LARGEST_CALL,
        middleware=[Durations(registry)],
        before_send=[guarded],
        logging_config=None,
        debug=False,
    )


def exchange_application(node: Node) -> Litestar:
    """Return what partners reach: the inbox, the log for anyone to read, and the witness."""

    def log_key(origin: str) -> bytes | None:
        with node.store.reading() as transaction:
            return next((card.log for card in known(transaction) if card.log and card.origin == origin), None)

    node.prekeys.renew()
    return Litestar(
        route_handlers=[
            health,
            exchange_router(reception(node), node.settings.exchange.messages),
            log_router(node.store, cosigned=node.settings.exchange.cosigned),
            witness_router(
                node.store, node.own.card.witness_name, node.own.keys.witness, log_key, lattice=node.own.keys.witness_pq
            ),
        ],
        dependencies={"node": Provide(lambda: node, sync_to_thread=False)},
        exception_handlers=HANDLERS,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
