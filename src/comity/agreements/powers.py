"""Powers: which units of a party may do what where in another's waters or land (docs/formats/powers.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final, TypeVar

import msgspec

from comity.agreements.clause import marked, words
from comity.agreements.document import Node, Scalar, Unreadable, converted, mapping, sequence
from comity.agreements.flaw import Flaw, empty, ill_named, repeated, too_many, unknown
from comity.agreements.quantity import duration, length
from comity.vocabulary import zone
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY, Duration
from comity.vocabulary.offence import Offence
from comity.vocabulary.place import Area
from comity.vocabulary.unit import Moment, UnitAct, UnitKind
from comity.vocabulary.zone import Zone

MOST: Final = 200
_MOST_ITEMS: Final = 100
_FARTHEST: Final = 1_000_000
"""Metres."""
_LONGEST: Final[Duration] = 30 * DAY


class Units(msgspec.Struct, frozen=True, kw_only=True):
    """Units of some kinds, of one party."""

    of: str
    kind: tuple[UnitKind, ...]


class Limit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far from where it came in, and how long after; 0: no limit."""

    distance: int = 0
    """Metres."""
    time: Duration = 0


class Ground(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """On suspicion of which offences; none named: of any, or none."""

    offence: tuple[Offence, ...] = ()


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """Who must be told, and by when."""

    notify: str
    before: Moment


_Mark = TypeVar("_Mark", bound=Enum)
_NO_LIMIT: Final = Limit()
_ANY_GROUND: Final = Ground()


class Power(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What some units may do somewhere, and what they may never."""

    id: str
    unit: Units
    may: tuple[UnitAct, ...] = ()
    where: tuple[str, ...]
    """Areas of the annex and zones."""
    within: Limit = _NO_LIMIT
    on: Ground = _ANY_GROUND
    must: tuple[Duty, ...] = ()
    never: tuple[UnitAct, ...] = ()
    instrument: str = ""
    """Empty: the agreement's whole basis."""
    article: str = ""

    def __post_init__(self) -> None:  # one form: only the default itself is left out when it is written
        if self.within == _NO_LIMIT:
            msgspec.structs.force_setattr(self, "within", _NO_LIMIT)
        if self.on == _ANY_GROUND:
            msgspec.structs.force_setattr(self, "on", _ANY_GROUND)

    @property
    def basis(self) -> str:
        """What it rests on; empty where that is the agreement's whole basis."""
        return f"{self.instrument}, art. {self.article}" if self.article else self.instrument


def read(node: Node) -> tuple[Power, ...]:
    """Return the powers that the document's `powers` holds.

    Raises:
        Unreadable: a key is missing or unknown, or a value is none of its type.
    """
    return tuple(_power(item) for item in sequence(node, most=MOST))


def _power(node: Node) -> Power:
    items = mapping(
        node,
        required=("id", "unit", "where"),
        optional=("may", "within", "on", "must", "never", "instrument", "article"),
    ).items
    return Power(
        id=converted(items["id"], str),
        unit=_units(items["unit"]),
        may=_each(items["may"], UnitAct) if "may" in items else (),
        where=words(items["where"]),
        within=_limit(items["within"]) if "within" in items else _NO_LIMIT,
        on=_ground(items["on"]) if "on" in items else _ANY_GROUND,
        must=tuple(map(_duty, sequence(items["must"], most=_MOST_ITEMS))) if "must" in items else (),
        never=_each(items["never"], UnitAct) if "never" in items else (),
        instrument=converted(items["instrument"], str) if "instrument" in items else "",
        article=converted(items["article"], str) if "article" in items else "",
    )


def _each(node: Node, kind: type[_Mark]) -> tuple[_Mark, ...]:
    if isinstance(node, Scalar):
        return (marked(node, kind),)
    return tuple(marked(item, kind) for item in sequence(node, most=_MOST_ITEMS))


def _units(node: Node) -> Units:
    items = mapping(node, required=("of", "kind"), optional=()).items
    return Units(of=converted(items["of"], str), kind=_each(items["kind"], UnitKind))


def _limit(node: Node) -> Limit:
    items = mapping(node, optional=("distance", "time")).items
    found = Limit(
        distance=converted(items["distance"], length) if "distance" in items else 0,
        time=converted(items["time"], duration) if "time" in items else 0,
    )
    for key, value in (("distance", found.distance), ("time", found.time)):
        if key in items and not value:
            raise Unreadable(f"no {key} is no limit", where=items[key].place, remedy=f"Leave {key} out, or raise it.")
    return found


def _ground(node: Node) -> Ground:
    return Ground(offence=_each(mapping(node, required=("offence",), optional=()).items["offence"], Offence))


def _duty(node: Node) -> Duty:
    items = mapping(node, required=("notify", "before"), optional=()).items
    return Duty(notify=converted(items["notify"], str), before=marked(items["before"], Moment))


def zone_of(name: str) -> Zone | None:
    """Return the zone that a place of a power names, None where it is an area of the annex."""
    try:
        return zone.read(name)
    except Fault:
        return None


def flaws(powers: tuple[Power, ...], parties: Iterable[str], areas: Iterable[Area]) -> Iterator[Flaw]:
    """Find all that makes the powers unusable among these parties and areas; paths begin inside `powers`."""
    known = [area.name for area in areas]
    nodes = tuple(parties)
    if len(powers) > MOST:
        yield Flaw((), f"{len(powers)} powers are more than the {MOST} allowed", "Split the agreement.")
    seen: set[str] = set()
    for place, power in enumerate(powers):
        if power.id in seen:
            yield Flaw((place, "id"), f"the power {power.id!r} stands twice", "Give each its own id.")
        seen.add(power.id)
        yield from (flaw.under(place) for flaw in _flaws(power, nodes, known))
    if powers:
        for name in filter(zone_of, known):
            yield Flaw((), f"the area {name!r} is named like a zone, so no power can name it", "Name it otherwise.")


def _flaws(power: Power, parties: tuple[str, ...], areas: list[str]) -> Iterator[Flaw]:
    yield from ill_named(power.id, ("id",), "a power")
    for flaw in unknown([power.unit.of], parties, "of", "party"):
        yield Flaw(("unit", "of"), flaw.what, flaw.remedy)
    lists = {
        "may": [act.value for act in power.may],
        "never": [act.value for act in power.never],
        "where": list(power.where),
        "must": [f"{duty.notify} before {duty.before.value}" for duty in power.must],
    }
    for key, items in lists.items():
        yield from too_many(items, _MOST_ITEMS, key)
        yield from repeated(items, key)
    for key, path, marks in (
        ("kind", ("unit",), [kind.value for kind in power.unit.kind]),
        ("offence", ("on",), [offence.value for offence in power.on.offence]),
    ):
        yield from (flaw.under(*path) for flaw in repeated(marks, key))
    yield from (flaw.under("unit") for flaw in empty([kind.value for kind in power.unit.kind], "kind", "kind of unit"))
    yield from empty(power.where, "where", "area or zone")
    yield from unknown(power.where, [*areas, *filter(zone_of, power.where)], "where", "area of the annex, nor a zone")
    for place, duty in enumerate(power.must):
        for flaw in unknown([duty.notify], parties, "notify", "party"):
            yield Flaw(("must", place, "notify"), flaw.what, flaw.remedy)
    yield from _act_flaws(power)
    yield from _limit_flaws(power)


def _act_flaws(power: Power) -> Iterator[Flaw]:
    if not power.may and not power.never:
        yield Flaw(("id",), f"the power {power.id!r} neither lets nor forbids anything", "Add `may:` or `never:`.")
    for place, act in enumerate(power.never):
        if act in power.may:
            yield Flaw(("never", place), f"{act.value!r} is both let and forbidden", "Remove one of the two.")
        if act is UnitAct.RESCUE:
            yield Flaw(("never", place), "rescue cannot be forbidden", "Remove it.")


def _limit_flaws(power: Power) -> Iterator[Flaw]:
    if not 0 <= power.within.distance <= _FARTHEST:
        yield Flaw(("within", "distance"), "the distance exceeds 1000 km", "Write it like 10 nm.")
    if not 0 <= power.within.time <= _LONGEST:
        yield Flaw(("within", "time"), "the time exceeds 30 d", "Write it like 2 h.")
    for key, words_ in (("instrument", power.instrument), ("article", power.article)):
        if len(words_) > 200 or not words_.isprintable():
            yield Flaw((key,), "this is not one printable line of at most 200 characters", "Shorten it.")
    if power.article and not power.instrument:
        yield Flaw(("article",), "an article of no instrument", "Name the instrument.")
