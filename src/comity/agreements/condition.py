"""The condition of a clause: a small total language, read to a tree, never evaluated as code.

Names and their values are those of the vocabulary; `grammar` reads the text. The answer is yes, no or
unknown (Kleene's logic): what rests on a datum that is missing is unknown, whatever `not` stands before it, and only
a yes lets anything through.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

import msgspec

from comity.vocabulary.alert import AlertKind, Severity
from comity.vocabulary.notice import NoticeKind
from comity.vocabulary.offence import Offence
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subject import SubjectKind

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
    "report.offence": Word(tuple(offence.value for offence in Offence), kind=RecordKind.REPORT),
    "notice.offence": Word(tuple(offence.value for offence in Offence), kind=RecordKind.NOTICE),
    "person.offence": Word(tuple(offence.value for offence in Offence), kind=RecordKind.PERSON),
    "notice.kind": Word(tuple(kind.value for kind in NoticeKind), kind=RecordKind.NOTICE),
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

ORDERS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def every(*parts: Condition) -> Condition:
    """Return the condition that all of these hold, flat."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,)))
    return flat[0] if len(flat) == 1 else And(flat)


def either(*parts: Condition) -> Condition:
    """Return the condition that one of these holds, flat."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,)))
    return flat[0] if len(flat) == 1 else Or(flat)


def written(tree: Condition) -> str:
    """Return the one text of a condition: the inverse of `grammar.read`."""
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


def comparisons(tree: Condition) -> Iterator[Comparison]:
    """Yield every comparison that a condition is made of."""
    if isinstance(tree, Comparison):
        yield tree
        return
    for part in (tree.part,) if isinstance(tree, Not) else tree.parts:
        yield from comparisons(part)


def names(tree: Condition) -> frozenset[str]:
    """Return the names that a condition asks about."""
    return frozenset(each.name for each in comparisons(tree))


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
    order = ORDERS["==" if tree.operator == "in" else tree.operator]
    held = {any(order(rank, one) for one in wanted if one is not None) for rank in ranks if rank is not None}
    return held.pop() if len(held) == 1 else None


def _rank(word: Word, value: Datum) -> float | None:
    """Return where the value stands in its order, None where it is no value of this word."""
    if word.choices:
        return float(word.choices.index(value)) if isinstance(value, str) and value in word.choices else None
    return value if isinstance(value, (int, float)) and math.isfinite(value) else None


Test: TypeAlias = Callable[[Facts], bool | None]
"""A condition made ready: it says of facts what `answer` says."""
_MOST_KNOWN, _MOST_VALUES = 1_024, 8
"""Answers that one comparison remembers, and how many values one of them is about at most."""


def ready(tree: Condition) -> Test:
    """Return the condition as a function that answers as `answer` does, faster."""
    if isinstance(tree, Comparison):
        return _remembering(tree) if WORDS[tree.name].choices else _measuring(tree)
    if isinstance(tree, Not):
        return _opposite(ready(tree.part))
    return _joined([ready(part) for part in tree.parts], decisive=isinstance(tree, Or))


def _remembering(tree: Comparison) -> Test:
    """Return what compares words: they have few values, and what was answered once is known."""
    name, known = tree.name, dict[tuple[Datum, ...], bool | None]()

    def test(facts: Facts) -> bool | None:
        found = facts.get(name, ())
        if found in known:
            return known[found]
        answered = _compared(tree, found)
        if answered is not None and len(known) < _MOST_KNOWN and len(found) <= _MOST_VALUES:
            known[found] = answered
        return answered

    return test


def _measuring(tree: Comparison) -> Test:
    """Return what compares numbers: nearly always one with another."""
    name, order = tree.name, ORDERS.get(tree.operator)
    wanted = tree.values[0]

    def test(facts: Facts) -> bool | None:
        found = facts.get(name, ())
        if order is not None and len(found) == 1 and type(found[0]) is float is type(wanted):
            return order(found[0], wanted) if math.isfinite(found[0]) else None
        return _compared(tree, found)

    return test


def _opposite(part: Test) -> Test:
    def test(facts: Facts) -> bool | None:
        inner = part(facts)
        return None if inner is None else not inner

    return test


def _joined(parts: list[Test], *, decisive: bool) -> Test:
    def test(facts: Facts) -> bool | None:
        unknown = False
        for part in parts:
            inner = part(facts)
            if inner is decisive:
                return decisive
            unknown = unknown or inner is None
        return None if unknown else not decisive

    return test
