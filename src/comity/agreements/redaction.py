"""Redaction: from a permit to the record as it is given, each field disclosed or withheld, all of them bound.

Every field that is given becomes a disclosure, the canonical bytes of [salt, name, value]. The receiver gets these and
their SHA-256 among decoys, in sorted order: one at least for every field withheld, which nobody could open in any case
(docs/formats/given.md, docs/decisions/0231; the idea is that of SD-JWT, RFC 9901).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from hashlib import sha256
from struct import Struct

import msgspec

from comity.agreements import disclosure
from comity.agreements.disclosure import SALT
from comity.agreements.field import place_of
from comity.agreements.permit import Permit
from comity.foundation.geodesy import RADIUS, wrapped
from comity.vocabulary.fault import Fault
from comity.vocabulary.message import Given
from comity.vocabulary.place import Position
from comity.vocabulary.record import Value

DIGEST = 32
"""Bytes."""
BUCKET = 16
"""Digests come in multiples of this many."""
MOST = 256
"""Digests of one record."""
_USUAL = Struct(f"{DIGEST}s" * (2 * BUCKET))
"""As most records have them."""


def give(permit: Permit, draw: Callable[[int], bytes]) -> Given:
    """Return the permit's record as it is given; `draw` returns that many random bytes.

    Raises:
        Fault: the record has too many fields, or one to be given whose value has no canonical form.
    """
    record, fields = permit.record, permit.record.fields
    permitted, coarse = frozenset(permit.fields), _coarse(permit)
    names = sorted(fields.keys() & permitted)
    salts = _drawn(draw, SALT, len(names))
    disclosed = [
        disclosure.written(name, coarse.get(name, fields[name]), salt) for name, salt in zip(names, salts, strict=True)
    ]
    blurred_away = sum(1 for name, value in coarse.items() if fields[name] != value)
    return Given(
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
        digests=_digests(disclosed, len(fields) - len(names) + blurred_away, draw),
        simulated=record.simulated,
    )


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
    kept = [one for one in original.disclosures if _passes(permit, *disclosure.opened(one, original.id))]
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


def _digests(disclosures: list[bytes], withheld: int, draw: Callable[[int], bytes]) -> bytes:
    """Return their digests among decoys, in an order that tells nothing, one after another.

    There are as many as if each of the values withheld had one.
    """
    bound = len(disclosures) + withheld
    size = max(-(-bound // BUCKET), 1) * BUCKET
    if size > MOST:
        raise Fault(f"a record of {bound} fields", remedy=f"Keep records within {MOST} fields.")
    decoys = _drawn(draw, DIGEST, size - len(disclosures))
    return b"".join(sorted([*(sha256(each).digest() for each in disclosures), *decoys]))


def _coarse(permit: Permit) -> dict[str, Value]:
    """Return the fields that are given coarser than known, as they are given."""
    if not permit.blur.position or "position" not in permit.fields:
        return {}
    place = place_of(permit.record.fields["position"])
    if place is None:
        raise Fault("the position to blur is none", where=permit.record.id, remedy="Mend the record.")
    centre = blurred(place, permit.blur.position)
    return {"position": {"latitude": centre.latitude, "longitude": centre.longitude, "within": permit.blur.position}}


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


def proves(given: Given, shown: bytes) -> bool:
    """Whether this disclosure, given or shown later, is one of those that the record was bound to."""
    return sha256(shown).digest() in apart(given.digests)


def disclosed(given: Given) -> dict[str, Value]:
    """Return the fields that were given.

    Raises:
        Fault: the digests are not in form, or a disclosure is not canonical, not bound by them, or repeats a field.
    """
    digests = apart(given.digests)
    bound = frozenset(digests)
    if (
        not digests
        or len(given.digests) % (BUCKET * DIGEST)
        or len(digests) > MOST
        or len(bound) < len(digests)
        or sorted(digests) != digests
    ):
        raise Fault("the digests are not in form", where=given.id, remedy="Refuse the release.")
    if not bound.issuperset(sha256(one).digest() for one in given.disclosures):
        raise Fault("a disclosure is not bound by the digests", where=given.id, remedy="Refuse the release.")
    fields: dict[str, Value] = {}
    for name, value in disclosure.all_opened(given.disclosures, given.id):
        if name in fields:
            raise Fault(f"{name[:80]!r} is disclosed twice", where=given.id, remedy="Refuse the release.")
        fields[name] = value
    return fields


def apart(digests: bytes) -> list[bytes]:
    """Return digests that stand one after another, each by itself."""
    if len(digests) == _USUAL.size:
        return list(_USUAL.unpack(digests))
    return [digests[place : place + DIGEST] for place in range(0, len(digests), DIGEST)]
