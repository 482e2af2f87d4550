"""Disputes: lines that somebody disputes, as GeoJSON draws them (docs/formats/disputed-lines.md)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from comity.vocabulary.dispute import DisputedLine
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Position

LARGEST = 10_000_000
"""Bytes."""
_REMEDY = "Correct the feature; docs/formats/disputed-lines.md lists what a line needs."

_Text = Annotated[str, msgspec.Meta(max_length=1_000)]
_Line = tuple[tuple[float, ...], ...]


class _Properties(msgspec.Struct, frozen=True):
    name: _Text | None = None
    claimants: Annotated[tuple[_Text, ...], msgspec.Meta(max_length=20)] = ()
    status: _Text = ""
    featurecla: _Text = ""
    """Natural Earth's word for the status."""
    source: _Text = ""
    note: _Text | None = None


class _LineShape(msgspec.Struct, frozen=True, tag="LineString"):
    coordinates: _Line

    def lines(self) -> tuple[_Line, ...]:
        return (self.coordinates,)


class _MultiLineShape(msgspec.Struct, frozen=True, tag="MultiLineString"):
    coordinates: tuple[_Line, ...]

    def lines(self) -> tuple[_Line, ...]:
        return self.coordinates


class _Feature(msgspec.Struct, frozen=True, tag="Feature"):
    properties: _Properties
    geometry: _LineShape | _MultiLineShape


class _Collection(msgspec.Struct, frozen=True, tag="FeatureCollection"):
    features: tuple[msgspec.Raw, ...]


def read(text: bytes, where: str, source: str = "") -> tuple[DisputedLine, ...]:
    """Return the lines that the text draws, in its order; `source` is that of those that name none themselves.

    Raises:
        Fault: it is too large, no FeatureCollection, or a feature is no line with a status and a source; says which.
    """
    if len(text) > LARGEST:
        raise Fault(f"{len(text)} bytes are more than the {LARGEST} allowed", where=where, remedy="Simplify the lines.")
    try:
        collection = msgspec.json.decode(text, type=_Collection)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Fault(f"not a GeoJSON FeatureCollection: {error}", where=where, remedy="See RFC 7946.") from error
    return tuple(
        _line(bytes(raw), f"{where}: feature {number}", source) for number, raw in enumerate(collection.features, 1)
    )


def _line(raw: bytes, where: str, source: str) -> DisputedLine:
    try:
        feature = msgspec.json.decode(raw, type=_Feature)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Fault(f"not a disputed line: {error}", where=where, remedy=_REMEDY) from error
    said = feature.properties
    status, source = said.status or said.featurecla, said.source or source
    pieces = tuple(tuple(_corner(corner, where) for corner in line) for line in feature.geometry.lines())
    if not pieces or any(len(piece) < 2 for piece in pieces):
        raise Fault("the line has a piece of fewer than two points, or none", where=where, remedy=_REMEDY)
    if not status.strip() or not source.strip():
        raise Fault("nothing says how it stands, or who says so", where=where, remedy="Give it status and source.")
    return DisputedLine(
        name=said.name or "",
        claimants=said.claimants,
        status=status,
        source=source,
        note=said.note or "",
        pieces=pieces,
    )


def _corner(corner: tuple[float, ...], where: str) -> Position:
    if len(corner) not in {2, 3} or not (-180.0 <= corner[0] <= 180.0 and -90.0 <= corner[1] <= 90.0):
        raise Fault(f"{list(corner)} is not a longitude and latitude in degrees", where=where, remedy=_REMEDY)
    return Position(float(corner[1]), float(corner[0]))
