"""Holdings: what the node holds of its own, one by one as the permit sees it, and all of it looked through at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import msgspec

from comity.exchange.cards import Own
from comity.foundation import canonical
from comity.foundation.store import alerts, decisions, persons, tracks, writings
from comity.foundation.store.decisions import Judging
from comity.foundation.store.store import Transaction
from comity.node import records
from comity.node.feed_settings import FeedSettings
from comity.vocabulary.alert import Alert
from comity.vocabulary.decision import Decision
from comity.vocabulary.fault import Missing
from comity.vocabulary.handling import Handling, strictest
from comity.vocabulary.inquiry import Identified, marks
from comity.vocabulary.instant import Instant
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind
from comity.vocabulary.subject import Identity, SubjectKind
from comity.vocabulary.thing import Thing
from comity.vocabulary.track import Track

_PAGE = 500
Wanted = Mapping[tuple[SubjectKind, str, str | int], frozenset[bytes]]
"""Which inquiries ask after a kind of subject by a mark."""


class Hit(msgspec.Struct, frozen=True):
    """A record that bears what an inquiry asks for; whether it counts is another question."""

    inquiry: bytes
    kind: RecordKind
    record: str


class Holdings:
    """The node's own records, with the marks and purposes of the feeds that they were made of."""

    def __init__(self, own: Own, feeds: Mapping[str, FeedSettings]) -> None:
        self._own = own.card.name
        self._feeds = feeds
        self._name = lru_cache(maxsize=100_000)(own.keys.log.pseudonym)
        self.purposes = {name: frozenset(feed.purposes) for name, feed in feeds.items()}
        """For what each feed collects."""

    def record(self, transaction: Transaction, kind: RecordKind, id: str) -> Record:  # noqa: A002 - its common name
        """Return the alert, track, report or notice as the record of which a permit gives fields.

        Raises:
            Missing: there is none of this kind and id.
        """
        if kind is RecordKind.ALERT:
            return self.judged(id, decisions.judgings(transaction, [id]).get(id))[0]
        if kind is RecordKind.TRACK:
            track = tracks.get(transaction, id)
            if track is None:
                raise Missing("there is no such track any more", where=id)
            return self.track(track)
        written = writings.get(transaction, id)
        if written is None or written.kind is not kind:
            raise Missing(f"there is no such {kind.value}", where=id, remedy="Take it from the list.")
        return records.of_writing(written, self._own)

    def person(self, transaction: Transaction, id: str, now: Instant) -> Record:  # noqa: A002 - its common name
        """Return a record about a person, as `record` does others: what looks through all that is held finds none.

        Raises:
            Missing: there is none of this id, or its review date is past.
        """
        kept = persons.get(transaction, id, now)
        if kept is None:
            raise Missing("there is no such record about a person, or its review date is past", where=id)
        return records.of_person(kept, self._own)

    def judged(self, alert: str, kept: Judging | None) -> tuple[Record, Decision | None]:
        """Return an alert as a record, and the decision on it, from what is kept of both.

        Raises:
            Missing: nothing is.
        """
        if kept is None:
            raise Missing("there is no such alert", where=alert, remedy="Take it from the queue.")
        read = canonical.own(kept.alert, Alert)
        decision = canonical.own(kept.decision, Decision) if kept.decision is not None else None
        return records.of_alert(read, decision, self._own, self._shared(read.sources)), decision

    def track(self, track: Track) -> Record:
        """Return the track as a record, under the name that partners have it by."""
        known = [feed for source in track.sources if (feed := self._feeds.get(source)) is not None]
        whole = known and len(known) == len(track.sources)
        handling = strictest(*(feed.handling for feed in known)) if whole else Handling()
        return records.of_track(track, self._name(track.id), self._own, self._shared(track.sources), handling)

    def _shared(self, sources: tuple[str, ...]) -> frozenset[Purpose]:
        """Return the purposes of all the feeds: of one that is gone nobody knows any."""
        served = [self.purposes.get(source, frozenset()) for source in sources]
        return frozenset.intersection(*served) if served else frozenset()


def hits(transaction: Transaction, wanted: Wanted) -> Iterator[Hit]:
    """Yield every record that bears what is wanted: one pass over all that is held, whatever is found."""
    for kind, record, subjects in _held(transaction):
        asking = frozenset[bytes]().union(
            *(wanted.get((of, *mark), frozenset()) for of, subject in subjects for mark in marks(subject))
        )
        for inquiry in sorted(asking):
            yield Hit(inquiry, kind, record)


def _held(
    transaction: Transaction,
) -> Iterator[tuple[RecordKind, str, Iterable[tuple[SubjectKind, Identified]]]]:
    after = 0
    while page := alerts.queue(transaction, None, after, _PAGE):
        after = page[-1].sequence
        for kept in page:
            yield RecordKind.ALERT, kept.alert.id, map(_claimed, kept.alert.subjects)
    last = ""
    while rows := writings.page(transaction, last, _PAGE):
        last = rows[-1].writing.id
        for each in rows:
            yield each.kind, each.writing.id, map(_described, each.writing.subjects)
    last = ""
    while moving := tracks.page(transaction, last, _PAGE):
        last = moving[-1].id
        for track in moving:
            yield RecordKind.TRACK, track.id, [_claimed(track.identity)]


def _claimed(identity: Identity) -> tuple[SubjectKind, Identified]:
    return identity.kind, identity


def _described(thing: Thing) -> tuple[SubjectKind, Identified]:
    return thing.kind.subject, thing
