"""The difference: what one version of an agreement newly allows and newly forbids, in words.

Clauses are compared by their names, part by part. Where only a proof could tell whether a change widens or narrows (a
condition written otherwise, an area drawn otherwise) the change is named as such and put to neither side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum

import msgspec

from comity.agreements import posture
from comity.agreements.answering import Answering
from comity.agreements.clause import Clause
from comity.agreements.frame import After
from comity.agreements.powers import Power, Units
from comity.agreements.quantity import beginning_written, duration_written, last_day_written, length_written
from comity.agreements.terms import Terms
from comity.vocabulary.handling import within
from comity.vocabulary.instant import Instant


class Effect(Enum):
    """What a change does."""

    ALLOWS = "newly allowed"
    FORBIDS = "newly forbidden"
    ALTERS = "otherwise changed"


class Change(msgspec.Struct, frozen=True):
    """One difference, in words, and the clause that it is in; empty: the agreement as a whole."""

    effect: Effect
    clause: str
    words: str

    def __str__(self) -> str:
        return f"{self.clause}: {self.words}" if self.clause else self.words


def differences(old: Terms, new: Terms) -> list[Change]:
    """Return all in which the new terms differ from the old; none where nothing that decides does."""
    return [
        *_whole(old, new),
        *_areas(old, new),
        *_disputes(old, new),
        *_postures(old, new),
        *_clauses(old, new),
        *_answers(old, new),
        *_powers(old, new),
    ]


def _whole(old: Terms, new: Terms) -> Iterator[Change]:
    yield from _sets("", "a party: ", old.between, new.between)
    yield from _sets("", "the purpose ", _words(old.purposes), _words(new.purposes))
    yield from _order("", "in force from", old.in_force.start, new.in_force.start, beginning_written, wider=False)
    yield from _order("", "in force until", old.in_force.end, new.in_force.end, _until, wider=True)
    yield from _after(old.after, new.after)
    yield from _sets("", "a witness that must cosign: ", old.witnesses.required, new.witnesses.required, Effect.ALTERS)
    for words, before, now in (
        ("the agreement", [old.agreement], [new.agreement]),
        ("the basis", [str(one) for one in old.basis], [str(one) for one in new.basis]),
        ("the quorum of witnesses", [str(old.witnesses.quorum)], [str(new.witnesses.quorum)]),
        ("the signatures", [old.suite.value], [new.suite.value]),
        ("the order of the clauses, of which the first that permits counts", *_orders(old, new)),
    ):
        if before != now:
            yield Change(Effect.ALTERS, "", f"{words}: {', '.join(before)} becomes {', '.join(now)}")
    before, now = _centres(old), _centres(new)
    yield from _sets("", "rescue: ", before, now)


def _until(end: Instant) -> str:
    return last_day_written(end) or beginning_written(end)


def _after(old: After, new: After) -> Iterator[Change]:
    """Yield what may be kept after the end, and for how long; what is accounted for neither widens nor narrows."""
    yield from _order("", "kept no longer after the end than", old.erase, new.erase, duration_written, wider=True)
    yield from _sets("", "kept after the end for as long as given for: ", _words(old.keep), _words(new.keep))
    account = "accounted for one by one after the end: "
    yield from _sets("", account, _words(old.account), _words(new.account), Effect.ALTERS)


def _orders(old: Terms, new: Terms) -> tuple[list[str], list[str]]:
    """Return the clauses that both have, in the order of each."""
    before, now = [one.id for one in old.clauses], [one.id for one in new.clauses]
    return [name for name in before if name in now], [name for name in now if name in before]


def _centres(terms: Terms) -> list[str]:
    return [f"distress in {area} is told to {centre.node}" for centre in terms.rescue for area in centre.areas]


def _areas(old: Terms, new: Terms) -> Iterator[Change]:
    before = {area.name: area.polygons for area in old.areas}
    for area in new.areas:
        if area.name in before and before[area.name] != area.polygons:
            yield Change(Effect.ALTERS, "", f"the area {area.name} is drawn otherwise")
    told, tells = {one.crosswalk: one for one in old.crosswalks}, {one.crosswalk: one for one in new.crosswalks}
    yield from _sets("", "codes told by the crosswalk ", told, tells, Effect.ALTERS)
    for name in sorted(told.keys() & tells.keys()):
        if told[name] != tells[name]:
            yield Change(Effect.ALTERS, "", f"the crosswalk {name} tells codes otherwise")


def _disputes(old: Terms, new: Terms) -> Iterator[Change]:
    before, now = {one.area: one for one in old.disputes}, {one.area: one for one in new.disputes}
    yield from _sets("", "a dispute over ", before, now, Effect.ALTERS)
    for area in dict.fromkeys((*before, *now)):
        hidden, masks = (tuple(found[area].mask) if area in found else () for found in (before, now))
        yield from _sets("", f"telling where something is in {area}: to ", masks, hidden)
        if area in before and area in now:
            told = [(one.claimants, one.source, one.status, one.claims) for one in (before[area], now[area])]
            if told[0] != told[1]:
                yield Change(Effect.ALTERS, "", f"what is said of the dispute over {area}")
            if before[area].step != now[area].step:
                step = now[area].step or "nothing is agreed"
                yield Change(Effect.ALTERS, "", f"what is done in {area} lest the parties meet: {step}")


def _postures(old: Terms, new: Terms) -> Iterator[Change]:
    before = posture.told(old.postures)
    for one, now in posture.told(new.postures).items():
        yield from _sets("", f"while {one.value}: the clause ", before[one].only, now.only)
        if before[one].only and now.only:
            yield from _sets("", f"while {one.value}: the purpose ", _words(before[one].purposes), _words(now.purposes))


def _clauses(old: Terms, new: Terms) -> Iterator[Change]:
    before, now = {one.id: one for one in old.clauses}, {one.id: one for one in new.clauses}
    yield from _sets("", "the clause ", before, now)
    for name, clause in before.items():
        if name in now:
            yield from _clause(clause, now[name])


def _clause(old: Clause, new: Clause) -> Iterator[Change]:
    name = new.id
    if old.give is not new.give:
        yield Change(Effect.FORBIDS, name, f"giving {old.give.value} records")
        yield Change(Effect.ALLOWS, name, f"giving {new.give.value} records")
    yield from _sets(name, "by ", old.givers, new.givers)
    yield from _sets(name, "to ", old.to, new.to)
    yield from _sets(name, "for ", _words(old.purposes), _words(new.purposes))
    yield from _sets(name, "in ", old.where, new.where)
    yield from _sets(name, "the field ", old.fields, new.fields)
    if old.condition != new.condition:
        before, now = old.condition or "no condition", new.condition or "no condition"
        yield Change(_by_condition(old, new), name, f"the condition: {before} becomes {now}")
    yield from _order(name, "positions within", old.blur.position, new.blur.position, length_written, wider=False)
    if old.handling != new.handling:
        yield Change(_by_marks(old, new), name, f"marked {_marked(old)} becomes {_marked(new)}")
    yield from _order(name, "kept for", old.keep, new.keep, duration_written, wider=True)


def _by_condition(old: Clause, new: Clause) -> Effect:
    if not new.condition:
        return Effect.ALLOWS
    return Effect.ALTERS if old.condition else Effect.FORBIDS


def _by_marks(old: Clause, new: Clause) -> Effect:
    if within(new.handling.handling, old.handling.handling):
        return Effect.FORBIDS
    return Effect.ALLOWS if within(old.handling.handling, new.handling.handling) else Effect.ALTERS


def _marked(clause: Clause) -> str:
    court = ", for proceedings" if clause.handling.proceedings else ""
    return f"TLP:{clause.handling.tlp.value}, onward {clause.handling.onward.value}{court}"


def _answers(old: Terms, new: Terms) -> Iterator[Change]:
    before, now = {one.id: one for one in old.answers}, {one.id: one for one in new.answers}
    yield from _sets("", "the clause ", before, now)
    for name, clause in before.items():
        if name in now:
            yield from _answering(clause, now[name])


def _answering(old: Answering, new: Answering) -> Iterator[Change]:
    name = new.id
    if old.answer is not new.answer:
        yield Change(Effect.FORBIDS, name, f"asking by {old.answer.value}")
        yield Change(Effect.ALLOWS, name, f"asking by {new.answer.value}")
    yield from _sets(name, "asked by ", old.to, new.to)
    yield from _sets(name, "answered by ", old.givers, new.givers)
    yield from _sets(name, "for ", _words(old.purposes), _words(new.purposes))
    yield from _sets(name, "looked for among records of the kind ", _words(old.among), _words(new.among))
    per_day = old.ask_at_most.per_day, new.ask_at_most.per_day
    yield from _order(name, "questions a day:", *per_day, str, wider=True)
    yield from _order(name, "questions kept for", old.keep, new.keep, duration_written, wider=True)


def _powers(old: Terms, new: Terms) -> Iterator[Change]:
    before, now = {one.id: one for one in old.powers}, {one.id: one for one in new.powers}
    for name in (*before, *(name for name in now if name not in before)):
        yield from _power(before.get(name, msgspec.structs.replace(_NO_POWER, id=name)), now.get(name))
    yield from _drawn("zone", {str(one.zone): one for one in old.zones}, {str(one.zone): one for one in new.zones})
    yield from _drawn("baseline", {one.state: one for one in old.baselines}, {one.state: one for one in new.baselines})


def _drawn(noun: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            only = f"by the {'new' if name in new else 'old'} version only"
            how = "otherwise" if name in old and name in new else only
            yield Change(Effect.ALTERS, "", f"the {noun} {name} is drawn {how}")


def _power(old: Power, new: Power | None) -> Iterator[Change]:
    name, new = old.id, new or msgspec.structs.replace(_NO_POWER, id=old.id)
    yield from _sets(name, "units of ", filter(None, [old.unit.of]), filter(None, [new.unit.of]))
    yield from _sets(name, "units of the kind ", _words(old.unit.kind), _words(new.unit.kind))
    yield from _sets(name, "to ", _words(old.may), _words(new.may))
    yield from _sets(name, "in ", old.where, new.where)
    yield from _sets(name, "ever to ", _words(new.never), _words(old.never))
    if not (old.may and new.may):
        return
    yield from _unless(name, "on suspicion of ", _words(old.on.offence), _words(new.on.offence))
    for words, was, now, told in (
        ("within", old.within.distance, new.within.distance, length_written),
        ("within", old.within.time, new.within.time, duration_written),
    ):
        yield from _order(name, words, was or _ENDLESS, now or _ENDLESS, _endless(told), wider=True)
    duties = [[f"notifying {duty.notify} before {duty.before.value}" for duty in one.must] for one in (old, new)]
    yield from _sets(name, "without ", duties[1], duties[0])
    if old.basis != new.basis:
        yield Change(Effect.ALTERS, name, f"it rests on {new.basis or 'the basis of the agreement'}")


_ENDLESS = 2**62
_NO_POWER = Power(id="", unit=Units(of="", kind=()), where=())


def _endless(told: Callable[[int], str]) -> Callable[[int], str]:
    return lambda value: "any" if value == _ENDLESS else told(value)


def _unless(clause: str, words: str, old: list[str], new: list[str]) -> Iterator[Change]:
    """Yield a change of a list that allows all when it is empty."""
    if not old or not new:
        if old != new:
            effect = Effect.FORBIDS if new else Effect.ALLOWS
            yield Change(
                effect, clause, f"{words}{', '.join(new) or 'anything'}, no more {', '.join(old) or 'anything'}"
            )
        return
    yield from _sets(clause, words, old, new)


def _words(items: Iterable[Enum]) -> list[str]:
    return [str(item.value) for item in items]


def _sets(
    clause: str, words: str, old: Iterable[str], new: Iterable[str], effect: Effect | None = None
) -> Iterator[Change]:
    """Yield what one list has that the other has not: what is added widens, what is gone narrows."""
    before, now = list(old), list(new)
    for item in now:
        if item not in before:
            yield Change(effect or Effect.ALLOWS, clause, f"{words}{item}")
    for item in before:
        if item not in now:
            gone = f"no more {words}{item}" if effect else f"{words}{item}"
            yield Change(effect or Effect.FORBIDS, clause, gone)


def _order(clause: str, words: str, old: int, new: int, told: Callable[[int], str], *, wider: bool) -> Iterator[Change]:
    """Yield that a quantity has changed; with `wider` more of it allows more."""
    if old != new:
        effect = Effect.ALLOWS if (new > old) is wider else Effect.FORBIDS
        yield Change(effect, clause, f"{words} {told(old)} becomes {told(new)}")
