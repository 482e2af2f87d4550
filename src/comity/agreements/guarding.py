"""Guarding: the safeguards that are stated over the text of an agreement, and what in a text goes against them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Final

from comity.agreements import field, veto
from comity.agreements.chart import Chart
from comity.agreements.claim import Claim, Finding
from comity.agreements.clause import Clause
from comity.agreements.terms import Terms
from comity.vocabulary.handling import Tlp
from comity.vocabulary.person import LONGEST_REVIEW
from comity.vocabulary.record import WRITTEN, RecordKind

Rule = Callable[[Terms, Chart], Iterator[Finding]]


def guarded(terms: Terms, chart: Chart) -> Iterator[Claim]:
    """Yield for each safeguard that a text can go against that this one does not, or where it does."""
    for number, words, rule in _RULES:
        yield Claim(name=f"safeguard {number}", words=words, findings=tuple(rule(terms, chart)))


def _purposes(terms: Terms, _: Chart) -> Iterator[Finding]:
    stated = [(one.id, one.purposes) for one in terms.clauses] + [(one.id, one.purposes) for one in terms.answers]
    for clause, purposes in stated:
        for purpose in purposes:
            if purpose not in terms.purposes:
                yield Finding(words=f"{clause} is for {purpose.value}, no purpose of the agreement", clause=clause)


def _without_path(number: int) -> Rule:
    """Return the rule of a safeguard for which kinds of record wait."""

    def rule(terms: Terms, _: Chart) -> Iterator[Finding]:
        for one in terms.clauses:
            if number in veto.WITHOUT_PATH.get(one.give, ()):
                yield Finding(words=f"{one.id} gives {one.give.value} records", clause=one.id)

    return rule


def _picture(terms: Terms, _: Chart) -> Iterator[Finding]:
    for one in terms.clauses:
        for name in one.fields:
            if name not in field.known(one.give):
                yield Finding(words=f"{one.id} gives {name}, no field of {one.give.value} records", clause=one.id)
        yield from _telling(one)


def _telling(clause: Clause) -> Iterator[Finding]:
    """Find fields whose words can tell what the clause withholds or blurs."""
    for name in clause.fields:
        told = sorted(field.TOLD.get(name, frozenset()) - set(clause.fields))
        if told:
            yield Finding(words=f"{clause.id} gives {name}, which can tell {', '.join(told)}", clause=clause.id)
        if clause.blur.position and name in field.FREE_TEXT:
            yield Finding(words=f"{clause.id} gives {name}, which can tell the blurred position", clause=clause.id)


def _marks(terms: Terms, _: Chart) -> Iterator[Finding]:
    for one in terms.clauses:
        if one.handling.tlp is Tlp.RED:
            yield Finding(words=f"{one.id} gives what is marked RED", clause=one.id)


def _witnesses(terms: Terms, _: Chart) -> Iterator[Finding]:
    required = terms.witnesses.required
    if not required or terms.witnesses.quorum < len(set(required)):
        yield Finding(words=f"{terms.witnesses.quorum} cosignatures suffice, {len(required)} witnesses are required")


def _centres(terms: Terms, chart: Chart) -> Iterator[Finding]:
    """Find places with two rescue centres: who is called there would be left to chance."""
    for one, other in combinations(terms.rescue, 2):
        theirs = chart.bits(0, one.areas), chart.bits(0, other.areas)
        for areas, place in chart.combinations.items():
            if areas & theirs[0] and areas & theirs[1]:
                where = f"{place.latitude:.6f}, {place.longitude:.6f}"
                yield Finding(words=f"at {where} both {one.node} and {other.node} are the rescue centre")
                break


def _graded(terms: Terms, _: Chart) -> Iterator[Finding]:
    yield from _carrying(terms, "grading")


def _nameless(terms: Terms, _: Chart) -> Iterator[Finding]:
    yield from _carrying(terms, "names_nobody")


def _carrying(terms: Terms, name: str) -> Iterator[Finding]:
    for one in terms.clauses:
        if one.give in WRITTEN and name not in one.fields:
            yield Finding(words=f"{one.id} gives {one.give.value} records without {name}", clause=one.id)


def _reviewed(terms: Terms, _: Chart) -> Iterator[Finding]:
    for one in terms.clauses:
        if one.give is RecordKind.PERSON and ("review" not in one.fields or one.keep > LONGEST_REVIEW):
            yield Finding(words=f"{one.id} gives person records beyond their review", clause=one.id)


_NO_PATH = "no clause gives a kind of record that waits for it"
_RULES: Final[tuple[tuple[int, str, Rule], ...]] = (
    (1, "every clause is for purposes of the agreement", _purposes),
    *((number, _NO_PATH, _without_path(number)) for number in (3, 4)),
    (6, "no clause gives a field that the safeguard does not know, or words that can tell what it withholds", _picture),
    (7, "what is given about a person says until when, and is kept no longer than a review may be away", _reviewed),
    (8, "no clause gives what is marked for named recipients only", _marks),
    (11, "witnesses are required, and the quorum holds them all", _witnesses),
    (13, "no place has two rescue centres", _centres),
    (15, "what is written is given with its grading", _graded),
    (20, "what is written is given with the word that it names nobody", _nameless),
    *((number, _NO_PATH, _without_path(number)) for number in (20, 21, 23)),
)
