"""Jurisdiction: whether a unit may do something somewhere, before it does."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, post
from litestar.params import JSONBody

from comity.agreements import ruling
from comity.agreements.jurisdiction import Question
from comity.agreements.pursuit import Event, Fix
from comity.api.access import Caller, Here, reader
from comity.api.problems import problems
from comity.vocabulary.instant import LATEST
from comity.vocabulary.offence import Offence
from comity.vocabulary.partner import NAME_PATTERN
from comity.vocabulary.place import Position
from comity.vocabulary.unit import UnitAct, UnitKind

_Time = Annotated[int, msgspec.Meta(ge=0, le=LATEST)]
_Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
_Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where, in degrees."""

    latitude: _Latitude
    longitude: _Longitude


class Passed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where something was at a time."""

    time: _Time
    latitude: _Latitude
    longitude: _Longitude
    event: Event = Event.NONE


class Asking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a unit would do."""

    unit: Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
    """The node whose unit it is."""
    kind: UnitKind
    act: UnitAct
    place: Place
    time: _Time = 0
    """When; 0: now."""
    offence: Offence | None = None
    track: Annotated[list[Passed], msgspec.Meta(max_length=1_000)] = []
    """Where the ship pursued went, or for other acts the unit."""


@post("/", status_code=200, sync_to_thread=True, responses=problems(400, 403, 413))
def ask(officer: Caller, node: Here, data: JSONBody[Asking]) -> dict[str, object]:
    """Return whether the unit may do it: permitted, forbidden or contested, with instrument, conditions and duties."""
    reader(officer)
    now = data.time or node.clock.now()
    question = Question(
        unit=data.unit,
        kind=data.kind,
        act=data.act,
        position=Position(data.place.latitude, data.place.longitude),
        time=now,
        offence=data.offence,
        track=tuple(
            Fix(time=one.time, position=Position(one.latitude, one.longitude), event=one.event) for one in data.track
        ),
    )
    return ruling.plain(node.jurisdiction.ask(question), now)


router = Router(path="/jurisdiction", tags=["jurisdiction"], route_handlers=[ask])
