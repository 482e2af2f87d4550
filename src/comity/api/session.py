"""Sessions: signing in and out. Every attempt is in the ledger."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Request, Response, Router, delete, get, post
from litestar.datastructures import Cookie, State
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from comity.api.access import OPEN, WRITABLE, Caller, Here, caller, cookie_name, token_of
from comity.api.attempts import Attempts
from comity.api.passwords import LONGEST, LONGEST_NAME, matches, new_token, token_csrf, token_digest
from comity.api.problems import problems
from comity.foundation.clock import wall
from comity.foundation.store import officers, sessions
from comity.node.assemble import Node
from comity.node.span import span
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import Instant
from comity.vocabulary.officer import Officer

_Request = Request[Any, Any, State]
Tried: TypeAlias = NamedDependency[Attempts]


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name and its password."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME, pattern=WRITABLE)]
    password: Annotated[str, msgspec.Meta(max_length=LONGEST)]


class Home(msgspec.Struct, frozen=True):
    """The node at which the officer is signed in."""

    name: str
    agency: str
    country: str


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A session that runs. With the cookie, whatever changes anything needs `csrf` in the header X-Comity-Csrf."""

    officer: Officer
    expires: Instant
    """By the wall clock."""
    csrf: str
    node: Home


class Begun(Session, frozen=True, kw_only=True):
    """A new session: programs send the token as `Authorization: Bearer TOKEN`, browsers the cookie set with it."""

    token: str


@post("/", sync_to_thread=True, opt={OPEN: True}, security=[{}], responses=problems(403, 413, 429))
def sign_in(
    request: _Request, data: JSONBody[SignIn], node: Here, attempts: NamedDependency[Attempts]
) -> Response[Begun]:
    """Begin a session."""
    address = request.client.host if request.client else ""
    attempts.begin(data.name, address)
    officer, token, expires = _opened(node, data)
    attempts.succeeded(data.name, address)
    told = _told(node, officer, token, expires)
    return Response(
        Begun(token=token, **{field: getattr(told, field) for field in told.__struct_fields__}),
        cookies=[_cookie(request, node, token, span(node.settings.console.session) // 1000)],
    )


def _opened(node: Node, data: SignIn) -> tuple[Officer, str, Instant]:
    """Check the password, and open a session if it is right; both ways with an entry.

    Raises:
        NotAuthorizedException: the name or the password is not right, and which of them is not said.
    """
    with node.store.reading() as transaction:
        known = officers.get(transaction, data.name)
    allowed = matches(known[1] if known else None, data.password)
    token, expires = new_token(), wall() + span(node.settings.console.session)
    with node.store.acting() as act:
        if known and allowed:
            sessions.open(act, token_digest(token), known[0].name, expires)
        # A name that nobody has is not kept: people type passwords into the wrong field.
        name = known[0].name if known else ""
        detail = "session begun" if allowed else "sign-in refused" if known else "sign-in refused: unknown name"
        act.log(Entry(act=Act.ACCESS, officer=name, basis="sign-in", subject=name, detail=detail))
    if known is None or not allowed:
        raise NotAuthorizedException("the name or the password is not right")
    return known[0], token, expires


@get("/", sync_to_thread=True, responses=problems())
def whoami(request: _Request, node: Here) -> Session:
    """Return who is signed in."""
    token = token_of(request, node)
    officer = caller(request, node)
    with node.store.reading() as transaction:
        expires = sessions.ends(transaction, token_digest(token)) or 0
    return _told(node, officer, token, expires)


@delete("/", sync_to_thread=True, responses={**problems(403), 204: ResponseSpec(None, description="It has ended.")})
def sign_out(request: _Request, officer: Caller, node: Here) -> Response[None]:
    """End the session."""
    with node.store.acting() as act:
        sessions.close(act, token_digest(token_of(request, node)))
        act.log(
            Entry(act=Act.ACCESS, officer=officer.name, basis="sign-in", subject=officer.name, detail="session ended")
        )
    return Response(None, status_code=204, cookies=[_cookie(request, node, "", 0)])


def _told(node: Node, officer: Officer, token: str, expires: Instant) -> Session:
    card = node.own.card
    return Session(
        officer=officer, expires=expires, csrf=token_csrf(token), node=Home(card.name, card.agency, card.country)
    )


def _cookie(request: _Request, node: Node, token: str, seconds: int) -> Cookie:
    return Cookie(
        key=cookie_name(node),
        value=token,
        max_age=seconds,
        path="/",
        secure=not _plain_loopback(request),
        httponly=True,
        samesite="strict",
    )


def _plain_loopback(request: _Request) -> bool:
    """Whether the request came over plain HTTP to this very machine, where no network can listen."""
    host = request.url.hostname or ""
    if request.url.scheme == "https":
        return False
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


router = Router(path="/session", tags=["session"], route_handlers=[sign_in, whoami, sign_out])
