"""A shadow: a clause that never decides, because no record can meet it or earlier ones always do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from comity.agreements import field
from comity.agreements.answering import Answering
from comity.agreements.chart import Chart
from comity.agreements.claim import Finding
from comity.agreements.clause import Clause
from comity.agreements.logic import Formula, Logic, every, none
from comity.agreements.terms import Terms
from comity.vocabulary.record import RecordKind


def shadowed(terms: Terms, chart: Chart, told: Callable[[str], object]) -> Iterator[Finding]:
    """Yield every clause that decides nothing, and why.

    Raises:
        Fault: a condition could not be decided in time.
    """
    for kind in field.GIVABLE:
        clauses = [one for one in terms.clauses if one.give is kind]
        if clauses:
            yield from _of_kind(kind, chart, clauses, told)
    yield from _unasked(terms.answers)


def _of_kind(
    kind: RecordKind, chart: Chart, clauses: Sequence[Clause], told: Callable[[str], object]
) -> Iterator[Finding]:
    logic = Logic(kind, chart, (clauses,))
    met = logic.met(0, clauses)
    for turn, (clause, deciding) in enumerate(zip(clauses, logic.deciding(met), strict=True)):
        told(f"whether {clause.id} decides anything")
        if logic.case(deciding, 0) is None:
            yield Finding(words=_why(logic, clauses[: turn + 1], met), clause=clause.id)


def _why(logic: Logic, clauses: Sequence[Clause], met: Sequence[Formula]) -> str:
    """Return why the last of these clauses never decides."""
    *earlier, clause = clauses
    here = met[len(earlier)]
    if logic.case(here, 0) is None:
        return f"{clause.id} is met by no record"
    needed = list(range(len(earlier)))
    for turn in range(len(earlier)):
        fewer = [each for each in needed if each != turn]
        if logic.case(every((here, none(met[each] for each in fewer))), 0) is None:
            needed = fewer
    names = [earlier[turn].id for turn in needed]
    if len(names) == 1 and _gives(earlier[needed[0]]) == _gives(clause):
        return f"{clause.id} repeats {names[0]}: whatever meets it meets that one before, which gives the same"
    return f"{clause.id} never decides: whatever meets it meets {' or '.join(names)} before"


def _gives(clause: Clause) -> object:
    return frozenset(clause.fields), clause.blur, clause.handling, clause.keep


def _unasked(answers: Sequence[Answering]) -> Iterator[Finding]:
    for one in answers:
        if {*one.to, *one.givers} == set(one.to) == set(one.givers) and len(one.to) == 1:
            yield Finding(words=f"{one.id} lets {one.to[0]} ask nobody but itself", clause=one.id)
