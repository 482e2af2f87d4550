"""The two web applications of a node: for its own people (console), and for partners (exchange)."""

from __future__ import annotations

from importlib import metadata
from typing import Any

import msgspec
import structlog
from litestar import Litestar, Request, Response, Router, get
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig

from comity.api import agreements, alerts, partners, received, releases, session, summary, tracks
from comity.api.access import caller
from comity.api.exchange import exchange_router
from comity.api.log import log_router
from comity.api.witness import witness_router
from comity.exchange.inbox import Reception
from comity.foundation.store.store import ActTransaction, Unavailable
from comity.node.assemble import Node
from comity.node.standings import standings
from comity.node.witnesses import known
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.message import Given

_LARGEST_CALL = 1024 * 1024
"""Bytes of a call to the console's API."""

_log = structlog.get_logger()


class Problem(msgspec.Struct, frozen=True):
    """What is wrong, where, and what to do."""

    what: str
    where: str
    remedy: str


def _told(_: Request[Any, Any, Any], fault: Fault) -> Response[Problem]:
    status = next(
        (code for kind, code in ((Refused, 403), (Missing, 404), (Unavailable, 503)) if isinstance(fault, kind)), 400
    )
    return Response(Problem(fault.what, fault.where, fault.remedy), status_code=status)


def _malformed(_: Request[Any, Any, Any], error: msgspec.ValidationError) -> Response[Problem]:
    return Response(Problem(str(error), "body", "Send what the API's document asks for."), status_code=400)


def _failed(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    _log.error("failure", path=request.url.path, exc_info=error)
    return Response(Problem("something failed inside the node", "", "Look at the node's log."), status_code=500)


@get("/healthz", sync_to_thread=True)
def health(node: Node) -> dict[str, str]:
    """Answer once the database does."""
    with node.store.reading() as transaction:
        transaction.row("SELECT 1")
    return {"node": node.own.card.name, "state": "running"}


def _kept_as_it_came(act: ActTransaction, sender: str, given: Given) -> None:
    """Do no more with a release than to keep it, which the inbox does."""
    del act, sender, given


def console_application(node: Node) -> Litestar:
    """Return the API for the agency's own people, under `/api`."""
    parts = (session, alerts, releases, received, tracks, partners, agreements, summary)
    return Litestar(
        route_handlers=[health, Router("/api", route_handlers=[part.router for part in parts])],
        dependencies={
            "node": Provide(lambda: node, sync_to_thread=False),
            "officer": Provide(caller, sync_to_thread=True),
        },
        exception_handlers={Fault: _told, msgspec.ValidationError: _malformed, 500: _failed},
        openapi_config=OpenAPIConfig(title=f"Comity node {node.own.card.name}", version=metadata.version("comity")),
        request_max_body_size=_LARGEST_CALL,
        logging_config=None,
        debug=False,
    )


def exchange_application(node: Node) -> Litestar:
    """Return what partners reach: the inbox, the log for anyone to read, and the witness."""
    reception = Reception(
        store=node.store,
        own=node.own,
        clock=node.clock,
        standings=standings,
        on_release=_kept_as_it_came,
        on_agreement=node.agreements.take,
    )

    def log_key(origin: str) -> bytes | None:
        with node.store.reading() as transaction:
            return next((card.log for card in known(transaction) if card.log and card.origin == origin), None)

    return Litestar(
        route_handlers=[
            health,
            exchange_router(reception),
            log_router(node.store, cosigned=node.settings.exchange.cosigned),
            witness_router(node.store, node.own.card.witness_name, node.own.keys.witness, log_key),
        ],
        dependencies={"node": Provide(lambda: node, sync_to_thread=False)},
        exception_handlers={500: _failed},
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
