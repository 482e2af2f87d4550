"""Problems: whatever goes wrong is answered in one form, which says what, where and what to do."""

from __future__ import annotations

from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, InternalServerException
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import ExceptionHandlersMap

from comity.foundation.store.store import Unavailable
from comity.vocabulary.fault import Fault, Missing, Refused

_log = structlog.get_logger()

_STATUS: tuple[tuple[type[Fault], int], ...] = ((Refused, 403), (Missing, 404), (Unavailable, 503))
_REMEDIES = {
    401: "Sign in first: POST /api/session with name and password.",
    404: "Take it from the API's document: /api/schema/openapi.json.",
    405: "Use a method that the API's document names.",
    413: "Send less.",
}


class Problem(msgspec.Struct, frozen=True):
    """What is wrong, where, and what to do."""

    what: str
    where: str
    remedy: str


class TooMany(Fault):
    """The caller has tried too often; `seconds` is how long to wait."""

    def __init__(self, what: str, *, seconds: int) -> None:
        super().__init__(what, remedy=f"Try again in {seconds} seconds.")
        self.seconds = seconds


_DESCRIBED = {
    400: "What was sent is not right.",
    401: "There is no session, or it has ended.",
    403: "The role, the state or the law forbids it.",
    404: "It is not here.",
    413: "More was sent than is read.",
    429: "Tried too often.",
    503: "The database does not answer; nothing was changed.",
}


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """Return how the API's document describes the problems of a route: these, and those that any route can have."""
    return {
        status: ResponseSpec(Problem, generate_examples=False, description=_DESCRIBED[status])
        for status in sorted({400, 401, 503, *statuses})
    }


def _told(_: Request[Any, Any, Any], fault: Fault) -> Response[Problem]:
    status = next((code for kind, code in _STATUS if isinstance(fault, kind)), 400)
    return _answer(status, fault.what, fault.where, fault.remedy)


def _too_many(_: Request[Any, Any, Any], fault: TooMany) -> Response[Problem]:
    return _answer(429, fault.what, "", fault.remedy, {"retry-after": str(fault.seconds)})


def _malformed(_: Request[Any, Any, Any], error: msgspec.ValidationError) -> Response[Problem]:
    return _answer(400, str(error), "body", "Send what the API's document asks for.")


def _refused(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """Answer what the framework refuses: no route, no session, a parameter out of its bounds."""
    if error.status_code >= 500:
        return _failed(request, error)
    extra = error.extra if isinstance(error.extra, list) else []
    faults = [f"{item.get('key', 'body')}: {item.get('message', '')}" for item in extra if isinstance(item, dict)]
    what = "; ".join(faults)[:500] or error.detail or "the request is not right"
    remedy = _REMEDIES.get(error.status_code, "Send what the API's document asks for.")
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return _answer(error.status_code, what, request.url.path[:200], remedy, headers)


def hung_up(error: Exception) -> bool:
    """Return whether the caller closed the line before its request was whole: no failure of ours, nobody to answer."""
    return isinstance(error, InternalServerException) and "disconnected" in error.detail


def _failed(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    if hung_up(error):
        return _answer(400, "the request broke off", "", "Send it again.")
    _log.error("failure", path=request.url.path, exc_info=error)
    return _answer(500, "something failed inside the node", "", "Look at the node's log.")


def _answer(
    status: int, what: str, where: str, remedy: str, headers: dict[str, str] | None = None
) -> Response[Problem]:
    return Response(
        Problem(what, where, remedy), status_code=status, media_type="application/json", headers=headers or {}
    )


HANDLERS: ExceptionHandlersMap = {
    Fault: _told,
    TooMany: _too_many,
    msgspec.ValidationError: _malformed,
    HTTPException: _refused,
    500: _failed,
}
"""What the console's application does with every exception."""
