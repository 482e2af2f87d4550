"""The common picture: the tracks of several nations, of which some are of one and the same subject.

What a node is given are tracks, not detections: each owner's filter has smoothed them, at times of its own. Two are of
one subject if they were at the same places at the same times over a window, in standard deviations; what they call
themselves is evidence beside that, and yields to the way they went where the two contradict each other for long.

Whatever is made here rests on every nation's own tracks and nothing else: no common track ever goes into a track that a
node gives, so no rumour can come back as news. Where two parts may rest on the same transmitter or sensor they are
joined as estimates that may be correlated (intersection.py).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations, product

import msgspec

from comity.foundation.canonical import digest
from comity.foundation.geodesy import RADIUS
from comity.picture.contact import Contact
from comity.picture.filter import Estimate, displacement, predicted
from comity.picture.intersection import joined
from comity.picture.motion import motion_of
from comity.vocabulary.common import CommonTrack
from comity.vocabulary.instant import MINUTE, Instant
from comity.vocabulary.subject import Identity, SubjectKind, merged

WINDOW = 12
"""Words of an owner on one of its tracks that are remembered."""
MOST = 40_000
"""Tracks remembered; of more, those heard longest ago are left out."""
APART = 2 * MINUTE
"""Two words that lie further apart in time are not held against each other."""
OLDEST = 15 * MINUTE
"""A track unheard for so long is in the picture no more."""
ALIKE, ENOUGH, MANY = 1, 3, 10
"""Comparisons without which tracks are not taken for one: of one number, of none in common, of different numbers."""
JOIN, PART = 4.0, 8.0
"""Mean squared distance, in standard deviations on two axes, to be taken for one (2 is expected), and to stay so."""
SAME = -8.0
"""What the same number counts for, as that much squared distance in one comparison."""
_CELL = 0.1
"""Degrees of latitude and longitude: tracks in the same and in neighbouring cells are compared."""
_FARTHEST = 5.0
"""Standard deviations apart, by latitude, beyond which the newest words are of two subjects."""
METRES = math.radians(1.0) * RADIUS
"""Of a degree of latitude."""
_ACROSS = round(360 / _CELL)
_STILL = 0.2

_Key = tuple[str, str]


class _Followed(msgspec.Struct):
    """What is remembered of one owner's track."""

    name: str
    serial: int
    words: deque[Contact]

    @property
    def latest(self) -> Contact:
        return self.words[-1]


class Common:
    """The common picture, as one node has it. Not for several threads at once."""

    def __init__(self) -> None:
        self._followed: dict[_Key, _Followed] = {}
        self._together: dict[_Key, frozenset[_Key]] = {}
        """Whom each was taken to be one with when it was last looked at."""
        self._serial = 0

    def take(self, contacts: Iterable[Contact]) -> None:
        """Take newer words in; a word that is no newer than the last on its track is left out, and so are persons."""
        for contact in contacts:
            if not contact.shareable:
                continue
            kept = self._followed.get(contact.key)
            if kept is None:
                self._serial += 1
                kept = _Followed(_named(contact.key), self._serial, deque(maxlen=WINDOW))
                self._followed[contact.key] = kept
            if not kept.words or contact.time > kept.latest.time:
                kept.words.append(contact)

    def keep(self, owner: str, ids: Collection[str]) -> None:
        """Forget the owner's tracks but these: what was erased, recalled or has expired leaves nothing here."""
        kept = set(ids)
        for key in [key for key in self._followed if key[0] == owner and key[1] not in kept]:
            del self._followed[key]

    def ids(self, owner: str) -> list[str]:
        """Return which of the owner's tracks are remembered."""
        return [track for each, track in self._followed if each == owner]

    def owners(self) -> set[str]:
        """Return whose tracks are remembered."""
        return {owner for owner, _ in self._followed}

    def tracks(self, now: Instant) -> list[CommonTrack]:
        """Return every track, those of several nations as one, in the order in which they were first heard of."""
        self._forget(now)
        groups = self._groups()
        self._together = {key: group for group in groups for key in group}
        made = [self._made(group) for group in groups]
        return [track for _, track in sorted(made, key=lambda each: each[0])]

    def _forget(self, now: Instant) -> None:
        old = [key for key, kept in self._followed.items() if now - kept.latest.time > OLDEST]
        rest = len(self._followed) - len(old) - MOST
        if rest > 0:
            by_age = sorted(self._followed, key=lambda key: self._followed[key].latest.time)
            old = by_age[: len(old) + rest]
        for key in old:
            del self._followed[key]

    def _groups(self) -> list[frozenset[_Key]]:
        """Return who is one with whom, the closest pairs first; in a group each is close to each, one of an owner."""
        close = {frozenset(pair): cost for pair, cost in self._pairs()}
        group_of: dict[_Key, frozenset[_Key]] = {key: frozenset((key,)) for key in self._followed}
        for pair in sorted(close, key=lambda pair: (close[pair], sorted(pair))):
            one, other = (group_of[key] for key in sorted(pair))
            owners = [key[0] for key in one | other]
            if len(owners) == len(set(owners)) and all(frozenset((a, b)) in close for a in one for b in other):
                group_of.update(dict.fromkeys(one | other, one | other))
        return list(dict.fromkeys(group_of.values()))

    def _pairs(self) -> Iterator[tuple[tuple[_Key, _Key], float]]:
        """Yield the pairs of tracks of different owners that may be one, with the cost of taking them for it."""
        for one, other in self._neighbours():
            first, second = self._followed[one], self._followed[other]
            found = _cost(first.words, second.words)
            if found is None:
                continue
            cost, enough = found
            stays = other in self._together.get(one, ())
            if cost <= (PART if stays else JOIN) and (stays or enough):
                yield (one, other), cost

    def _neighbours(self) -> Iterator[tuple[_Key, _Key]]:
        cells: dict[tuple[int, int], dict[str, list[_Key]]] = {}
        for key, kept in self._followed.items():
            cells.setdefault(_cell(kept.latest), {}).setdefault(key[0], []).append(key)
        for (row, column), here in cells.items():
            for up, right in product((-1, 0, 1), repeat=2):
                there = cells.get((row + up, (column + right) % _ACROSS), {})
                for owner, other_owner in product(here, there):
                    if owner < other_owner:
                        yield from product(here[owner], there[other_owner])

    def _made(self, group: frozenset[_Key]) -> tuple[int, CommonTrack]:
        followed = sorted((self._followed[key] for key in group), key=lambda kept: kept.latest.part.owner)
        first = min(followed, key=lambda kept: kept.serial)
        contacts = [kept.latest for kept in followed]
        estimate, independent = _estimate(contacts)
        speed = math.hypot(estimate.east, estimate.north)
        return first.serial, CommonTrack(
            id=first.name,
            parts=tuple(contact.part for contact in contacts),
            identity=_identity(contacts),
            last=estimate.time,
            position=estimate.position,
            variance=estimate.position_variance,
            speed=speed,
            course=math.degrees(math.atan2(estimate.east, estimate.north)) % 360.0 if speed > _STILL else None,
            provenance=tuple(sorted(frozenset().union(*(contact.provenance for contact in contacts)))),
            independent=independent,
            disputed=any(_contradict(one, other) for one, other in combinations(contacts, 2)),
            distress=any(contact.distress for contact in contacts),
            simulated=any(contact.simulated for contact in contacts),
        )


def _named(key: _Key) -> str:
    """Return the id of a common track: SHA-256 over whose track began it, the first 32 hexadecimal digits."""
    return digest(b"comity/common\x00", "\x00".join(key).encode()).hex()[:32]


def _cell(contact: Contact) -> tuple[int, int]:
    place = contact.position
    return math.floor(place.latitude / _CELL), math.floor(place.longitude / _CELL) % _ACROSS


def _cost(one: Collection[Contact], other: Collection[Contact]) -> tuple[float, bool] | None:
    """Return the mean squared distance with what their numbers add, and whether it was compared often enough.

    None where they cannot be held against each other.
    """
    mine, theirs = list(one), list(other)
    if _far(mine[-1], theirs[-1]):
        return None
    if not _kinds_agree(mine[-1], theirs[-1]):
        return None
    squared = [
        _squared(contact, near)
        for contact in mine
        if abs((near := min(theirs, key=lambda word: abs(word.time - contact.time))).time - contact.time) <= APART
    ]
    if not squared:
        return None
    count, total = len(squared), sum(squared)
    if _agree(mine[-1], theirs[-1]):
        return (total + SAME) / count, count >= ALIKE
    return total / count, count >= (MANY if _contradict(mine[-1], theirs[-1]) else ENOUGH)


def _far(one: Contact, other: Contact) -> bool:
    """Whether they are further apart, by latitude alone, than their errors and what they go in the time allow."""
    seconds = abs(one.time - other.time) / 1000.0
    errors = _FARTHEST * (one.deviation + other.deviation)
    motions = [motion_of(each.identity.kind).fastest for each in (one, other)]
    north = abs(one.position.latitude - other.position.latitude) * METRES
    return north > errors + max(motions) * seconds


def _squared(one: Contact, other: Contact) -> float:
    time = max(one.time, other.time)
    first, second = (predicted(each.estimate(), time, motion_of(each.identity.kind)) for each in (one, other))
    east, north = displacement(first.position, second.position)
    return (east * east + north * north) / (first.position_variance + second.position_variance)


def _estimate(contacts: list[Contact]) -> tuple[Estimate, bool]:
    """Return where they say together that it is when the newest was, and whether nothing is behind two of them."""
    time = max(contact.time for contact in contacts)
    whole: Estimate | None = None
    seen: frozenset[str] = frozenset()
    independent = True
    for contact in sorted(contacts, key=lambda each: (each.deviation, each.key)):
        ahead = predicted(contact.estimate(), time, motion_of(contact.identity.kind))
        apart = seen.isdisjoint(contact.provenance)
        whole = ahead if whole is None else joined(whole, ahead, independent=apart)
        independent = independent and apart
        seen |= contact.provenance
    assert whole is not None  # noqa: S101 - a group has a member
    return whole, independent


def _identity(contacts: list[Contact]) -> Identity:
    """Return what the parts say of it: of what they say differently the newest, and its kind by one who knows it."""
    by_age = sorted(contacts, key=lambda contact: (contact.identity.kind is not SubjectKind.OBJECT, contact.time))
    whole = by_age[0].identity
    for contact in by_age[1:]:
        whole = merged(whole, contact.identity)
    return whole


def _kinds_agree(one: Contact, other: Contact) -> bool:
    unknown = SubjectKind.OBJECT
    return one.identity.kind is other.identity.kind or unknown in {one.identity.kind, other.identity.kind}


def _agree(one: Contact, other: Contact) -> bool:
    mine, theirs = one.numbers, other.numbers
    return any(mine[name] == theirs[name] for name in mine.keys() & theirs.keys()) and not _contradict(one, other)


def _contradict(one: Contact, other: Contact) -> bool:
    mine, theirs = one.numbers, other.numbers
    return any(mine[name] != theirs[name] for name in mine.keys() & theirs.keys())
