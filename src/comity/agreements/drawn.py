"""Drawn: what the annex draws for jurisdiction: zones and baselines (docs/formats/powers.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, pairwise
from typing import Final, TypeAlias

import msgspec

from comity.agreements.annex import MOST_POINTS, Polygons, shape, shape_flaws
from comity.agreements.document import Node, Scalar, converted, mapping, text
from comity.agreements.flaw import Flaw, repeated, too_many
from comity.agreements.quantity import length
from comity.foundation.geodesy import NAUTICAL_MILE
from comity.vocabulary import country, zone
from comity.vocabulary.zone import Zone, ZoneKind

MOST: Final[Mapping[str, int]] = {"zones": 200, "baselines": 100}
_LONGEST = 2_000.0
"""Degrees of outline altogether."""
_COARSEST = 10_000
"""Metres of error."""
_GEOMETRY: Final = ("type", "coordinates")


class Breadth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far from its baseline a State's zones reach, in metres; 0: it has none."""

    territorial_sea: int = round(12 * NAUTICAL_MILE)
    contiguous_zone: int = round(24 * NAUTICAL_MILE)
    eez: int = round(200 * NAUTICAL_MILE)


FULL: Final = Breadth()
"""As far as the Convention lets them reach (art. 3, 33, 57)."""


class DrawnZone(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A zone as the parties drew it."""

    zone: Zone
    polygons: Polygons
    source: str = ""
    error: int = 0
    """Metres."""


class Baseline(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that lies landward of a State's baseline."""

    state: str
    polygons: Polygons
    source: str = ""
    error: int = 0
    """Metres."""
    breadth: Breadth = FULL

    def __post_init__(self) -> None:
        if self.breadth == FULL:  # one form: only the default itself is left out when it is written
            msgspec.structs.force_setattr(self, "breadth", FULL)


Drawn: TypeAlias = tuple[tuple[DrawnZone, ...], tuple[Baseline, ...]]


def read(node: Node) -> Drawn:
    """Return the zones and baselines of the document's `annex`.

    Raises:
        Unreadable: they are not in the format.
    """
    items = mapping(node).items
    return (
        tuple(_zone(name, one) for name, one in _named(items, "zones")),
        tuple(_baseline(name.text, one) for name, one in _named(items, "baselines")),
    )


def _named(items: dict[str, Node], key: str) -> Iterator[tuple[Scalar, Node]]:
    if key in items:
        held = mapping(items[key])
        for name, node in held.items.items():
            yield Scalar(name, held.keys[name]), node


def _zone(name: Scalar, node: Node) -> DrawnZone:
    items = mapping(node, required=_GEOMETRY, optional=("source", "error")).items
    return DrawnZone(zone=converted(name, zone.read), polygons=shape(items), source=_source(items), error=_error(items))


def _baseline(name: str, node: Node) -> Baseline:
    items = mapping(node, required=_GEOMETRY, optional=("source", "error", "breadth")).items
    return Baseline(
        state=name,
        polygons=shape(items),
        source=_source(items),
        error=_error(items),
        breadth=_breadth(items["breadth"]) if "breadth" in items else FULL,
    )


def _breadth(node: Node) -> Breadth:
    keys = [kind.value for kind in (ZoneKind.TERRITORIAL_SEA, ZoneKind.CONTIGUOUS_ZONE, ZoneKind.EEZ)]
    items = mapping(node, optional=keys).items
    return Breadth(**{key.replace("-", "_"): converted(one, length) for key, one in items.items()})


def _source(items: dict[str, Node]) -> str:
    return text(items["source"], most=1_000) if "source" in items else ""


def _error(items: dict[str, Node]) -> int:
    return converted(items["error"], length) if "error" in items else 0


def flaws(drawn: Drawn) -> Iterator[Flaw]:
    """Find all that makes them unusable; paths begin inside `annex`."""
    zones, baselines = drawn
    names = {
        "zones": [str(one.zone) for one in zones],
        "baselines": [one.state for one in baselines],
    }
    for key, each in names.items():
        yield from too_many(each, MOST[key], key)
        yield from repeated(each, key)
    yield from _length_flaws((*(one.polygons for one in zones), *(one.polygons for one in baselines)))
    for drawing in zones:
        yield from _zone_flaws(drawing)
    for line in baselines:
        yield from _baseline_flaws(line)


def _length_flaws(shapes: Iterable[Polygons]) -> Iterator[Flaw]:
    rings = list(chain.from_iterable(polygon for polygons in shapes for polygon in polygons))
    steps = [step for ring in rings for step in pairwise(ring)]
    degrees = sum(max(abs(one.latitude - two.latitude), abs(one.longitude - two.longitude)) for one, two in steps)
    if not degrees <= _LONGEST or len(steps) > MOST_POINTS:
        yield Flaw(("zones",), f"over {MOST_POINTS} points, or {_LONGEST:.0f} degrees of outline", "Simplify them.")


def _line_flaws(key: str, name: str, polygons: Polygons, error: int, source: str) -> Iterator[Flaw]:
    yield from shape_flaws(key, name, polygons)
    if not 0 <= error <= _COARSEST:
        yield Flaw((key, name, "error"), f"the error exceeds {_COARSEST} m", "Write it like 100 m.")
    if len(source) > 1_000 or not source.isprintable():
        yield Flaw((key, name, "source"), "this is not one printable line of at most 1000 characters", "Shorten it.")


def _zone_flaws(one: DrawnZone) -> Iterator[Flaw]:
    name = str(one.zone)
    if one.zone.kind is ZoneKind.HIGH_SEAS:
        yield Flaw(("zones", name), "the high seas are nobody's to draw", "Draw zones of States.")
    elif not country.is_code(one.zone.state):
        yield Flaw(("zones", name), f"{one.zone.state[:80]!r} is no State", "Use its ISO 3166-1 code, like se.")
    yield from _line_flaws("zones", name, one.polygons, one.error, one.source)


def _baseline_flaws(one: Baseline) -> Iterator[Flaw]:
    yield from _state_flaws(one.state, ("baselines", one.state[:80]))
    yield from _line_flaws("baselines", one.state, one.polygons, one.error, one.source)
    for key, metres, most in (
        ("territorial-sea", one.breadth.territorial_sea, FULL.territorial_sea),
        ("contiguous-zone", one.breadth.contiguous_zone, FULL.contiguous_zone),
        ("eez", one.breadth.eez, FULL.eez),
    ):
        if not 0 <= metres <= most:
            where = ("baselines", one.state, "breadth", key)
            yield Flaw(where, f"a {key} reaches at most {most / NAUTICAL_MILE:.0f} nm", "Write it like 12 nm, or 0 m.")


def _state_flaws(state: str, path: tuple[str | int, ...]) -> Iterator[Flaw]:
    if not country.is_code(state):
        yield Flaw(path, f"{state[:80]!r} is no State", "Use its ISO 3166-1 code, like se.")
