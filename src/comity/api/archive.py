"""The archive: what moved in a period and an area, a page at a time, as it was or as known then."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.params import QueryParameter

from comity.api.access import Caller, Here, reader
from comity.api.consulted import consulted
from comity.api.problems import problems
from comity.foundation.archive.replay import LONGEST, MOST
from comity.vocabulary.instant import HOUR, LATEST, Duration, Instant
from comity.vocabulary.movement import Box, Movement, Period

Time = Annotated[Instant, QueryParameter(ge=0, le=LATEST)]
Span = Annotated[Duration, QueryParameter(ge=1, le=LONGEST)]
Parallel = Annotated[float, QueryParameter(ge=-90, le=90)]
Meridian = Annotated[float, QueryParameter(ge=-180, le=180)]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST)]
After = Annotated[str, QueryParameter(pattern=r"^(\d{1,15}-\d{1,15})?$")]
_EVERYWHERE = (-90.0, -180.0, 90.0, 180.0)


class Replayed(msgspec.Struct, frozen=True):
    """One page of the period, in the order of time."""

    movements: list[Movement]
    next: str | None
    """What to ask `after` for the next page; none: there is no more."""


@get("/", sync_to_thread=True, responses=problems(403, 404))
def replayed(  # noqa: PLR0913, PLR0917 - each is a parameter of the query
    officer: Caller,
    node: Here,
    since: Time,
    span: Span = HOUR,
    known: Time = LATEST,
    south: Parallel = -90.0,
    west: Meridian = -180.0,
    north: Parallel = 90.0,
    east: Meridian = 180.0,
    after: After = "",
    limit: Limit = 1_000,
) -> Replayed:
    """Return what moved from `since` on for `span` milliseconds, as it was, or with `known` as known at that moment.

    An area lies between two parallels, in either order, and from `west` eastward to `east`; without one, reports
    without a position are there too.
    """
    reader(officer)
    period = Period(since=since, until=since + span, known=known, box=_box(south, west, north, east))
    time, _, sequence = after.partition("-")
    place = (int(time), int(sequence)) if after else (-1, -1)
    with consulted(node.store, officer, "archive") as act:
        found = node.archive.replay(act, period, after=place, limit=limit)
    last = found[-1] if len(found) == limit else None
    return Replayed(found, None if last is None else f"{last.sighting.time}-{last.sequence}")


def _box(south: float, west: float, north: float, east: float) -> Box | None:
    if (south, west, north, east) == _EVERYWHERE:
        return None
    return Box(min(south, north), west, max(south, north), east)


router = Router(path="/archive", tags=["archive"], route_handlers=[replayed])
