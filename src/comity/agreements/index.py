"""The index: an agreement made ready to decide, once for each digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

import msgspec

from comity.agreements import condition, grammar, rescue
from comity.agreements.clause import Clause
from comity.agreements.condition import Condition, Datum, Test
from comity.agreements.mosaic import Mosaic
from comity.agreements.portion import Portions
from comity.agreements.region import Region
from comity.agreements.standing import Standing
from comity.agreements.terms import Terms, digest, flaws
from comity.vocabulary.fault import Fault
from comity.vocabulary.handling import Handling, strictest
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind, Value
from comity.vocabulary.subject import SubjectKind

Facts = dict[str, tuple[Datum, ...]]
MOST_HANDLINGS: Final = 1_024
"""That one clause remembers."""


class Ready(msgspec.Struct, frozen=True, eq=False):
    """A clause with its condition read and its areas found."""

    clause: Clause
    condition: Condition | None
    test: Test | None
    """The condition as a function."""
    regions: tuple[Region, ...]
    areas: int
    """Their bits in the mosaic."""
    terms: Terms
    digest: bytes
    basis: str
    """Of the agreement: its laws and treaties."""
    portions: Portions
    fields: frozenset[str]
    """Those that the clause gives."""
    purposes: frozenset[str]
    """Those for which it gives them, as they are written."""
    handlings: dict[Handling, Handling]
    """Of a record's, the strictest of that and its own: there are few."""

    def handling(self, handling: Handling) -> Handling:
        """Return the strictest of a record's handling and the clause's."""
        found = self.handlings.get(handling)
        if found is None:
            if len(self.handlings) >= MOST_HANDLINGS:
                self.handlings.clear()
            found = self.handlings[handling] = strictest(handling, self.clause.handling.handling)
        return found


class Index(msgspec.Struct, frozen=True):
    """An agreement's clauses by kind of record and by id."""

    terms: Terms
    digest: bytes
    parties: frozenset[str]
    purposes: frozenset[Purpose]
    by_kind: Mapping[RecordKind, tuple[Ready, ...]]
    by_id: Mapping[str, Ready]
    regions: Mapping[str, Region]
    """The annex's areas by name."""
    mosaic: Mosaic
    """The same, in their order."""

    def competent(self, position: Position) -> frozenset[str]:
        """Return the parties that are the competent rescue centre for the position."""
        return rescue.competent(self.terms.rescue, self.terms.areas, position)


class Circumstance(msgspec.Struct, frozen=True):
    """What clauses are held against: who gives what to whom, what for, where."""

    giver: str
    receiver: str
    purpose: Purpose
    position: Position | None
    area: str
    """Where there is no position: the name of an area."""
    facts: Facts


class _Keyed:
    """A standing that counts as equal to any other of the same digest."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing

    def __hash__(self) -> int:
        return hash(self.standing.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and other.standing.digest == self.standing.digest


def index(standing: Standing) -> Index:
    """Return the index of the agreement of this digest.

    Raises:
        Fault: the terms have another digest, or are flawed.
    """
    return _index(_Keyed(standing))


@lru_cache(maxsize=64)
def _index(keyed: _Keyed) -> Index:
    terms = keyed.standing.terms
    if digest(terms) != keyed.standing.digest:
        raise Fault("the terms are not those of the digest", where=terms.agreement, remedy="Fetch the agreement again.")
    for flaw in flaws(terms):
        raise Fault(flaw.what, where=terms.agreement, remedy=flaw.remedy)
    regions = {area.name: Region(area) for area in terms.areas}
    bits = {name: 1 << turn for turn, name in enumerate(regions)}
    basis = "; ".join(map(str, terms.basis))
    ready = [
        Ready(
            clause=clause,
            condition=(tree := grammar.read(clause.condition) if clause.condition else None),
            test=condition.ready(tree) if tree is not None else None,
            regions=tuple(regions[name] for name in clause.where),
            areas=sum(bits[name] for name in clause.where),
            terms=terms,
            digest=keyed.standing.digest,
            basis=basis,
            portions=Portions(clause),
            fields=frozenset(clause.fields),
            purposes=frozenset(purpose.value for purpose in clause.purposes),
            handlings={},
        )
        for clause in terms.clauses
    ]
    return Index(
        terms=terms,
        digest=keyed.standing.digest,
        parties=frozenset(terms.between),
        purposes=frozenset(terms.purposes),
        by_kind={kind: tuple(one for one in ready if one.clause.give is kind) for kind in RecordKind},
        by_id={one.clause.id: one for one in ready},
        regions=regions,
        mosaic=Mosaic(tuple(regions.values())),
    )


def steps(ready: Ready, circumstance: Circumstance) -> Iterator[str | None]:
    """Yield for each condition of a clause in turn None where it is met, else what is not."""
    clause = ready.clause
    yield None if circumstance.giver in clause.givers else f"{circumstance.giver} is no giver under it"
    yield None if circumstance.receiver in clause.to else f"{circumstance.receiver} is no recipient under it"
    asked = circumstance.purpose
    yield None if asked in clause.purposes else f"{asked.value} is none of its purposes"
    yield _elsewhere(ready, circumstance)
    if ready.condition is not None:
        answer = condition.answer(ready.condition, circumstance.facts)
        yield None if answer else f"{'it does not hold' if answer is False else 'unknown'}: {clause.condition}"


def _elsewhere(ready: Ready, circumstance: Circumstance) -> str | None:
    """Return why it is in none of the clause's areas, None if it is: an area counts by its name (decision 0072)."""
    where = ", ".join(ready.clause.where)
    if circumstance.position is not None:
        inside = any(region.holds(circumstance.position) for region in ready.regions)
        return None if inside else f"the position is outside of {where}"
    if circumstance.area:
        named = circumstance.area in ready.clause.where
        return None if named else f"the area {circumstance.area} is not named by it: {where}"
    return f"it has no position and names no area; the clause wants one of {where}"


def unmet(ready: Ready, circumstance: Circumstance) -> tuple[int, str] | None:
    """Return how many conditions of a clause were met before the first that was not, and that one; None if all were."""
    for count, reason in enumerate(steps(ready, circumstance)):
        if reason is not None:
            return count, reason
    return None


ASKED: Final[Mapping[RecordKind, tuple[str, ...]]] = {
    RecordKind.ALERT: ("kind", "severity", "confidence"),
    RecordKind.REPORT: ("offence",),
    RecordKind.NOTICE: ("offence", "kind"),
    RecordKind.PERSON: ("offence",),
}
"""Fields that conditions can ask about, in each kind of record that has some."""


def facts(kind: RecordKind, fields: Mapping[str, Value], subjects: tuple[SubjectKind, ...]) -> Facts:
    """Return what conditions can ask about a record; what is missing is left out."""
    found: Facts = {}
    if subjects:
        found["subject.kind"] = tuple(subject.value for subject in subjects)
    for name in ASKED.get(kind, ()):
        value = fields.get(name)
        if isinstance(value, (str, int, float)):
            found[f"{kind.value}.{name}"] = (value,)
    return found


def circumstance(record: Record, giver: str, receiver: str, purpose: Purpose) -> Circumstance:
    """Return the circumstance of giving this record."""
    known = facts(record.kind, record.fields, record.subjects)
    return Circumstance(giver, receiver, purpose, record.position, record.area, known)
