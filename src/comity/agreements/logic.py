"""The logic: what an agreement's clauses permit, as formulas over all in which one request can differ from another.

Of records of one kind there are variables for giver, receiver, purpose, place, subjects and each value that conditions
ask about, missing ones included; what the safeguards deny whatever the text says is left out. Areas enter as atoms of
which it is verified which contain each other, overlap or lie apart; a place that the solver thinks of is looked up on
the chart, and if it is nowhere, the solver learns why (docs/decisions/0122).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import z3  # type: ignore[import-untyped]

from comity.agreements import grammar, scale, veto
from comity.agreements.case import Case
from comity.agreements.chart import Chart
from comity.agreements.clause import Clause
from comity.agreements.condition import ORDERS, WORDS, Comparison, Condition, Datum, Not, Or
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import WRITTEN, RecordKind
from comity.vocabulary.subject import SubjectKind

LONGEST: Final = 60_000
"""Milliseconds that one question may take."""
_PURPOSES = tuple(Purpose)
_MISSING = -1
Formula: TypeAlias = Any
"""What z3 calls an expression of truth: it has no types."""


def every(parts: Iterable[Formula]) -> Formula:
    """Return that all of these hold."""
    return z3.And(list(parts))


def some(parts: Iterable[Formula]) -> Formula:
    """Return that at least one of these holds."""
    return z3.Or(list(parts))


def none(parts: Iterable[Formula]) -> Formula:
    """Return that none of these holds."""
    return z3.Not(some(parts))


class Logic:
    """The circumstances of giving records of one kind, under clauses of one or two versions of an agreement."""

    def __init__(self, kind: RecordKind, chart: Chart, versions: Sequence[Sequence[Clause]]) -> None:
        """Set up variables for all that these clauses, all of this kind, ask about."""
        clauses = [one for each in versions for one in each]
        self.kind, self.chart = kind, chart
        self._parties = tuple(dict.fromkeys(node for one in clauses for node in (*one.givers, *one.to)))
        self._giver, self._receiver, self._purpose, self._named = map(z3.Int, ("giver", "receiver", "purpose", "named"))
        self._placed = z3.Bool("placed")
        self._inside = [z3.Bool(f"inside {number}") for number in range(chart.size)]
        self._subjects = {one: z3.Bool(f"about {one.value}") for one in SubjectKind}
        comparisons = [each for one in clauses for each in scale.comparisons(one.condition)]
        self._values = {name: z3.Int(name) for name in sorted({one.name for one in comparisons} - {"subject.kind"})}
        self._scales = {name: scale.scale(name, comparisons) for name in self._values}
        self._among = 0
        for turn, each in enumerate(versions):
            self._among |= chart.bits(turn, [area for one in each for area in one.where])
        self._solver = z3.Solver()
        self._solver.set("timeout", LONGEST)
        self._solver.add(*self._bounds(), *self._geography())

    def add(self, formula: Formula) -> None:
        """Let this hold in every case that is looked for."""
        self._solver.add(formula)

    def permits(self, version: int, clause: Clause) -> Formula:
        """Return that every part of the clause is met."""
        return z3.And(
            z3.Or([self._giver == self._parties.index(node) for node in clause.givers]),
            z3.Or([self._receiver == self._parties.index(node) for node in clause.to]),
            z3.Or([self._purpose == _PURPOSES.index(purpose) for purpose in clause.purposes]),
            self._lies(version, clause.where),
            self._holds(grammar.read(clause.condition)) if clause.condition else True,
        )

    def met(self, version: int, clauses: Sequence[Clause]) -> list[Formula]:
        """Return for each clause that all of it is met."""
        return [self._called(self.permits(version, one)) for one in clauses]

    def deciding(self, met: Sequence[Formula]) -> list[Formula]:
        """Return for each of these clauses, in their order, that it is the first that is met, and so decides."""
        found: list[Formula] = []
        earlier = some(())
        for one in met:
            found.append(self._called(z3.And(one, z3.Not(earlier))))
            earlier = self._called(z3.Or(earlier, one))
        return found

    def purposed(self, purposes: Iterable[Purpose]) -> Formula:
        """Return that it is asked for one of these purposes."""
        return some(self._purpose == _PURPOSES.index(purpose) for purpose in purposes)

    def _called(self, formula: Formula) -> Formula:
        """Return a variable that is true just where this holds."""
        name = z3.FreshBool()
        self._solver.add(name == formula)
        return name

    @property
    def open(self) -> Formula:
        """That it has a position, and nothing is kept back by safeguard 6."""
        return z3.And(self._placed, z3.Not(self._concealing))

    def withheld(self, name: str) -> Formula:
        """Return that a field is not given, though a clause gives it: it is kept back, or has no value."""
        reasons = [self._concealing] if name in veto.concealable(self.kind) else []
        if name == "position":
            reasons.append(z3.Not(self._placed))
        asked = f"{self.kind.value}.{name}"
        if asked in self._values and not WORDS[asked].choices:  # a number that conditions know, or no number
            reasons.append(self._values[asked] == _MISSING)
        return some(reasons)

    @property
    def _concealing(self) -> Formula:
        """That safeguard 6 keeps back what could tell a plate or a person."""
        others = [there for one, there in self._subjects.items() if one not in veto.SHARED_PICTURE]
        return some((*others, self._of_nobody) if self.kind in WRITTEN else others)

    def case(self, formula: Formula, version: int) -> Case | None:
        """Return a case in which this holds, its areas named as a version does, None where there is none.

        Raises:
            Fault: it could not be decided in time.
        """
        plain = z3.AtMost(*self._subjects.values(), 1)
        for asked in (z3.And(formula, plain), formula):
            found = self._found(asked, version)
            if found is not None:
                return found
        return None

    def reach(self, formula: Formula, version: int, clause: Clause) -> dict[str, tuple[str, ...]]:
        """Return all givers, receivers, purposes and areas of a clause for which this holds in some case."""

        def somewhere(part: Formula) -> bool:
            return self._found(z3.And(formula, part), version) is not None

        return {
            "givers": tuple(one for one in clause.givers if somewhere(self._giver == self._parties.index(one))),
            "receivers": tuple(one for one in clause.to if somewhere(self._receiver == self._parties.index(one))),
            "purposes": tuple(one.value for one in clause.purposes if somewhere(self._purpose == _PURPOSES.index(one))),
            "areas": tuple(one for one in clause.where if somewhere(self._lies(version, (one,)))),
        }

    def holds(self, formula: Formula) -> bool:
        """Whether this held in the case found last."""
        return bool(z3.is_true(self._model.eval(formula, model_completion=True)))

    def _found(self, formula: Formula, version: int) -> Case | None:
        assumed = z3.FreshBool()
        self._solver.add(z3.Implies(assumed, formula))
        while (answer := self._solver.check(assumed)) == z3.sat:
            self._model = self._solver.model()
            areas = sum(1 << number for number, one in enumerate(self._inside) if self.holds(one)) & self._among
            if not self.holds(self._placed):
                return self._case(None, version)
            position = self.chart.position(areas, self._among)
            if position is not None:
                return self._case(position, version)
            self._learn(areas, self.chart.conflict(areas, self._among))
        if answer == z3.unknown:
            raise Fault(f"it could not be decided in {LONGEST // 1_000} s", remedy="Simplify the conditions.")
        return None

    def _learn(self, areas: int, among: int) -> None:
        """Let no place lie in just these areas, of those among which they are: there is none."""
        apart = [
            z3.Not(one) if areas >> number & 1 else one
            for number, one in enumerate(self._inside)
            if among >> number & 1
        ]
        self._solver.add(z3.Or(z3.Not(self._placed), *apart))

    def _case(self, position: Position | None, version: int) -> Case:
        facts: dict[str, Datum] = {}
        for name, value in self._values.items():
            place = self._whole(value)
            if place != _MISSING:
                facts[name] = scale.shown(self._scales[name], place)
        named = self._whole(self._named)
        areas = self.chart.areas(version, position) if position is not None else self.chart.names[named - 1 : named]
        return Case(
            giver=self._parties[self._whole(self._giver)],
            receiver=self._parties[self._whole(self._receiver)],
            kind=self.kind,
            purpose=_PURPOSES[self._whole(self._purpose)],
            position=position,
            areas=areas,
            subjects=tuple(one for one, there in self._subjects.items() if self.holds(there)),
            facts=facts,
        )

    def _whole(self, number: Formula) -> int:
        return int(self._model.eval(number, model_completion=True).as_long())

    def _bounds(self) -> Iterator[Formula]:
        """Yield within what each variable stays, and what the safeguards deny."""
        for number, count in (
            (self._giver, len(self._parties)),
            (self._receiver, len(self._parties)),
            (self._purpose, len(_PURPOSES)),
            (self._named, len(self.chart.names) + 1),
        ):
            yield z3.And(number >= 0, number < count)
        yield self._giver != self._receiver
        for name, value in self._values.items():
            yield z3.And(value >= _MISSING, value < len(self._scales[name]))
        for one, there in self._subjects.items():
            if veto.by_subject(self.kind, (one,)) or veto.by_picture(self.kind, (one,)):
                yield z3.Not(there)
        if self.kind is RecordKind.PERSON:
            yield z3.Not(self._placed)  # it goes by the area where the offence was
        elif self.kind not in WRITTEN:
            yield self._placed
        if self.kind not in WRITTEN:
            yield z3.Not(self._of_nobody)
        yield z3.Implies(self._placed, self._named == 0)

    def _geography(self) -> Iterator[Formula]:
        """Yield what is verified of every two areas: which contains which, and which lie apart."""
        for number, one in enumerate(self._inside):
            yield z3.Implies(one, self._placed)
            for other in range(number):
                if not (self._among >> number & 1 and self._among >> other & 1):
                    continue
                if not self.chart.beside[number] >> other & 1:
                    yield z3.Not(z3.And(one, self._inside[other]))
                if self.chart.within[number] >> other & 1:
                    yield z3.Implies(one, self._inside[other])
                if self.chart.within[other] >> number & 1:
                    yield z3.Implies(self._inside[other], one)

    @property
    def _of_nobody(self) -> Formula:
        return z3.Not(z3.Or(*self._subjects.values()))

    def _lies(self, version: int, where: Sequence[str]) -> Formula:
        numbers = sorted({self.chart.number(version, name) for name in where})
        named = [self._named == 1 + self.chart.names.index(name) for name in where]
        inside = z3.Or([self._inside[number] for number in numbers])
        return z3.If(self._placed, inside, z3.Or(named))

    def _holds(self, tree: Condition) -> Formula:
        """Return that the condition surely holds: what is missing or mixed is no yes."""
        if isinstance(tree, Not):
            return self._fails(tree.part)
        if isinstance(tree, Comparison):
            return self._compared(tree, sure=True)
        return (z3.Or if isinstance(tree, Or) else z3.And)([self._holds(part) for part in tree.parts])

    def _fails(self, tree: Condition) -> Formula:
        """Return that the condition surely does not hold."""
        if isinstance(tree, Not):
            return self._holds(tree.part)
        if isinstance(tree, Comparison):
            return self._compared(tree, sure=False)
        return (z3.And if isinstance(tree, Or) else z3.Or)([self._fails(part) for part in tree.parts])

    def _compared(self, tree: Comparison, *, sure: bool) -> Formula:
        operator = "==" if tree.operator == "in" else tree.operator
        if tree.name == "subject.kind":
            kept = sure is (operator == "==")  # every subject is one of the values, else none is
            wrong = [there for one, there in self._subjects.items() if (one.value in tree.values) is not kept]
            return z3.And(z3.Not(self._of_nobody), none(wrong))
        value, values = self._values[tree.name], self._scales[tree.name]
        met = z3.Or([ORDERS[operator](value, values.index(one)) for one in tree.values])
        return z3.And(value != _MISSING, met if sure else z3.Not(met))
