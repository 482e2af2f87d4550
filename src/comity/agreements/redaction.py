"""Redaction: from a permit to the record as it is given, each field disclosed or withheld, all of them bound.

Every field becomes a disclosure, the canonical bytes of [salt, name, value]. The receiver gets those permitted and the
SHA-256 of all, decoys among them, in sorted order (docs/formats/given.md; the idea is that of SD-JWT, RFC 9901).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256

import msgspec

from comity.agreements.field import place_of
from comity.agreements.permit import Permit
from comity.foundation import canonical
from comity.foundation.geodesy import RADIUS, wrapped
from comity.vocabulary.fault import Fault
from comity.vocabulary.message import Given
from comity.vocabulary.place import Position
from comity.vocabulary.record import Value

SALT = 16
"""Bytes."""
DIGEST = 32
"""Bytes."""
BUCKET = 16
"""Digests come in multiples of this many."""
_HEAD = b"\x83\x50"
"""How a disclosure begins: a list of three, the first of them 16 bytes."""
MOST = 256
"""Digests of one record."""


class Redacted(msgspec.Struct, frozen=True):
    """What is given, and the disclosures kept back, with which the sender can later prove what it withheld."""

    given: Given
    withheld: tuple[bytes, ...]


def give(permit: Permit, draw: Callable[[int], bytes]) -> Given:
    """Return the permit's record as it is given; `draw` returns that many random bytes."""
    return redact(permit, draw).given


def redact(permit: Permit, draw: Callable[[int], bytes]) -> Redacted:
    """Return the permit's record as it is given, and what was kept back.

    Raises:
        Fault: the record has too many fields, or one whose value has no canonical form.
    """
    record = permit.record
    offered = frozenset(permit.fields)
    salts = _drawn(draw, SALT, len(record.fields) + 1)
    disclosed: list[bytes] = []
    withheld: list[bytes] = []
    for name, value in sorted(record.fields.items()):
        coarse = _coarse(permit, value) if name == "position" and name in offered else value
        if name not in offered or coarse != value:
            withheld.append(b"".join((_HEAD, salts.pop(), _name(name), canonical.written(value))))
        if name in offered:
            disclosed.append(b"".join((_HEAD, salts.pop(), _name(name), canonical.written(coarse))))
    given = Given(
        kind=record.kind,
        id=record.id,
        owner=record.owner,
        time=record.time,
        agreement=permit.digest,
        clause=permit.clause,
        purpose=permit.purpose.value,
        handling=permit.handling,
        keep_until=permit.keep_until,
        disclosures=tuple(disclosed),
        digests=_digests([*disclosed, *withheld], draw),
        simulated=record.simulated,
    )
    return Redacted(given, tuple(withheld))


def pass_on(permit: Permit, original: Given) -> Given:
    """Return another's record as it is passed on: of what its originator gave that which the permit gives, unchanged.

    Its digests stay, so that the recipient sees that each field is the originator's own. A position that should be
    coarser than it came is left out.

    Raises:
        Fault: the permit is for another record.
    """
    record = permit.record
    if (record.owner, record.id, record.kind) != (original.owner, original.id, original.kind):
        raise Fault("the permit is for another record", where=original.id, remedy="Ask the permit for this one.")
    kept = [one for one in original.disclosures if _passes(permit, *_opened(one, original.id))]
    return msgspec.structs.replace(
        original,
        agreement=permit.digest,
        clause=permit.clause,
        purpose=permit.purpose.value,
        handling=permit.handling,
        keep_until=permit.keep_until,
        disclosures=tuple(kept),
    )


def _passes(permit: Permit, name: str, value: Value) -> bool:
    if name not in permit.fields:
        return False
    if name != "position" or not permit.blur.position:
        return True
    stated = value.get("within") if isinstance(value, dict) else None
    return isinstance(stated, int) and stated >= permit.blur.position


def _drawn(draw: Callable[[int], bytes], length: int, count: int) -> list[bytes]:
    """Return that many random byte strings, drawn at once."""
    drawn = draw(length * count) if count else b""
    return [drawn[place : place + length] for place in range(0, len(drawn), length)]


@lru_cache(maxsize=256)
def _name(name: str) -> bytes:
    return canonical.written(name)


def _digests(disclosures: list[bytes], draw: Callable[[int], bytes]) -> bytes:
    """Return their digests and enough decoys, in an order that tells nothing, one after another."""
    size = max(-(-len(disclosures) // BUCKET), 1) * BUCKET
    if size > MOST:
        raise Fault(f"a record of {len(disclosures)} fields", remedy=f"Keep records within {MOST} fields.")
    decoys = _drawn(draw, DIGEST, size - len(disclosures))
    return b"".join(sorted([*(sha256(each).digest() for each in disclosures), *decoys]))


def _coarse(permit: Permit, value: Value) -> Value:
    if not permit.blur.position:
        return value
    place = place_of(value)
    if place is None:
        raise Fault("the position to blur is none", where=permit.record.id, remedy="Mend the record.")
    centre = blurred(place, permit.blur.position)
    return {"latitude": centre.latitude, "longitude": centre.longitude, "within": permit.blur.position}


def blurred(position: Position, metres: int) -> Position:
    """Return the middle of the cell, about that many metres wide and high, in which the position lies.

    The same cell always gives the same middle, so that no number of releases averages out; the position lies within
    `metres` of it.
    """
    step = math.degrees(metres / RADIUS)
    row = math.floor(position.latitude / step)
    latitude = max(-90.0, min(90.0, (row + 0.5) * step))
    columns = max(math.floor(360.0 * math.cos(math.radians(latitude)) / step), 1)
    column = math.floor((position.longitude + 180.0) / 360.0 * columns) % columns
    longitude = wrapped((column + 0.5) * 360.0 / columns - 180.0)
    return Position(round(latitude, 6), round(longitude, 6))


def proves(given: Given, disclosure: bytes) -> bool:
    """Whether this disclosure, given or shown later, is one of those that the record was bound to."""
    return canonical.digest(disclosure) in apart(given.digests)


def disclosed(given: Given) -> dict[str, Value]:
    """Return the fields that were given.

    Raises:
        Fault: the digests are not in form, or a disclosure is not canonical, not bound by them, or repeats a field.
    """
    digests = apart(given.digests)
    bound = frozenset(digests)
    if not digests or len(given.digests) % (BUCKET * DIGEST) or len(digests) > MOST or sorted(bound) != digests:
        raise Fault("the digests are not in form", where=given.id, remedy="Refuse the release.")
    fields: dict[str, Value] = {}
    for disclosure in given.disclosures:
        if sha256(disclosure).digest() not in bound:
            raise Fault("a disclosure is not bound by the digests", where=given.id, remedy="Refuse the release.")
        name, value = _opened(disclosure, given.id)
        if name in fields:
            raise Fault(f"{name[:80]!r} is disclosed twice", where=given.id, remedy="Refuse the release.")
        fields[name] = value
    return fields


def apart(digests: bytes) -> list[bytes]:
    """Return digests that stand one after another, each by itself."""
    return [digests[place : place + DIGEST] for place in range(0, len(digests), DIGEST)]


def _opened(disclosure: bytes, where: str) -> tuple[str, Value]:
    parts = canonical.read_plain(disclosure, where=where)
    if isinstance(parts, list) and len(parts) == 3:
        salt, name, value = parts
        if type(salt) is bytes and len(salt) == SALT and type(name) is str and _plain(value):
            return name, value
    raise Fault("a disclosure is not [salt, name, value]", where=where, remedy="Refuse the release.")


def _plain(value: object) -> bool:
    """Whether this is text, number, truth value, nothing, or lists and maps of them: canonical reading saw the rest."""
    if isinstance(value, list):
        return all(map(_plain, value))
    if isinstance(value, dict):
        return all(map(_plain, value.values()))
    return not isinstance(value, bytes)
