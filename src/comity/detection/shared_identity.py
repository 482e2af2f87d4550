"""Shared identity: two at once go by one number, at places between which nothing can have gone to and fro."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from comity.detection.detector import HandlingOf, alert_id
from comity.detection.evidence import Evidence
from comity.detection.trail import Mark, Trail
from comity.detection.wording import called, capitalised, knots, lasting, metres
from comity.foundation.geodesy import distance
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.instant import written

RULE = "shared-identity"
VERSION = 1


class Switch(msgspec.Struct, frozen=True):
    """From one track's mark to the other's next, and how fast that would have been."""

    before: Mark
    after: Mark
    speed: float


def switches(one: Trail, other: Trail, fastest: float, slack: float) -> list[Switch]:
    """Return where the reports go over from one track to the other faster than anything of the kind goes.

    `fastest` in metres a second; `slack` metres that positions may be off, clocks of receivers included.
    """
    merged = sorted([(m.time, m.id, 0, m) for m in one.marks] + [(m.time, m.id, 1, m) for m in other.marks])
    found: list[Switch] = []
    for (_, _, mine, before), (_, _, theirs, after) in pairwise(merged):
        if mine == theirs:
            continue
        gone, seconds = distance(before.position, after.position), max((after.time - before.time) / 1000.0, 1.0)
        if gone > fastest * seconds + slack:
            found.append(Switch(before, after, gone / seconds))
    return found


def shared(one: Trail, other: Trail, found: Sequence[Switch], handling: HandlingOf) -> Alert:
    """Return the alert that the two tracks share an identity, given where the reports go over between them."""
    first, last = found[0].before, found[-1].after
    tracks = tuple(sorted((one.track, other.track), key=lambda track: track.id))
    evidence = Evidence.of(sorted({m.id: m for s in found for m in (s.before, s.after)}.values(), key=lambda m: m.time))
    slowest = min(found, key=lambda switch: switch.speed)
    apart = distance(slowest.before.position, slowest.after.position)
    return Alert(
        id=alert_id(RULE, VERSION, [track.id for track in tracks], first.time),
        kind=AlertKind.SHARED_IDENTITY,
        severity=Severity.MEDIUM,
        time=first.time,
        until=last.time,
        position=last.position,
        tracks=tuple(track.id for track in tracks),
        subjects=tuple(track.identity for track in tracks),
        sightings=evidence.sightings(),
        rule=RULE,
        version=VERSION,
        confidence=round(len(found) / (len(found) + 1.5), 3),
        explanation=capitalised(
            f"{called(one.track.identity)} was reported by turns at two places, {len(found)} times from"
            f" {written(first.time)} to {written(last.time)}, {lasting(last.time - first.time)}. As one, it would"
            f" have made at least {knots(slowest.speed)}: at the slowest turn the two were {metres(apart)} apart."
        ),
        would_change="A fault of a receiver's clock or of its decoding, or proof that one of the two places is false:"
        " then one vessel falsifies its position.",
        sources=tuple(sorted(evidence.sources)),
        handling=evidence.handling(handling),
        simulated=evidence.simulated,
    )
