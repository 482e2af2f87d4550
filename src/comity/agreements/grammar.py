"""The grammar of conditions: from the text of a clause's `if` to its tree.

    condition := all ("or" all)*
    all       := one ("and" one)*
    one       := "not" one | "(" condition ")" | name operator value | name ["not"] "in" "[" value ("," value)* "]"
    operator  := "==" | "!=" | "<" | "<=" | ">" | ">="

A name or value that the vocabulary does not know is a fault here, when the agreement is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from comity.agreements.condition import ORDERS, WORDS, Comparison, Condition, Datum, Not, either, every
from comity.agreements.document import suggestion
from comity.vocabulary.fault import Fault

LONGEST = 2_000
"""Characters."""
DEEPEST = 20
"""Levels of `not` and brackets."""

_TOKEN = re.compile(r"[ \t]*(?:(==|!=|<=|>=|[<>()\[\],])|([A-Za-z0-9_.+-]+))", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?", re.ASCII)


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
        if symbol not in ORDERS:
            raise Fault(f"{symbol!r} is no comparison", remedy=f"Write one of {' '.join(ORDERS)} or in.")
        if symbol not in ("==", "!=") and not WORDS[name].ordered:
            raise Fault(f"{name} has no order, so {symbol!r} means nothing", remedy="Compare it with ==, != or in.")
        return Comparison(name, symbol, (_datum(name, self.take()),))

    def listed(self, name: str) -> tuple[Datum, ...]:
        self.expect("[")
        values = [_datum(name, self.take())]
        while self.ahead == ",":
            self.take()
            values.append(_datum(name, self.take()))
        self.expect("]")
        if len(set(values)) != len(values):
            raise Fault(f"a value stands twice in the list after {name}", remedy="Name each once.")
        return tuple(values)


def _datum(name: str, symbol: str) -> Datum:
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
