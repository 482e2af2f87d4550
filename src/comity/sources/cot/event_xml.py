"""An event as XML (Cursor on Target, version 2.0)."""

from __future__ import annotations

import math

from comity.sources.cot.event import Event
from comity.sources.plain_xml import PlainXml
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault

_PATHS = {
    ("event",),
    ("event", "point"),
    ("event", "detail", "track"),
    ("event", "detail", "contact"),
    ("event", "detail", "TakControl", "TakRequest"),
}


class _Elements:
    """The attributes of the elements that count, each as it first stands."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, str]] = {}
        self._path: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if len(self._path) <= 4 and tuple(self._path) in _PATHS:
            self.found.setdefault(name, attributes)

    def end(self, _name: str) -> None:
        self._path.pop()


def read(data: bytes) -> Event:
    """Return the event in one XML document.

    Raises:
        Fault: there is none. `what` is the name of the fault.
    """
    elements = _Elements()
    PlainXml(elements.start, elements.end).feed(data, last=True)
    found = elements.found
    event, point = found.get("event"), found.get("point")
    if event is None or point is None or not event.get("type"):
        raise Fault("not an event")
    track = found.get("track", {})
    try:
        time = instant.read(event.get("time", ""))
    except (Fault, OverflowError) as error:
        raise Fault("not a time") from error
    how = event.get("how", "")
    return Event(
        type=event["type"],
        uid=event.get("uid", ""),
        how=how,
        time=time,
        latitude=_number(point, "lat"),
        longitude=_number(point, "lon"),
        error=_number(point, "ce"),
        speed=_number(track, "speed"),
        course=_number(track, "course"),
        call_sign=found.get("contact", {}).get("callsign", ""),
        simulated=is_simulated(event.get("opex", ""), how),
        protocol=_version(found.get("TakRequest", {}).get("version", "")),
    )


def is_simulated(opex: str, how: str) -> bool:
    """Whether an event says that it is of a simulation, by its operation or by how it was made."""
    return opex.startswith("s") or how == "m-s" or how.startswith("m-s-")


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0


def _number(attributes: dict[str, str], name: str) -> float:
    try:
        return float(attributes.get(name, "nan"))
    except ValueError:
        return math.nan
