"""Common: the picture that several nations make together."""

from __future__ import annotations

from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter

from comity.api.access import Caller, Here, reader
from comity.api.consulted import consulted
from comity.api.problems import problems
from comity.vocabulary.common import CommonTrack

Limit = Annotated[int, QueryParameter(ge=1, le=20_000)]


@get("/", sync_to_thread=True, responses=problems(403))
def seen_together(officer: Caller, node: Here, limit: Limit = 5_000) -> list[CommonTrack]:
    """Return tracks as this node and its partners see them together, newest first, each with whose tracks it is."""
    reader(officer)
    with consulted(node.store, officer, "common picture"):
        pass
    return sorted(node.common.look(), key=lambda track: track.last, reverse=True)[:limit]


router = Router(path="/common", tags=["tracks"], route_handlers=[seen_together])
