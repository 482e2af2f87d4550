"""Access: who calls, and whether their role may."""

from __future__ import annotations

from litestar.connection import Request
from litestar.datastructures import State
from litestar.exceptions import NotAuthorizedException

from comity.api.passwords import token_digest
from comity.foundation.clock import wall
from comity.foundation.store import sessions
from comity.node.assemble import Node
from comity.vocabulary.fault import Refused
from comity.vocabulary.officer import Officer, Role

READERS = frozenset(Role) - {Role.ADMINISTRATOR}
"""Roles that may see records: all but who runs the machine (safeguard 25)."""


def bearer(connection: Request[object, object, State]) -> str:
    """Return the session token that the caller sent, or an empty text."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def caller(request: Request[object, object, State], node: Node) -> Officer:
    """Return the officer whose session this is.

    Raises:
        NotAuthorizedException: there is no session, or it has ended.
    """
    token = bearer(request)
    with node.store.reading() as transaction:
        officer = sessions.find(transaction, token_digest(token), wall()) if token else None
    if officer is None:
        raise NotAuthorizedException("Sign in first: POST /api/session with name and password.")
    return officer


def reader(officer: Officer) -> Officer:
    """Return the officer, who may see records.

    Raises:
        Refused: the role may not.
    """
    if officer.role not in READERS:
        raise Refused(f"the role {officer.role.value} sees no records", remedy="Ask a duty officer.")
    return officer
