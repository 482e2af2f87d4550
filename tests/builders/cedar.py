"""Cedar: an agreement and the safeguards written as Cedar policies, and requests as Cedar takes them.

A second statement of the same law, made from what the pages say and not from the code that decides: where Cedar
answers otherwise, one of the two is wrong. What Cedar cannot know it is told: in which areas a position lies. Missing
data is asked for with `has`, since Cedar skips a policy whose evaluation fails, a `forbid` too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence

import cedarpy

from comity.agreements import field, grammar
from comity.agreements.clause import Clause
from comity.agreements.condition import WORDS, Comparison, Condition, Datum, Not, Or
from comity.agreements.request import Request
from comity.agreements.standing import Standing
from comity.foundation.geodesy import contains
from comity.vocabulary.offence import Offence
from comity.vocabulary.person import Ground
from comity.vocabulary.record import Record, RecordKind

MILLIONTHS = 1_000_000
"""Cedar has whole numbers only."""
_WRITTEN = '["report", "notice"].contains(context.kind)'
_PLACELESS = '["report", "notice", "person"].contains(context.kind)'
_PERSON = 'context.kind == "person"'
_CONFIRMED = (
    '(context has decision && context.decision.alert == context.id && context.decision.judgement == "confirmed"'
    ' && context.decision.officer != "" && context.decision.officer != context.own'
    " && context.decision.time <= context.now)"
)
_ALWAYS = (
    '["biometric", "case"].contains(context.kind)',
    f'(context.subjects.contains("person") && !({_PERSON}))',
    "context.owner != context.own",
    "!context.purposes.contains(context.purpose)",
    f"(!context.placed && !{_PLACELESS})",
    '(context.placed && context.area != "")',
    f"({_PLACELESS} && context.area != context.stated_area)",
    "(context has stated && !(context has position && context.position == context.stated))",
    "context.own == context.partner",
)
"""What is never given, distress or not."""
_OF_PERSONS = (
    '!(context.subjects == ["person"] && context.subject_count == 1)',
    "!(context has guard)",
    "context.placed",
    "context has guard && context.guard.sought && context.guard.origin.isEmpty()",
    "context has guard && context.guard.origin.contains(context.partner_country)",
    "context has guard && context.guard.fled.contains(context.partner_country)",
    "context has guard && context.guard.risks.contains(context.partner_country)",
    "context has guard && !(context has review && context.review == context.guard.review)",
    "context has guard && context.now >= context.guard.review",
    "!(context has offence && context has ground && context has facts)",
    "!context.on_conduct_alone",
    "!(context has grading && context.grading == context.graded)",
    "!(context has time && context has version)",
)
"""Of records about persons: what is never given (docs/formats/person.md, "Who must not have it")."""
_BY_CLAUSE = (
    'context.tlp == "RED"',
    "context.cancelled",
    "(context has expires && context.now >= context.expires)",
    f"(!{_WRITTEN} && context.subjects.isEmpty())",
    (
        '(context.kind == "alert"'
        ' && !["vessel", "aircraft", "vehicle", "party", "object"].containsAll(context.subjects))'
    ),
    f'(context.kind == "alert" && !{_CONFIRMED})',
    '(["track", "sighting"].contains(context.kind) && !["vessel", "aircraft"].containsAll(context.subjects))',
    (f'({_WRITTEN} && !["vessel", "aircraft", "vehicle", "document", "object"].containsAll(context.subjects))'),
    f"({_WRITTEN} && !(context.names_nobody && context has grading && context.grading == context.graded))",
)
"""What no clause gives."""
_IN_DISTRESS = (
    "!context.distress",
    'context.purpose != "search-and-rescue"',
    "!context.placed",
    _PLACELESS,
    ('(context has decision && context.decision.alert == context.id && context.decision.judgement == "rejected")'),
    (f'(context.kind != "track" && !(context has alert_kind && context.alert_kind == "distress") && !{_CONFIRMED})'),
)
"""What distress does not let through."""
_GIVE = 'principal, action == Action::"give", resource'
_RESCUE = 'principal, action == Action::"rescue", resource'
SAFEGUARDS = (
    f"forbid(principal, action, resource) when {{ {' || '.join(_ALWAYS)} }};",
    *(f"forbid(principal, action, resource) when {{ {_PERSON} && ({one}) }};" for one in _OF_PERSONS),
    f"forbid({_GIVE}) when {{ {' || '.join(_BY_CLAUSE)} }};",
    f"forbid({_RESCUE}) when {{ {' || '.join(_IN_DISTRESS)} }};",
)


_NONE = cedarpy.Entities.from_json_str("[]")


class Policies:
    """Standings as Cedar policies, and which of them stands for which clause."""

    def __init__(self, standings: Iterable[Standing]) -> None:
        texts, self.clauses = list(SAFEGUARDS), dict[str, tuple[int, int, str]]()
        for turn, standing in enumerate(standings):
            for place, (id_, text) in enumerate(_policies(standing)):
                self.clauses[f"policy{len(texts)}"] = turn, place, id_
                texts.append(text)
        self.text = "\n".join(texts)
        self.prepared = cedarpy.PolicySet.from_str(self.text)

    def decided(self, requests: Sequence[Request]) -> list[str | None]:
        """Return the clause under which Cedar lets each go, None where it lets it not.

        A record that is in distress is asked about twice: it may go by a clause, or to the rescue centre.
        """
        gives = cedarpy.is_authorized_batch([cedar(one, "give") for one in requests], self.prepared, _NONE)
        found = [self.clause(one) for one in gives]
        turns = [turn for turn, one in enumerate(requests) if one.record.distress and found[turn] is None]
        saves = [cedar(requests[turn], "rescue") for turn in turns]
        for turn, one in zip(turns, cedarpy.is_authorized_batch(saves, self.prepared, _NONE), strict=True):
            found[turn] = self.clause(one)
        return found

    def clause(self, answer: cedarpy.AuthzResult) -> str | None:
        """Return the first clause on which an answer rests, None where it is no."""
        assert not answer.diagnostics.errors, answer.diagnostics.errors
        if not answer.allowed:
            return None
        return min(self.clauses[reason] for reason in answer.diagnostics.reasons)[2]


def cedar(request: Request, action: str) -> dict[str, object]:
    """Return the request in Cedar's words."""
    return {
        "principal": f'Node::"{request.own}"',
        "action": f'Action::"{action}"',
        "resource": 'Record::"asked"',
        "context": json.dumps(_context(request)),
    }


def _context(request: Request) -> dict[str, object]:
    record, decision = request.record, request.decision
    areas = [(f"{one.terms.agreement}/{area.name}", area) for one in request.standings for area in one.terms.areas]
    found: dict[str, object] = {
        "own": request.own,
        "partner": request.partner,
        "partner_country": request.partner_country,
        "purpose": request.purpose.value,
        "now": request.now,
        "id": record.id,
        "kind": record.kind.value,
        "owner": record.owner,
        "purposes": [one.value for one in record.purposes],
        "subjects": [one.value for one in record.subjects],
        "subject_count": len(record.subjects),
        "tlp": record.handling.tlp.value,
        "graded": record.handling.graded,
        "cancelled": record.cancelled,
        "distress": record.distress,
        "placed": record.position is not None,
        "names_nobody": record.fields.get("names_nobody") is True,
        "inside": [name for name, area in areas if record.position is not None and contains(area, record.position)],
        "area": record.area,
        "stated_area": record.fields.get("area") or "",
        **_facts(record),
        **_of_person(record),
    }
    for name, place in (("position", record.position), ("stated", field.place_of(record.fields.get("position")))):
        if place is not None:
            found[name] = f"{place.latitude} {place.longitude}"
    if record.expires is not None:
        found["expires"] = record.expires
    if isinstance(grading := record.fields.get("grading"), str):
        found["grading"] = grading
    if decision is not None:
        found["decision"] = {
            "alert": decision.alert,
            "judgement": decision.judgement.value,
            "officer": decision.officer.strip(),
            "time": decision.time,
        }
    return found


def _facts(record: Record) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, word in WORDS.items():
        value = record.fields.get(name.partition(".")[2])
        if name == "subject.kind" or word.kind is not record.kind:
            continue
        if word.choices and value in word.choices:
            found[_key(name)] = word.choices.index(value) if word.ordered else value
        elif not word.choices and isinstance(value, (int, float)) and math.isfinite(value):
            found[_key(name)] = round(value * MILLIONTHS)
    if record.fields.get("kind") in WORDS["alert.kind"].choices:
        found["alert_kind"] = record.fields["kind"]
    return found


def _of_person(record: Record) -> dict[str, object]:
    """Return what is asked of a record about a person: what is of another shape is not there."""
    if record.kind is not RecordKind.PERSON:
        return {}
    fields, guard = record.fields, record.guard
    offences, grounds = ([one.value for one in words] for words in (Offence, Ground))
    found: dict[str, object] = {
        name: fields[name] for name in ("time", "version", "review") if type(fields.get(name)) is int
    }
    found |= {
        name: fields[name] for name, known in (("offence", offences), ("ground", grounds)) if fields.get(name) in known
    }
    facts = fields.get("facts")
    if isinstance(facts, str) and facts.strip():
        found["facts"] = True
    found["on_conduct_alone"] = fields.get("on_conduct_alone") is True
    if guard is not None:
        mark = guard.protection
        found["guard"] = {
            "sought": mark is not None,
            "origin": list(mark.origin) if mark else [],
            "fled": list(mark.fled) if mark else [],
            "risks": [one.country for one in guard.risks],
            "review": guard.review,
        }
    return found


def _policies(standing: Standing) -> Iterator[tuple[str, str]]:
    terms = standing.terms
    parties = [json.dumps(party) for party in terms.between]
    proven = standing.signed >= set(terms.between) <= standing.standing_at
    if not proven or standing.state.value not in ("finalized", "suspended", "expired", "revoked", "terminated"):
        return
    between = f"[{', '.join(parties)}].containsAll([context.own, context.partner])"
    term = f"context.now >= {terms.in_force.start} && context.now < {terms.in_force.end}"
    if standing.state.value == "finalized":
        for clause in terms.clauses:
            yield clause.id, f"permit({_GIVE}) when {{ {between} && {term} && {_clause(clause, terms.agreement)} }};"
    for centre in terms.rescue:
        areas = _list(f"{terms.agreement}/{name}" for name in centre.areas)
        where = f"{areas}.containsAny(context.inside) && context.partner == {json.dumps(centre.node)}"
        yield "safeguard-13", f"permit({_RESCUE}) when {{ {between} && {where} }};"


def _clause(clause: Clause, agreement: str) -> str:
    inside = [f"{agreement}/{name}" for name in clause.where]
    parts = [
        f"context.kind == {json.dumps(clause.give.value)}",
        f"{_list(clause.givers)}.contains(context.own)",
        f"{_list(clause.to)}.contains(context.partner)",
        f"{_list(one.value for one in clause.purposes)}.contains(context.purpose)",
        (
            f"(if context.placed then {_list(inside)}.containsAny(context.inside)"
            f" else {_list(clause.where)}.contains(context.area))"
        ),
    ]
    if clause.condition:
        parts.append(_yes(grammar.read(clause.condition)))
    return " && ".join(parts)


def _yes(tree: Condition) -> str:
    """Return the policy text of that the condition surely holds."""
    if isinstance(tree, Comparison):
        return _compared(tree, sure=True)
    if isinstance(tree, Not):
        return _no(tree.part)
    return f"({(' || ' if isinstance(tree, Or) else ' && ').join(map(_yes, tree.parts))})"


def _no(tree: Condition) -> str:
    """Return the policy text of that the condition surely does not hold."""
    if isinstance(tree, Comparison):
        return _compared(tree, sure=False)
    if isinstance(tree, Not):
        return _yes(tree.part)
    return f"({(' && ' if isinstance(tree, Or) else ' || ').join(map(_no, tree.parts))})"


def _compared(tree: Comparison, *, sure: bool) -> str:
    if tree.name == "subject.kind":
        held = sure is (tree.operator != "!=")
        every = f"{_list(tree.values)}.containsAll(context.subjects)"
        none = f"!{_list(tree.values)}.containsAny(context.subjects)"
        return f"(!context.subjects.isEmpty() && {every if held else none})"
    word, name = WORDS[tree.name], _key(tree.name)
    if tree.operator == "in" or not (word.ordered or not word.choices):
        held = sure is (tree.operator != "!=")
        values = [_ordinal(tree.name, value) for value in tree.values]
        text = f"[{', '.join(values)}].contains(context.{name})"
        return f"(context has {name} && {'' if held else '!'}{text})"
    text = f"context.{name} {tree.operator} {_ordinal(tree.name, tree.values[0])}"
    return f"(context has {name} && {text if sure else f'!({text})'})"


def _ordinal(name: str, value: Datum) -> str:
    word = WORDS[name]
    if isinstance(value, str):
        return str(word.choices.index(value)) if word.ordered else json.dumps(value)
    return str(round(value * MILLIONTHS))


def _key(name: str) -> str:
    return name.replace(".", "_")


def _list(words: Iterable[object]) -> str:
    return f"[{', '.join(json.dumps(word) for word in words)}]"
