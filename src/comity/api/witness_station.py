"""The web application of a witness by itself: cosigning, its card, and whether it is well."""

from __future__ import annotations

from typing import Any

import structlog
from litestar import Litestar, MediaType, Request, Response, get

from comity.api.problems import hung_up
from comity.api.witness import witness_router
from comity.exchange import cards
from comity.foundation.store.store import Unavailable
from comity.node.witness_station import WitnessStation, log_key

_log = structlog.get_logger()


def witness_application(station: WitnessStation) -> Litestar:
    """Return the application: `/witness/add-checkpoint`, `/witness/{hash}/checkpoint`, `/card`, `/healthz`."""
    own = station.own

    @get("/card", media_type=MediaType.TEXT, sync_to_thread=False)
    def card() -> str:
        """Return the witness's signed card, as the text of a file."""
        return cards.text(own.signed)

    @get("/healthz", media_type=MediaType.TEXT, sync_to_thread=True)
    def healthz() -> str:
        """Answer if the database does."""
        with station.store.reading() as transaction:
            transaction.row("SELECT 1")
        return "well\n"

    witness = witness_router(
        station.store,
        own.card.witness_name,
        own.keys.witness,
        lambda origin: log_key(station.store, origin),
        lattice=own.keys.witness_pq,
    )
    return Litestar(
        [card, healthz, witness],
        openapi_config=None,
        exception_handlers={Unavailable: _unavailable, Exception: _failed},
    )


def _unavailable(_: Request[Any, Any, Any], fault: Unavailable) -> Response[str]:
    return Response(f"{fault}\n", status_code=503, media_type=MediaType.TEXT)


def _failed(request: Request[Any, Any, Any], error: Exception) -> Response[str]:
    status = 400 if hung_up(error) else getattr(error, "status_code", 500)
    if status >= 500:
        _log.error("failure", path=request.url.path, exc_info=error)
    return Response(f"{status}\n", status_code=status, media_type=MediaType.TEXT)
