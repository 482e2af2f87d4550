"""Identity change: a vessel says that it is another than before; or two say by turns that they are the same."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from comity.detection.claims import Claim, Word, alike, is_imo, plain
from comity.detection.detector import HandlingOf, alert_id, none_of
from comity.detection.evidence import Evidence
from comity.detection.memory import Memory
from comity.detection.told import Found, Told
from comity.detection.wording import lasting
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.columns import Moves, Truths
from comity.vocabulary.instant import DAY, HOUR, Duration, Instant, written
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind
from comity.vocabulary.track import Track

RULE = "identity-change"
VERSION = 1


class IdentityChangeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is a change of identity."""

    words: int = 2
    """Reports that must claim each value: one alone may be garbled."""
    within: Duration = DAY
    """Between the last report of the one and the first of the other; later it may have been sold or renamed."""
    revised: Duration = HOUR
    """While it goes on, an alert is brought up to date this often."""
    values: int = 4
    """Values remembered of each thing that an identity says; the one heard longest ago is forgotten."""
    identities: int = 50_000
    """Identities remembered."""
    newcomers: int = 10_000
    """Identities remembered that have said one thing once: a flood of false ones pushes out only each other."""


class _Held(msgspec.Struct):
    claims: dict[str, list[Claim]]
    told: dict[str, Told]
    heard: int = 0


class IdentityChange:
    """Watches what vessels say of themselves."""

    timeless = True

    def __init__(self, settings: IdentityChangeSettings, handling: HandlingOf) -> None:
        self._settings = settings
        self._handling = handling
        self._known: Memory[_Held] = Memory(settings.identities)
        self._newcomers: Memory[_Held] = Memory(settings.newcomers)

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:
        """Hear what one report says of its vessel."""
        said, position = sighting.identity, track.position
        if said.kind is not SubjectKind.VESSEL or said.mmsi is None or position is None:
            return []
        imo = said.imo if is_imo(said.imo) else None
        if not (said.name or said.call_sign or imo):
            return []
        word = Word(
            sighting.time, sighting.id, sighting.source, sighting.simulated, position, track.id, _told_of(track, said)
        )
        mmsi = f"MMSI {said.mmsi:09d}"
        alerts = self._hear(mmsi, "name", plain(said.name or ""), word)
        alerts += self._hear(mmsi, "call sign", plain(said.call_sign or ""), word)
        if imo is not None:
            alerts += self._hear(mmsi, "IMO number", str(imo), word)
            alerts += self._hear(f"IMO number {imo}", "MMSI", f"{said.mmsi:09d}", word)
        return alerts

    def wants(self, moves: Moves) -> Truths:
        """Want no quiet row: it says its number alone."""
        return none_of(moves)

    def advance(self, now: Instant) -> list[Alert]:  # noqa: ARG002 - time alone says nothing
        """Return nothing."""
        return []

    def _hear(self, key: str, what: str, value: str, word: Word) -> list[Alert]:
        if not value:
            return []
        held = self._known.get(key) or self._newcomers.get(key) or _Held({}, {})
        held.heard += 1
        if held.heard > 1:
            self._newcomers.drop(key)
            self._known.put(key, held)
        else:
            self._newcomers.put(key, held)
        claims = held.claims.setdefault(what, [])
        claim = next((one for one in claims if one.value == value), None)
        if claim is not None:
            claim.hear(word)
        else:
            claims.append(Claim(value, word, word))
        if len(claims) < 2:
            return []
        claims.sort(key=lambda one: (one.last.order(), one.value))
        del claims[: -self._settings.values]
        return self._judged(held, key, what)

    def _judged(self, held: _Held, key: str, what: str) -> list[Alert]:
        told = held.told.setdefault(what, Told(self._settings.revised))
        sure = sorted(
            (one for one in held.claims[what] if one.count >= self._settings.words), key=lambda one: one.first.order()
        )
        found = [
            Found(self._alert(key, what, before, after), over=False)
            for before, after in pairwise(sure)
            if not (what == "name" and alike(before.value, after.value))
            and after.first.time - before.last.time <= self._settings.within
        ]
        return told.settle(found, 0, "reports that came late show that both are claimed, or that neither is new.")

    def _alert(self, key: str, what: str, before: Claim, after: Claim) -> Alert:
        by_turns = before.last.order() > after.first.order()
        words = sorted({w.id: w for one in (before, after) for w in (one.first, one.last)}.values(), key=Word.order)
        evidence = Evidence.of(words)
        begin = before.first if by_turns else before.last
        return Alert(
            id=alert_id(RULE, VERSION, [key, what, before.value, after.value], begin.time),
            kind=AlertKind.SHARED_IDENTITY if by_turns else AlertKind.IDENTITY_CHANGE,
            severity=Severity.MEDIUM,
            time=begin.time,
            until=max(before.last.time, after.last.time) if by_turns else after.first.time,
            position=after.first.position,
            tracks=tuple(sorted({before.last.track, after.first.track})),
            subjects=_subjects(before.last.identity, after.last.identity),
            sightings=evidence.sightings(),
            rule=RULE,
            version=VERSION,
            confidence=round(1.0 - 0.5 ** min(before.count, after.count), 3),
            explanation=self._explained(key, what, before, after),
            would_change="A renaming, sale or change of flag that is on the register, a transponder set wrongly and"
            " corrected, or garbled reports.",
            sources=tuple(sorted(evidence.sources)),
            handling=evidence.handling(self._handling),
            simulated=evidence.simulated,
        )

    def _explained(self, key: str, what: str, before: Claim, after: Claim) -> str:
        said = (
            f"Under {key} the {what} {before.value} was claimed {before.count} times until {written(before.last.time)}"
        )
        if before.last.order() > after.first.order():
            return f"{said}, and by turns with it {after.value}, {after.count} times since {written(after.first.time)}."
        pause = lasting(after.first.time - before.last.time)
        return f"{said}, and {pause} later, from {written(after.first.time)}, {after.value}, {after.count} times."


def _told_of(track: Track, said: Identity) -> Identity:
    """Return the identity as the report has it, with what the track knows of the hull."""
    return msgspec.structs.replace(said, ship_type=said.ship_type or track.identity.ship_type)


def _subjects(one: Identity, other: Identity) -> tuple[Identity, ...]:
    return (one,) if one == other else (one, other)
