"""Tracks: the picture as it stands."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.params import Parameter

from comity.api.access import reader
from comity.api.consulted import consulted
from comity.foundation.store import sightings, tracks
from comity.node.assemble import Node
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import Instant
from comity.vocabulary.officer import Officer
from comity.vocabulary.place import Area
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track

Limit = Annotated[int, Parameter(ge=1, le=20_000)]


class Followed(msgspec.Struct, frozen=True):
    """One track and its newest sightings, oldest first."""

    track: Track
    sightings: list[Sighting]


@get("/", sync_to_thread=True)
def current(officer: Officer, node: Node, since: Instant = 0, limit: Limit = 5_000) -> list[Track]:
    """Return the tracks seen since an instant, newest first."""
    reader(officer)
    with consulted(node.store, officer, "tracks") as transaction:
        return tracks.current(transaction, since, limit)


@get("/{track:str}", sync_to_thread=True)
def one(officer: Officer, node: Node, track: str) -> Followed:
    """Return one track with its newest sightings."""
    reader(officer)
    with consulted(node.store, officer, track) as transaction:
        found = tracks.get(transaction, track)
        if found is None:
            raise Missing("there is no such track", where=track, remedy="Take it from the picture.")
        return Followed(found, sightings.of_track(transaction, track, 500))


@get("/areas", sync_to_thread=False)
def areas(officer: Officer, node: Node) -> list[Area]:
    """Return the areas that the node watches."""
    reader(officer)
    return [area for name in node.areas.names() if (area := node.areas.get(name)) is not None]


router = Router(path="/tracks", route_handlers=[current, areas, one])
