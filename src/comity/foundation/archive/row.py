"""A row: a movement as the columns of a Parquet file, and back (docs/formats/archive.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from comity.foundation import cell
from comity.vocabulary.handling import Grading, Onward, Scale, Tlp, read_grading
from comity.vocabulary.movement import Movement
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

Column = Callable[[Movement], object]


def _of(*names: str) -> Column:
    """Return what reads a field within fields; None where one on the way is None."""

    def read(movement: Movement) -> object:
        value: Any = movement
        for name in names:
            value = None if value is None else getattr(value, name)
        return value

    return read


def _sighting(name: str) -> Column:
    return _of("sighting", name)


def _identity(name: str) -> Column:
    return _of("sighting", "identity", name)


def _place(movement: Movement) -> int | None:
    position = movement.sighting.position
    return None if position is None else cell.fine(position)


COLUMNS: dict[str, tuple[str, Column]] = {
    "sequence": ("BIGINT", _of("sequence")),
    "version": ("INTEGER", _of("version")),
    "received": ("BIGINT", _of("received")),
    "track": ("VARCHAR", _of("track")),
    "id": ("VARCHAR", _sighting("id")),
    "source": ("VARCHAR", _sighting("source")),
    "time": ("BIGINT", _sighting("time")),
    "original_time": ("BIGINT", _sighting("original_time")),
    "kind": ("VARCHAR", _of("sighting", "identity", "kind", "value")),
    "mmsi": ("INTEGER", _identity("mmsi")),
    "imo": ("INTEGER", _identity("imo")),
    "icao": ("INTEGER", _identity("icao")),
    "call_sign": ("VARCHAR", _identity("call_sign")),
    "name": ("VARCHAR", _identity("name")),
    "ship_type": ("INTEGER", _identity("ship_type")),
    "destination": ("VARCHAR", _identity("destination")),
    "length": ("DOUBLE", _identity("length")),
    "latitude": ("DOUBLE", _of("sighting", "position", "latitude")),
    "longitude": ("DOUBLE", _of("sighting", "position", "longitude")),
    "accuracy": ("DOUBLE", _sighting("accuracy")),
    "speed": ("DOUBLE", _sighting("speed")),
    "course": ("DOUBLE", _sighting("course")),
    "heading": ("DOUBLE", _sighting("heading")),
    "altitude": ("DOUBLE", _sighting("altitude")),
    "pressure_altitude": ("DOUBLE", _sighting("pressure_altitude")),
    "distress": ("BOOLEAN", _sighting("distress")),
    "simulated": ("BOOLEAN", _sighting("simulated")),
    "place": ("UBIGINT", _place),
    "tlp": ("VARCHAR", _of("tlp", "value")),
    "onward": ("VARCHAR", _of("onward", "value")),
    "grading": ("VARCHAR", lambda movement: str(movement.grading)),
    "purposes": ("VARCHAR", lambda movement: " ".join(purpose.value for purpose in movement.purposes)),
    "keep_until": ("BIGINT", _of("keep_until")),
}
"""Name, type and origin of each column."""
NAMES = ", ".join(COLUMNS)
_NEVER = -(2**62)
"""Stands for nothing in a column of whole numbers on the way into the file; no such value can be."""


def columns(movements: Sequence[Movement]) -> dict[str, NDArray[Any]]:
    """Return the movements as one array a column; `SELECTED` turns what stands for nothing into NULL."""
    return {name: _array(kind, [read(each) for each in movements]) for name, (kind, read) in COLUMNS.items()}


def _array(kind: str, values: list[Any]) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415 - when it is needed: a fifth of a second

    if kind == "VARCHAR":
        return np.array([*values, ""], dtype=object)[:-1]  # one text more: a column of nothing alone has no type
    if kind == "DOUBLE":
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    if kind == "BOOLEAN":
        return np.array(values, dtype=np.bool_)
    return np.array([_NEVER if value is None else value for value in values], dtype=np.int64)


def _selected(name: str, kind: str) -> str:
    if kind == "DOUBLE":
        return f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END AS {name}"
    if kind in {"VARCHAR", "BOOLEAN"}:
        return f"CAST({name} AS {kind}) AS {name}"
    return f"CAST(nullif({name}, {_NEVER}) AS {kind}) AS {name}"


SELECTED = ", ".join(_selected(name, kind) for name, (kind, _) in COLUMNS.items())
"""What selects the columns of `columns` in the types of the file."""
_IDENTITY = tuple(field for field in msgspec.structs.fields(Identity) if field.name != "kind")
_SAME = ("id", "source", "time", "original_time", "accuracy", "speed", "course", "heading", "altitude")


def movement(row: Sequence[Any]) -> Movement:
    """Return the movement of a row whose columns are `NAMES`."""
    value = dict(zip(COLUMNS, row, strict=True))
    claimed = {field.name: value[field.name] for field in _IDENTITY}
    position = None if value["latitude"] is None else Position(value["latitude"], value["longitude"])
    sighting = Sighting(
        **{name: value[name] for name in _SAME},
        identity=Identity(kind=SubjectKind(value["kind"]), **claimed),
        position=position,
        pressure_altitude=value["pressure_altitude"],
        distress=value["distress"],
        simulated=value["simulated"],
    )
    return Movement(
        sequence=value["sequence"],
        version=value["version"],
        received=value["received"],
        track=value["track"],
        sighting=sighting,
        tlp=Tlp(value["tlp"]),
        onward=Onward(value["onward"]),
        grading=_grading(value["grading"]),
        purposes=tuple(Purpose(word) for word in value["purposes"].split()),
        keep_until=value["keep_until"],
    )


def _grading(text: str) -> Grading:
    return read_grading(Scale.ADMIRALTY, text)[0]
