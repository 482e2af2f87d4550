"""The condition of a clause: a small total language, read to a tree, never evaluated as code.

    condition := all ("or" all)*
    all       := one ("and" one)*
    one       := "not" one | "(" condition ")" | name operator value | name ["not"] "in" "[" value ("," value)* "]"
    operator  := "==" | "!=" | "<" | "<=" | ">" | ">="

Names and their values are those of the vocabulary; anything else is a fault when it is read. The answer is yes, no or
unknown (Kleene's logic): what rests on a datum that is missing is unknown, whatever `not` stands before it, and only
a yes lets anything through.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

import msgspec

from comity.agreements.document import suggestion
from comity.vocabulary.alert import AlertKind, Severity
from comity.vocabulary.fault import Fault
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subject import SubjectKind

LONGEST = 2_000
"""Characters."""
DEEPEST = 20
"""Levels of `not` and brackets."""

Datum: TypeAlias = str | float
Facts: TypeAlias = Mapping[str, tuple[Datum, ...]]
"""What is known by name: one value, several where a record has several subjects, absent where it is missing."""


class Word(msgspec.Struct, frozen=True):
    """A name that a condition can ask about."""

    choices: tuple[str, ...] = ()
    """Its values, from least to most where they have an order; none: it is a number."""
    ordered: bool = False
    kind: RecordKind | None = None
    """The kind of record that has it; None: every one."""


WORDS: Final[Mapping[str, Word]] = {
    "subject.kind": Word(tuple(kind.value for kind in SubjectKind)),
    "alert.kind": Word(tuple(kind.value for kind in AlertKind), kind=RecordKind.ALERT),
    "alert.severity": Word(tuple(level.value for level in reversed(Severity)), ordered=True, kind=RecordKind.ALERT),
    "alert.confidence": Word(ordered=True, kind=RecordKind.ALERT),
}


class Comparison(msgspec.Struct, frozen=True):
    """A name beside one value, or beside several of which one must be it (`in`)."""

    name: str
    operator: str
    values: tuple[Datum, ...]


class Not(msgspec.Struct, frozen=True):
    """The opposite."""

    part: Condition


class And(msgspec.Struct, frozen=True):
    """All of its parts, two or more, none of them an And."""

    parts: tuple[Condition, ...]


class Or(msgspec.Struct, frozen=True):
    """At least one of its parts, two or more, none of them an Or."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = Comparison | Not | And | Or

_TOKEN = re.compile(r"[ \t]*(?:(==|!=|<=|>=|[<>()\[\],])|([A-Za-z0-9_.+-]+))", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?", re.ASCII)
_ORDERS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def read(text: str) -> Condition:
    """Return the tree of a condition.

    Raises:
        Fault: it is not in the language, asks for an unknown name or compares with an unknown value.
    """
    if len(text) > LONGEST:
        raise Fault(f"a condition of {len(text)} characters", remedy=f"Keep it within {LONGEST}.")
    reader = _Reader(list(_tokens(text)))
    tree = reader.alternatives(0)
    if reader.ahead:
        raise Fault(f"{reader.ahead!r} does not belong here", remedy="Join two conditions with `and` or `or`.")
    return tree


def _tokens(text: str) -> Iterator[str]:
    text = text.rstrip(" \t")
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise Fault(f"{text[place:].strip()[:20]!r} is not known", remedy="Write it like alert.kind == meeting.")
        yield match[1] or match[2]
        place = match.end()


class _Reader:
    """Recursive descent over the tokens, one method a rule of the grammar."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens[::-1]

    @property
    def ahead(self) -> str:
        return self._tokens[-1] if self._tokens else ""

    def take(self) -> str:
        if not self._tokens:
            raise Fault("the condition breaks off", remedy="Write it like alert.kind == meeting.")
        return self._tokens.pop()

    def expect(self, token: str) -> None:
        found = self.take()
        if found != token:
            raise Fault(f"{found!r} stands where {token!r} should", remedy=f"Write {token!r} there.")

    def alternatives(self, depth: int) -> Condition:
        parts = [self.conjunction(depth)]
        while self.ahead == "or":
            self.take()
            parts.append(self.conjunction(depth))
        return either(*parts)

    def conjunction(self, depth: int) -> Condition:
        parts = [self.single(depth)]
        while self.ahead == "and":
            self.take()
            parts.append(self.single(depth))
        return every(*parts)

    def single(self, depth: int) -> Condition:
        if depth > DEEPEST:
            raise Fault(f"a condition nested deeper than {DEEPEST} levels", remedy="Split the clause in two.")
        symbol = self.take()
        if symbol == "not":
            return Not(self.single(depth + 1))
        if symbol == "(":
            inner = self.alternatives(depth + 1)
            self.expect(")")
            return inner
        return self.comparison(symbol)

    def comparison(self, name: str) -> Condition:
        if name not in WORDS:
            raise Fault(f"a condition cannot ask about {name!r}", remedy=suggestion(name, WORDS))
        symbol = self.take()
        if symbol == "not":
            self.expect("in")
            return Not(Comparison(name, "in", self.listed(name)))
        if symbol == "in":
            return Comparison(name, "in", self.listed(name))
        if symbol not in _ORDERS:
            raise Fault(f"{symbol!r} is no comparison", remedy=f"Write one of {' '.join(_ORDERS)} or in.")
        if symbol not in ("==", "!=") and not WORDS[name].ordered:
            raise Fault(f"{name} has no order, so {symbol!r} means nothing", remedy="Compare it with ==, != or in.")
        return Comparison(name, symbol, (datum(name, self.take()),))

    def listed(self, name: str) -> tuple[Datum, ...]:
        self.expect("[")
        values = [datum(name, self.take())]
        while self.ahead == ",":
            self.take()
            values.append(datum(name, self.take()))
        self.expect("]")
        if len(set(values)) != len(values):
            raise Fault(f"a value stands twice in the list after {name}", remedy="Name each once.")
        return tuple(values)


def datum(name: str, symbol: str) -> Datum:
    """Return the value that a symbol says for this name.

    Raises:
        Fault: the name has no such value.
    """
    choices = WORDS[name].choices
    if choices:
        if symbol not in choices:
            raise Fault(f"{name} is never {symbol!r}", remedy=suggestion(symbol, choices))
        return symbol
    if _NUMBER.fullmatch(symbol) is None:
        raise Fault(f"{symbol!r} is not a number", remedy="Write it like 0.8.")
    return float(symbol)


def every(*parts: Condition) -> Condition:
    """Return the condition that all of these hold, flat."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,)))
    return flat[0] if len(flat) == 1 else And(flat)


def either(*parts: Condition) -> Condition:
    """Return the condition that one of these holds, flat."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,)))
    return flat[0] if len(flat) == 1 else Or(flat)


def written(tree: Condition) -> str:
    """Return the one text of a condition: the inverse of `read`."""
    if isinstance(tree, Comparison):
        values = [_datum_written(value) for value in tree.values]
        return f"{tree.name} {tree.operator} {'[' + ', '.join(values) + ']' if tree.operator == 'in' else values[0]}"
    if isinstance(tree, Not):
        return f"not {_bracketed(tree.part, And | Or)}"
    if isinstance(tree, And):
        return " and ".join(_bracketed(part, Or) for part in tree.parts)
    return " or ".join(map(written, tree.parts))


def _bracketed(tree: Condition, looser: object) -> str:
    return f"({written(tree)})" if isinstance(tree, looser) else written(tree)  # type: ignore[arg-type]  # a union of types


def _datum_written(value: Datum) -> str:
    if isinstance(value, str):
        return value
    return f"{value:.6f}".rstrip("0").rstrip(".")


def names(tree: Condition) -> frozenset[str]:
    """Return the names that a condition asks about."""
    if isinstance(tree, Comparison):
        return frozenset({tree.name})
    if isinstance(tree, Not):
        return names(tree.part)
    return frozenset().union(*map(names, tree.parts))


def answer(tree: Condition, facts: Facts) -> bool | None:
    """Return whether the condition holds of the facts, None where it rests on what is missing or mixed."""
    if isinstance(tree, Comparison):
        return _compared(tree, facts.get(tree.name, ()))
    if isinstance(tree, Not):
        inner = answer(tree.part, facts)
        return None if inner is None else not inner
    answers = [answer(part, facts) for part in tree.parts]
    decisive = isinstance(tree, Or)  # one yes settles an or, one no settles an and
    if decisive in answers:
        return decisive
    return None if None in answers else not decisive


def _compared(tree: Comparison, found: tuple[Datum, ...]) -> bool | None:
    """Yes if it holds of every value found, no if of none, else unknown."""
    word = WORDS[tree.name]
    ranks = [_rank(word, value) for value in found]
    if not ranks or None in ranks:
        return None
    wanted = [_rank(word, value) for value in tree.values]
    order = _ORDERS["==" if tree.operator == "in" else tree.operator]
    held = {any(order(rank, one) for one in wanted if one is not None) for rank in ranks if rank is not None}
    return held.pop() if len(held) == 1 else None


def _rank(word: Word, value: Datum) -> float | None:
    """Return where the value stands in its order, None where it is no value of this word."""
    if word.choices:
        return float(word.choices.index(value)) if isinstance(value, str) and value in word.choices else None
    return value if isinstance(value, (int, float)) and math.isfinite(value) else None
