"""The exchange's door: envelopes come in, receipts go out (docs/formats/envelope.md, "Delivery")."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import anyio
import structlog
from litestar import Request, Response, Router, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State

from comity.exchange import budget, stack
from comity.exchange.budget import Budget, Spent
from comity.exchange.inbox import Accepted, Gone, Reception
from comity.exchange.stack import Answered
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
_SAYING = frozenset({200, 409, 410})
"""Statuses whose body is more than a word."""
_Request: TypeAlias = Request[Any, Any, State]
_log = structlog.get_logger()


def exchange_router(reception: Reception, rate: float = RATE) -> Router:
    """Return the routes that take messages in for this node, so many a second from each partner in the long run."""
    budgets = Budget(rate)

    @post("/inbox", status_code=200, request_max_body_size=None, summary="Take in an envelope")
    async def inbox(request: _Request) -> Response[bytes]:
        """Take in one envelope: 200 with a signed receipt, 409 with the sequence number expected, or a refusal.

        429 with the seconds to wait if its sender has brought too much of late.
        """
        return await _taken(request, partial(_answer, reception, budgets))

    @post("/inbox/stack", status_code=200, request_max_body_size=None, summary="Take in several envelopes")
    async def stacked(request: _Request) -> Response[bytes]:
        """Take in envelopes that come next in one lane: 200 with what each would have been answered, or a refusal."""
        return await _taken(request, partial(_answers, reception, budgets))

    @get("/prekey", sync_to_thread=True, summary="The key to seal to at present")
    def prekey() -> Response[bytes]:
        """Return the present signed prekey."""
        if reception.prekeys is None:
            return _said(404, b"none")
        try:
            return Response(reception.prekeys.present(), media_type=_CBOR, headers={"Cache-Control": "no-store"})
        except Unavailable:
            return _said(503, b"unavailable")

    return Router("/exchange", route_handlers=[inbox, stacked, prekey])


async def _taken(request: _Request, answer: Callable[[bytes, str], Response[bytes]]) -> Response[bytes]:
    """Read the body and have it answered in a thread, with the address that it came from."""
    if request.headers.get("content-type") != _CBOR:
        return _said(400, b"refused")
    with anyio.move_on_after(SLOWEST) as patience:
        body = await _body(request)
    if patience.cancelled_caught:
        return _said(400, b"refused")
    if body is None:
        return _said(413, b"too large")
    return await sync_to_thread(answer, body, request.client.host if request.client else "")


async def _body(request: _Request) -> bytes | None:
    """Return the body, None if it is too large: no more than that is ever read."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _answer(reception: Reception, budgets: Budget, envelope: bytes, address: str) -> Response[bytes]:
    told = _told(reception, budgets, envelope, address)
    kind = _CBOR if told.status in _SAYING else "text/plain"
    headers = {"Retry-After": str(told.wait)} if told.status == 429 else None
    return Response(told.body, status_code=told.status, media_type=kind, headers=headers)


def _answers(reception: Reception, budgets: Budget, body: bytes, address: str) -> Response[bytes]:
    """Answer each envelope of a stack, up to the first that is not taken in."""
    try:
        envelopes = stack.read(body)
    except canonical.NotCanonical:
        return _said(400, b"refused")
    try:
        receipts = budget.accept_together(reception, budgets, envelopes, address)
    except Fault:
        receipts = []  # one of them is at fault: each by itself is told of it
    told = [Answered(200, receipt) for receipt in receipts]
    for envelope in () if receipts else envelopes:
        told.append(_told(reception, budgets, envelope, address))
        if told[-1].status != 200:
            break
    return Response(stack.answers_written(tuple(told)), media_type=_CBOR)


def _told(reception: Reception, budgets: Budget, envelope: bytes, address: str) -> Answered:
    """Take in one envelope and return what is answered."""
    try:
        answer = budget.accept(reception, budgets, envelope, address)
    except Unavailable as fault:
        _log.warning("inbox unavailable", fault=str(fault))
        return Answered(503, b"unavailable")
    except Fault as fault:
        _log.warning("envelope refused", fault=str(fault))
        return Answered(400, b"refused")
    if isinstance(answer, Accepted):
        return Answered(200, answer.receipt)
    if isinstance(answer, Spent):
        return Answered(429, b"wait", answer.seconds)
    if isinstance(answer, Gone):
        return Answered(410, answer.prekey)
    return Answered(409, canonical.written({"expected": answer.expected}))


def _said(status: int, word: bytes, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(word, status_code=status, media_type="text/plain", headers=headers)
