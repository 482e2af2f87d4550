"""The exchange's door: envelopes come in, receipts go out (docs/formats/envelope.md, "Delivery")."""

from __future__ import annotations

import anyio
import structlog
from litestar import Request, Response, Router, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State

from comity.exchange.inbox import Accepted, Gone, Reception, accept
from comity.foundation import canonical
from comity.foundation.store.store import Unavailable
from comity.vocabulary.fault import Fault

LARGEST = 4 * 1024 * 1024
"""Bytes of an envelope."""
SLOWEST = 30.0
"""Seconds that an envelope may take to arrive."""

_CBOR = "application/cbor"
_log = structlog.get_logger()


def exchange_router(reception: Reception) -> Router:
    """Return the routes that take messages in for this node."""

    @post("/inbox", status_code=200, request_max_body_size=None, summary="Take in an envelope")
    async def inbox(request: Request[object, object, State]) -> Response[bytes]:
        """Take in one envelope: 200 with a signed receipt, 409 with the sequence number expected, or a refusal."""
        if request.headers.get("content-type") != _CBOR:
            return _said(400, b"refused")
        with anyio.move_on_after(SLOWEST) as patience:
            envelope = await _body(request)
        if patience.cancelled_caught:
            return _said(400, b"refused")
        return _said(413, b"too large") if envelope is None else await sync_to_thread(_answer, reception, envelope)

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


def _answer(reception: Reception, envelope: bytes) -> Response[bytes]:
    try:
        answer = accept(reception, envelope)
    except Unavailable as fault:
        _log.warning("inbox unavailable", fault=str(fault))
        return _said(503, b"unavailable")
    except Fault as fault:
        _log.warning("envelope refused", fault=str(fault))
        return _said(400, b"refused")
    if isinstance(answer, Accepted):
        return Response(answer.receipt, media_type=_CBOR)
    if isinstance(answer, Gone):
        return Response(answer.prekey, status_code=410, media_type=_CBOR)
    return Response(canonical.written({"expected": answer.expected}), status_code=409, media_type=_CBOR)


def _said(status: int, word: bytes) -> Response[bytes]:
    return Response(word, status_code=status, media_type="text/plain")
