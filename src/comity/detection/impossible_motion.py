"""Impossible motion: an identity ceases at one place and goes on at another where it cannot have come to."""

from __future__ import annotations

import msgspec

from comity.detection.detector import HandlingOf, alert_id
from comity.detection.evidence import Evidence
from comity.detection.shared_identity import Switch
from comity.detection.trail import Mark, Trail
from comity.detection.wording import called, capitalised, knots, lasting, metres
from comity.foundation.geodesy import distance
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.instant import Duration, written

RULE = "impossible-motion"
VERSION = 1


class Leap(msgspec.Struct, frozen=True):
    """One identity's leap: who, from where, to where."""

    key: str
    before: Mark
    after: Mark

    def like(self, other: Leap, radius: float, window: Duration) -> bool:
        """Whether another's leap came to the same place at about the same time."""
        near = distance(self.after.position, other.after.position) <= radius
        return self.key != other.key and near and abs(self.after.time - other.after.time) <= window


def stayed(one: Trail, other: Trail, switch: Switch) -> list[Mark]:
    """Return the marks at the place to which the identity leapt from `one`, until it is back, if ever; else none."""
    if switch.before not in one.marks:
        return []
    back = min((mark.time for mark in one.marks if mark.time > switch.before.time), default=None)
    return [mark for mark in other.marks if mark.time >= switch.after.time and (back is None or mark.time < back)]


def impossible(one: Trail, other: Trail, switch: Switch, stay: list[Mark], others: int, handling: HandlingOf) -> Alert:
    """Return the alert that one track's subject leapt to where the other goes on.

    `stay` is what was seen of it there. `others` is how many other identities leapt there at about that time: then
    it is the place where satellite navigation is deceived, and not the vessel that deceives.
    """
    before, after = switch.before, switch.after
    seen = [*[mark for mark in one.marks if mark.time <= before.time][-5:], *stay[:5]]
    evidence = Evidence.of(seen)
    gone, took = distance(before.position, after.position), after.time - before.time
    many = f" {others} others leapt there at about that time, as where satellite navigation is deceived." * (others > 0)
    return Alert(
        id=alert_id(RULE, VERSION, [one.track.id, other.track.id], before.time),
        kind=AlertKind.IMPOSSIBLE_MOTION,
        severity=Severity.HIGH if others else Severity.MEDIUM,
        time=before.time,
        until=stay[-1].time,
        position=after.position,
        tracks=tuple(sorted((one.track.id, other.track.id))),
        subjects=(other.track.identity,),
        sightings=evidence.sightings(),
        rule=RULE,
        version=VERSION,
        confidence=round(min(0.6 + 0.1 * others + 0.02 * len(stay), 0.95), 3),
        explanation=capitalised(
            f"{called(other.track.identity)} was last at {before.position.latitude:.4f},"
            f" {before.position.longitude:.4f} at {written(before.time)} and went on {metres(gone)} away at"
            f" {written(after.time)}, {lasting(took)} later: that takes {knots(switch.speed)}.{many}"
        ),
        would_change="Reports from the first place in that time: then two share the identity. A fault of a"
        " receiver's clock, or a number set wrongly and corrected, would explain it too.",
        sources=tuple(sorted(evidence.sources)),
        handling=evidence.handling(handling),
        simulated=evidence.simulated,
    )
