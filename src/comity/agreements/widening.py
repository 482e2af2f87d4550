"""A widening: what one version of an agreement permits and another does not, or not as much, with a case of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from comity.agreements import dispute, field, remainder, veto
from comity.agreements.answering import Answering
from comity.agreements.case import Case
from comity.agreements.chart import Chart
from comity.agreements.claim import Finding
from comity.agreements.clause import Clause, Marks
from comity.agreements.frame import Witnesses
from comity.agreements.logic import Formula, Logic, every, none, some
from comity.agreements.narrowing import no_more
from comity.agreements.quantity import duration_written, length_written
from comity.agreements.remainder import Narrowing
from comity.agreements.terms import Terms
from comity.vocabulary.handling import within
from comity.vocabulary.instant import written
from comity.vocabulary.posture import Posture
from comity.vocabulary.record import RecordKind
from comity.vocabulary.suite import Suite

_NEW, _OLD = 0, 1


def widened(old: Terms, new: Terms, told: Callable[[str], object], former: str = "") -> Iterator[Finding]:
    """Yield all that the new terms permit beyond the old: nothing where every request gets at most what it got.

    For each clause of the new and each of the old that decided in its place there is one finding, with a case, and
    with all givers, receivers, purposes and areas for which it is so. `former` is what the old terms are called.

    Raises:
        Fault: the areas are too intricate, or a condition could not be decided in time.
    """
    chart = Chart((new, old), told)
    yield from _in_time(old, new)
    for kind in field.GIVABLE:
        told(f"what is given of {kind.value} records")
        yield from _of_kind(kind, chart, old, new, former or f"version {old.version}")
    yield from _rescues(chart, old, new)
    yield from _unmasked(chart, old, new)
    yield from _answers(old, new)


def loosened(old: Terms, new: Terms, told: Callable[[str], object]) -> Iterator[Finding]:
    """Yield all that the new terms permit beyond the old in some posture, and what lets them begin or linger sooner.

    Raises:
        Fault: the areas are too intricate, or a condition could not be decided in time.
    """
    found = list(widened(old, new, told))
    yield from found
    yield from _terms(old, new)
    for posture in Posture:
        for one in _in_posture(posture, old, new, told):
            if not any(_reaches(each, one) for each in found):
                yield replace(one, words=f"while {posture.value}, {one.words}")


def _reaches(known: Finding, one: Finding) -> bool:
    """Whether the one is the same as is known, and for nobody and nowhere else."""
    within = all(set(those) <= set(known.reach.get(name, ())) for name, those in one.reach.items())
    return within and _without_case(known) == _without_case(one)


def _without_case(one: Finding) -> tuple[str, str]:
    return one.clause, one.words.removeprefix(one.case.told()) if one.case else one.words


def _in_posture(posture: Posture, old: Terms, new: Terms, told: Callable[[str], object]) -> Iterator[Finding]:
    now, before = remainder.left(new, posture), remainder.left(old, posture)
    if now is None or before is None or not now.clauses or (now == before and new.clauses == old.clauses):
        return
    chart = Chart((new, old), told)
    for kind in field.GIVABLE:
        told(f"what is given of {kind.value} records while {posture.value}")
        yield from _of_kind(kind, chart, old, new, f"version {old.version}", (now, before))
    yield from _answers(remainder.narrowed(old, before), remainder.narrowed(new, now))


def _terms(old: Terms, new: Terms) -> Iterator[Finding]:
    """Yield what makes the new terms begin to count with less, or lets what was given stay."""
    gone = [name for name in old.witnesses.required if name not in new.witnesses.required]
    if gone or new.witnesses.quorum < old.witnesses.quorum:
        yield Finding(words=f"it is in force once {_seen(new.witnesses)}, and was once {_seen(old.witnesses)}")
    if new.suite is Suite.ED25519 and old.suite is not new.suite:
        yield Finding(words=f"it is signed by {new.suite.value}, and was by {old.suite.value}")
    for kind in new.after.keep:
        if kind not in old.after.keep:
            yield Finding(words=f"{kind.value} records may be kept although it ended early, and might not")


def _seen(one: Witnesses) -> str:
    return f"{one.quorum} witnesses have seen it, {', '.join(one.required) or 'any'} among them"


def _unmasked(chart: Chart, old: Terms, new: Terms) -> Iterator[Finding]:
    """Yield where somebody is told where something is to whom it was masked."""
    for party in new.between:
        then = chart.bits(_OLD, dispute.masking(old.disputes, party))
        now = chart.bits(_NEW, dispute.masking(new.disputes, party))
        for areas, place in chart.combinations.items():
            if areas & then and not areas & now:
                words = f"{party} is told where something is at {place.latitude:.6f}, {place.longitude:.6f}"
                yield Finding(words=f"{words}, which was masked")
                break


def _in_time(old: Terms, new: Terms) -> Iterator[Finding]:
    begins, began = new.in_force.start, old.in_force.start
    if begins < began:
        yield Finding(words=f"it is in force from {written(begins)} on, and was from {written(began)} on")
    ends, ended = new.in_force.end, old.in_force.end
    if ends > ended:
        yield Finding(words=f"it is in force until {written(ends)}, and was until {written(ended)}")
    last, before = ends + new.after.erase, ended + old.after.erase
    if last > before:
        yield Finding(words=f"what is given is kept until {written(last)} at most, and was until {written(before)}")


def _of_kind(
    kind: RecordKind,
    chart: Chart,
    old: Terms,
    new: Terms,
    former: str,
    left: tuple[Narrowing | None, Narrowing | None] = (None, None),
) -> Iterator[Finding]:
    news, olds = ([one for one in each.clauses if one.give is kind] for each in (new, old))
    if not news:
        return
    logic = Logic(kind, chart, (news, olds))
    now, before = (_deciding(logic, turn, each, left[turn]) for turn, each in enumerate((news, olds)))
    beyond = some(
        every((one, none(_covering(logic, clause, olds, before)))) for clause, one in zip(news, now, strict=True)
    )
    telling = every((beyond, logic.open))  # first where nothing is kept back that a clause gives
    while (case := logic.case(telling, _NEW) or logic.case(beyond, _NEW)) is not None:
        clause, here = next((clause, one) for clause, one in zip(news, now, strict=True) if logic.holds(one))
        decided = [(each, one) for each, one in zip(olds, before, strict=True) if logic.holds(one)]
        there = decided[0][1] if decided else none(before)
        words = _words(case, clause, decided[0][0] if decided else None, former)
        reach = logic.reach(every((beyond, here, there)), _NEW, clause)
        yield Finding(words=f"{case.told()}: {words}", clause=clause.id, case=case, reach=reach)
        logic.add(none((every((here, there)),)))


def _deciding(logic: Logic, version: int, clauses: Sequence[Clause], left: Narrowing | None) -> list[Formula]:
    """Return for each clause that it decides; with what a posture leaves, as `narrowing.unmet` lets it."""
    met = logic.met(version, clauses)
    if left is None:
        return logic.deciding(met)
    remains = logic.purposed(left.purposes)
    allowed = [
        every((one, remains, none(met[place] for place in range(turn) if not no_more(clause, clauses[place]))))
        if clause.id in left.clauses
        else some(())
        for turn, (clause, one) in enumerate(zip(clauses, met, strict=True))
    ]
    return logic.deciding(allowed)


def _covering(logic: Logic, clause: Clause, olds: Sequence[Clause], before: Sequence[Formula]) -> Iterator[Formula]:
    """Yield for each clause of the old that it decided, and gave as much as this one gives."""
    for former, decided in zip(olds, before, strict=True):
        if not _looser(clause, former):
            more = [name for name in clause.fields if name not in former.fields]
            sharper = ["position"] if _sharper(clause, former) else []
            yield every((decided, *map(logic.withheld, (*more, *sharper))))


def _sharper(clause: Clause, former: Clause) -> bool:
    """Whether the clause gives the position closer than a former one does."""
    both = "position" in clause.fields and "position" in former.fields
    return both and clause.blur.position < former.blur.position


def _looser(clause: Clause, former: Clause) -> list[str]:
    """Return in what, but for fields and their blur, the clause gives more than a former one."""
    found: list[str] = []
    if not within(clause.handling.handling, former.handling.handling):
        found.append(f"marks it {_marked(clause.handling)}, not {_marked(former.handling)}")
    if clause.keep > former.keep:
        found.append(f"lets it be kept for {duration_written(clause.keep)}, not {duration_written(former.keep)}")
    return found


def _marked(marks: Marks) -> str:
    proceedings = ", for proceedings" if marks.proceedings else ""
    return f"TLP:{marks.tlp.value}, onward {marks.onward.value}{proceedings}"


def _words(case: Case, clause: Clause, before: Clause | None, former: str) -> str:
    """Return what the clause gives in a case that the clause which decided before did not."""
    concealed = veto.concealed(case.kind, case.subjects)
    given = [name for name in clause.fields if name not in concealed]
    if before is None:
        return f"{clause.id} gives {', '.join(given)}, and no clause of {former} gave anything"
    found = _looser(clause, before)
    if _sharper(clause, before) and case.position is not None:
        blurs = (length_written(one.blur.position) for one in (clause, before))
        found.insert(0, "gives the position within {}, not {}".format(*blurs))
    if more := [name for name in given if name not in before.fields]:
        found.insert(0, f"gives {', '.join(more)} too")
    return f"{clause.id} {'; '.join(found)}, beyond {before.id} of {former}"


def _rescues(chart: Chart, old: Terms, new: Terms) -> Iterator[Finding]:
    """Yield where distress is told to whom it was not told."""
    before = {one.node: chart.bits(_OLD, one.areas) for one in old.rescue}
    for centre in new.rescue:
        now = chart.bits(_NEW, centre.areas)
        for areas, place in chart.combinations.items():
            if areas & now and not areas & before.get(centre.node, 0):
                words = f"distress at {place.latitude:.6f}, {place.longitude:.6f} is told to {centre.node}, and was not"
                yield Finding(words=words)
                break


def _answers(old: Terms, new: Terms) -> Iterator[Finding]:
    before = {one.id: one for one in old.answers}
    for one in new.answers:
        more = _asked(one, before.get(one.id))
        if more:
            yield Finding(words=f"more may be asked: {', '.join(more)}", clause=one.id)


def _asked(clause: Answering, former: Answering | None) -> list[str]:
    """Return what may be asked under the clause, and might not under the former."""
    if former is None or former.answer is not clause.answer:
        return [f"inquiries of the kind {clause.answer.value}"]
    sets = (
        ("by ", clause.to, former.to),
        ("of ", clause.givers, former.givers),
        ("for ", [one.value for one in clause.purposes], [one.value for one in former.purposes]),
        ("among ", [f"{one.value} records" for one in clause.among], [f"{one.value} records" for one in former.among]),
    )
    found = [f"{words}{item}" for words, now, then in sets for item in now if item not in then]
    per_day, before = clause.ask_at_most.per_day, former.ask_at_most.per_day
    if per_day > before:
        found.append(f"{per_day} times a day, not {before}")
    if clause.keep > former.keep:
        found.append(f"and kept for {duration_written(clause.keep)}, not {duration_written(former.keep)}")
    return found
