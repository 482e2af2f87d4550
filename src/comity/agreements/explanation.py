"""The explanation: an agreement in plain words, for those who sign it and do not read YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comity.agreements import field, posture, rescue
from comity.agreements.answering import Answering
from comity.agreements.clause import Clause
from comity.agreements.document import suggestion
from comity.agreements.frame import Witnesses
from comity.agreements.powers import Power
from comity.agreements.quantity import beginning_written, duration_written, last_day_written, length_written
from comity.agreements.terms import Terms
from comity.vocabulary.fault import Missing
from comity.vocabulary.handling import Onward
from comity.vocabulary.inquiry import InquiryKind
from comity.vocabulary.instant import Instant
from comity.vocabulary.record import RecordKind
from comity.vocabulary.suite import Suite
from comity.vocabulary.unit import Moment

_ONWARD = {
    Onward.YES: "may be passed on",
    Onward.ASK: "may be passed on only with the originator's signed release",
    Onward.NO: "may not be passed on",
}

_MOMENT = {Moment.ENTRY: "it comes in", Moment.ACT: "each such act"}

_OF_PERSONS = (
    "  It tells an offence, and on what the suspicion rests: what somebody did, never what they are (safeguard 20).",
    "  Whatever stands here, it goes to no country from which the person seeks protection, to none at all while that",
    "  country is not known (3), to none where a real risk to the person is marked (19), and never after its review",
    "  date (7). Neither mark is ever told.",
)
"""What holds of every clause for persons, and no agreement can lift."""

_AFTER = {kind: f"{'an' if kind is InquiryKind.AIRCRAFT else 'a'} {kind.subject.value}" for kind in InquiryKind}


def explained(terms: Terms, only: str = "") -> list[str]:
    """Return the agreement in sentences, one a line; blank lines part the clauses. With `only`, that clause alone.

    Raises:
        Missing: there is no such clause.
    """
    if only:
        return _explained(terms, only)
    clauses = (line for clause in terms.clauses for line in _clause(clause, terms))
    answers = (line for answering in terms.answers for line in _answering(answering, terms))
    powers = (line for power in terms.powers for line in _power(power))
    rest = (*_postures(terms), *_disputes(terms), *_drawn(terms), *_ending(terms))
    return [*_heading(terms), *clauses, *answers, *powers, *rest]


def _explained(terms: Terms, name: str) -> list[str]:
    told = {clause.id: _clause(clause, terms) for clause in terms.clauses}
    told |= {answering.id: _answering(answering, terms) for answering in terms.answers}
    told |= {power.id: _power(power) for power in terms.powers}
    if name not in told:
        raise Missing(f"there is no clause {name!r}", where=terms.agreement, remedy=suggestion(name, told))
    return list(told[name])[1:]


def _listed(items: Iterable[str], joint: str = "and") -> str:
    *most, last = items
    return f"{', '.join(most)} {joint} {last}" if most else last


def _heading(terms: Terms) -> Iterator[str]:
    yield f"{terms.agreement}, version {terms.version}, between {_listed(terms.between)}."
    yield f"It rests on {'; '.join(map(str, terms.basis))}."
    yield f"In force from {beginning_written(terms.in_force.start)} {_until(terms.in_force.end)} (UTC),"
    yield f"once all have signed and {_seen(terms.witnesses)}."
    if terms.suite is not Suite.ED25519:
        yield f"It, and all that passes under it, is signed by {terms.suite.value}; less is refused."
    yield f"Purposes: {_listed(purpose.value for purpose in terms.purposes)}. What no clause gives is withheld."


def _until(end: Instant) -> str:
    day = last_day_written(end)
    return f"to the end of {day}" if day else f"until {beginning_written(end)}"


def _seen(witnesses: Witnesses) -> str:
    who = f", {_listed(witnesses.required)} among them" if witnesses.required else ""
    return f"{witnesses.quorum} {'witness has' if witnesses.quorum == 1 else 'witnesses have'} seen it{who}"


def _clause(clause: Clause, terms: Terms) -> Iterator[str]:
    givers = "Each party" if set(clause.givers) == set(terms.between) else _listed(clause.givers)
    receivers = "every other party" if set(clause.to) == set(terms.between) else _listed(clause.to)
    yield ""
    yield f"{clause.id}"
    person = clause.give is RecordKind.PERSON
    what = "records about suspects of an offence" if person else f"{clause.give.value}s"
    yield f"  {givers} may give {receivers} {what} in {_listed(clause.where, 'or')},"
    if clause.condition:
        yield f"  if {clause.condition},"
    yield f"  for {_listed((purpose.value for purpose in clause.purposes), 'or')}."
    yield f"  Given: {_listed(clause.fields)}."
    held = sorted(field.known(clause.give) - set(clause.fields))
    if held:
        yield f"  Withheld: {_listed(held)}."
    if clause.blur.position:
        yield f"  The position is given within {length_written(clause.blur.position)} only."
    yield f"  TLP:{clause.handling.tlp.value} or stricter; {_ONWARD[clause.handling.onward]}."
    court = "may" if clause.handling.proceedings else "may not"
    erased = f"{duration_written(clause.keep)}{', or at its review date if that is sooner' if person else ''}"
    yield f"  It {court} be used in proceedings unasked, and is erased after {erased}."
    if person:
        yield from _OF_PERSONS


def _answering(clause: Answering, terms: Terms) -> Iterator[str]:
    askers = "Every party" if set(clause.to) == set(terms.between) else _listed(clause.to)
    owners = "every other party" if set(clause.givers) == set(terms.between) else _listed(clause.givers)
    yield ""
    yield f"{clause.id}"
    yield f"  {askers} may ask {owners} whether it holds anything on {_AFTER[clause.answer]},"
    yield f"  for {_listed((purpose.value for purpose in clause.purposes), 'or')}."
    yield f"  The node answers hit or no-hit, among its own {_listed(f'{kind.value}s' for kind in clause.among)};"
    yield "  what lies behind a hit, an officer of the owner gives or keeps back."
    per_day, kept = clause.ask_at_most.per_day, duration_written(clause.keep)
    yield f"  At most {per_day} questions a day of each asker, each identifier being one; erased after {kept}."


def _postures(terms: Terms) -> Iterator[str]:
    if not terms.postures:
        return
    yield ""
    for one, left in posture.told(terms.postures).items():
        every = set(left.purposes) == set(terms.purposes)
        for_what = "" if every else f", for {_listed((purpose.value for purpose in left.purposes), 'or')}"
        remains = f"by {_listed(left.only)} only{for_what}" if left.only else "nothing"
        yield f"While a party holds its relations with another {one.value}, it gives, answers and asks {remains}."


def _disputes(terms: Terms) -> Iterator[str]:
    if terms.disputes:
        yield ""
    for one in terms.disputes:
        yield f"{one.area} is disputed, and this settles nothing: claimed by {_listed(one.claimants)};"
        yield f"  {one.status} ({one.source})."
        yield from (f"  {claim.by} says {claim.says}." for claim in one.claims)
        if one.step or terms.powers:
            yield f"  There: {one.step}." if one.step else "  What is done there lest the parties meet is not agreed."
        if one.mask:
            told = "is" if len(one.mask) == 1 else "are"
            yield f"  {_listed(one.mask)} {told} told nothing of where it is when something lies there;"
            yield "  that no position comes can tell that it does."


def _power(power: Power) -> Iterator[str]:
    yield ""
    yield f"{power.id}"
    units, places = _listed((kind.value for kind in power.unit.kind), "or"), _listed(power.where, "or")
    units = f"{'n' if units.startswith('a') else ''} {units}"
    if power.may:
        yield f"  A{units} of {power.unit.of} may {_listed(act.value for act in power.may)} in {places},"
        if power.within.distance or power.within.time:
            limits = [length_written(power.within.distance)] if power.within.distance else []
            limits += [duration_written(power.within.time)] if power.within.time else []
            yield f"  within {_listed(limits)} from where it came in,"
        suspected = _listed((offence.value for offence in power.on.offence), "or") if power.on.offence else ""
        yield f"  on suspicion of {suspected}." if suspected else "  with or without a suspicion."
        yield from (f"  It must notify {duty.notify} before {_MOMENT[duty.before]}." for duty in power.must)
    if power.never:
        acts = _listed((act.value for act in power.never), "or")
        yield f"  Never may a{units} of {power.unit.of} {acts} in {places}."
    yield f"  It rests on {power.basis or 'the basis of the agreement'}."


def _drawn(terms: Terms) -> Iterator[str]:
    drawn = [f"{one.zone}" for one in terms.zones] + [f"the baseline of {one.state}" for one in terms.baselines]
    yield ""
    yield f"Areas: {_listed(f'{one.name} ({one.title})' if one.title else one.name for one in terms.areas)}."
    if terms.powers:
        yield "What no power lets or forbids, general law decides."
    if drawn:
        yield f"The annex draws {_listed(drawn)}."


def _ending(terms: Terms) -> Iterator[str]:
    yield ""
    if terms.rescue:
        centres = (f"{centre.node} in {_listed(centre.areas)}" for centre in terms.rescue)
        yield f"Rescue centres: {'; '.join(centres)}."
        yield "Distress is told to them even while relations or the agreement are suspended, or it has ended:"
        yield f"position and need, never who, kept {duration_written(rescue.KEEP)}, not passed on (safeguard 13)."
    for one in terms.crosswalks:
        words = (
            f"Codes of {one.source.scheme} are told in {one.target.scheme} by {one.crosswalk} version {one.version},"
        )
        yield f"{words} for reading; what was given counts."
    within = duration_written(terms.after.erase)
    yield f"What was given is gone within {within} after it ends, whenever that is, and each holder's log proves it;"
    kinds = _listed(f"{kind.value}s" for kind in terms.after.keep) if terms.after.keep else "nothing"
    yield f"{kinds} may be kept for longer{', for as long as each was given for' if terms.after.keep else ''}."
    if terms.after.account:
        yield f"Each holder accounts for the {_listed(f'{kind.value}s' for kind in terms.after.account)} one by one."
