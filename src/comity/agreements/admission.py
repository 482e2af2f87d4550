"""Admission: what a receiver checks of a release. What an honest sender's permit gives passes; nothing wider does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from comity.agreements import dispute, field, index, personal, rescue, veto
from comity.agreements.denial import MALFORMED, NOT_IN_FORCE, NOT_PERMITTED
from comity.agreements.index import Index, Ready
from comity.agreements.onward import Granted, bound
from comity.agreements.redaction import disclosed
from comity.agreements.standing import Standing, current, obstacle, unproven
from comity.vocabulary.handling import Onward, Tlp, within
from comity.vocabulary.instant import MINUTE, Duration, Instant
from comity.vocabulary.message import Given
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import PLACELESS, WRITTEN, RecordKind, Value

_SHARED: Final = frozenset(subject.value for subject in veto.SHARED_PICTURE)
_TRACKED: Final = _SHARED | {None}
"""What a track that a partner gives may say that it is of, where it says so (safeguards 3 and 6)."""
SKEW: Final[Duration] = 5 * MINUTE
"""How far the two nodes' clocks may differ."""


class Admission:
    """What a receiver admits of what one sender gives at one moment: what all that is given shares is found out once.

    What it remembers decides nothing by itself: it is what would be found each time anew.
    """

    def __init__(self, sender: str, receiver: str, standings: Iterable[Standing], now: Instant) -> None:
        self._sender = sender
        self._receiver = receiver
        self._standings = standings
        self._now = now
        self._current: tuple[Standing, ...] | None = None
        self._grounds: dict[bytes, _Ground | None] = {}

    def of(self, given: Given, leave: Granted | None = None) -> str | None:
        """Return the coarse code with which the release is refused, None if it is admitted. Never raises.

        `leave` is what the sender was given by the originator, where that is another.
        """
        try:
            fields = disclosed(given)
            if not all(field.fits(given.kind, name, value) for name, value in fields.items()):
                return MALFORMED if field.known(given.kind) else NOT_PERMITTED
            if given.owner != self._sender and not _left(given, fields, self._sender, self._receiver, self._now, leave):
                return NOT_PERMITTED
            return self._judged(given, fields)
        except Exception:  # noqa: BLE001 - whatever goes wrong in checking, nothing is admitted
            return MALFORMED

    def _judged(self, given: Given, fields: dict[str, Value]) -> str | None:
        if veto.by_kind(given.kind) is not None or self._sender == self._receiver:
            return NOT_PERMITTED
        ground = self._ground(given.agreement)
        if ground is None:
            return NOT_IN_FORCE
        if not ground.parties:
            return NOT_PERMITTED
        if given.clause == rescue.CLAUSE:
            return None if _rescue(given, fields, self._receiver, ground.ready, self._now) else NOT_PERMITTED
        if not ground.in_force:
            return NOT_IN_FORCE
        covered = _covered(given, fields, ground, self._sender, self._receiver)
        return None if covered and _timely(given, fields, ground.ready, self._now) else NOT_PERMITTED

    def _ground(self, agreement: bytes) -> _Ground | None:
        """Return what is given under this agreement rests on, None where it does not count now or was never proven."""
        if agreement not in self._grounds:
            if self._current is None:
                self._current = tuple(current(tuple(self._standings), self._now))
            standing = next((one for one in self._current if one.digest == agreement), None)
            counts = standing is not None and unproven(standing) is None
            self._grounds[agreement] = self._found(standing) if standing is not None and counts else None
        return self._grounds[agreement]

    def _found(self, standing: Standing) -> _Ground:
        ready = index.index(standing)
        return _Ground(
            ready=ready,
            parties={self._sender, self._receiver} <= ready.parties,
            in_force=obstacle(standing, self._now) is None,
            masked=dispute.masking(ready.terms.disputes, self._receiver),
        )


class _Ground(msgspec.Struct, frozen=True):
    """What all that is given under one agreement shares."""

    ready: Index
    parties: bool
    """Whether sender and receiver are parties to it."""
    in_force: bool
    masked: tuple[str, ...]
    """The areas in which nobody tells the receiver where something is."""


def admit(
    given: Given,
    sender: str,
    receiver: str,
    standings: Iterable[Standing],
    now: Instant,
    leave: Granted | None = None,
) -> str | None:
    """Return of one release what `Admission.of` does. Never raises."""
    return Admission(sender, receiver, standings, now).of(given, leave)


def _left(
    given: Given, fields: dict[str, Value], sender: str, receiver: str, now: Instant, found: Granted | None
) -> bool:
    """Whether the originator's leave covers just this record, as it gave it, from this sender (safeguard 8)."""
    if type(found) is not Granted or given.clause == rescue.CLAUSE:
        return False
    leave = found.leave
    said = (leave.originator, leave.holder, leave.recipient, leave.kind, leave.record, leave.version)
    return (
        said == (given.owner, sender, receiver, given.kind, given.id, fields.get("version"))
        and given.owner != receiver
        and given.kind in WRITTEN
        and leave.purpose.value == given.purpose
        and leave.bound == bound(given)
        and leave.handling.onward is not Onward.NO
        and within(given.handling, leave.handling)
        and given.keep_until <= leave.keep_until
        and now < leave.until + SKEW
    )


def _timely(given: Given, fields: dict[str, Value], ready: Index, now: Instant) -> bool:
    """Whether it counts and need not be erased yet, nor may be kept longer than clause and agreement allow."""
    expires = fields.get("expires") if given.kind in WRITTEN else None
    if isinstance(expires, int) and now > expires + SKEW:
        return False
    if given.kind is RecordKind.PERSON and not personal.sound(fields, given.handling, given.keep_until, now):
        return False
    latest = min(now + ready.by_id[given.clause].clause.keep, ready.terms.in_force.end + ready.terms.after.erase)
    return now < given.keep_until <= latest + SKEW


def _covered(given: Given, fields: dict[str, Value], ground: _Ground, sender: str, receiver: str) -> bool:
    """Whether the clause gives this much of such a record to this receiver for this purpose."""
    ready = ground.ready.by_id.get(given.clause)
    if ready is None:
        return False
    clause = ready.clause
    return (
        clause.give is given.kind
        and sender in clause.givers
        and receiver in clause.to
        and given.purpose in ready.purposes
        and fields.keys() <= ready.fields
        and given.handling.tlp is not Tlp.RED
        and within(given.handling, clause.handling.handling)
        and _placed(given, fields, ready)
        and _unmasked(given, fields, ground, ready)
        and _not_contradicted(given, fields, ready)
        and (given.kind is not RecordKind.TRACK or fields.get("kind") in _TRACKED)
        and (given.kind not in WRITTEN or _answered_for(given, fields))
    )


def _answered_for(given: Given, fields: dict[str, Value]) -> bool:
    """Whether what is written carries all that it needs, its grading, and identifiers of ships and aircraft only."""
    if not fields.keys() >= frozenset(field.NEEDED) or fields["grading"] != given.handling.graded:
        return False
    subjects = fields.get("subjects")
    shared = isinstance(subjects, list) and subjects and all(one in _SHARED for one in subjects)
    return bool(shared or subjects is None or not fields.keys() & field.IDENTIFIERS)


def _placed(given: Given, fields: dict[str, Value], ready: Ready) -> bool:
    """Whether the position, where given, is as coarse as the clause wants it, or else in the clause's areas."""
    value = fields.get("position")
    place = field.place_of(value)
    area = fields.get("area") if given.kind in PLACELESS else None
    if place is None or not isinstance(value, dict):
        return area is None or area in ready.clause.where
    if area is not None:
        return False
    blur = ready.clause.blur.position
    if blur:
        stated = value.get("within")
        return isinstance(stated, int) and stated >= blur
    return any(region.holds(place) for region in ready.regions)


def _unmasked(given: Given, fields: dict[str, Value], ground: _Ground, ready: Ready) -> bool:
    """Whether it does not say that it lies where nobody tells this receiver so; a coarse position says that of none."""
    if not ground.masked:
        return True
    place = field.place_of(fields.get("position"))
    if place is not None and not ready.clause.blur.position:
        return not any(ground.ready.regions[name].holds(place) for name in ground.masked)
    return given.kind not in PLACELESS or fields.get("area") not in ground.masked


def _not_contradicted(given: Given, fields: dict[str, Value], ready: Ready) -> bool:
    """Whether what is disclosed leaves it open that the clause's condition held."""
    return ready.test is None or ready.test(index.facts(given.kind, fields, ())) is not False


def _rescue(given: Given, fields: dict[str, Value], receiver: str, ready: Index, now: Instant) -> bool:
    """Whether it is position and need, and the receiver the competent rescue centre (safeguard 13)."""
    place = field.place_of(fields.get("position"))
    return (
        place is not None
        and given.kind not in PLACELESS
        and receiver in ready.competent(place)
        and given.purpose == Purpose.SEARCH_AND_RESCUE.value
        and fields.keys() <= frozenset(rescue.FIELDS)
        and within(given.handling, rescue.MARKS)
        and now < given.keep_until <= now + rescue.KEEP + SKEW
    )
