"""Chance: agreements, records and requests of every sort, drawn from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from msgspec.structs import replace

from agreements import cases
from agreements.cases import NOW, PARTIES
from comity.agreements import condition, field
from comity.agreements.clause import Blur, Clause, Marks
from comity.agreements.condition import WORDS, Comparison, Condition, Not, either, every
from comity.agreements.frame import Term
from comity.agreements.request import Request
from comity.agreements.rescue import Centre
from comity.agreements.standing import Standing, State
from comity.agreements.terms import Terms, read
from comity.vocabulary.decision import Judgement
from comity.vocabulary.handling import Onward, Tlp
from comity.vocabulary.instant import DAY
from comity.vocabulary.offence import Offence
from comity.vocabulary.place import Area, Position
from comity.vocabulary.protection import Guard
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import WRITTEN, Record, RecordKind, Value
from comity.vocabulary.subject import SubjectKind

_Item = TypeVar("_Item")
EXAMPLE = read(cases.EXAMPLE.read_text(), "example")
MADE = {
    RecordKind.ALERT: cases.alert,
    RecordKind.TRACK: cases.track,
    RecordKind.REPORT: cases.report,
    RecordKind.NOTICE: cases.notice,
}
WITH_PERSONS = (*MADE, RecordKind.PERSON)
SERVED = tuple(purpose for purpose in Purpose if purpose is not Purpose.SEARCH_AND_RESCUE)
SHIPS = (SubjectKind.VESSEL, SubjectKind.AIRCRAFT)
SAFE = {kind: sorted(field.known(kind) - field.FREE_TEXT) for kind in WITH_PERSONS}
"""Fields that a clause can give whatever else it gives or blurs."""
NARROW = Marks(tlp=Tlp.AMBER, onward=Onward.NO)
OPERATORS = ("==", "!=", "<", "<=", ">", ">=")


class Chance:
    """Draws from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._drawn: list[float] = []

    def share(self) -> float:
        """Return a number from 0 up to and without 1."""
        if not self._drawn:
            self._drawn = self._random.random(10_000).tolist()
        return self._drawn.pop()

    def of(self, items: Sequence[_Item], often: float = 0.0) -> _Item:
        """Return one of the items: so often the first, else any."""
        return items[0] if self.yes(often) else items[int(self.share() * len(items))]

    def some(self, items: Sequence[_Item], most: int, least: int = 1) -> tuple[_Item, ...]:
        """Return a few of the items, each once, in any order."""
        left = list(items)
        count = least + int(self.share() * (min(most, len(left)) + 1 - least))
        return tuple(left.pop(int(self.share() * len(left))) for _ in range(count))

    def yes(self, share: float) -> bool:
        """Return yes so often."""
        return self.share() < share

    def between(self, low: float, high: float) -> float:
        """Return a number between two."""
        return round(low + self.share() * (high - low), 6)


def area(chance: Chance, name: str) -> Area:
    """Return an area of a few corners, somewhere over the Kattegat, that others may overlap."""
    north, east = chance.between(55.5, 56.5), chance.between(10.5, 11.5)
    ring = tuple(
        Position(north + chance.between(-1, 1), east + chance.between(-1, 1)) for _ in range(chance.of((3, 5, 8)))
    )
    return Area(name=name, polygons=(((*ring, ring[0]),),))


def tree(chance: Chance, kind: RecordKind, depth: int = 2) -> Condition:
    """Return any condition on records of a kind."""
    if depth and chance.yes(0.5):
        parts = [tree(chance, kind, depth - 1) for _ in range(2)]
        return chance.of((either(*parts), every(*parts), Not(parts[0])))
    name = chance.of([name for name, word in WORDS.items() if word.kind in (None, kind)])
    word = WORDS[name]
    if word.choices and chance.yes(0.5):
        return Comparison(name, "in", chance.some(word.choices, 4))
    operator = chance.of(OPERATORS if word.ordered or not word.choices else OPERATORS[:2])
    return Comparison(name, operator, (chance.of(word.choices) if word.choices else chance.of((0.25, 0.5, 0.75)),))


def clause(
    chance: Chance,
    number: int,
    areas: Sequence[str],
    purposes: Sequence[Purpose],
    kinds: Sequence[RecordKind] = tuple(MADE),
) -> Clause:
    """Return any clause on one of these kinds of record."""
    kind = chance.of(kinds)
    narrow = kind is RecordKind.PERSON
    fields = tuple(dict.fromkeys((*field.needed(kind), *chance.some(SAFE[kind], 5, least=0))))
    return Clause(
        id=f"clause-{number}",
        give=kind,
        where=chance.some(areas, 3),
        condition=condition.written(tree(chance, kind)) if chance.yes(0.6) else "",
        to=chance.some(PARTIES, 3, least=2),
        givers=chance.some(PARTIES, 3, least=2),
        purposes=chance.some(purposes, 4, least=2),
        fields=fields,
        blur=Blur(position=chance.of((0, 0, 500, 2_000))) if "position" in fields else Blur(),
        handling=NARROW if narrow else Marks(tlp=chance.of((Tlp.AMBER, Tlp.AMBER, Tlp.GREEN)), onward=Onward.ASK),
        keep=chance.of((DAY, 2 * DAY)),
    )


def standing(chance: Chance, name: str, kinds: Sequence[RecordKind] = tuple(MADE)) -> Standing:
    """Return any agreement on these kinds of record, mostly in force."""
    areas = tuple(area(chance, f"area-{letter}") for letter in "abcd")
    names = [each.name for each in areas]
    purposes = tuple(dict.fromkeys((*chance.some(SERVED, 3, least=2), Purpose.SEARCH_AND_RESCUE)))
    centres = zip(PARTIES, (names[:2], names[2:3]), strict=False)
    terms: Terms = replace(
        EXAMPLE,
        agreement=name,
        in_force=Term(start=NOW - 9 * DAY, end=NOW + 9 * DAY),
        purposes=purposes,
        clauses=tuple(clause(chance, number, names, purposes, kinds) for number in range(chance.of((2, 4, 8)))),
        answers=(),
        rescue=tuple(Centre(node=node, areas=tuple(several)) for node, several in centres),
        areas=areas,
    )
    held, missing = cases.in_force(terms, chance.of(tuple(State), 0.0)), frozenset(chance.some(PARTIES, 1))
    return replace(
        held,
        state=State.FINALIZED if chance.yes(0.85) else held.state,
        signed=held.signed - missing if chance.yes(0.04) else held.signed,
        standing_at=held.standing_at - missing if chance.yes(0.04) else held.standing_at,
    )


def middle(area: Area) -> Position:
    """Return the middle of an area's corners."""
    ring = area.polygons[0][0][:-1]
    return Position(sum(one.latitude for one in ring) / len(ring), sum(one.longitude for one in ring) / len(ring))


def record(chance: Chance, owner: str, aim: Clause, areas: Sequence[Area]) -> Record:
    """Return a record that the clause may give, or any other; most of them are sound."""
    if aim.give is RecordKind.PERSON and chance.yes(0.9):
        return person(chance, owner, aim)
    kind = aim.give if aim.give in MADE and chance.yes(0.9) else chance.of(tuple(MADE))
    near = middle(next(one for one in areas if one.name == aim.where[0]) if chance.yes(0.8) else chance.of(areas))
    place = Position(near.latitude + chance.between(-0.5, 0.5), near.longitude + chance.between(-0.5, 0.5))
    placed = kind not in WRITTEN or chance.yes(0.6)
    position, named = (place, "") if placed else (None, chance.of(("", *(each.name for each in areas))))
    made = MADE[kind](position, owner if chance.yes(0.97) else "no.coord")
    handling = replace(made.handling, tlp=chance.of(tuple(Tlp), 0.0)) if chance.yes(0.1) else made.handling
    fields: dict[str, Value] = {**made.fields, "grading": handling.graded if chance.yes(0.97) else "B2"}
    for name, word in WORDS.items():
        if word.kind is kind:
            values: tuple[Value, ...] = word.choices or (0.125, 0.25, 0.5, 0.7, 0.75, 1, 0)
            strange: Value = chance.of(("unheard-of", 7, None, ["meeting"]))
            fields[name.partition(".")[2]] = chance.of(values) if chance.yes(0.95) else strange
    if kind in WRITTEN:
        fields |= {"area": named or None, "names_nobody": chance.yes(0.97)}
    if chance.yes(0.3):
        gone = chance.of(sorted(fields.keys() - {"position", "area"}))
        del fields[gone]
    return replace(
        made,
        kind=kind if chance.yes(0.98) else chance.of(tuple(RecordKind)),
        subjects=chance.some(SHIPS, 2) if chance.yes(0.85) else chance.some(tuple(SubjectKind), 3, least=0),
        purposes=chance.some(tuple(Purpose), 7, least=5),
        handling=handling,
        position=position if chance.yes(0.98) else None,
        fields=fields,
        area=named if chance.yes(0.98) else areas[0].name,
        expires=chance.of((None, NOW, NOW + DAY)) if chance.yes(0.3) else made.expires,
        cancelled=chance.yes(0.02),
        distress=chance.yes(0.1),
    )


def person(chance: Chance, owner: str, aim: Clause) -> Record:
    """Return a record about a person whom the clause may be about, or another, with any marks."""
    made = cases.person(chance.of(aim.where, 0.8), owner, guard=guard(chance))
    fields = {**made.fields, "offence": chance.of([one.value for one in Offence])}
    if chance.yes(0.3):
        name = chance.of(sorted(fields))
        fields[name] = chance.of((None, "", " ", 0, False, "B2", NOW, ["drugs"]))
    if chance.yes(0.1):
        del fields[chance.of(sorted(fields.keys() - {"area"}))]
    return replace(
        made,
        subjects=made.subjects if chance.yes(0.97) else chance.some(tuple(SubjectKind), 2, least=0),
        purposes=chance.some(tuple(Purpose), 7, least=5),
        handling=made.handling if chance.yes(0.95) else replace(made.handling, tlp=chance.of(tuple(Tlp))),
        position=None if chance.yes(0.98) else cases.KATTEGAT,
        guard=made.guard if chance.yes(0.97) else None,
        fields=fields,
        area=made.area if chance.yes(0.98) else "nowhere",
        cancelled=chance.yes(0.02),
        distress=chance.yes(0.05),
    )


def guard(chance: Chance) -> Guard:
    """Return any marks of protection and risk, and a review date that is mostly to come."""
    countries = (*cases.COUNTRIES.values(), "NO", "FI")
    seeks = cases.seeking(*chance.some(countries, 2, least=0), fled=chance.some(countries, 1, least=0))
    return cases.guard(
        protection=seeks if chance.yes(0.3) else None,
        risks=cases.at_risk(*chance.some(countries, 2, least=0)) if chance.yes(0.3) else (),
        review=chance.of((NOW, NOW + 1, NOW - 9 * DAY)) if chance.yes(0.1) else NOW + 60 * DAY,
    )


def request(chance: Chance, standings: tuple[Standing, ...]) -> Request:
    """Return a request aimed at a clause, in the time of the agreement or just outside of it."""
    terms = standings[0].terms
    aim = chance.of(terms.clauses)
    own = chance.of(aim.givers) if chance.yes(0.9) else chance.of(PARTIES)
    others = [node for node in aim.to if node != own]
    partner = chance.of(others) if others and chance.yes(0.93) else chance.of((*PARTIES, "no.coord"))
    asked = record(chance, own, aim, terms.areas)
    judged = cases.confirmed(asked)
    if chance.yes(0.2):
        judged = replace(
            judged,
            judgement=chance.of(tuple(Judgement)),
            alert=chance.of((asked.id, "another"), 0.8),
            officer=chance.of(("mette", own, " "), 0.7),
            time=chance.of((NOW - DAY, NOW + DAY), 0.7),
        )
    return cases.asked(
        asked,
        standings[0],
        partner,
        own=own,
        standings=standings,
        purpose=chance.of(aim.purposes) if chance.yes(0.9) else chance.of(tuple(Purpose)),
        now=NOW if chance.yes(0.9) else NOW + chance.of((-9 * DAY, -9 * DAY - 1, 9 * DAY - 1, 9 * DAY)),
        decision=judged if chance.yes(0.95) else None,
    )
