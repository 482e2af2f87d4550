"""Agreements: what the node has offered, been offered, and has in force."""

from __future__ import annotations

import msgspec
from litestar import Router, get

from comity.agreements.standing import Standing, obstacle
from comity.api.access import Caller, Here, reader
from comity.api.problems import problems
from comity.node.standings import standings


class AgreementState(msgspec.Struct, frozen=True, kw_only=True):
    """One agreement, who has signed it, and whether anything can be given under it."""

    name: str
    version: int
    digest: str
    between: tuple[str, ...]
    state: str
    signed: list[str]
    standing_at: list[str]
    in_force: bool
    obstacle: str


@get("/", sync_to_thread=True, responses=problems(403))
def everything(officer: Caller, node: Here) -> list[AgreementState]:
    """Return every agreement of the node."""
    reader(officer)
    with node.store.reading() as transaction:
        found = standings(transaction)
    return [_told(standing, obstacle(standing, node.clock.now())) for standing in found]


def _told(standing: Standing, against: str | None) -> AgreementState:
    return AgreementState(
        name=standing.terms.agreement,
        version=standing.terms.version,
        digest=standing.digest.hex(),
        between=tuple(standing.terms.between),
        state=standing.state.value,
        signed=sorted(standing.signed),
        standing_at=sorted(standing.standing_at),
        in_force=against is None,
        obstacle=against or "",
    )


router = Router(path="/agreements", tags=["agreements"], route_handlers=[everything])
