"""The story of the common picture: this node's tracks and those that partners keep it informed of, seen as one.

    own tracks (live) + partners' tracks (inbox, each under its clause) -> who is one with whom -> what officers see

It is made of what is here now: what is recalled, erased or has expired in the inbox is gone from it at the next look.
Nothing that is made here is kept in the store, becomes a track of the node, or is given to anybody: a release or a
subscription reads the node's own tracks, and passing on goes by its originator's leave. So each owner's rules stay what
they were, and no rumour comes back as news.
"""

from __future__ import annotations

import math
from threading import Lock

from comity.agreements.redaction import disclosed
from comity.foundation import canonical
from comity.foundation.clock import Clock
from comity.foundation.store import inbox
from comity.foundation.store.inbox import KeptRecord
from comity.foundation.store.store import Store
from comity.node.live import LivePicture
from comity.picture.common import OLDEST, Common
from comity.picture.contact import UNTOLD, Contact
from comity.vocabulary.common import CommonTrack, Part
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given
from comity.vocabulary.place import Position
from comity.vocabulary.record import Value
from comity.vocabulary.subject import Identity, SubjectKind
from comity.vocabulary.track import Track

MOST = 20_000
"""Partners' tracks that are looked at, the newest."""
_CELL = math.sqrt(12.0)
"""The side of a square over the standard deviation of a place within it."""


class CommonPicture:
    """The common picture of a running node; its methods may be called from any thread."""

    def __init__(self, store: Store, clock: Clock, owner: str, live: LivePicture) -> None:
        self._store = store
        self._clock = clock
        self._owner = owner
        self._live = live
        self._reader = live.reader()
        self._common = Common()
        self._read: dict[tuple[str, bytes, int], Contact | None] = {}
        """What was read of the records that are in the inbox now."""
        self._turn = Lock()

    def look(self) -> list[CommonTrack]:
        """Return every track as it stands now, those of several nations as one."""
        with self._turn:
            now = self._take()
            return self._common.tracks(now)

    def follow(self) -> None:
        """Remember how tracks go, so that a later look can tell who is one with whom."""
        with self._turn:
            self._take()

    def _take(self) -> Instant:
        """Take in what is new, let go of what is here no more, and return when that was."""
        now = self._clock.now()
        with self._store.reading() as transaction:
            kept = inbox.releases(transaction, now, MOST, tracks=True)
        self._common.keep(self._owner, self._live.standing(self._common.ids(self._owner)))
        self._common.take(_own(self._owner, track) for track in self._reader.moved(now - OLDEST) if track.position)
        self._read = {_place(one): self._contact(one) for one in kept}
        present = [contact for contact in self._read.values() if contact is not None]
        for owner in self._common.owners() - {self._owner}:
            self._common.keep(owner, {contact.part.id for contact in present if contact.part.owner == owner})
        self._common.take(sorted(present, key=lambda contact: contact.time))
        return now

    def _contact(self, kept: KeptRecord) -> Contact | None:
        place = _place(kept)
        return self._read[place] if place in self._read else received(kept)


def _place(kept: KeptRecord) -> tuple[str, bytes, int]:
    return kept.sender, kept.message, kept.place


def received(kept: KeptRecord) -> Contact | None:
    """Return what a partner gave of a track as the picture needs it; None where it says not where or when."""
    if kept.item is None:
        return None
    given = canonical.read(kept.item, Given, where=kept.sender)
    fields = disclosed(given)
    place, time = fields.get("position"), fields.get("time")
    if not isinstance(place, dict) or not isinstance(time, int):
        return None
    velocity = fields.get("velocity")
    moving = velocity if isinstance(velocity, dict) else {}
    sources = fields.get("sources")
    return Contact(
        part=Part(
            owner=kept.sender,
            id=given.id,
            last=time,
            handling=given.handling,
            agreement=given.agreement,
            clause=given.clause,
        ),
        identity=_identity(fields),
        position=Position(_number(place["latitude"]) or 0.0, _number(place["longitude"]) or 0.0),
        speed=_number(moving.get("speed")),
        course=_number(moving.get("course")),
        deviation=_deviation(place, fields),
        sources=tuple(str(source) for source in sources) if isinstance(sources, list) else (),
        simulated=given.simulated,
    )


def _own(owner: str, track: Track) -> Contact:
    assert track.position is not None  # noqa: S101 - whoever calls has seen to it
    return Contact(
        part=Part(owner=owner, id=track.id, last=track.last),
        identity=track.identity,
        position=track.position,
        speed=track.speed,
        course=track.course,
        deviation=math.sqrt(track.variance) if track.variance else UNTOLD,
        sources=track.sources,
        distress=track.distress,
        simulated=track.simulated,
    )


def _identity(fields: dict[str, Value]) -> Identity:
    """Return what was given of its identity; what kind of thing it is may not have been told: an object then."""
    kind = fields.get("kind")
    known = {one.value: one for one in SubjectKind if one is not SubjectKind.PERSON}
    mmsi, imo, call_sign, name = (fields.get(field) for field in ("mmsi", "imo", "call_sign", "name"))
    return Identity(
        kind=known.get(kind, SubjectKind.OBJECT) if isinstance(kind, str) else SubjectKind.OBJECT,
        mmsi=mmsi if isinstance(mmsi, int) else None,
        imo=imo if isinstance(imo, int) else None,
        call_sign=call_sign if isinstance(call_sign, str) else None,
        name=name if isinstance(name, str) else None,
    )


def _deviation(place: dict[str, Value], fields: dict[str, Value]) -> float:
    """Return how exact the position is, in metres on each axis: as its owner knows it, and as it was made coarser."""
    exact = _number(fields.get("accuracy"))
    within = _number(place.get("within")) or 0.0
    return math.hypot(UNTOLD if exact is None else exact, within / _CELL)


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
