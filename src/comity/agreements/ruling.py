"""The ruling: an answer on jurisdiction as a duty officer reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from comity.agreements.jurisdiction import Answer
from comity.agreements.leave import Around, Leave, Verdict
from comity.agreements.quantity import length_written
from comity.foundation.geodesy import NAUTICAL_MILE
from comity.vocabulary.instant import LATEST, MINUTE, Instant, written
from comity.vocabulary.place import Position
from comity.vocabulary.unit import UnitAct

_NOUN: Final = {
    UnitAct.OBSERVE: "observation",
    UnitAct.ENTER: "entry",
    UnitAct.PURSUE: "pursuit",
    UnitAct.STOP: "stopping",
    UnitAct.BOARD: "boarding",
    UnitAct.SEIZE: "seizure",
    UnitAct.USE_OF_FORCE: "use of force",
}


def told(answer: Answer, now: Instant) -> list[str]:
    """Return the answer in lines, the first of which says it all in short; `now` is the time of the question."""
    leave = answer.leave
    return [
        headline(answer, now),
        f"why: {leave.reason}",
        f"where: {_where(answer)}",
        *(f"condition: {one}" for one in leave.conditions if leave.verdict is not Verdict.FORBIDDEN),
        *(f"claim of {claim.by}: {claim.says}" for claim in answer.claims),
        *_unsettled(answer),
        *(f"does not count: {one}" for one in answer.blocked),
        f"under: {'; '.join(leave.instruments)}",
    ]


def plain(answer: Answer, now: Instant) -> dict[str, object]:
    """Return the answer for programs."""
    leave, located = answer.leave, answer.located
    return {
        "verdict": leave.verdict.value,
        "headline": headline(answer, now),
        "reason": leave.reason,
        "power": leave.power or None,
        "instruments": leave.instruments,
        "conditions": leave.conditions,
        "must": [{"notify": duty.notify, "before": duty.before.value} for duty in leave.duties],
        "never": [act.value for act in leave.never],
        "until": written(leave.until) if leave.until is not None and leave.until <= LATEST else None,
        "around": msgspec.to_builtins(leave.around),
        "zones": [str(zone) for zone in located.zones],
        "where": located.words,
        "source": located.source.value,
        "indicative": located.indicative,
        "claims": msgspec.to_builtins(answer.claims),
        "steps": answer.steps,
        "does_not_count": answer.blocked,
    }


def headline(answer: Answer, now: Instant) -> str:
    """Return the answer in one line: until when and how far, whom to tell, what never."""
    leave = answer.leave
    parts = ["".join((leave.verdict.value, _limits(leave, now)))]
    if leave.verdict is not Verdict.FORBIDDEN:
        parts += [f"notify {duty.notify} before {duty.before.value}" for duty in leave.duties]
        if leave.never:
            parts.append(", ".join(f"no {_NOUN.get(act, act.value)}" for act in leave.never))
    if answer.located.indicative:
        parts.append("indicative")
    return "; ".join(parts)


def _limits(leave: Leave, now: Instant) -> str:
    if leave.verdict is Verdict.FORBIDDEN:
        return ""
    parts = [f"until {_clock(leave.until, now)}"] if leave.until is not None else []
    if leave.around:
        far = length(leave.around[0].metres) if len({one.metres for one in leave.around}) == 1 else ""
        places = " and ".join(place(one.centre) if far else _circle(one) for one in leave.around)
        parts.append(f"{far} from {places}".strip() if far else places)
    return f" {' or '.join(parts)}" if parts else ""


def _circle(one: Around) -> str:
    return f"{length(one.metres)} from {place(one.centre)}"


def length(metres: int) -> str:
    """Return the length in nautical miles where they are whole, else in kilometres or metres."""
    miles, rest = divmod(metres, round(NAUTICAL_MILE))
    return f"{miles} nm" if miles and not rest else length_written(metres)


def place(position: Position) -> str:
    """Return the position as it is written on a chart, in degrees."""
    north = "N" if position.latitude >= 0 else "S"
    east = "E" if position.longitude >= 0 else "W"
    return f"{abs(position.latitude):.3f} {north} {abs(position.longitude):.3f} {east}"


def _clock(instant: Instant, now: Instant) -> str:
    """Return the time of day, with the date where it is another; seconds are cut, never rounded up."""
    text, today = written(instant - instant % MINUTE), written(now)[:10]
    return f"{text[11:16]} UTC" if text[:10] == today else f"{text[:10]} {text[11:16]} UTC"


def _where(answer: Answer) -> str:
    located = answer.located
    zones = " or ".join(map(str, located.zones)) or "not known"
    return f"{zones} ({located.words})"


def _unsettled(answer: Answer) -> Iterator[str]:
    if answer.leave.verdict is not Verdict.CONTESTED:
        return
    yield from (f"agreed step: {step}" for step in answer.steps)
    if not answer.steps:
        yield "no step is agreed for this: settle it with the other centre before anybody acts"
