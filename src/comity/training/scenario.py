"""A scenario: who moves where, what is to be found, and which sensors watch. The page is docs/formats/scenario.md."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

from comity.training.measure import Length, Span, Speed
from comity.vocabulary import instant
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Longitude, Position

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
    "encounter",
    "going-dark",
    "identity-change",
    "impossible-motion",
    "loitering",
    "meeting",
    "port-visit",
    "repeated-infiltration",
    "repeated-route",
    "shadowing",
    "shared-identity",
    "unusual-motion",
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
    registered: bool = False
    """A vessel: it gives an IMO number, an invented one, and keeps it whatever else it says."""
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
