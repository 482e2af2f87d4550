"""The grammar of conditions: from the text of a clause's `if` to its tree.

    condition := all ("or" all)*
    all       := one ("and" one)*
    one       := "not" one | "(" condition ")" | name operator value | name ["not"] "in" "[" value ("," value)* "]"
    operator  := "==" | "!=" | "<" | "<=" | ">" | ">="

A name or value that the vocabulary does not know is a fault here, when the agreement is read.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

import msgspec

from comity.agreements.condition import ORDERS, WORDS, Comparison, Condition, Datum, Not, either, every
from comity.agreements.document import Misread, suggestion
from comity.vocabulary.record import RecordKind

LONGEST = 2_000
"""Characters."""
DEEPEST = 20
"""Levels of `not` and brackets."""

_SURELY = 0.9
"""How alike two names are, by difflib's ratio, of which one is a slip of the other."""

_TOKEN = re.compile(r"[ \t]*(?:(==|!=|<=|>=|[<>()\[\],])|([A-Za-z0-9_.+-]+))", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?", re.ASCII)


class Token(msgspec.Struct, frozen=True):
    """A word or sign of the language, and where in the text it begins."""

    text: str
    at: int


def read(text: str, kind: RecordKind | None = None) -> Condition:
    """Return the tree of a condition; with `kind`, one that asks only about what such records have.

    Raises:
        Misread: it is not in the language, asks for an unknown name or compares with an unknown value; it says where.
    """
    if len(text) > LONGEST:
        raise Misread(f"a condition of {len(text)} characters", at=LONGEST, remedy=f"Keep it within {LONGEST}.")
    reader = _Reader(list(_tokens(text)), len(text.rstrip(" \t")), kind)
    tree = reader.alternatives(0)
    if reader.ahead:
        token = reader.take()
        remedy = "Join two conditions with `and` or `or`."
        raise Misread(f"{token.text!r} does not belong here", at=token.at, remedy=remedy)
    return tree


def _tokens(text: str) -> Iterator[Token]:
    text = text.rstrip(" \t")
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            rest = text[place:].strip()
            at = len(text) - len(text[place:].lstrip())
            raise Misread(f"{rest[:20]!r} is not known", at=at, remedy="Write it like alert.kind == meeting.")
        found = match[1] or match[2]
        yield Token(found, match.end() - len(found))
        place = match.end()


class _Reader:
    """Recursive descent over the tokens, one method a rule of the grammar."""

    def __init__(self, tokens: list[Token], end: int, kind: RecordKind | None) -> None:
        self._tokens = tokens[::-1]
        self._end = end
        self._words = {name: word for name, word in WORDS.items() if kind is None or word.kind in (None, kind)}
        self._kind = kind

    @property
    def ahead(self) -> str:
        return self._tokens[-1].text if self._tokens else ""

    def take(self) -> Token:
        if not self._tokens:
            remedy = "Write it like alert.kind == meeting."
            raise Misread("the condition breaks off", at=self._end, remedy=remedy)
        return self._tokens.pop()

    def expect(self, token: str) -> None:
        found = self.take()
        if found.text != token:
            what = f"{found.text!r} stands where {token!r} should"
            raise Misread(what, at=found.at, remedy=f"Write {token!r} there.")

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
        symbol = self.take()
        if depth > DEEPEST:
            what = f"a condition nested deeper than {DEEPEST} levels"
            raise Misread(what, at=symbol.at, remedy="Split the clause in two.")
        if symbol.text == "not":
            return Not(self.single(depth + 1))
        if symbol.text == "(":
            inner = self.alternatives(depth + 1)
            self.expect(")")
            return inner
        return self.comparison(symbol)

    def comparison(self, symbol: Token) -> Condition:
        name = self.known(symbol)
        operator = self.take()
        if operator.text == "not":
            self.expect("in")
            return Not(Comparison(name, "in", self.listed(name)))
        if operator.text == "in":
            return Comparison(name, "in", self.listed(name))
        if operator.text not in ORDERS:
            remedy = f"Write one of {' '.join(ORDERS)} or in."
            raise Misread(f"{operator.text!r} is no comparison", at=operator.at, remedy=remedy)
        if operator.text not in ("==", "!=") and not WORDS[name].ordered:
            what = f"{name} has no order, so {operator.text!r} means nothing"
            raise Misread(what, at=operator.at, remedy="Compare it with ==, != or in.")
        return Comparison(name, operator.text, (_datum(name, self.take()),))

    def known(self, symbol: Token) -> str:
        """Return the name that the symbol is, one that the kind of record has."""
        if symbol.text not in WORDS:
            what = f"a condition cannot ask about {symbol.text!r}"
            raise Misread(what, at=symbol.at, remedy=self.instead(symbol.text))
        if symbol.text not in self._words:
            kind = self._kind.value if self._kind else "record"
            what = f"{'an' if kind.startswith('a') else 'a'} {kind} has no {symbol.text}"
            raise Misread(what, at=symbol.at, remedy=self.instead(symbol.text))
        return symbol.text

    def instead(self, name: str) -> str:
        """Return the name that was surely meant, else all that can be asked about: one of like letters misleads."""
        near = difflib.get_close_matches(name, self._words, n=1, cutoff=_SURELY)
        return f"Did you mean {near[0]!r}?" if near else f"Ask about {' or '.join(self._words)}."

    def listed(self, name: str) -> tuple[Datum, ...]:
        self.expect("[")
        values = [_datum(name, self.take())]
        while self.ahead == ",":
            self.take()
            token = self.take()
            value = _datum(name, token)
            if value in values:
                what = f"a value stands twice in the list after {name}"
                raise Misread(what, at=token.at, remedy="Name each once.")
            values.append(value)
        self.expect("]")
        return tuple(values)


def _datum(name: str, symbol: Token) -> Datum:
    """Return the value that a symbol says for this name.

    Raises:
        Misread: the name has no such value.
    """
    choices = WORDS[name].choices
    if choices:
        if symbol.text not in choices:
            raise Misread(f"{name} is never {symbol.text!r}", at=symbol.at, remedy=suggestion(symbol.text, choices))
        return symbol.text
    if _NUMBER.fullmatch(symbol.text) is None:
        raise Misread(f"{symbol.text!r} is not a number", at=symbol.at, remedy="Write it like 0.8.")
    return float(symbol.text)
