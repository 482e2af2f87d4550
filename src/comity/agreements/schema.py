"""The schema: how an agreement's YAML looks, as JSON Schema (draft 2020-12), for editors that check while one types.

Made from the vocabulary and from the types that hold what is read, so that it cannot fall behind them. It knows shapes
and words, not what one part says of another: whatever it refuses `terms.read` refuses too, and not the reverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from comity.agreements import annex, answering, clause, dispute, drawn, field, grammar, posture, powers, scheme, terms
from comity.agreements import schema_part as part
from comity.agreements.answering import Answering, Budget
from comity.agreements.clause import Blur, Clause, Marks
from comity.agreements.condition import WORDS
from comity.agreements.crosswalk import Crosswalk, Mapped, Unmapped
from comity.agreements.flaw import WORD
from comity.agreements.frame import After, Basis, Term, Witnesses
from comity.agreements.quantity import DURATION, LENGTH
from comity.agreements.relation import Relation
from comity.agreements.schema_part import Json
from comity.agreements.scheme import Scheme
from comity.vocabulary.handling import Onward, Tlp
from comity.vocabulary.inquiry import Manner
from comity.vocabulary.offence import Offence
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from comity.vocabulary.suite import Suite
from comity.vocabulary.unit import Moment, UnitAct, UnitKind


def schema() -> Json:
    """Return the schema of an agreement's file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:comity:agreement",
        "title": "Comity agreement",
        "description": "docs/formats/agreement.md. A word that looks like a number stands in quotes.",
        **part.mapping(
            terms.KEYS,
            terms.OPTIONAL,
            {
                "agreement": part.word(),
                "version": part.whole(),
                "between": part.names(part.name(), "The parties, by the names on their cards."),
                "basis": part.several(_basis(), 20),
                "in_force": part.held(Term, {"from": part.time(), "until": part.time()}),
                "purposes": part.enums(Purpose, 100),
                "clauses": part.several(_clause(), terms.MOST_CLAUSES),
                "rescue": part.mapping(
                    ("centres",), (), {"centres": {"type": "object", "additionalProperties": part.names()}}
                ),
                "after": part.held(After, _after()),
                "postures": part.mapping((), posture.NARROWED, {name: _remaining() for name in posture.NARROWED}),
                "witnesses": part.held(Witnesses, {"quorum": part.whole(), "required": part.names(part.name())}),
                "suite": part.enum(Suite),
                "powers": part.several(_power(), powers.MOST),
                "annex": part.mapping(
                    ("areas",),
                    annex.BESIDE,
                    {
                        "areas": _areas(),
                        "crosswalks": _by_name(_crosswalk()),
                        "disputes": _by_name(_dispute()),
                        "zones": _drawn(
                            {"source": part.text(1_000), "error": part.pattern(LENGTH)}, drawn.MOST["zones"]
                        ),
                        "baselines": _drawn(_baseline(), drawn.MOST["baselines"]),
                    },
                ),
            },
        ),
    }


def _basis() -> Json:
    return part.held(Basis, {"instrument": part.text(), "article": part.text()})


def _after() -> dict[str, Json]:
    kinds = part.enums(RecordKind, len(RecordKind))
    listed = part.several(part.enum(RecordKind, [RecordKind.TRACK]), len(RecordKind), unique=True)
    return {"erase": part.pattern(DURATION), "prove": {"const": "receipt"}, "keep": kinds, "return": listed}


def _remaining() -> Json:
    nothing: Json = {"type": "array", "maxItems": 0}
    only: Json = {"anyOf": [nothing, part.names(description="Ids of clauses.")]}
    return part.mapping(("only",), ("for",), {"only": only, "for": part.enums(Purpose, 100)})


def _dispute() -> Json:
    claim = part.mapping(("by", "says"), (), {"by": part.text(), "says": part.text(dispute.LONGEST_CLAIM)})
    parts = {
        "claimants": part.names(),
        "source": part.text(dispute.LONGEST),
        "status": part.text(),
        "mask": part.names(description="`all`, or parties."),
        "claims": part.several(claim, clause.MOST),
        "step": part.text(dispute.LONGEST_CLAIM),
    }
    return part.mapping(("claimants", "source", "status"), ("mask", "claims", "step"), parts)


def _clause() -> Json:
    return {"if": {"required": ["answer"]}, "then": _answering(), "else": _giving()}


def _id() -> Json:
    return {**part.word(), "not": {"pattern": "^safeguard-"}}


def _giving() -> Json:
    marks: dict[str, Json] = {
        "tlp": part.enum(Tlp, [Tlp.RED]),
        "onward": part.enum(Onward),
        "proceedings": {"enum": ["yes", "no"]},
    }
    parts: dict[str, Json] = {
        "id": _id(),
        "give": {"enum": [kind.value for kind in field.GIVABLE]},
        "where": part.names(description="Areas of the annex."),
        "if": _condition(),
        "to": part.names(description="Parties, or all."),
        "from": part.names(description="Parties, or all, which counts when left out."),
        "for": part.enums(Purpose, clause.MOST),
        "fields": part.names(),
        "blur": part.held(Blur, {"position": part.pattern(LENGTH)}),
        "handling": part.held(Marks, marks),
        "keep": part.pattern(DURATION),
    }
    whole = part.held(Clause, parts, left_out=frozenset({"from"}))
    whole["properties"] = {**parts, "blur": {**parts["blur"], "required": ["position"]}}
    return {**whole, "allOf": [_fields(kind) for kind in field.GIVABLE]}


def _fields(kind: RecordKind) -> Json:
    """Return which fields such records have, and without which none is given."""
    needed = list(field.needed(kind))
    names: Json = {"enum": sorted(field.known(kind))}
    every: Json = {
        **part.several(names, clause.MOST, unique=True),
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
        "as": part.enum(Manner),
        "among": part.several({"enum": [kind.value for kind in answering.SEARCHABLE]}, clause.MOST, unique=True),
        "to": part.names(description="Who may ask: parties, or all."),
        "from": part.names(description="Who answers: parties, or all, which counts when left out."),
        "for": part.enums(Purpose, clause.MOST),
        "ask_at_most": part.held(Budget, {"per_day": part.whole()}),
        "keep": part.pattern(DURATION),
    }
    return part.held(Answering, parts, left_out=frozenset({"from"}))


def _by_name(item: Json) -> Json:
    return {"type": "object", "propertyNames": {"pattern": f"^(?:{WORD.pattern})$"}, "additionalProperties": item}


def _areas() -> Json:
    degrees: Json = {"anyOf": [{"type": "number"}, part.pattern(annex.DEGREES.pattern)]}
    point: Json = {"type": "array", "minItems": 2, "maxItems": 2, "items": degrees}
    ring: Json = {"type": "array", "minItems": 4, "maxItems": annex.MOST_POINTS, "items": point}
    polygon = part.several(ring, annex.MOST_POINTS)
    drawn = {"Polygon": polygon, "MultiPolygon": part.several(polygon, annex.MOST_POINTS)}
    area = part.mapping(
        ("type", "coordinates"),
        ("title", "source"),
        {"type": {"enum": [*drawn]}, "coordinates": {}, "title": part.text(), "source": part.text(1_000)},
    )
    kinds = [
        {"if": {"properties": {"type": {"const": kind}}}, "then": {"properties": {"coordinates": shape}}}
        for kind, shape in drawn.items()
    ]
    return {**_by_name({**area, "allOf": kinds}), "maxProperties": annex.MOST_AREAS}


def _drawn(beside: Mapping[str, Json], most: int) -> Json:
    """Return a mapping from names to what the parties drew, with these keys beside the geometry."""
    geometry: dict[str, Json] = {"type": {"enum": ["Polygon", "MultiPolygon"]}, "coordinates": {"type": "array"}}
    one = part.mapping(("type", "coordinates"), beside, {**geometry, **beside})
    return {"type": "object", "additionalProperties": one, "maxProperties": most}


def _centres() -> Json:
    return {"type": "object", "additionalProperties": part.names()}


def _zone() -> dict[str, Json]:
    return {"source": part.text(1_000), "error": part.pattern(LENGTH)}


def _baseline() -> dict[str, Json]:
    zones = ("territorial-sea", "contiguous-zone", "eez")
    breadth = part.mapping((), zones, {zone: part.pattern(LENGTH) for zone in zones})
    return {"source": part.text(1_000), "error": part.pattern(LENGTH), "breadth": breadth}


def _power() -> Json:
    unit = part.mapping(("of", "kind"), (), {"of": part.name(), "kind": _one_or_more(UnitKind)})
    limit = part.mapping((), ("distance", "time"), {"distance": part.pattern(LENGTH), "time": part.pattern(DURATION)})
    duty = part.mapping(("notify", "before"), (), {"notify": part.name(), "before": part.enum(Moment)})
    return part.mapping(
        ("id", "unit", "where"),
        ("may", "within", "on", "must", "never", "instrument", "article"),
        {
            "id": part.word(),
            "unit": unit,
            "where": part.names(description="Areas of the annex, and zones."),
            "may": _one_or_more(UnitAct),
            "within": limit,
            "on": part.mapping((), ("offence",), {"offence": _one_or_more(Offence)}),
            "must": part.several(duty, 100),
            "never": _one_or_more(UnitAct),
            "instrument": part.text(),
            "article": part.text(),
        },
    )


def _one_or_more(kind: type[Enum]) -> Json:
    return {"anyOf": [part.enum(kind), part.enums(kind, 100)]}


def _crosswalk() -> Json:
    code: Json = {"type": ["string", "number", "boolean"]}
    codes: Json = {"type": "object", "minProperties": 1, "additionalProperties": part.text(scheme.LONGEST_TEXT)}
    side: dict[str, Json] = {
        "scheme": part.word(),
        "source": part.text(1_000),
        "codes": {"anyOf": [codes, part.several(codes, scheme.MOST_PARTS)]},
    }
    ends = part.mapping([_CODES.get(one, one) for one in Scheme.__struct_fields__], (), side)
    loses = part.text(scheme.LONGEST_TEXT)
    mapped = part.held(Mapped, {"code": code, "to": code, "as": part.enum(Relation), "loses": loses})
    unmapped = part.held(Unmapped, {"code": code, "why": loses})
    parts: dict[str, Json] = {
        "version": part.whole(),
        "from": ends,
        "to": ends,
        "mappings": part.several(mapped, scheme.MOST_CODES),
        "none": part.several(unmapped, scheme.MOST_CODES),
    }
    whole = part.held(Crosswalk, {"crosswalk": part.word(), **parts})
    return {**whole, "properties": parts, "required": ["version", "from", "to", "mappings"]}


_CODES = {"parts": "codes"}
"""Keys of a scheme that have another name in its type."""
