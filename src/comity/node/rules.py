"""Rules: which detectors watch the picture, with the thresholds that an administrator has set.

The page is docs/reference/detection.md. A file of rules is TOML with a table for each rule: `on`, and any of its
thresholds, quantities with their unit.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec

from comity.detection.bearers import Bearers, BearersSettings
from comity.detection.convoy import Convoy, ConvoySettings
from comity.detection.crossing import Crossing, CrossingSettings
from comity.detection.dark import Dark, DarkSettings
from comity.detection.detector import Detector, HandlingOf
from comity.detection.distress import Distress, DistressSettings
from comity.detection.encounter import Encounter, EncounterSettings
from comity.detection.identity_change import IdentityChange, IdentityChangeSettings
from comity.detection.infiltration import Infiltration, InfiltrationSettings
from comity.detection.land import Land, LandSettings
from comity.detection.loitering import Loitering, LoiteringSettings, Offshore
from comity.detection.meeting import Meeting, MeetingSettings
from comity.detection.port_visit import PortVisit, PortVisitSettings
from comity.detection.shadowing import Shadowing, ShadowingSettings
from comity.foundation.coastline import Coastline
from comity.foundation.geodesy import KNOT, NAUTICAL_MILE
from comity.node.settings import PictureSettings
from comity.node.span import span
from comity.picture.areas import Areas
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY, HOUR, MINUTE, SECOND
from comity.vocabulary.place import Position

RULES: Final[Mapping[str, type[msgspec.Struct]]] = {
    "crossing": CrossingSettings,
    "going-dark": DarkSettings,
    "meeting": MeetingSettings,
    "distress": DistressSettings,
    "loitering": LoiteringSettings,
    "encounter": EncounterSettings,
    "port-visit": PortVisitSettings,
    "convoy": ConvoySettings,
    "shadowing": ShadowingSettings,
    "identity-change": IdentityChangeSettings,
    "bearers": BearersSettings,
    "land": LandSettings,
    "repeated-infiltration": InfiltrationSettings,
}
"""By the name of its table; `bearers` finds shared identities and impossible motion."""
OFF: Final = frozenset({"encounter"})
"""Rules that watch only where a file says so: what they find, another rule finds sooner."""
UNITS: Final = {
    "ms": 1, "s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY,
    "m": 1.0, "km": 1_000.0, "nm": NAUTICAL_MILE, "m/s": 1.0, "km/h": 1 / 3.6, "kn": KNOT, "deg": 1.0,
}  # fmt: skip
"""Milliseconds are whole; metres, metres a second and degrees are not."""
_BERTHS = frozenset({"anchorage", "port"})
_DRAWN: Final = {"meeting": "anchorages", "encounter": "anchorages"}
"""Of each of these rules the threshold that names areas where to lie together is nothing; those drawn so count else.

Visits to ports are told of the ports that somebody has named, and of no other: of every port they would fill the queue.
"""
_CELL = 0.05
"""Degrees."""
_ACROSS = 4_000.0
"""Metres from a cell's middle to its farthest corner, and some."""
_REMEDY = "See docs/reference/detection.md."


class Rules(msgspec.Struct, frozen=True):
    """The settings of each rule that watches, by its name."""

    chosen: Mapping[str, Any]


def rules(picture: PictureSettings, folder: Path) -> Rules:
    """Return which rules watch, by the picture's settings and the file that they name, relative to the folder.

    Raises:
        Fault: the file has a rule or threshold that there is not, or a value that is none; says which.
    """
    given: dict[str, dict[str, Any]] = {
        "crossing": {"borders": picture.borders, "points": picture.crossing_points},
        "going-dark": {"gap": span(picture.dark)},
        "meeting": {"duration": span(picture.meeting)},
        "port-visit": {"ports": picture.ports},
        "land": {"borders": picture.borders, "points": picture.crossing_points},
    }
    written = _read(folder / picture.rules) if picture.rules else {}
    chosen = {}
    for name, kind in RULES.items():
        table = dict(written.pop(name, {}))
        if not table.pop("on", name not in OFF):
            continue
        chosen[name] = _settings(kind, given.get(name, {}), table, f"{picture.rules} [{name}]")
    if written:
        raise Fault(f"there is no rule {sorted(written)[0]!r}", where=picture.rules, remedy=_REMEDY)
    return Rules(chosen)


def every(chosen: Rules) -> Rules:
    """Return the chosen rules, and with their defaults those too that watch only where a file says so."""
    return Rules({name: chosen.chosen.get(name) or kind() for name, kind in RULES.items()})


def areas_named(chosen: Rules) -> set[str]:
    """Return the names of the areas that the rules speak of."""
    named = set()
    for name, field in (
        ("meeting", "anchorages"),
        ("encounter", "anchorages"),
        ("port-visit", "ports"),
        ("land", "terrain"),
    ):
        named |= set(getattr(chosen.chosen.get(name), field, ()))
    return named


def detectors(chosen: Rules, areas: Areas, coastline: Callable[[], Coastline], handling: HandlingOf) -> list[Detector]:
    """Return the rules that watch the picture."""
    made: dict[str, Callable[[Any], Detector]] = {
        "crossing": lambda own: Crossing(own, areas.at, handling, areas.first_of),
        "going-dark": lambda own: Dark(own, handling),
        "meeting": lambda own: Meeting(own, areas.at, handling),
        "distress": lambda own: Distress(own, handling),
        "loitering": lambda own: Loitering(own, offshore(coastline), handling),
        "encounter": lambda own: Encounter(own, areas.within, handling),
        "port-visit": lambda own: PortVisit(own, areas.within, handling),
        "convoy": lambda own: Convoy(own, handling),
        "shadowing": lambda own: Shadowing(own, handling),
        "identity-change": lambda own: IdentityChange(own, handling),
        "bearers": lambda own: Bearers(own, handling),
        "land": lambda own: Land(own, areas.at, handling),
        "repeated-infiltration": Infiltration,
    }
    return [make(_drawn(name, chosen.chosen[name], areas)) for name, make in made.items() if name in chosen.chosen]


def _drawn(name: str, own: Any, areas: Areas) -> Any:  # noqa: ANN401 - of whichever rule
    """Return the rule's settings with what the areas are drawn as, where it names none."""
    field = _DRAWN.get(name)
    if field is None or getattr(own, field):
        return own
    there = tuple(each for each in areas.names() if getattr(areas.get(each), "kind", "") in _BERTHS)
    return msgspec.structs.replace(own, **{field: there})


def offshore(coastline: Callable[[], Coastline]) -> Offshore:
    """Return what tells whether a position is so far from every shore; beyond the coastline's bounds nobody knows.

    To measure to a coastline takes milliseconds: the middle of a cell is measured once, and answers for all of it.
    """

    @lru_cache(maxsize=20_000)
    def nearest(row: int, column: int, metres: float) -> float | None:
        middle, coast = Position((row + 0.5) * _CELL, (column + 0.5) * _CELL), coastline()
        return min(coast.shores(middle, metres).values(), default=metres) if coast.covers(middle) else None

    def far(position: Position, metres: float) -> bool | None:
        row, column = math.floor(position.latitude / _CELL), math.floor(position.longitude / _CELL)
        measured = nearest(row, column, metres + 2 * _ACROSS)
        if measured is None or abs(measured - metres) > _ACROSS:
            return None if measured is None else measured > metres
        return not coastline().shores(position, metres)

    return far


def _read(file: Path) -> dict[str, Any]:
    try:
        written = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Fault(f"the file of rules cannot be read: {error}", where=str(file), remedy=_REMEDY) from error
    if not all(isinstance(table, dict) for table in written.values()):
        raise Fault("a rule is no table", where=str(file), remedy=_REMEDY)
    return written


def _settings(kind: type[msgspec.Struct], given: dict[str, Any], table: dict[str, Any], where: str) -> msgspec.Struct:
    known = {field.name: field for field in msgspec.structs.fields(kind)}
    values = dict(given)
    for name, value in table.items():
        if name not in known:
            raise Fault(f"there is no threshold {name!r}", where=where, remedy=_REMEDY)
        default = values.get(name, known[name].default)
        if isinstance(default, msgspec.Struct) and isinstance(value, dict):
            values[name] = _settings(type(default), {}, value, f"{where} {name}")
        else:
            values[name] = _quantity(value, default, f"{where} {name}")
    try:
        return msgspec.convert(values, kind, from_attributes=True)
    except msgspec.ValidationError as error:
        raise Fault(f"a threshold is not right: {error}", where=where, remedy=_REMEDY) from error


def _quantity(value: object, default: object, where: str) -> object:
    """Return a quantity in the unit in which the rule counts; anything else as it is."""
    if not isinstance(value, str) or not isinstance(default, (int, float)):
        return value
    number, _, unit = value.partition(" ")
    try:
        measured = float(number) * UNITS[unit]
    except (KeyError, ValueError) as error:
        raise Fault(f"{value!r} is no quantity", where=where, remedy="Write it like 30 min, 2 kn or 500 m.") from error
    whole = isinstance(UNITS[unit], int)
    if whole != isinstance(default, int) or not 0 <= measured < 1e15:
        raise Fault(f"{value!r} is not of the right kind", where=where, remedy=_REMEDY)
    return round(measured) if whole else measured
