"""Admission: what a receiver checks of a release. What an honest sender's permit gives passes; nothing wider does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from comity.agreements import condition, dispute, field, index, personal, rescue, veto
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


def admit(
    given: Given,
    sender: str,
    receiver: str,
    standings: Iterable[Standing],
    now: Instant,
    leave: Granted | None = None,
) -> str | None:
    """Return the coarse code with which the release is refused, None if it is admitted. Never raises.

    `leave` is what the sender was given by the originator, where that is another.
    """
    try:
        fields = disclosed(given)
        if not all(field.fits(given.kind, name, value) for name, value in fields.items()):
            return MALFORMED if field.known(given.kind) else NOT_PERMITTED
        if given.owner != sender and not _left(given, fields, sender, receiver, now, leave):
            return NOT_PERMITTED
        return _judged(given, fields, sender, receiver, tuple(standings), now)
    except Exception:  # noqa: BLE001 - whatever goes wrong in checking, nothing is admitted
        return MALFORMED


def _judged(
    given: Given, fields: dict[str, Value], sender: str, receiver: str, standings: tuple[Standing, ...], now: Instant
) -> str | None:
    if veto.by_kind(given.kind) is not None or sender == receiver:
        return NOT_PERMITTED
    standing = next((one for one in current(standings, now) if one.digest == given.agreement), None)
    if standing is None or unproven(standing) is not None:
        return NOT_IN_FORCE
    ready = index.index(standing)
    if not {sender, receiver} <= ready.parties:
        return NOT_PERMITTED
    if given.clause == rescue.CLAUSE:
        return None if _rescue(given, fields, receiver, ready, now) else NOT_PERMITTED
    if obstacle(standing, now) is not None:
        return NOT_IN_FORCE
    covered = _covered(given, fields, ready, sender, receiver) and _timely(given, fields, ready, now)
    return None if covered else NOT_PERMITTED


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


def _covered(given: Given, fields: dict[str, Value], agreed: Index, sender: str, receiver: str) -> bool:
    """Whether the clause gives this much of such a record to this receiver for this purpose."""
    ready = agreed.by_id.get(given.clause)
    if ready is None:
        return False
    clause = ready.clause
    return (
        clause.give is given.kind
        and sender in clause.givers
        and receiver in clause.to
        and given.purpose in {purpose.value for purpose in clause.purposes}
        and fields.keys() <= frozenset(clause.fields)
        and given.handling.tlp is not Tlp.RED
        and within(given.handling, clause.handling.handling)
        and _placed(given, fields, ready)
        and _unmasked(given, fields, agreed, ready, receiver)
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


def _unmasked(given: Given, fields: dict[str, Value], agreed: Index, ready: Ready, receiver: str) -> bool:
    """Whether it does not say that it lies where nobody tells this receiver so; a coarse position says that of none."""
    masked = dispute.masking(agreed.terms.disputes, receiver)
    place = field.place_of(fields.get("position"))
    if place is not None and not ready.clause.blur.position:
        return not any(agreed.regions[name].holds(place) for name in masked)
    return given.kind not in PLACELESS or fields.get("area") not in masked


def _not_contradicted(given: Given, fields: dict[str, Value], ready: Ready) -> bool:
    """Whether what is disclosed leaves it open that the clause's condition held."""
    if ready.condition is None:
        return True
    return condition.answer(ready.condition, index.facts(given.kind, fields, ())) is not False


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
