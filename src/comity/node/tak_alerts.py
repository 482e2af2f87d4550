"""Alerts for a TAK client: which it may be shown at this moment, and which that it has are to be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

import msgspec

from comity.agreements.permit import Permit
from comity.exchange import tak_door
from comity.exchange.tak_door import Leaving
from comity.exchange.tak_sight import Sight, sight
from comity.foundation.canonical import digest
from comity.foundation.store import alerts, decisions, officers
from comity.foundation.store.decisions import Judging
from comity.foundation.store.store import Transaction
from comity.foundation.store.tak_clients import KeptClient
from comity.node.tak_judge import TakJudge, disclosed
from comity.vocabulary.decision import Decision, Judgement
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import DAY, MINUTE, Duration, Instant
from comity.vocabulary.record import Record, Value

YOUNG: Duration = DAY
"""How long after it was raised an alert is shown."""
MOST = 200
"""Alerts that are shown, the newest."""
RENEWED: Duration = 10 * MINUTE
"""So long before it would leave the client's screen an alert is sent anew."""


class Marked(msgspec.Struct, frozen=True):
    """What a client has of one alert."""

    uid: str
    version: bytes
    """A digest of the alert and the decision on it, as they were."""
    stale: Instant


class Alerted(msgspec.Struct, frozen=True):
    """One alert of which the client is to be told: the event that shows it, or None: it is to be taken back."""

    alert: str
    mark: Marked | None
    event: Leaving | None


class TakAlerts:
    """What TAK clients may be shown of this node's alerts."""

    def __init__(self, judge: TakJudge) -> None:
        self._judge = judge

    def due(self, client: KeptClient, has: Mapping[str, Marked]) -> list[Alerted]:
        """Return what the client is to be told that `has` these; what a partner's is shown is entered before.

        Raises:
            Refused: the client may not be connected any more.
            Missing: its partner is cut off.
            Unavailable: the database does not answer.
        """
        store = self._judge.store
        with store.reading() as transaction:
            found = list(self._due(transaction, client, has))
        if not client.partner or all(leave is None for _, _, leave in found):
            return [self._drawn(client, *one) for one in found]
        told: list[Alerted] = []
        with suppress(_Nothing), store.acting() as act:
            found = list(self._due(act, client, has))  # what has changed since the first look counts
            drawn = [self._drawn(client, *one) for one in found]
            entries = [
                disclosed(client, leave, one.event)
                for (_, _, leave), one in zip(found, drawn, strict=True)
                if isinstance(leave, Permit) and one.event is not None
            ]
            if not entries:
                raise _Nothing
            act.log_many(entries)
            told = drawn
        return told

    def _due(
        self, transaction: Transaction, client: KeptClient, has: Mapping[str, Marked]
    ) -> Iterator[tuple[str, bytes, Permit | Sight | None]]:
        """Yield id, version and leave of what is new, changed or to be renewed, and without a leave what has to go."""
        now, kept = self._judge.clock.now(), self._judge.expect_current(transaction, client)
        young = alerts.standing(transaction, now - YOUNG, MOST)
        judgings = decisions.judgings(transaction, list(dict.fromkeys([*young, *has])))
        records = dict(self._records(judgings))
        leaves = self._leaves(transaction, kept, records)
        for id, mark in has.items():  # noqa: A001 - what every record calls it
            if id not in leaves and mark.stale > now:
                yield id, b"", None
        for id in reversed(young):  # noqa: A001
            version, before = _version(judgings.get(id)), has.get(id)
            fresh = before is None or before.version != version or before.stale <= now + RENEWED
            if id in leaves and fresh:
                yield id, version, leaves[id]

    def _records(self, judgings: Mapping[str, Judging]) -> Iterator[tuple[str, tuple[Record, Decision | None]]]:
        """Yield what stands: confirmed by an officer, or distress that nobody has rejected."""
        for id, judging in judgings.items():  # noqa: A001
            with suppress(Missing):
                record, decision = self._judge.holdings.judged(id, judging)
                judgement = decision.judgement if decision else Judgement.UNREVIEWED
                counts = judgement is Judgement.CONFIRMED or (record.distress and judgement is not Judgement.REJECTED)
                if counts and self._judge.plates.isdisjoint(_texts(record.fields.get("sources"))):
                    yield id, (record, decision)

    def _leaves(
        self, transaction: Transaction, client: KeptClient, records: Mapping[str, tuple[Record, Decision | None]]
    ) -> dict[str, Permit | Sight]:
        answers: list[Permit | str] | list[Sight | str]
        if client.partner:
            answers = self._judge.permitted(transaction, client, list(records.values()))
        else:
            kept, own = officers.get(transaction, client.holder), self._judge.own.card.name
            answers = [sight(record, kept[0], own) if kept else "nobody's" for record, _ in records.values()]
        found = zip(records, answers, strict=True)
        return {id: leave for id, leave in found if not isinstance(leave, str)}  # noqa: A001

    def _drawn(self, client: KeptClient, id: str, version: bytes, leave: Permit | Sight | None) -> Alerted:  # noqa: A002
        if leave is None:
            return Alerted(id, None, None)
        event = tak_door.marked(leave, client.name, self._judge.disguise, self._judge.clock.now())
        return Alerted(id, Marked(event.uid, version, event.stale) if event else None, event)


class _Nothing(Exception):  # noqa: N818 - never leaves this file
    """Nothing may be shown, so there is no act."""


def _version(judging: Judging | None) -> bytes:
    return digest(digest(judging.alert), judging.decision or b"") if judging else b""


def _texts(value: Value) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
