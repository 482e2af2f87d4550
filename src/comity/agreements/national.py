"""National law: what the law of the node's own state forbids it to give, whatever agreements say. It only narrows.

A rule counts when none of its parts is known not to hold: what is missing is taken as if it held (decision 0133).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from comity.agreements import annex, condition, document, field, frame, grammar
from comity.agreements.clause import MOST, marked, words
from comity.agreements.condition import Condition, Facts
from comity.agreements.document import Mapping, Node, Scalar, Unreadable, converted, mapping, sequence
from comity.agreements.flaw import NAME, Flaw, ill_named, repeated, unknown
from comity.agreements.frame import Basis
from comity.agreements.quantity import whole
from comity.foundation import canonical
from comity.foundation.geodesy import contains
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Area
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind

MOST_RULES = 500
_LABEL: Final = b"comity/national-law/v1\x00"
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_PARTS = ("give", "to", "for", "where", "if", "fields", "rescue")
_EVERYBODY = "all"


class Rule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is forbidden. Of each part that is left out it does not matter what it is."""

    id: str
    give: tuple[RecordKind, ...] = ()
    to: tuple[str, ...] = ()
    """Names of nodes, and ISO 3166-1 codes of states."""
    purposes: tuple[Purpose, ...] = msgspec.field(name="for", default=())
    where: tuple[str, ...] = ()
    condition: str = msgspec.field(name="if", default="")
    fields: tuple[str, ...] = ()
    """Only these are withheld; none: the record is not given."""
    rescue: bool = False
    """It stops a call in distress too."""


class _Text(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the file says."""

    law: str
    of: str
    version: int
    basis: tuple[Basis, ...]
    forbid: tuple[Rule, ...]
    areas: tuple[Area, ...] = ()


class _Ready(msgspec.Struct, frozen=True):
    """A rule with its condition read and its areas found."""

    rule: Rule
    tree: Condition | None
    areas: tuple[Area, ...]


class Law(msgspec.Struct, frozen=True):
    """A national law file, ready to decide; made by `read`."""

    name: str
    country: str
    version: int
    basis: tuple[Basis, ...]
    digest: bytes
    """Over all that it says."""
    rules: tuple[_Ready, ...]

    def told(self, rule: Rule) -> str:
        """Return the rule and what it rests on, for the officer."""
        return f"{self.name} {self.version}, {rule.id}, forbids it ({'; '.join(map(str, self.basis))})"


class Giving(msgspec.Struct, frozen=True):
    """What the law is held against: which record to whom, what for."""

    record: Record
    partner: str
    country: str
    purpose: Purpose
    facts: Facts
    """What conditions can ask about."""


def forbids(law: Law, giving: Giving, *, rescue: bool = False) -> str | None:
    """Return why the record must not be given, None if the law does not say so; with `rescue` as a call in distress."""
    for ready in law.rules:
        if not ready.rule.fields and (ready.rule.rescue or not rescue) and _counts(ready, giving):
            return law.told(ready.rule)
    return None


def withheld(law: Law, giving: Giving) -> dict[str, str]:
    """Return the fields that must not be given, and why, with those whose words could tell one of them."""
    found: dict[str, str] = {}
    for ready in law.rules:
        if ready.rule.fields and _counts(ready, giving):
            names = frozenset(ready.rule.fields)
            found |= dict.fromkeys(names | field.telling(names), law.told(ready.rule))
    return found


def _counts(ready: _Ready, giving: Giving) -> bool:
    """Whether no part of the rule is known not to hold."""
    rule, record = ready.rule, giving.record
    return (
        (not rule.give or record.kind in rule.give)
        and (not rule.to or bool({giving.partner, giving.country, _EVERYBODY} & set(rule.to)))
        and (not rule.purposes or giving.purpose in rule.purposes)
        and (not ready.areas or record.position is None or any(contains(area, record.position) for area in ready.areas))
        and (ready.tree is None or condition.answer(ready.tree, giving.facts) is not False)
    )


def read(text: str, where: str) -> Law:
    """Return the law that a file's YAML says.

    Raises:
        Unreadable: it is not in the format; `where` is then file:line:column.
    """
    root = document.load(text, where)
    said = _text(root)
    for flaw in _flaws(said):
        raise Unreadable(flaw.what, where=document.placed(root, flaw.path), remedy=flaw.remedy)
    areas = {area.name: area for area in said.areas}
    return Law(
        name=said.law,
        country=said.of,
        version=said.version,
        basis=said.basis,
        digest=canonical.digest(_LABEL, canonical.written(said)),
        rules=tuple(
            _Ready(
                rule,
                grammar.read(rule.condition) if rule.condition else None,
                tuple(areas[name] for name in rule.where),
            )
            for rule in said.forbid
        ),
    )


def _text(root: Mapping) -> _Text:
    items = mapping(root, required=("law", "of", "version", "basis", "forbid"), optional=("annex",)).items
    return _Text(
        law=converted(items["law"], str),
        of=converted(items["of"], str),
        version=converted(items["version"], whole),
        basis=frame.bases(items["basis"]),
        forbid=tuple(map(_rule, sequence(items["forbid"], most=MOST_RULES))),
        areas=annex.read(items["annex"]) if "annex" in items else (),
    )


def _rule(node: Node) -> Rule:
    items = mapping(node, required=("id",), optional=_PARTS).items
    if len(items) == 1:
        raise Unreadable("the rule says nothing but its id", where=node.place, remedy="To forbid all, write to: all.")
    return Rule(
        id=converted(items["id"], str),
        give=tuple(marked(item, RecordKind) for item in _each(items["give"])) if "give" in items else (),
        to=words(items["to"]) if "to" in items else (),
        purposes=tuple(marked(item, Purpose) for item in _each(items["for"])) if "for" in items else (),
        where=words(items["where"]) if "where" in items else (),
        condition=converted(items["if"], _condition, most=grammar.LONGEST) if "if" in items else "",
        fields=words(items["fields"]) if "fields" in items else (),
        rescue="rescue" in items and converted(items["rescue"], _yes),
    )


def _each(node: Node) -> list[Node]:
    return [node] if isinstance(node, Scalar) else sequence(node, most=MOST)


def _condition(text: str) -> str:
    return condition.written(grammar.read(text))


def _yes(word: str) -> bool:
    if word != "yes":
        raise Fault(f"{word!r} is not yes", remedy="Write yes, or leave it out.")
    return True


def _flaws(said: _Text) -> Iterator[Flaw]:
    yield from ill_named(said.law, ("law",), "a law")
    if _COUNTRY.fullmatch(said.of) is None:
        yield Flaw(("of",), f"{said.of[:80]!r} is no code of a state", "Write two capital letters (ISO 3166-1).")
    yield from (flaw.under("annex") for flaw in annex.flaws(said.areas))
    areas = [area.name for area in said.areas]
    seen: set[str] = set()
    for place, rule in enumerate(said.forbid):
        if rule.id in seen:
            yield Flaw(("forbid", place, "id"), f"the rule {rule.id!r} stands twice", "Give each its own id.")
        seen.add(rule.id)
        yield from (flaw.under("forbid", place) for flaw in _rule_flaws(rule, areas))


def _rule_flaws(rule: Rule, areas: Iterable[str]) -> Iterator[Flaw]:
    yield from ill_named(rule.id, ("id",), "a rule")
    kinds = rule.give or tuple(RecordKind)
    for place, name in enumerate(rule.to):
        if _COUNTRY.fullmatch(name) is None:
            yield from ill_named(name, ("to", place), "a node", NAME)
    for key, items in (("give", [kind.value for kind in rule.give]), ("to", rule.to), ("where", rule.where)):
        yield from repeated(items, key)
    yield from repeated([purpose.value for purpose in rule.purposes], "for")
    for flaw in unknown(rule.where, areas, "where", "area of this file's annex"):
        yield Flaw(flaw.path, flaw.what, flaw.remedy or "Draw it in the annex.")
    yield from _field_flaws(rule, kinds)
    for name in sorted(condition.names(grammar.read(rule.condition)) if rule.condition else ()):
        kind = condition.WORDS[name].kind
        if kind is not None and rule.give != (kind,):
            yield Flaw(("if",), f"it asks about {name}", f"Write give: {kind.value}, and a rule for each other kind.")


def _field_flaws(rule: Rule, kinds: Iterable[RecordKind]) -> Iterator[Flaw]:
    every = frozenset[str]().union(*map(field.known, kinds))
    told = [kind for kind in kinds if field.known(kind) and (kind is not RecordKind.PERSON or rule.give)]
    needed = {name for kind in told for name in field.needed(kind)}  # a person without what it needs does not travel
    yield from repeated(rule.fields, "fields")
    yield from unknown(rule.fields, every, "fields", "field of what is given")
    for place, name in enumerate(rule.fields):
        if name in needed:
            words = f"nothing of these kinds travels without {name}"
            yield Flaw(("fields", place), words, "Leave fields out, to forbid the record.")
    if rule.fields and rule.rescue:
        yield Flaw(("rescue",), "a call in distress goes whole or not at all", "Leave fields out, or rescue.")


def expect_own(law: Law, country: str, where: str) -> Law:
    """Return the law, which must be of this state.

    Raises:
        Fault: it is another's.
    """
    if law.country != country:
        raise Fault(f"it is the law of {law.country}, and the node is of {country}", where=where, remedy="Name ours.")
    return law
