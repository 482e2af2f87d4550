"""The schema: how an agreement's YAML looks, as JSON Schema (draft 2020-12), for editors that check while one types.

Made from the vocabulary and from the types that hold what is read, so that it cannot fall behind them. It knows shapes
and words, not what one part says of another: whatever it refuses `terms.read` refuses too, and not the reverse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TypeAlias

import msgspec

from comity.agreements import annex, answering, clause, dispute, drawn, field, grammar, posture, powers, scheme, terms
from comity.agreements.answering import Answering, Budget
from comity.agreements.clause import Blur, Clause, Marks
from comity.agreements.condition import WORDS
from comity.agreements.crosswalk import Crosswalk, Mapped, Unmapped
from comity.agreements.flaw import WORD
from comity.agreements.quantity import DATE, DURATION, LENGTH, WHOLE
from comity.agreements.relation import Relation
from comity.agreements.scheme import Scheme
from comity.agreements.terms import After, Basis, Term, Witnesses
from comity.vocabulary.handling import Onward, Tlp
from comity.vocabulary.inquiry import Manner
from comity.vocabulary.offence import Offence
from comity.vocabulary.partner import NAME_PATTERN
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from comity.vocabulary.suite import Suite
from comity.vocabulary.unit import Moment, UnitAct, UnitKind

Json: TypeAlias = dict[str, object]


def schema() -> Json:
    """Return the schema of an agreement's file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:comity:agreement",
        "title": "Comity agreement",
        "description": "docs/formats/agreement.md. A word that looks like a number stands in quotes.",
        **_mapping(
            terms.KEYS,
            terms.OPTIONAL,
            {
                "agreement": _word(),
                "version": _whole(),
                "between": _names(_name(), "The parties, by the names on their cards."),
                "basis": _list(_basis(), 20),
                "in_force": _held(Term, {"from": _time(), "until": _time()}),
                "purposes": _enums(Purpose, 100),
                "clauses": _list(_clause(), terms.MOST_CLAUSES),
                "rescue": _mapping(("centres",), (), {"centres": {"type": "object", "additionalProperties": _names()}}),
                "after": _held(After, _after()),
                "postures": _mapping((), posture.NARROWED, {name: _remaining() for name in posture.NARROWED}),
                "witnesses": _held(Witnesses, {"quorum": _whole(), "required": _names(_name())}),
                "suite": _enum(Suite),
                "powers": _list(_power(), powers.MOST),
                "annex": _mapping(
                    ("areas",),
                    annex.BESIDE,
                    {
                        "areas": _areas(),
                        "crosswalks": _by_name(_crosswalk()),
                        "disputes": _by_name(_dispute()),
                        "zones": _drawn({"source": _text(1_000), "error": _pattern(LENGTH)}, drawn.MOST["zones"]),
                        "baselines": _drawn(_baseline(), drawn.MOST["baselines"]),
                    },
                ),
            },
        ),
    }


def _mapping(required: Iterable[str], optional: Iterable[str], parts: Mapping[str, Json]) -> Json:
    """Return a mapping of these keys and no others.

    Raises:
        TypeError: the parts are not those of the keys: the schema has fallen behind.
    """
    needed = list(required)
    if parts.keys() != {*needed, *optional}:
        raise TypeError(f"{sorted(parts.keys() ^ {*needed, *optional})} is not told of, or told of in vain")
    return {"type": "object", "required": needed, "additionalProperties": False, "properties": dict(parts)}


def _held(kind: type[msgspec.Struct], parts: Mapping[str, Json], *, left_out: frozenset[str] = frozenset()) -> Json:
    """Return the mapping from which this type is made; `left_out`: keys that need not stand, though it has them."""
    fields = msgspec.structs.fields(kind)
    needed = [one.encode_name for one in fields if one.required and one.encode_name not in left_out]
    return _mapping(needed, [one.encode_name for one in fields if one.encode_name not in needed], parts)


def _list(items: Json, most: int, *, unique: bool = False) -> Json:
    found: Json = {"type": "array", "minItems": 1, "maxItems": most, "items": items}
    return {**found, "uniqueItems": True} if unique else found


def _pattern(pattern: str) -> Json:
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def _text(most: int = 200) -> Json:
    """Return what is written out: what looks like a number is one for an editor."""
    return {"type": ["string", "number", "boolean"], "pattern": r"\S", "maxLength": most}


def _word() -> Json:
    return _pattern(WORD.pattern)


def _name() -> Json:
    return {"type": "string", "pattern": NAME_PATTERN}


def _whole() -> Json:
    return {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 10**9 - 1}, _pattern(WHOLE.pattern)]}


def _time() -> Json:
    return _pattern(rf"{DATE.pattern}|[0-9].*Z")


def _enum(kind: type[Enum], without: Iterable[Enum] = ()) -> Json:
    return {"enum": [one.value for one in kind if one not in tuple(without)]}


def _enums(kind: type[Enum], most: int) -> Json:
    return _list(_enum(kind), most, unique=True)


def _names(item: Json | None = None, description: str = "") -> Json:
    """Return one word, or a list of them, each once."""
    one = item or _text()
    found: Json = {"anyOf": [one, _list(one, clause.MOST, unique=True)]}
    return {**found, "description": description} if description else found


def _basis() -> Json:
    return _held(Basis, {"instrument": _text(), "article": _text()})


def _after() -> dict[str, Json]:
    kinds = _enums(RecordKind, len(RecordKind))
    listed = _list(_enum(RecordKind, [RecordKind.TRACK]), len(RecordKind), unique=True)
    return {"erase": _pattern(DURATION), "prove": {"const": "receipt"}, "keep": kinds, "return": listed}


def _remaining() -> Json:
    nothing: Json = {"type": "array", "maxItems": 0}
    only: Json = {"anyOf": [nothing, _names(description="Ids of clauses.")]}
    return _mapping(("only",), ("for",), {"only": only, "for": _enums(Purpose, 100)})


def _dispute() -> Json:
    claim = _mapping(("by", "says"), (), {"by": _text(), "says": _text(dispute.LONGEST_CLAIM)})
    parts = {
        "claimants": _names(),
        "source": _text(dispute.LONGEST),
        "status": _text(),
        "mask": _names(description="`all`, or parties."),
        "claims": _list(claim, clause.MOST),
        "step": _text(dispute.LONGEST_CLAIM),
    }
    return _mapping(("claimants", "source", "status"), ("mask", "claims", "step"), parts)


def _clause() -> Json:
    return {"if": {"required": ["answer"]}, "then": _answering(), "else": _giving()}


def _id() -> Json:
    return {**_word(), "not": {"pattern": "^safeguard-"}}


def _giving() -> Json:
    marks: dict[str, Json] = {
        "tlp": _enum(Tlp, [Tlp.RED]),
        "onward": _enum(Onward),
        "proceedings": {"enum": ["yes", "no"]},
    }
    parts: dict[str, Json] = {
        "id": _id(),
        "give": {"enum": [kind.value for kind in field.GIVABLE]},
        "where": _names(description="Areas of the annex."),
        "if": _condition(),
        "to": _names(description="Parties, or all."),
        "from": _names(description="Parties, or all, which counts when left out."),
        "for": _enums(Purpose, clause.MOST),
        "fields": _names(),
        "blur": _held(Blur, {"position": _pattern(LENGTH)}),
        "handling": _held(Marks, marks),
        "keep": _pattern(DURATION),
    }
    whole = _held(Clause, parts, left_out=frozenset({"from"}))
    whole["properties"] = {**parts, "blur": {**parts["blur"], "required": ["position"]}}
    return {**whole, "allOf": [_fields(kind) for kind in field.GIVABLE]}


def _fields(kind: RecordKind) -> Json:
    """Return which fields such records have, and without which none is given."""
    needed = list(field.needed(kind))
    names: Json = {"enum": sorted(field.known(kind))}
    every: Json = {
        **_list(names, clause.MOST, unique=True),
        "allOf": [{"contains": {"const": x}} for x in needed],
    }
    one: Json = {"enum": needed} if len(needed) == 1 else {"not": {}}
    given = {"properties": {"give": {"const": kind.value}}, "required": ["give"]}
    return {"if": given, "then": {"properties": {"fields": {"anyOf": [every, one]}}}}


def _condition() -> Json:
    told = "; ".join(f"{name}: {' '.join(word.choices) or 'a number'}" for name, word in WORDS.items())
    return {
        "type": "string",
        "pattern": r"^[A-Za-z0-9_.+\-=!<>()\[\], \t]+$",
        "maxLength": grammar.LONGEST,
        "description": told,
    }


def _answering() -> Json:
    parts: dict[str, Json] = {
        "id": _id(),
        "answer": {"enum": [kind.value for kind in answering.ANSWERABLE]},
        "as": _enum(Manner),
        "among": _list({"enum": [kind.value for kind in answering.SEARCHABLE]}, clause.MOST, unique=True),
        "to": _names(description="Who may ask: parties, or all."),
        "from": _names(description="Who answers: parties, or all, which counts when left out."),
        "for": _enums(Purpose, clause.MOST),
        "ask_at_most": _held(Budget, {"per_day": _whole()}),
        "keep": _pattern(DURATION),
    }
    return _held(Answering, parts, left_out=frozenset({"from"}))


def _by_name(item: Json) -> Json:
    return {"type": "object", "propertyNames": {"pattern": f"^(?:{WORD.pattern})$"}, "additionalProperties": item}


def _areas() -> Json:
    degrees: Json = {"anyOf": [{"type": "number"}, _pattern(annex.DEGREES.pattern)]}
    point: Json = {"type": "array", "minItems": 2, "maxItems": 2, "items": degrees}
    ring: Json = {"type": "array", "minItems": 4, "maxItems": annex.MOST_POINTS, "items": point}
    polygon = _list(ring, annex.MOST_POINTS)
    drawn = {"Polygon": polygon, "MultiPolygon": _list(polygon, annex.MOST_POINTS)}
    area = _mapping(
        ("type", "coordinates"),
        ("title", "source"),
        {"type": {"enum": [*drawn]}, "coordinates": {}, "title": _text(), "source": _text(1_000)},
    )
    kinds = [
        {"if": {"properties": {"type": {"const": kind}}}, "then": {"properties": {"coordinates": shape}}}
        for kind, shape in drawn.items()
    ]
    return {**_by_name({**area, "allOf": kinds}), "maxProperties": annex.MOST_AREAS}


def _drawn(beside: Mapping[str, Json], most: int) -> Json:
    """Return a mapping from names to what the parties drew, with these keys beside the geometry."""
    geometry: dict[str, Json] = {"type": {"enum": ["Polygon", "MultiPolygon"]}, "coordinates": {"type": "array"}}
    one = _mapping(("type", "coordinates"), beside, {**geometry, **beside})
    return {"type": "object", "additionalProperties": one, "maxProperties": most}


def _baseline() -> dict[str, Json]:
    zones = ("territorial-sea", "contiguous-zone", "eez")
    breadth = _mapping((), zones, {zone: _pattern(LENGTH) for zone in zones})
    return {"source": _text(1_000), "error": _pattern(LENGTH), "breadth": breadth}


def _power() -> Json:
    unit = _mapping(("of", "kind"), (), {"of": _name(), "kind": _one_or_more(UnitKind)})
    limit = _mapping((), ("distance", "time"), {"distance": _pattern(LENGTH), "time": _pattern(DURATION)})
    duty = _mapping(("notify", "before"), (), {"notify": _name(), "before": _enum(Moment)})
    return _mapping(
        ("id", "unit", "where"),
        ("may", "within", "on", "must", "never", "instrument", "article"),
        {
            "id": _word(),
            "unit": unit,
            "where": _names(description="Areas of the annex, and zones."),
            "may": _one_or_more(UnitAct),
            "within": limit,
            "on": _mapping((), ("offence",), {"offence": _one_or_more(Offence)}),
            "must": _list(duty, 100),
            "never": _one_or_more(UnitAct),
            "instrument": _text(),
            "article": _text(),
        },
    )


def _one_or_more(kind: type[Enum]) -> Json:
    return {"anyOf": [_enum(kind), _enums(kind, 100)]}


def _crosswalk() -> Json:
    code: Json = {"type": ["string", "number", "boolean"]}
    codes: Json = {"type": "object", "minProperties": 1, "additionalProperties": _text(scheme.LONGEST_TEXT)}
    side: dict[str, Json] = {
        "scheme": _word(),
        "source": _text(1_000),
        "codes": {"anyOf": [codes, _list(codes, scheme.MOST_PARTS)]},
    }
    ends = _mapping([_CODES.get(one, one) for one in Scheme.__struct_fields__], (), side)
    loses = _text(scheme.LONGEST_TEXT)
    mapped = _held(Mapped, {"code": code, "to": code, "as": _enum(Relation), "loses": loses})
    unmapped = _held(Unmapped, {"code": code, "why": loses})
    parts: dict[str, Json] = {
        "version": _whole(),
        "from": ends,
        "to": ends,
        "mappings": _list(mapped, scheme.MOST_CODES),
        "none": _list(unmapped, scheme.MOST_CODES),
    }
    whole = _held(Crosswalk, {"crosswalk": _word(), **parts})
    return {**whole, "properties": parts, "required": ["version", "from", "to", "mappings"]}


_CODES = {"parts": "codes"}
"""Keys of a scheme that have another name in its type."""
