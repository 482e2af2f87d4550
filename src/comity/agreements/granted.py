"""Granted: the powers that the agreements in force give one unit, and where each of them holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from comity.agreements import powers
from comity.agreements.powers import Power
from comity.agreements.pursuit import Sample
from comity.agreements.standing import Standing, current, obstacle
from comity.foundation.geodesy import contains
from comity.vocabulary.instant import Instant
from comity.vocabulary.offence import Offence
from comity.vocabulary.place import Position
from comity.vocabulary.unit import UnitAct, UnitKind
from comity.vocabulary.zone import INSIDE, Zone


class Grant(msgspec.Struct, frozen=True):
    """A power, and the agreement that it is in."""

    standing: Standing
    power: Power
    states: frozenset[str]
    """The States of the parties: into no other's land and sovereign waters does a may reach, though a never does."""

    @property
    def name(self) -> str:
        """The power's full name."""
        terms = self.standing.terms
        return f"{self.power.id} of {terms.agreement} version {terms.version}"

    @property
    def places(self) -> str:
        """Where it holds, in words."""
        return " or ".join(self.power.where)

    @property
    def instruments(self) -> tuple[str, ...]:
        """What it rests on."""
        basis = self.power.basis
        rests = (basis,) if basis else tuple(map(str, self.standing.terms.basis))
        return (*rests, self.name)

    def holds(self, zone: Zone, position: Position) -> bool:
        """Whether it holds at a position, if that lies in this zone."""
        areas = {area.name: area for area in self.standing.terms.areas}
        for name in self.power.where:
            named = powers.zone_of(name)
            if named.holds(zone) if named is not None else contains(areas[name], position):
                return True
        return False

    def lets(self, act: UnitAct, zone: Zone) -> bool:
        """Whether it lets the unit do this in this zone, if it holds there: it gives nothing of a third State's."""
        return act in self.power.may and (zone.kind not in INSIDE or zone.state in self.states)

    def among(self, sample: Sample) -> tuple[bool, bool]:
        """Whether a place on the way may lie where it holds, and whether it surely does."""
        each = [self.holds(zone, sample.position) for zone in sample.located.zones]
        return any(each) or not each, bool(each) and all(each)


class Granted(msgspec.Struct, frozen=True):
    """Powers of one unit."""

    standings: tuple[Standing, ...]
    """The agreements in force to which the unit's party belongs."""
    grants: tuple[Grant, ...]
    obstacles: tuple[str, ...] = ()
    """Why other agreements of the party do not count."""
    others: tuple[Standing, ...] = ()
    """Agreements in force to which it does not belong: they give it nothing, and still say what is disputed."""

    def at(self, zone: Zone, position: Position) -> Granted:
        """Return those that hold at a position, if that lies in this zone."""
        here = tuple(one for one in self.grants if one.holds(zone, position))
        return msgspec.structs.replace(self, grants=here)

    def letting(self, act: UnitAct, zone: Zone) -> Sequence[Grant]:
        """Return those that let the unit do this in this zone, of those that hold there."""
        return [one for one in self.grants if one.lets(act, zone)]

    def lets_pursue(self, zone: Zone, position: Position, offence: Offence | None) -> bool:
        """Whether one lets the unit pursue there on suspicion of this, and none forbids it."""
        here = self.at(zone, position)
        if any(UnitAct.PURSUE in one.power.never for one in here.grants):
            return False
        let = here.letting(UnitAct.PURSUE, zone)
        return any(not one.power.on.offence or offence in one.power.on.offence for one in let)


def granted(
    standings: Iterable[Standing], unit: str, kind: UnitKind, time: Instant, countries: Mapping[str, str]
) -> Granted:
    """Return the powers that a unit of this party has at this time, in the order in which they were written."""
    known = tuple(current(standings, time))
    ours = [one for one in known if unit in one.terms.between]
    blocked = {id(one): obstacle(one, time) for one in ours}
    counting = tuple(one for one in ours if blocked[id(one)] is None)
    return Granted(
        standings=counting,
        grants=tuple(
            Grant(one, power, frozenset(countries[node] for node in one.terms.between if node in countries))
            for one in counting
            for power in one.terms.powers
            if power.unit.of == unit and kind in power.unit.kind
        ),
        obstacles=tuple(f"{one.terms.agreement}: {why}" for one in ours if (why := blocked[id(one)]) is not None),
        others=tuple(one for one in known if unit not in one.terms.between and obstacle(one, time) is None),
    )
