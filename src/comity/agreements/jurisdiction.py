"""Jurisdiction: the only "may this unit do this here?", with the law behind the answer.

A place is often not in one zone for certain. The question is put in every zone in which it may lie: if the answer is
the same in all of them it holds, otherwise it is contested. So a larger error can make a permitted act contested, and
never a contested one permitted. What is missing never permits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import TypeVar

import msgspec

from comity.agreements import dispute, law, pursuit
from comity.agreements.dispute import Claim, Contested, Dispute
from comity.agreements.granted import Grant, Granted, granted
from comity.agreements.law import Doing
from comity.agreements.leave import Around, Leave, Verdict, contested, forbidden
from comity.agreements.pursuit import Finding, Fix, Sample
from comity.agreements.standing import Standing
from comity.agreements.zone import Chart, Located
from comity.foundation.coastline import Coastline
from comity.foundation.geodesy import NAUTICAL_MILE, geodesic
from comity.vocabulary.instant import Instant
from comity.vocabulary.offence import Offence
from comity.vocabulary.place import Position
from comity.vocabulary.unit import UnitAct, UnitKind
from comity.vocabulary.zone import INSIDE, Zone, ZoneKind

_Item = TypeVar("_Item")


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a unit may do something somewhere at some time."""

    unit: str
    """The node whose unit it is."""
    kind: UnitKind
    act: UnitAct
    position: Position
    time: Instant
    offence: Offence | None = None
    track: tuple[Fix, ...] = ()
    """Where the ship pursued went, in the order of time; for other acts, where the unit went."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What holds at the place, why, and how the place is known."""

    leave: Leave
    located: Located
    claims: tuple[Claim, ...] = ()
    """Whose place it is said to be, where that is not settled."""
    steps: tuple[str, ...] = ()
    """The agreed deconfliction steps there."""
    blocked: tuple[str, ...] = ()
    """Agreements of the unit's party that do not count then, and why."""


def may(
    question: Question,
    standings: Iterable[Standing],
    countries: Mapping[str, str],
    coastline: Coastline | None,
    disputed: Iterable[Contested] = (),
) -> Answer:
    """Return whether the unit may do it, by the agreements in force then, general law, and where the place is.

    `countries` are the States of nodes, by ISO 3166-1 code in small letters; `disputed` is what is contested beside the
    disputes of every agreement in force: the node's own record of them.

    Raises:
        Fault: the track is longer than can be looked at.
    """
    held = granted(standings, question.unit, question.kind, question.time, countries)
    others = (one for each in held.others for one in dispute.contested(each.terms.disputes, each.terms.areas))
    chart = Chart([one.terms for one in held.standings], coastline, (*disputed, *others))
    located = chart.at(question.position)
    doing = Doing(
        state=countries.get(question.unit, ""), kind=question.kind, act=question.act, offence=question.offence
    )
    case = _Case(question, doing, held, chart, located)
    if located.disputed and question.act is not UnitAct.RESCUE:
        leave = _disputed(located)
    elif not located.zones:
        leave = contested(f"nobody can tell whose it is: {located.words}", "none before the place is known")
    else:
        leave = _warned(_together([(zone, case.leave(zone)) for zone in located.zones]), located, doing.state)
    return Answer(
        leave=leave,
        located=located,
        claims=_claims(located, leave),
        steps=tuple(one.step for one in located.disputed if one.step),
        blocked=held.obstacles,
    )


class _Case:
    """A question, and all that is known about it."""

    def __init__(self, question: Question, doing: Doing, held: Granted, chart: Chart, located: Located) -> None:
        self._question, self._doing, self._held, self._chart = question, doing, held, chart
        self._now = Sample(time=question.time, position=question.position, located=located)

    @cached_property
    def _way(self) -> tuple[Sample, ...]:
        """The track, place by place; looked at only where the answer hangs on it."""
        return pursuit.samples(self._question.track, self._chart, self._question.time)

    def leave(self, zone: Zone) -> Leave:
        """Return what holds if the place lies in this zone: a never, else a power, else general law, else nothing."""
        question = self._question
        here = self._held.at(zone, question.position)
        never = tuple(dict.fromkeys(chain.from_iterable(one.power.never for one in here.grants)))
        if question.act in never:
            each = next(one for one in here.grants if question.act in one.power.never)
            return forbidden(f"{each.name} says never to {question.act.value} in {each.places}", *each.instruments)
        found = [self._by_power(one, zone) for one in here.letting(question.act, zone)]
        found += [law.general(self._doing, zone)]
        if question.act in law.IN_PURSUIT and zone.kind not in INSIDE:
            found.append(self._in_pursuit(zone))
        best = _first(found)
        return msgspec.structs.replace(best, never=never) if best.verdict is not Verdict.FORBIDDEN else best

    def _by_power(self, one: Grant, zone: Zone) -> Leave:
        power, question = one.power, self._question
        if power.on.offence and question.offence not in power.on.offence:
            suspected = question.offence.value if question.offence else "none is told"
            listed = ", ".join(offence.value for offence in power.on.offence)
            return forbidden(f"{one.name} is on suspicion of {listed}; {suspected}", *one.instruments)
        leave = self._limited(one)
        if question.act is UnitAct.PURSUE and zone.kind is not ZoneKind.LAND:
            leave = _both(leave, self._course(zone))
        schengen = law.on_land(self._doing, zone)
        if schengen is not None:
            leave = msgspec.structs.replace(
                leave,
                instruments=(*leave.instruments, schengen[0]),
                conditions=(*leave.conditions, *schengen[1]),
            )
        return leave

    def _limited(self, one: Grant) -> Leave:
        """Return the power's leave, within its distance and time from where the track came in."""
        power, question = one.power, self._question
        reason = f"{one.name} lets {power.unit.of}'s {question.kind.value} {question.act.value} in {one.places}"
        leave = Leave(
            verdict=Verdict.PERMITTED,
            reason=reason,
            instruments=one.instruments,
            power=one.name,
            duties=power.must,
        )
        if not (power.within.distance or power.within.time):
            return leave
        if not self._way:
            return forbidden(f"{one.name} counts from where it came in, and no track tells that", *one.instruments)
        entered = pursuit.entries(self._way, one.among, self._now)
        if entered is None:
            return contested(f"{one.name} counts from where it came in, before the track begins", *one.instruments)
        return self._measured(one, leave, entered)

    def _measured(self, one: Grant, leave: Leave, entered: Sequence[Sample]) -> Leave:
        limit, question = one.power.within, self._question
        late = [limit.time and question.time > each.time + limit.time for each in entered]
        far = [limit.distance and geodesic(each.position, question.position) > limit.distance for each in entered]
        over = [bool(first or second) for first, second in zip(late, far, strict=True)]
        if any(over):
            words = f"the time or distance of {one.name} since it came in is used up"
            return forbidden(words, *one.instruments) if all(over) else contested(f"perhaps {words}", *one.instruments)
        first, last = entered[0].position, entered[-1].position
        ends = (first, last) if geodesic(first, last) > NAUTICAL_MILE else (first,)  # nearer, one says enough
        return msgspec.structs.replace(
            leave,
            until=min(each.time for each in entered) + limit.time if limit.time else None,
            around=tuple(Around(centre=place, metres=limit.distance) for place in ends) if limit.distance else (),
        )

    def _in_pursuit(self, zone: Zone) -> Leave:
        return _both(law.pursuing(self._doing), self._course(zone))

    def _course(self, zone: Zone) -> list[Finding]:
        """Return whether a pursuit began, went on and is still open, if the place lies in this zone."""
        question = self._question

        def let(other: Zone, position: Position) -> bool:
            return other.state == zone.state and self._held.lets_pursue(other, position, question.offence)

        return [
            pursuit.begun(self._way, self._doing.state, question.offence),
            pursuit.unbroken(self._way, question.track, question.time),
            pursuit.open_still(self._way, self._doing.state, let),
        ]


def _first(found: Sequence[Leave]) -> Leave:
    """Return the first that permits, else the first that is not settled, else all refusals in one."""
    for verdict in (Verdict.PERMITTED, Verdict.CONTESTED):
        for leave in found:
            if leave.verdict is verdict:
                return leave
    return _merged(Verdict.FORBIDDEN, "; ".join(dict.fromkeys(leave.reason for leave in found)), found)


def _both(leave: Leave, findings: Sequence[Finding]) -> Leave:
    """Return the leave under the condition that all findings hold."""
    against = [one for one in findings if one.holds is False]
    unsure = [one for one in findings if one.holds is None]
    if leave.verdict is Verdict.FORBIDDEN or not (against or unsure):
        return leave
    words = "; ".join(dict.fromkeys(one.words for one in against or unsure))
    instruments = tuple(dict.fromkeys((*leave.instruments, "UNCLOS art. 111")))
    if against:
        return forbidden(f"no hot pursuit: {words}", *instruments)
    return contested(f"whether it is hot pursuit is not settled: {words}", *instruments)


def _together(each: Sequence[tuple[Zone, Leave]]) -> Leave:
    """Return one answer for a place that lies in one of these zones."""
    leaves = [leave for _, leave in each]
    verdicts = {leave.verdict for leave in leaves}
    if len(leaves) == 1:
        return leaves[0]
    if len(verdicts) == 1:
        reasons = "; ".join(dict.fromkeys(leave.reason for leave in leaves))
        return _merged(verdicts.pop(), f"it may be {' or '.join(str(zone) for zone, _ in each)}: {reasons}", leaves)
    told = "; ".join(f"if it is {zone}, {leave.verdict.value}: {leave.reason}" for zone, leave in each)
    return _merged(Verdict.CONTESTED, told, leaves)


def _merged(verdict: Verdict, reason: str, leaves: Sequence[Leave]) -> Leave:
    """Return all conditions, duties and limits together."""
    ends = [leave.until for leave in leaves if leave.until is not None]
    return Leave(
        verdict=verdict,
        reason=reason,
        instruments=_union(leave.instruments for leave in leaves),
        power=", ".join(_union((leave.power,) for leave in leaves if leave.power)),
        conditions=_union(leave.conditions for leave in leaves),
        duties=_union(leave.duties for leave in leaves),
        never=_union(leave.never for leave in leaves),
        until=min(ends) if ends else None,
        around=_union(leave.around for leave in leaves),
    )


def _union(lists: Iterable[Sequence[_Item]]) -> tuple[_Item, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(lists)))


def _warned(leave: Leave, located: Located, state: str) -> Leave:
    """Return the leave with what a coastline cannot know about another State's territorial sea."""
    foreign = any(zone.kind is ZoneKind.TERRITORIAL_SEA and zone.state != state for zone in located.zones)
    if not (foreign and located.indicative and leave.verdict is Verdict.PERMITTED):
        return leave
    bays = "only where it is no internal waters: straight baselines and bays are not in the coastline"
    return msgspec.structs.replace(leave, conditions=(*leave.conditions, bays))


def _claims(located: Located, leave: Leave) -> tuple[Claim, ...]:
    """Return the claims to the place, where it is disputed, or the answer hangs on whose it is."""
    if located.disputed:
        return tuple(claim for one in located.disputed for claim in one.told)
    if leave.verdict is not Verdict.CONTESTED:
        return ()
    states = list(dict.fromkeys(zone.state for zone in located.zones if zone.state))
    if len(states) < 2:
        return ()
    return tuple(
        Claim(by=state, says=f"may be {' or '.join(str(zone) for zone in located.zones if zone.state == state)}")
        for state in states
    )


def _disputed(located: Located) -> Leave:
    return contested("; ".join(map(_told, located.disputed)), "the annex of the agreement")


def _told(one: Dispute) -> str:
    claims = "; ".join(f"{claim.by} says {claim.says}" for claim in one.told)
    return f"{one.area} is disputed: {claims}" + ("" if one.step else "; no step is agreed there")
