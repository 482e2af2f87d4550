"""The exchange's door: envelopes come in, receipts go out (docs/formats/envelope.md, "Delivery")."""

from __future__ import annotations

import anyio
import structlog
from litestar import Request, Response, Router, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State

from comity.exchange import budget
from comity.exchange.budget import Budget, Spent
from comity.exchange.inbox import Accepted, Gone, Reception
from comity.foundation import canonical
from comity.foundation.store.store import Unavailable
from comity.vocabulary.fault import Fault

LARGEST = 4 * 1024 * 1024
"""Bytes of an envelope."""
SLOWEST = 30.0
"""Seconds that an envelope may take to arrive."""
RATE = 100.0
"""Messages a second from one partner, if nothing else is set."""

_CBOR = "application/cbor"
_log = structlog.get_logger()


def exchange_router(reception: Reception, rate: float = RATE) -> Router:
    """Return the routes that take messages in for this node, so many a second from each partner in the long run."""
    budgets = Budget(rate)

    @post("/inbox", status_code=200, request_max_body_size=None, summary="Take in an envelope")
    async def inbox(request: Request[object, object, State]) -> Response[bytes]:
        """Take in one envelope: 200 with a signed receipt, 409 with the sequence number expected, or a refusal.

        429 with the seconds to wait if its sender has brought too much of late.
        """
        if request.headers.get("content-type") != _CBOR:
            return _said(400, b"refused")
        with anyio.move_on_after(SLOWEST) as patience:
            envelope = await _body(request)
        if patience.cancelled_caught:
            return _said(400, b"refused")
        if envelope is None:
            return _said(413, b"too large")
        address = request.client.host if request.client else ""
        return await sync_to_thread(_answer, reception, budgets, envelope, address)

    @get("/prekey", sync_to_thread=True, summary="The key to seal to at present")
    def prekey() -> Response[bytes]:
        """Return the present signed prekey."""
        if reception.prekeys is None:
            return _said(404, b"none")
        try:
            return Response(reception.prekeys.present(), media_type=_CBOR, headers={"Cache-Control": "no-store"})
        except Unavailable:
            return _said(503, b"unavailable")

    return Router("/exchange", route_handlers=[inbox, prekey])


async def _body(request: Request[object, object, State]) -> bytes | None:
    """Return the body, None if it is too large: no more than that is ever read."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _answer(reception: Reception, budgets: Budget, envelope: bytes, address: str) -> Response[bytes]:
    try:
        answer = budget.accept(reception, budgets, envelope, address)
    except Unavailable as fault:
        _log.warning("inbox unavailable", fault=str(fault))
        return _said(503, b"unavailable")
    except Fault as fault:
        _log.warning("envelope refused", fault=str(fault))
        return _said(400, b"refused")
    if isinstance(answer, Accepted):
        return Response(answer.receipt, media_type=_CBOR)
    if isinstance(answer, Spent):
        return _said(429, b"wait", {"Retry-After": str(answer.seconds)})
    if isinstance(answer, Gone):
        return Response(answer.prekey, status_code=410, media_type=_CBOR)
    return Response(canonical.written({"expected": answer.expected}), status_code=409, media_type=_CBOR)


def _said(status: int, word: bytes, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(word, status_code=status, media_type="text/plain", headers=headers)
