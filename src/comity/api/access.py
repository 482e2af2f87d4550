"""Access: who calls, from where, and whether their role may."""

from __future__ import annotations

import hmac
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection, Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.params import PathParameter, QueryParameter
from litestar.types import Guard

from comity.api.passwords import token_csrf, token_digest
from comity.foundation.clock import wall
from comity.foundation.store import sessions
from comity.foundation.store.store import Transaction
from comity.node.assemble import Node
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.officer import Officer, Role

READERS = frozenset(Role) - {Role.ADMINISTRATOR}
"""Roles that may see records: all but who runs the machine (safeguard 25)."""
CSRF_HEADER = "x-comity-csrf"
WRITABLE = r"^[^\x00]*$"
"""What the database can hold as text: anything without the zero character."""
OPEN = "open"
"""Marks, in a route's `opt`, those that need no session."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

Here: TypeAlias = NamedDependency[Node]
"""The node that serves the request, as a handler's parameter."""
Caller: TypeAlias = NamedDependency[Officer]
"""Who is signed in, as a handler's parameter: asking for it demands a session."""
Id: TypeAlias = Annotated[str, PathParameter(min_length=1, max_length=200, pattern=WRITABLE)]
"""The id of a record in the path."""

Connection = ASGIConnection[Any, Any, Any, State]


def cookie_name(node: Node) -> str:
    """Return the name of the node's session cookie: its own, since browsers share cookies among ports of a host."""
    return f"comity-session-{node.own.card.name}"


def bearer(connection: Connection) -> str:
    """Return the session token in the Authorization header, or an empty text."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def token_of(connection: Connection, node: Node) -> str:
    """Return the session token that the caller sent, by header or else by cookie, or an empty text."""
    return bearer(connection) or connection.cookies.get(cookie_name(node), "")


def caller(request: Request[object, object, State], node: Here) -> Officer:
    """Return the officer whose session this is.

    Raises:
        NotAuthorizedException: there is no session, or it has ended.
    """
    with node.store.glancing() as transaction:
        officer = signed_in(transaction, token_of(request, node))
    if officer is None:
        raise NotAuthorizedException("there is no session, or it has ended")
    return officer


def signed_in(transaction: Transaction, token: str) -> Officer | None:
    """Return the officer whose session this token is, or None if it is of none that still runs."""
    return sessions.find(transaction, token_digest(token), wall()) if token else None


def reader(officer: Officer) -> Officer:
    """Return the officer, who may see records.

    Raises:
        Refused: the role may not.
    """
    if officer.role not in READERS:
        raise Refused(f"the role {officer.role.value} sees no records", remedy="Ask a duty officer.")
    return officer


def own_pages_only(node: Node) -> Guard:
    """Return the guard of the API: what changes anything comes from our own pages, or from a program with a token.

    It raises Refused if another origin asks, or if the session is a cookie's and the proof against forgery is missing,
    and Fault for a query that the route does not know: a misspelt limit must not silently be none.
    """
    name = cookie_name(node)

    def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        _known_only(connection, handler)
        if connection.scope.get("method", "GET") in _SAFE:
            return
        if not same_origin(connection):
            raise Refused("the request comes from another site", where="Origin", remedy="Use the node's own console.")
        token = connection.cookies.get(name, "")
        if token and not bearer(connection) and not handler.opt.get(OPEN):
            _prove(token, connection.headers.get(CSRF_HEADER, ""))

    return guard


def _known_only(connection: Connection, handler: BaseRouteHandler) -> None:
    parameters = handler.parsed_fn_signature.parameters.items()
    known = {name for name, field in parameters if isinstance(field.kwarg_definition, QueryParameter)}
    unknown = sorted(set(connection.query_params) - known)
    if unknown:
        told = ", ".join(sorted(known)) or "nothing"
        raise Fault(f"this route asks no {unknown[0][:80]!r}", where="query", remedy=f"It can be asked: {told}.")


def _prove(token: str, sent: str) -> None:
    if not hmac.compare_digest(sent.encode(), token_csrf(token).encode()):
        raise Refused(
            "the proof against forged requests is missing or not right",
            where=CSRF_HEADER,
            remedy="Send the value of csrf in GET /api/session.",
        )


def same_origin(connection: Connection) -> bool:
    """Whether the request has no `Origin`, as those of programs, or that of the host at which it came in."""
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.headers.get("sec-fetch-site", "none") in {"none", "same-origin"}
    return urlsplit(origin).netloc.lower() == connection.headers.get("host", "").lower() != ""
