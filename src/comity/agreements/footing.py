"""The footing: what all requests from one node to another rest on at one time, found out once.

For each purpose and kind of record it holds the clauses that are left once giver, recipient and purpose are known.
What it remembers decides nothing by itself: it is what deciding step by step finds each time anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from comity.agreements import field, veto
from comity.agreements.denial import NOT_PERMITTED, Denial
from comity.agreements.index import ASKED, Facts, Index, Ready, index
from comity.agreements.request import Request, missing
from comity.agreements.standing import Standing, between, obstacle
from comity.agreements.veto import Veto
from comity.vocabulary.instant import LATEST, Instant
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import WRITTEN, Record, RecordKind, Value
from comity.vocabulary.subject import SubjectKind

MOST_KNOWN: Final = 1_024
MOST_PAIRS: Final = 256
"""How many things of one sort, and pairs of nodes, are remembered; then they are found out anew."""
_MOST_SUBJECTS = 16


def vetoed(forbidden: Veto) -> Denial:
    """Return the denial by a safeguard."""
    return Denial(code=NOT_PERMITTED, reason=forbidden.why, safeguard=forbidden.safeguard)


class About:
    """What the subjects of a record decide."""

    __slots__ = ("concealing", "words")

    def __init__(self, kind: RecordKind, subjects: tuple[SubjectKind, ...]) -> None:
        self.words = tuple(subject.value for subject in subjects)
        self.concealing = bool(veto.concealed(kind, subjects))


class Lot:
    """One agreement of those in force, and the clauses of it that are left on a way."""

    __slots__ = ("_left", "_names", "mosaic", "width")

    def __init__(self, agreed: Index, own: str, partner: str, purpose: Purpose, kind: RecordKind) -> None:
        self.mosaic = agreed.mosaic
        self._names = {area.name: 1 << turn for turn, area in enumerate(agreed.terms.areas)}
        self.width = len(self._names)
        self._left = tuple(
            one
            for one in agreed.by_kind[kind]
            if own in one.clause.givers and partner in one.clause.to and purpose in one.clause.purposes
        )

    def named(self, area: str) -> int | None:
        """Return the bit of the area of this name, 0 where no area is named, None where there is none of the name."""
        return self._names.get(area) if area else 0

    def within(self, areas: int) -> tuple[Ready, ...]:
        """Return of the clauses those that name one of these areas (bits, as the mosaic numbers them)."""
        return tuple(one for one in self._left if one.areas & areas)


class Scene:
    """The clauses that are left once it is known in which areas a record lies: their conditions decide."""

    __slots__ = ("_asked", "_left", "denials")

    def __init__(self, kind: RecordKind, left: tuple[Ready, ...]) -> None:
        self._left = left
        self._asked = tuple((name, f"{kind.value}.{name}") for name in ASKED.get(kind, ()))
        self.denials: dict[int, Denial] = {}
        """By which conditions were unknown: that is all by which they differ."""

    def found(self, fields: Mapping[str, Value], about: About) -> Ready | int:
        """Return the first clause whose condition holds, or for each clause a bit: whether its condition is unknown."""
        facts, trail = None, 1
        for ready in self._left:
            if ready.test is None:
                return ready
            if facts is None:
                facts = self._facts(fields, about)
            answer = ready.test(facts)
            if answer:
                return ready
            trail = trail << 1 | (answer is None)
        return trail

    def _facts(self, fields: Mapping[str, Value], about: About) -> Facts:
        facts: Facts = {"subject.kind": about.words}
        for name, asked in self._asked:
            value = fields.get(name)
            if isinstance(value, (str, int, float)):
                facts[asked] = (value,)
        return facts

    def remember(self, trail: int, denial: Denial) -> Denial:
        """Keep the denial."""
        if len(self.denials) >= MOST_KNOWN:
            self.denials.clear()
        self.denials[trail] = denial
        return denial


class Way:
    """What decides about one kind of record on its way from one node to another, for one purpose."""

    __slots__ = ("_scenes", "abouts", "judged", "kind", "lots", "unconfirmed", "unheld", "written")

    def __init__(self, kind: RecordKind, purpose: Purpose, lots: tuple[Lot, ...]) -> None:
        self.kind, self.lots = kind, lots
        self.judged, self.written = kind is RecordKind.ALERT, kind in WRITTEN
        """Whether an officer must have confirmed it; whether it is an officer's own word."""
        self.unheld, self.unconfirmed = vetoed(veto.unheld(purpose)), vetoed(veto.UNCONFIRMED)
        self.abouts: dict[tuple[SubjectKind, ...], About] = {}
        self._scenes: dict[tuple[str | int, ...], Scene] = {}
        """By the name of the area, if it goes by that, and the areas in each agreement."""

    def about(self, subjects: tuple[SubjectKind, ...]) -> About | None:
        """Return what the subjects decide, None where they are vetoed, or are no subjects."""
        sound = type(subjects) is tuple and all(type(one) is SubjectKind for one in subjects)
        if not sound or len(subjects) > _MOST_SUBJECTS:
            return None
        if veto.by_subject(self.kind, subjects) or veto.by_picture(self.kind, subjects):
            return None
        if len(self.abouts) >= MOST_KNOWN:
            self.abouts.clear()
        found = self.abouts[subjects] = About(self.kind, subjects)
        return found

    def scene(self, record: Record) -> Scene | None:
        """Return the scene where the record lies, None where it names an area that is none of an agreement's."""
        position = record.position
        if position is None:
            named = [lot.named(record.area) for lot in self.lots]
            return None if None in named else self._at(tuple(each or 0 for each in named), record.area)
        if len(self.lots) == 1:
            return self._at((self.lots[0].mosaic.around(position),))
        return self._at(tuple(lot.mosaic.around(position) for lot in self.lots))

    def _at(self, areas: tuple[int, ...], *name: str) -> Scene:
        found = self._scenes.get((*name, *areas) if name else areas)
        return found or self._set(areas, *name)

    def _set(self, areas: tuple[int, ...], *name: str) -> Scene:
        if len(self._scenes) >= MOST_KNOWN:
            self._scenes.clear()
        left = [one for lot, here in zip(self.lots, areas, strict=True) for one in lot.within(here)]
        found = self._scenes[*name, *areas] = Scene(self.kind, tuple(left))
        return found


Ways: TypeAlias = Mapping[Purpose, Mapping[RecordKind, Way]]


class Footing:
    """The ways from one node to another, as they are from one instant up to and without another."""

    __slots__ = ("masking", "own_country", "partner_country", "since", "standings", "until", "ways")

    def __init__(self, request: Request) -> None:
        self.standings = request.standings
        self.own_country, self.partner_country = request.own_country, request.partner_country
        turns = {one for each in self.standings for one in (each.terms.in_force.start, each.terms.in_force.end)}
        self.since: Instant = max([0, *(turn for turn in turns if turn <= request.now)])
        self.until: Instant = min([LATEST + 1, *(turn for turn in turns if turn > request.now)])
        agreed = _in_force(request)
        self.masking = any(request.partner in one.mask for each in agreed for one in each.terms.disputes)
        """Whether there is an area in which the partner is not told where something is."""
        self.ways = ways(request.own, request.partner, agreed)

    def rests_on(self, standings: tuple[Standing, ...]) -> bool:
        """Whether these say the same as its own, of the same texts; if so they are its own from now on."""
        if type(standings) is not tuple or not all(type(one) is Standing for one in standings):
            return False
        same = tuple((one.digest, one.state, one.signed, one.standing_at) for one in standings)
        if same != tuple((one.digest, one.state, one.signed, one.standing_at) for one in self.standings):
            return False
        if any(one.terms is not other.terms for one, other in zip(standings, self.standings, strict=True)):
            return False
        self.standings = standings
        return True


def _in_force(request: Request) -> tuple[Standing, ...]:
    """Return the agreements in force between the two, none where they are one."""
    found = between(request.standings, request.own, request.partner, request.now)
    return tuple(one for one in found if obstacle(one, request.now) is None)


_footings: dict[tuple[str, str], Footing] = {}


def footing(request: Request) -> Footing | None:
    """Return what the request rests on, None where what all requests between two nodes share is not sound.

    Raises:
        Fault: an agreement's terms are not those of its digest, or flawed.
    """
    found = _footings.get((request.own, request.partner))
    if (
        found is not None
        and (request.standings is found.standings or found.rests_on(request.standings))
        and type(request.now) is int
        and found.since <= request.now < found.until
        and request.own_country == found.own_country
        and request.partner_country == found.partner_country
    ):
        return found
    return _found(request)


def _found(request: Request) -> Footing | None:
    if type(request) is not Request or missing(request) is not None:
        return None
    if len(_footings) >= MOST_PAIRS:
        _footings.clear()
    found = _footings[request.own, request.partner] = Footing(request)
    return found


_ways: dict[tuple[str, str, tuple[bytes, ...]], Ways] = {}


def ways(own: str, partner: str, in_force: tuple[Standing, ...]) -> Ways:
    """Return the ways from one node to another under agreements in force; with none there is no way."""
    name = own, partner, tuple(one.digest for one in in_force)
    found = _ways.get(name)
    if found is None:
        if len(_ways) >= MOST_PAIRS:
            _ways.clear()
        agreed = tuple(map(index, in_force))
        found = _ways[name] = {
            purpose: {
                kind: Way(kind, purpose, tuple(Lot(each, own, partner, purpose, kind) for each in agreed))
                for kind in field.GIVABLE
                if agreed and kind is not RecordKind.PERSON  # about whom the law is asked each time, step by step
            }
            for purpose in Purpose
        }
    return found
