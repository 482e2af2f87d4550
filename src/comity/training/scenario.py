"""A scenario: who moves where, what is to be found, and which sensors watch. The page is docs/formats/scenario.md."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

import msgspec

from comity.agreements import document
from comity.agreements.document import Mapping, Node, Scalar, Sequence
from comity.training.measure import Length, Span, Speed, length, span, speed
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY, Instant
from comity.vocabulary.place import Longitude, Position

LONGEST = 7 * DAY
MOST_TARGETS = 5_000
_ERRAND = 90
"""Seconds that ordinary ones can go in one direction at least."""
_MOST_ERRANDS = 50_000
_PAGE = "See docs/formats/scenario.md."
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")

Name: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Kilometres: TypeAlias = Annotated[float, msgspec.Meta(ge=-500, le=500)]
Place: TypeAlias = tuple[Kilometres, Kilometres]
"""Kilometres east and north of the scenario's place, or of a group's."""
Share: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1)]
Kind: TypeAlias = Literal["vessel", "aircraft", "vehicle", "party", "object"]
"""What moves. A party is an unidentified person or group: no scenario has an identified one."""
Mmsi: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=999_999_999)]
Text: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=20, pattern=r"^[A-Z0-9 .-]+$")]

EVENTS = (
    "convoy",
    "crossing",
    "distress",
    "going-dark",
    "identity-change",
    "impossible-motion",
    "loitering",
    "meeting",
    "near-repeat",
    "port-visit",
    "shadowing",
    "shared-identity",
)
"""What can be there to be found."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Anything of a scenario: what is not documented is refused."""


class _Sensor(_Part, frozen=True, kw_only=True, tag_field="kind"):
    """What every sensor has. Its name is its feed's, and its file's."""

    name: Name
    at: Place
    every: Span
    reach: Length
    """Beyond this nothing is seen."""
    off: tuple[tuple[Span, Span], ...] = ()
    """From when to when it sees nothing: dropouts."""
    late: Span = "0 s"
    """A report arrives up to so long after its time, so that reports overtake each other."""
    doubled: Share = 0.0
    """How many reports arrive twice."""
    wild: Share = 0.0
    """How many reports are of a place that is wrong by up to the reach: a fault of the sensor."""
    lag: Span = "0 s"
    """Its clock is so far behind."""


class Ais(_Sensor, frozen=True, kw_only=True, tag="ais"):
    """A receiver of what vessels say of themselves; `every` is how often one under way reports."""

    still: Span = "3 min"
    """How often one that lies still reports."""
    accuracy: Length = "10 m"
    heard: Share = 0.97
    """How many reports are received."""


class Adsb(_Sensor, frozen=True, kw_only=True, tag="adsb"):
    """A receiver of what aircraft say of themselves."""

    accuracy: Length = "15 m"
    heard: Share = 0.97


class Radar(_Sensor, frozen=True, kw_only=True, tag="radar"):
    """Range and bearing of all that is there; `every` is how long a turn takes."""

    sees: Literal["vessel", "aircraft", "party"] = "vessel"
    range_error: Length = "30 m"
    bearing_error: Annotated[float, msgspec.Meta(gt=0, le=10)] = 0.3
    """Degrees."""
    detects: Share = 0.9
    clutter: Annotated[float, msgspec.Meta(ge=0, le=500)] = 0.0
    """False plots a turn, on the mean."""


class Ground(_Sensor, frozen=True, kw_only=True, tag="ground"):
    """An unattended sensor that notices what comes within reach; `every` is how often while it stays."""

    modality: Literal["seismic", "magnetic", "infrared", "acoustic", "pressure", "beam"] = "seismic"
    detects: Share = 0.9
    false_alarms: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0.0
    """An hour, on the mean."""


Sensor: TypeAlias = Ais | Adsb | Radar | Ground


class Follow(_Part, frozen=True, kw_only=True):
    """Going where another of the group goes."""

    target: Name
    behind: Span
    aside: Length = "0 m"


class Target(_Part, frozen=True, kw_only=True):
    """One thing or party.

    A party or vehicle is there from the first time of its way to the last. A vessel or aircraft is there all the time:
    it came as on its first leg and goes on as on its last.
    """

    name: Name
    kind: Kind = "vessel"
    way: tuple[tuple[Span, Kilometres, Kilometres], ...] = ()
    """When it is where: time since the scenario's begin, kilometres east and north. Straight and even in between."""
    follows: Follow | None = None
    """In place of a way."""
    drift: Length = "0 m"
    """How far wind and current move it to and fro about its way."""
    altitude: Length = "0 m"
    """An aircraft's."""
    silent: bool = False
    """It has no transmitter."""
    mmsi: Mmsi | None = None
    """Where none is written, an invented one is given."""
    calls: Text | None = None
    """The name that it gives."""
    ship_type: Annotated[int, msgspec.Meta(ge=0, le=99)] = 30


class Event(_Part, frozen=True, kw_only=True):
    """Something that is there to be found. Those that are about what is said make it be said."""

    kind: str
    targets: tuple[Name, ...]
    begin: Span
    end: Span
    moved: Place = (30.0, 0.0)
    """`impossible-motion`: how far from itself it says that it is."""
    mmsi: Mmsi | None = None
    """`identity-change`: its number from then on; where none is written, an invented one."""
    calls: Text | None = None


class Group(_Part, frozen=True, kw_only=True):
    """Targets that have to do with each other, once or several times over."""

    name: Name
    copies: Annotated[int, msgspec.Meta(ge=1, le=500)] = 1
    spread: Length = "0 m"
    """Each copy lies up to so far from where it is written."""
    turn: bool = False
    """Each copy is turned about its place by chance."""
    shift: Span = "0 s"
    """Each copy is up to so much later."""
    targets: Annotated[tuple[Target, ...], msgspec.Meta(min_length=1)]
    events: tuple[Event, ...] = ()


class Traffic(_Part, frozen=True, kw_only=True):
    """Ordinary ones, each with places of its own to go to: nothing about them is to be found."""

    name: Name
    count: Annotated[int, msgspec.Meta(ge=1, le=2_000)]
    kind: Kind = "vessel"
    at: Place = (0.0, 0.0)
    radius: Length
    slowest: Speed = "6 kn"
    fastest: Speed = "18 kn"
    altitude: Length = "0 m"
    silent: bool = False
    ship_type: Annotated[int, msgspec.Meta(ge=0, le=99)] = 70


class Drawn(_Part, frozen=True, kw_only=True):
    """An area, as `picture.areas` of a node would have it."""

    name: Name
    kind: Literal["waters", "land", "region", "crossing-point", "port", "anchorage"] = "region"
    ring: Annotated[tuple[Place, ...], msgspec.Meta(min_length=3)]


class Scenario(_Part, frozen=True, kw_only=True):
    """All of it."""

    scenario: Name
    title: str
    begin: str
    duration: Span
    at: tuple[Annotated[float, msgspec.Meta(ge=-75, le=75)], Longitude]
    """Latitude and longitude from which places are measured."""
    truth: Span = "30 s"
    """How often the truth tells where everybody is."""
    sensors: Annotated[tuple[Sensor, ...], msgspec.Meta(min_length=1)]
    areas: tuple[Drawn, ...] = ()
    groups: tuple[Group, ...] = ()
    traffic: tuple[Traffic, ...] = ()

    @property
    def began(self) -> Instant:
        """When it begins."""
        return instant.read(self.begin)

    @property
    def place(self) -> Position:
        """From where places are measured."""
        return Position(*self.at)


def read(text: str, where: str) -> Scenario:
    """Return the scenario in a YAML text, whose subset is that of agreements.

    Raises:
        Fault: it is none; says where, and what.
    """
    tree = document.load(text, where)
    try:
        scenario = msgspec.convert(_plain(tree), Scenario, strict=False)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `")
        raise Fault(f"not a scenario: {what}", where=_place(tree, path.rstrip("`")), remedy=_PAGE) from error
    _check(scenario, where)
    return scenario


def _plain(node: Node) -> object:
    if isinstance(node, Mapping):
        return {key: _plain(value) for key, value in node.items.items()}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return node.text


def _place(node: Node, path: str) -> str:
    """Return where in the file the thing stands that a path such as `$.groups[1].name` leads to."""
    place = node.place
    for key, index in _STEP.findall(path.removeprefix("$").removeprefix("[...]")):
        if isinstance(node, Mapping) and key in node.items:
            place = node.keys[key]
            node = node.items[key]
        elif isinstance(node, Sequence) and index and int(index) < len(node.items):
            node = node.items[int(index)]
            place = node.place
        else:
            break
    return node.place if isinstance(node, Scalar) else place


def _check(scenario: Scenario, where: str) -> None:
    scenario.began  # noqa: B018 - it must be a time
    if not 0 < span(scenario.duration) <= LONGEST:
        raise Fault("a scenario lasts more than nothing and at most seven days", where=where, remedy=_PAGE)
    count = sum(group.copies * len(group.targets) for group in scenario.groups)
    count += sum(one.count for one in scenario.traffic)
    if not 0 < count <= MOST_TARGETS:
        raise Fault(f"{count} targets: there must be some, and at most {MOST_TARGETS}", where=where, remedy=_PAGE)
    for what, names in (
        ("sensor", [sensor.name for sensor in scenario.sensors]),
        ("group", [*(one.name for one in scenario.groups), *(one.name for one in scenario.traffic)]),
        ("area", [area.name for area in scenario.areas]),
    ):
        _expect_different(what, names, where)
    if not all(span(text) for text in (scenario.truth, *(sensor.every for sensor in scenario.sensors))):
        raise Fault("nobody looks every no time", where=where, remedy="Write every and truth like 20 s.")
    for traffic in scenario.traffic:
        slowest, fastest = speed(traffic.slowest), speed(traffic.fastest)
        if not 0 < slowest <= fastest or length(traffic.radius) < _ERRAND * fastest:
            what = f"{traffic.name} needs speeds from slow to fast, and a radius of {_ERRAND} s at the fastest"
            raise Fault(what, where=where, remedy=_PAGE)
        if traffic.count * span(scenario.duration) / 1_000 * fastest / length(traffic.radius) > _MOST_ERRANDS:
            raise Fault(f"{traffic.name} goes to and fro too often", where=where, remedy="Widen its radius.")
    for group in scenario.groups:
        _check_group(group, f"{where}: group {group.name}")


def _check_group(group: Group, where: str) -> None:
    names = [target.name for target in group.targets]
    _expect_different("target", names, where)
    for place, target in enumerate(group.targets):
        if bool(target.way) == bool(target.follows) or len(target.way) == 1:
            raise Fault(f"{target.name} needs a way of two places, or whom it follows", where=where, remedy=_PAGE)
        times = [span(time) for time, _, _ in target.way]
        if any(later <= before for before, later in pairwise(times)):
            raise Fault(f"{target.name} is somewhere before it was there", where=where, remedy="Write times in order.")
        if target.follows and target.follows.target not in names[:place]:
            raise Fault(f"{target.name} follows nobody who stands before it", where=where, remedy=_PAGE)
    for event in group.events:
        if event.kind not in EVENTS:
            raise Fault(f"there is no event {event.kind!r}", where=where, remedy=f"Choose one of: {', '.join(EVENTS)}.")
        if not event.targets or not set(event.targets) <= set(names) or span(event.end) < span(event.begin):
            raise Fault(f"the {event.kind} is of nobody here, or ends before it begins", where=where, remedy=_PAGE)


def _expect_different(what: str, names: list[str], where: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise Fault(f"two have the name {name!r}", where=f"{where}: {what}", remedy="Give each its own name.")
