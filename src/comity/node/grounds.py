"""Grounds: one digest of all that the permit's answer about an alert rests on, but for the time.

The permit is a pure function. While what it is asked with is the same, so is its answer; so a release whose grounds
still stand need not be decided a second time (docs/decisions/0006). It goes for alerts of which somebody's decision
was confirmed when they were given, and not for distress, where the answer may change with the time alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import metadata

from comity.agreements.national import Law
from comity.agreements.permit import Permit
from comity.agreements.standing import Standing, current, obstacle, unproven
from comity.exchange.cards import Own
from comity.foundation.canonical import digest, written
from comity.foundation.store.decisions import Judging
from comity.vocabulary.instant import Instant
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind

_PROGRAM = metadata.version("comity")
"""What decides, beside what it is asked with: another version may answer otherwise."""
NONE = b""
"""The grounds of what is to be decided anew in any case."""
NOWHERE = bytes(32)
"""What is common to all that is given to nobody: no grounds are made of it."""


def common(
    own: Own,
    partner: bytes,
    purposes: Mapping[str, frozenset[Purpose]],
    standings: Iterable[Standing],
    now: Instant,
    *,
    posture: Posture,
    law: Law | None,
) -> bytes:
    """Return what is common to all that is given to a partner of this signed card at one moment.

    Of each agreement the version that counts now, whether it was ever proven, and whether it is in force: nothing else
    of agreements and time decides.
    """
    counted = [
        [one.digest, unproven(one) is None, obstacle(one, now) is None, sorted(one.terms.between)]
        for one in current(standings, now)
    ]
    served = {feed: sorted(purpose.value for purpose in names) for feed, names in purposes.items()}
    above = [posture.value, law.digest if law else b""]
    return digest(written([_PROGRAM, own.card.name, own.card.country, partner, served, counted, above]))


def of(shared: bytes, judging: Judging) -> bytes:
    """Return the grounds of giving an alert, as it and the decision on it are kept."""
    return digest(shared, digest(judging.alert), digest(judging.decision or b""))


def lasting(permit: Permit, found: bytes) -> bytes:
    """Return the grounds that may be kept with this permit: none where the answer may change with the time alone."""
    record = permit.record
    return NONE if record.kind is not RecordKind.ALERT or record.distress or permit.distress else found
