"""The inventory: what the node holds of what a person asks after, and what the log tells of each record.

A ship is known by what identifies it, a person by name or document, a record by its id. A track of ours has two, as
partners have it under another name. Of a person's record past its review date it is told that it is there, no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Annotated

import msgspec
from msgspec.structs import replace

from comity.agreements.redaction import disclosed
from comity.exchange.cards import Own
from comity.foundation import canonical
from comity.foundation.clock import Clock
from comity.foundation.store import alerts, inbox, inquiries, persons, tracks, writings
from comity.foundation.store.inbox import KeptRecord
from comity.foundation.store.store import Transaction
from comity.foundation.store.writings import AnyWriting
from comity.node import bearing
from comity.node.told import Event, told
from comity.vocabulary.inquiry import Identified
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given
from comity.vocabulary.person import Person
from comity.vocabulary.record import RecordKind, Value
from comity.vocabulary.track import Track

_PAGE = 500

_PERSON = RecordKind.PERSON

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Mark(Enum):
    """By what a person's ship or record is known."""

    MMSI = "mmsi"
    IMO = "imo"
    CALL_SIGN = "call_sign"
    NAME = "name"
    PERSON = "person"
    """A person's name, family or given or both, in either order."""
    DOCUMENT = "document"
    """The number of a document that says who somebody is."""
    RECORD = "record"
    """A record's id."""


_OF_THINGS = frozenset({Mark.MMSI, Mark.IMO, Mark.CALL_SIGN, Mark.NAME})


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person asks after."""

    reference: Words
    """The request's own number, under which the log keeps it."""
    mark: Mark
    value: Words
    """As it is written; upper or lower case, and spaces around it, make no difference."""

    @property
    def record(self) -> str:
        """The record's id, if that is what is asked after."""
        return self.value if self.mark is Mark.RECORD else ""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One record that is held, or that the log knows of, with what was done with it, oldest first."""

    record: str
    kind: str
    """Empty of what is erased: only the log knows of it."""
    owner: str
    time: Instant | None
    keep_until: Instant | None
    """Until when it may be kept; None where no time is set."""
    fields: dict[str, Value]
    """What is held of it, marks that must not leave included."""
    events: tuple[Event, ...]
    recipients: tuple[str, ...]
    """Partners to whom it was given, by the whole log."""
    whole: bool
    """False where the log tells more of it than `events` holds, which are the newest."""


class _Versions(msgspec.Struct, frozen=True):
    versions: list[AnyWriting]


class _Nothing(msgspec.Struct):
    """Of what nobody may read."""


class Inventory:
    """What this node holds."""

    def __init__(self, own: Own, clock: Clock) -> None:
        self._clock = clock
        self._name = own.keys.log.pseudonym
        """The name under which partners have a track of ours."""
        self._owner = own.card.name

    def of(self, transaction: Transaction, question: Question) -> Iterator[Held]:
        """Yield every record that the question names: our own, partners', and one that only the log knows of.

        What the archive holds beside them is told by `archived`.
        """
        known: set[str] = set()
        every = (self._ours, self._persons, self._theirs, self._inquiries)
        for held in (one for each in every for one in each(transaction, question)):
            known |= {held.record, self._name(held.record)}
            yield held
        if question.record and question.record not in known:
            told_of = told(transaction, question.record, self._name(question.record))
            if told_of.events:
                yield Held(
                    record=question.record,
                    kind="",
                    owner="",
                    time=None,
                    keep_until=None,
                    fields={},
                    **msgspec.structs.asdict(told_of),
                )

    def archived(self, transaction: Transaction, record: str, kept: tuple[int, Instant, Instant, Instant]) -> Held:
        """Return what is told of a track in the archive: how many movements, from when to when, kept until when."""
        rows, first, last, keep_until = kept
        return Held(
            record=record,
            kind="movements",
            owner=self._owner,
            time=first,
            keep_until=keep_until,
            fields={"movements": rows, "last": last},
            **msgspec.structs.asdict(told(transaction, record, self._name(record))),
        )

    def _inquiries(self, transaction: Transaction, question: Question) -> Iterator[Held]:
        """Yield what partners asked of this node, and this node of partners, after what is asked after here."""
        last = b""
        while page := inquiries.page(transaction, last, _PAGE):
            last = page[-1].id
            for kept in page:
                if question.record == kept.id.hex() or _is(question, kept.question):
                    found = told(transaction, kept.id.hex())
                    yield Held(
                        record=kept.id.hex(),
                        kind="inquiry",
                        owner=kept.asker,
                        time=kept.made,
                        keep_until=kept.keep_until,
                        fields={**msgspec.to_builtins(kept.question), "state": kept.state.value},
                        events=found.events,
                        recipients=(kept.owner,) if kept.asker == self._owner else (),
                        whole=found.whole,
                    )

    def _ours(self, transaction: Transaction, question: Question) -> Iterator[Held]:
        after = 0
        while page := alerts.queue(transaction, None, after, _PAGE):
            after = page[-1].sequence
            for kept in page:
                alert = kept.alert
                if question.record == alert.id or any(_is(question, subject) for subject in alert.subjects):
                    yield self._own_record(transaction, alert.id, RecordKind.ALERT, alert.time, alert)
        yield from self._written(transaction, question)
        for track in _tracks(transaction):
            if question.record in {track.id, self._name(track.id)} or _is(question, track.identity):
                yield self._own_record(transaction, track.id, RecordKind.TRACK, track.first, track)

    def _written(self, transaction: Transaction, question: Question) -> Iterator[Held]:
        """Yield the reports and notices of which any version names what is asked after, with all their versions."""
        last = ""
        while page := writings.page(transaction, last, _PAGE):
            last = page[-1].writing.id
            for kept in page:
                versions = writings.versions(transaction, kept.writing.id)
                named = any(_is(question, subject) for each in versions for subject in each.subjects)
                if named or question.record == kept.writing.id:
                    held = _Versions(versions=versions)
                    yield self._own_record(transaction, kept.writing.id, kept.kind, kept.writing.time, held)

    def _persons(self, transaction: Transaction, question: Question) -> Iterator[Held]:
        """Yield our own records about persons; of what nobody may read any more, that it is there."""
        now, last = self._clock.now(), ""

        def asked(person: Person) -> bool:
            return question.record == person.id or _names(question, msgspec.to_builtins(person, builtin_types=()))

        while page := persons.page(transaction, last, now, _PAGE):
            last = page[-1].person.id
            for kept in page:
                if asked(kept.person):
                    held = self._own_record(transaction, kept.person.id, _PERSON, kept.person.time, kept.person)
                    yield replace(held, keep_until=kept.review)
        for shell in persons.unread(transaction, now, asked):
            nothing = self._own_record(transaction, shell.id, _PERSON, shell.changed, _Nothing())
            yield replace(nothing, time=None, keep_until=shell.review)

    def _own_record(
        self, transaction: Transaction, record: str, kind: RecordKind, time: Instant, held: msgspec.Struct
    ) -> Held:
        ids = (record, self._name(record)) if kind is RecordKind.TRACK else (record,)
        return Held(
            record=record,
            kind=kind.value,
            owner=self._owner,
            time=time,
            keep_until=None,
            fields=msgspec.to_builtins(held),
            **msgspec.structs.asdict(told(transaction, *ids)),
        )

    def _theirs(self, transaction: Transaction, question: Question) -> Iterator[Held]:
        after: tuple[str, bytes, int] = ("", b"", -1)
        while page := inbox.page(transaction, after, _PAGE):
            after = (page[-1].sender, page[-1].message, page[-1].place)
            for kept in page:
                held = _received(transaction, kept, question, self._clock.now())
                if held is not None:
                    yield held

    def both_ids(self, transaction: Transaction, record: str) -> tuple[str, str]:
        """Return the id that a record of ours has here and that under which partners have it, if it is a track.

        Whichever is named. A track that is gone here has both still: under the second, partners may hold it.
        """
        if tracks.get(transaction, record) is None:
            for track in _tracks(transaction):
                if self._name(track.id) == record:
                    return track.id, record
        return record, self._name(record)


def _tracks(transaction: Transaction) -> Iterator[Track]:
    last = ""
    while rows := tracks.page(transaction, last, _PAGE):
        last = rows[-1].id
        yield from rows


def _received(transaction: Transaction, kept: KeptRecord, question: Question, now: Instant) -> Held | None:
    given = canonical.read(kept.item or b"", Given, where=kept.sender)
    fields = disclosed(given)
    person = given.kind is RecordKind.PERSON
    if question.record != given.id and not (_names if person else _tells)(question, fields):
        return None
    if person and given.keep_until <= now:
        fields = {}
    return Held(
        record=given.id,
        kind=given.kind.value,
        owner=given.owner,
        time=given.time,
        keep_until=kept.keep_until,
        fields=fields,
        **msgspec.structs.asdict(told(transaction, given.id)),
    )


def _names(question: Question, fields: Mapping[str, Value]) -> bool:
    """Whether the fields of a record about a person bear the name or document that the question asks after."""
    by = {Mark.PERSON: bearing.named, Mark.DOCUMENT: bearing.documented}.get(question.mark)
    return by is not None and by(question.value, fields)


def _is(question: Question, identity: Identified) -> bool:
    """Whether the question asks after what claims this identity."""
    return question.mark in _OF_THINGS and bearing.same(question.value, getattr(identity, question.mark.value))


def _tells(question: Question, fields: dict[str, Value]) -> bool:
    """Whether what a partner gave names what the question asks after, for one of its subjects."""
    value = fields.get(question.mark.value)
    return any(bearing.same(question.value, each) for each in (value if isinstance(value, list) else [value]))
