"""Sessions: signing in and out. Every attempt is in the ledger."""

from __future__ import annotations

import msgspec
from litestar import Request, Router, delete, get, post
from litestar.datastructures import State
from litestar.exceptions import NotAuthorizedException

from comity.api.access import bearer
from comity.api.passwords import matches, new_token, token_digest
from comity.foundation.clock import wall
from comity.foundation.store import officers, sessions
from comity.node.assemble import Node
from comity.node.settings import span
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import Instant
from comity.vocabulary.officer import Officer


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name and its password."""

    name: str
    password: str


class Session(msgspec.Struct, frozen=True):
    """A session: send the token as `Authorization: Bearer TOKEN`."""

    token: str
    officer: Officer
    expires: Instant


@post("/", sync_to_thread=True)
def sign_in(data: SignIn, node: Node) -> Session:
    """Begin a session."""
    with node.store.reading() as transaction:
        known = officers.get(transaction, data.name)
    allowed = matches(known[1] if known else None, data.password)
    token, expires = new_token(), wall() + span(node.settings.console.session)
    with node.store.acting() as act:
        if known and allowed:
            sessions.open(act, token_digest(token), known[0].name, expires)
        detail = "session begun" if allowed else "sign-in refused"
        act.log(Entry(act=Act.ACCESS, officer=data.name[:120], basis="sign-in", detail=detail))
    if known is None or not allowed:
        raise NotAuthorizedException("The name or the password is not right.")
    return Session(token=token, officer=known[0], expires=expires)


@get("/", sync_to_thread=True)
def whoami(officer: Officer) -> Officer:
    """Return who is signed in."""
    return officer


@delete("/", sync_to_thread=True)
def sign_out(request: Request[object, object, State], officer: Officer, node: Node) -> None:
    """End the session."""
    with node.store.acting() as act:
        sessions.close(act, token_digest(bearer(request)))
        act.log(Entry(act=Act.ACCESS, officer=officer.name, basis="sign-in", detail="session ended"))


router = Router(path="/session", route_handlers=[sign_in, whoami, sign_out])
