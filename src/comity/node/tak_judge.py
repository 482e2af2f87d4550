"""Judging for a TAK client: of tracks that have moved, what it may be shown at this moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache

import msgspec

from comity.agreements.permit import Permit, Request, permit
from comity.exchange import partners, tak_door
from comity.exchange.cards import Own
from comity.exchange.tak_door import Leaving
from comity.exchange.tak_sight import Sight, sight
from comity.foundation.canonical import digest
from comity.foundation.clock import Clock
from comity.foundation.store import archiving, officers, subscriptions, tak_clients
from comity.foundation.store.store import Store, Transaction
from comity.foundation.store.tak_clients import KeptClient
from comity.node.holdings import Holdings
from comity.node.relations import Relations
from comity.node.standings import standings
from comity.vocabulary.decision import Decision
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Refused
from comity.vocabulary.record import Record
from comity.vocabulary.track import Track


class Judged(msgspec.Struct, frozen=True):
    """One track, and the event that shows it; None: it may not be shown."""

    track: str
    uid: str
    event: Leaving | None


class _Nothing(Exception):  # noqa: N818 - never leaves this file
    """Nothing may be shown, so there is no act."""


class TakJudge:
    """What TAK clients may be shown of this node's tracks."""

    def __init__(
        self,
        store: Store,
        own: Own,
        clock: Clock,
        holdings: Holdings,
        relations: Relations,
        plates: frozenset[str],
    ) -> None:
        self.store = store
        self.own = own
        self.clock = clock
        self.holdings = holdings
        self._relations = relations
        self.disguise = lru_cache(maxsize=100_000)(own.keys.log.pseudonym)
        self.plates = plates
        """Feeds of plate readers: what they have contributed to goes to no client."""

    def judged(self, client: KeptClient, tracks: Sequence[Track]) -> list[Judged]:
        """Return of each track what of it may be shown now; what a partner's client is shown is entered before.

        Raises:
            Refused: the client may not be connected any more.
            Missing: its partner is cut off.
            Unavailable: the database does not answer.
        """
        if not client.partner:
            with self.store.reading() as transaction:
                return self._seen(transaction, self.expect_current(transaction, client), tracks)
        found: list[Judged] = []
        with suppress(_Nothing), self.store.acting() as act:
            kept = self.expect_current(act, client)
            leaves = self._permitted(act, kept, tracks)
            found = [self._drawn(client, track, leave) for track, leave in leaves]
            entries = [
                disclosed(client, leave, one.event)
                for (_, leave), one in zip(leaves, found, strict=True)
                if isinstance(leave, Permit) and one.event is not None
            ]
            if not entries:
                raise _Nothing
            act.log_many(entries)
        return found

    def expect_current(self, transaction: Transaction, client: KeptClient) -> KeptClient:
        """Return the client as it is kept now.

        Raises:
            Refused: it is revoked, its time is over, or its user is gone.
        """
        kept = tak_clients.get(transaction, client.name)
        if kept is None or not kept[0].counts(self.clock.now()):
            raise Refused("the client is revoked, or its time is over", where=client.name)
        if not client.partner and officers.get(transaction, client.holder) is None:
            raise Refused("there is nobody any more whose it is", where=client.name)
        return kept[0]

    def _seen(self, transaction: Transaction, client: KeptClient, tracks: Sequence[Track]) -> list[Judged]:
        kept = officers.get(transaction, client.holder)
        own, erased = self.own.card.name, archiving.erased(transaction)
        return [
            self._drawn(
                client, track, sight(record, kept[0], own) if kept and self._may_show(client, track, erased) else ""
            )
            for track, record in self._records(tracks)
        ]

    def permitted(
        self, transaction: Transaction, client: KeptClient, records: Sequence[tuple[Record, Decision | None]]
    ) -> list[Permit | str]:
        """Return of each record, with the decision on it, the permit for the client's partner, or why there is none."""
        card = partners.card(transaction, client.holder)
        agreed, posture = standings(transaction), self._relations.posture(transaction, client.holder)
        called_back = subscriptions.recalled(transaction, client.holder, [record.id for record, _ in records])
        now, own = self.clock.now(), self.own.card
        if client.purpose is None:
            raise Refused("a partner's client is for a purpose", where=client.name)
        found: list[Permit | str] = []
        for record, decision in records:
            request = Request(
                record=record,
                partner=client.holder,
                partner_country=card.country,
                purpose=client.purpose,
                officer=own.name,
                decision=decision,
                now=now,
                standings=agreed,
                own=own.name,
                own_country=own.country,
                posture=posture,
                law=self._relations.law,
            )
            answer = permit(request) if record.id not in called_back else None
            found.append(answer if isinstance(answer, Permit) else "it is not permitted")
        return found

    def _permitted(
        self, transaction: Transaction, client: KeptClient, tracks: Sequence[Track]
    ) -> list[tuple[Track, Permit | str]]:
        records = list(self._records(tracks))
        answers = self.permitted(transaction, client, [(record, None) for _, record in records])
        erased = archiving.erased(transaction)
        return [
            (track, answer if self._may_show(client, track, erased) else "it may not be shown")
            for (track, _), answer in zip(records, answers, strict=True)
        ]

    def _records(self, tracks: Sequence[Track]) -> Iterator[tuple[Track, Record]]:
        for track in tracks:
            yield track, self.holdings.track(track)

    def _may_show(self, client: KeptClient, track: Track, erased: frozenset[str]) -> bool:
        """Whether it is neither erased, nor a plate reader's, nor what the client itself has told, nor old by now."""
        if track.id in erased:
            return False
        sources = frozenset(track.sources)
        told_itself = bool(client.feed) and sources == {client.feed}
        return not sources & self.plates and not told_itself and track.last + tak_door.STALE > self.clock.now()

    def _drawn(self, client: KeptClient, track: Track, leave: Permit | Sight | str) -> Judged:
        event = None if isinstance(leave, str) else tak_door.drawn(leave, client.name, self.disguise)
        return Judged(track.id, event.uid if event else "", event)


def disclosed(client: KeptClient, leave: Permit, event: Leaving) -> Entry:
    """Return the entry of what a partner's client is shown."""
    return Entry(
        act=Act.DISCLOSED,
        basis=f"{leave.agreement} {leave.version}",
        clause=leave.clause,
        purpose=leave.purpose.value,
        subject=leave.record.id,
        partner=leave.partner,
        digest=digest(event.xml),
        detail=f"TAK client {client.name}, added by {client.officer}",
    )
