"""Waters: two straight coasts, an agreement and questions for the tests of jurisdiction."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np

from agreements.cases import in_force
from comity.agreements.jurisdiction import Answer, Question, may
from comity.agreements.powers import Power, Units
from comity.agreements.pursuit import Event, Fix
from comity.agreements.standing import Standing
from comity.agreements.terms import Terms, read
from comity.foundation.coastline import Arc, Coastline, Drawing, packed
from comity.vocabulary import instant
from comity.vocabulary.instant import MINUTE
from comity.vocabulary.offence import Offence
from comity.vocabulary.place import Position
from comity.vocabulary.unit import UnitAct, UnitKind

PURSUIT = Path(__file__).parents[2] / "examples" / "agreements" / "sound-pursuit.yaml"
NOW = instant.read("2026-06-01T12:30:00Z")
COUNTRIES = {"dk.coord": "dk", "se.coord": "se"}
TERMS = read(PURSUIT.read_text("utf-8"), "sound-pursuit.yaml")
PLAIN = msgspec.structs.replace(TERMS, zones=(), baselines=(), disputes=())
"""The same powers, no drawing and no dispute."""
NORTH = 56.0
"""Degrees. Along this parallel a nautical mile is 0.0298 degrees of longitude."""
MILE = 1 / 60 / 0.5604


@lru_cache(maxsize=256)
def sea(width: float = 100.0, *, error: int = 0, unseen: int = 0) -> Coastline:
    """Return a sea that many nautical miles wide between Denmark in the west and Sweden in the east, from 10 E."""
    east = 10.0 + width * MILE
    west_land = np.array([[50.0, 0.0], [62.0, 0.0], [62.0, 10.0], [50.0, 10.0], [50.0, 0.0]])
    east_land = np.array([[50.0, east], [62.0, east], [62.0, east + 10], [50.0, east + 10], [50.0, east]])
    return Coastline(
        Drawing(
            name="a straight sea",
            source="drawn for these tests",
            licence="none",
            error=error,
            unseen=unseen,
            south=54.0,
            west=4.0,
            north=58.0,
            east=east + 6,
            arcs=(
                Arc(owners=("dk",), points=packed(west_land)),
                Arc(owners=("se",), points=packed(east_land)),
            ),
        )
    )


def off(miles: float) -> Position:
    """Return a place so many nautical miles east of the Danish coast."""
    return Position(NORTH, 10.0 + miles * MILE)


def question(**changes: object) -> Question:
    """Return a question that needs no more to be answered, unless the changes say otherwise."""
    sound: dict[str, object] = {
        "unit": "dk.coord",
        "kind": UnitKind.PATROL_VESSEL,
        "act": UnitAct.OBSERVE,
        "position": off(50),
        "time": NOW,
    }
    return Question(**{**sound, **changes})  # type: ignore[arg-type]


def power(**changes: object) -> Power:
    sound: dict[str, object] = {
        "id": "one",
        "unit": Units(of="dk.coord", kind=tuple(UnitKind)),
        "may": (UnitAct.OBSERVE,),
        "where": ("se.territorial-sea",),
    }
    return Power(**{**sound, **changes})  # type: ignore[arg-type]


def having(*powers: Power, terms: Terms = PLAIN) -> Standing:
    return in_force(msgspec.structs.replace(terms, powers=powers))


def asked(standing: Standing | None, coast: Coastline | None, /, **changes: object) -> Answer:
    return may(question(**changes), [standing] if standing else [], COUNTRIES, coast)


def chase(*miles: float, every: int = 10 * MINUTE, until: int = NOW, signal: int | None = 0) -> tuple[Fix, ...]:
    """Return a track through places so many miles off the Danish coast, the last at `until`."""
    first = until - every * (len(miles) - 1)
    return tuple(
        Fix(
            time=first + every * place,
            position=off(each),
            event=Event.SIGNAL if place == signal else Event.NONE,
        )
        for place, each in enumerate(miles)
    )


SMUGGLING = Offence.SMUGGLING
