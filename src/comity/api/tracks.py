"""Tracks: the picture as it stands."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.params import QueryParameter

from comity.api.access import Caller, Here, Id, reader
from comity.api.consulted import consulted
from comity.api.problems import problems
from comity.foundation.store import sightings, tracks
from comity.picture.coverage import Cell
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import LATEST, Instant
from comity.vocabulary.place import Area
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track

Since = Annotated[Instant, QueryParameter(ge=0, le=LATEST)]
Source = Annotated[str | None, QueryParameter(max_length=100)]
Limit = Annotated[int, QueryParameter(ge=1, le=20_000)]


class Followed(msgspec.Struct, frozen=True):
    """One track and its newest sightings, oldest first."""

    track: Track
    sightings: list[Sighting]


@get("/", sync_to_thread=True, responses=problems(403))
def current(officer: Caller, node: Here, since: Since = 0, limit: Limit = 5_000) -> list[Track]:
    """Return the tracks seen since an instant, newest first."""
    reader(officer)
    with consulted(node.store, officer, "tracks") as transaction:
        return tracks.current(transaction, since, limit)


@get("/{track:str}", sync_to_thread=True, responses=problems(403, 404))
def one(officer: Caller, node: Here, track: Id) -> Followed:
    """Return one track with its newest sightings."""
    reader(officer)
    with consulted(node.store, officer, track) as transaction:
        found = tracks.get(transaction, track)
        if found is None:
            raise Missing("there is no such track", where=track, remedy="Take it from the picture.")
        return Followed(found, sightings.of_track(transaction, track, 500))


@get("/areas", sync_to_thread=False, responses=problems(403))
def areas(officer: Caller, node: Here) -> list[Area]:
    """Return the areas that the node watches."""
    reader(officer)
    return [area for name in node.areas.names() if (area := node.areas.get(name)) is not None]


@get("/coverage", sync_to_thread=True, responses=problems(403))
def coverage(officer: Caller, node: Here, begin: Since = 0, end: Since = LATEST, source: Source = None) -> list[Cell]:
    """Return where the feeds have seen tracks of late, cell by cell: that nothing was seen elsewhere proves nothing."""
    reader(officer)
    with consulted(node.store, officer, "coverage"):
        pass
    return node.watch.covered(begin, end, source)


router = Router(path="/tracks", tags=["tracks"], route_handlers=[current, areas, coverage, one])
