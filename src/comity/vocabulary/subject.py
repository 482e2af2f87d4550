"""Subjects: who or what a record is about."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, TypeAlias

import msgspec


class SubjectKind(Enum):
    """Kinds of subject. `party` is an unidentified person or group seen by a sensor, never an identified one."""

    VESSEL = "vessel"
    AIRCRAFT = "aircraft"
    VEHICLE = "vehicle"
    PARTY = "party"
    PERSON = "person"
    ORGANISATION = "organisation"
    DOCUMENT = "document"
    OBJECT = "object"

    __hash__ = object.__hash__  # each exists once; by name, as Enum has it, takes ten times as long


ShortText: TypeAlias = Annotated[str, msgspec.Meta(max_length=120)]


class Identity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a subject says of itself, or a sensor of it.

    Soft evidence, never a key: it can be shared, defaulted or false.
    """

    kind: SubjectKind
    mmsi: Annotated[int, msgspec.Meta(ge=0, le=999_999_999)] | None = None
    """Maritime Mobile Service Identity (ITU-R M.585), nine digits."""
    imo: Annotated[int, msgspec.Meta(ge=0, le=9_999_999)] | None = None
    """IMO ship number, seven digits."""
    icao: Annotated[int, msgspec.Meta(ge=1, le=0xFFFFFE)] | None = None
    """Aircraft address of 24 bits (ICAO Annex 10, volume III, chapter 9), written as six hexadecimal digits."""
    call_sign: ShortText | None = None
    """Of an aircraft its identification: the flight's, or its registration."""
    name: ShortText | None = None
    ship_type: Annotated[int, msgspec.Meta(ge=0, le=255)] | None = None
    """Type of ship and cargo, ITU-R M.1371-5 table 53."""
    destination: ShortText | None = None
    length: Annotated[float, msgspec.Meta(ge=0)] | None = None
    """Metres."""


def merged(older: Identity, newer: Identity) -> Identity:
    """Return the identity with each field from `newer` where it has one, else from `older`."""
    return Identity(
        kind=newer.kind,
        mmsi=newer.mmsi if newer.mmsi is not None else older.mmsi,
        imo=newer.imo if newer.imo is not None else older.imo,
        icao=newer.icao if newer.icao is not None else older.icao,
        call_sign=newer.call_sign if newer.call_sign is not None else older.call_sign,
        name=newer.name if newer.name is not None else older.name,
        ship_type=newer.ship_type if newer.ship_type is not None else older.ship_type,
        destination=newer.destination if newer.destination is not None else older.destination,
        length=newer.length if newer.length is not None else older.length,
    )
