"""Subscriptions: who is kept informed of what, at both ends, and what each subscriber was last given."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation.canonical import read, written
from comity.foundation.store.page import bounded
from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.decision import Decision, Judgement
from comity.vocabulary.instant import Instant
from comity.vocabulary.subscription import SubscriptionState, Wish
from comity.vocabulary.track import Track

_COLUMNS = "id, owner, subscriber, wish, state, until, renewal, made, officer, accepted, since, informed, message"


class KeptSubscription(msgspec.Struct, frozen=True, kw_only=True):
    """One subscription. Times are the node's."""

    id: bytes
    owner: str
    """Whose records are given."""
    subscriber: str
    wish: Wish
    state: SubscriptionState
    until: Instant
    renewal: Instant | None = None
    """The later end that was asked for and waits for an answer."""
    made: Instant
    officer: str = ""
    """Of this node: who asked, or who accepted."""
    accepted: Instant = 0
    since: int = 0
    """The last decision before it was accepted."""
    informed: Instant = 0
    """When positions were last given."""
    message: bytes | None = None
    """The newest batch of them."""

    def partner(self, own: str) -> str:
        """Return the other side."""
        return self.owner if self.subscriber == own else self.subscriber

    def runs(self, now: Instant) -> bool:
        """Whether it is accepted, not ended, and its time not over."""
        return self.state is SubscriptionState.RUNNING and now < self.until


def add(t: ActTransaction, made: KeptSubscription) -> bool:
    """Keep a subscription that was asked for; False if its id is taken."""
    return (
        t.run(
            "INSERT INTO subscription (id, owner, subscriber, wish, state, until, made, officer)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            *(made.id, made.owner, made.subscriber, written(made.wish), made.state.value, made.until, made.made),
            made.officer,
        )
        == 1
    )


def get(t: Transaction, id: bytes) -> KeptSubscription | None:  # noqa: A002 - the column's name
    """Return the subscription, if there is one."""
    row = t.row(f"SELECT {_COLUMNS} FROM subscription WHERE id = %s", id)  # noqa: S608 - fixed columns
    return _kept(row) if row else None


def hold(t: ActTransaction, id: bytes) -> KeptSubscription | None:  # noqa: A002 - the column's name
    """Return the subscription, if there is one, and let nobody else change it before this transaction ends."""
    row = t.row(f"SELECT {_COLUMNS} FROM subscription WHERE id = %s FOR UPDATE", id)  # noqa: S608 - fixed columns
    return _kept(row) if row else None


def change(t: ActTransaction, changed: KeptSubscription) -> None:
    """Keep the state, end, renewal and officer that it has now; whoever calls holds it."""
    t.run(
        "UPDATE subscription SET state = %s, until = %s, renewal = %s, officer = %s, accepted = %s, since = %s"
        " WHERE id = %s",
        *(changed.state.value, changed.until, changed.renewal, changed.officer, changed.accepted, changed.since),
        changed.id,
    )


def open_between(t: Transaction, owner: str, subscriber: str, now: Instant) -> int:
    """Return how many subscriptions between the two wait or run."""
    row = t.row(
        "SELECT count(*) FROM subscription WHERE owner = %s AND subscriber = %s AND state IN ('asked', 'running')"
        " AND until > %s",
        *(owner, subscriber, now),
    )
    return int(row[0]) if row else 0


def running(t: Transaction, owner: str, now: Instant, limit: int = 10_000) -> list[KeptSubscription]:
    """Return the owner's subscriptions that run now, the longest uninformed first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM subscription WHERE owner = %s AND state = 'running' AND until > %s"  # noqa: S608 - fixed
        " ORDER BY informed, id LIMIT %s",
        *(owner, now, bounded(limit)),
    )
    return [_kept(row) for row in rows]


def lapsed(t: Transaction, now: Instant, limit: int) -> list[bytes]:
    """Return the ids of subscriptions, of both sides, whose time is over and of which nobody has said so."""
    rows = t.rows(
        "SELECT id FROM subscription WHERE state IN ('asked', 'running') AND until <= %s ORDER BY until LIMIT %s",
        *(now, bounded(limit)),
    )
    return [bytes(id) for (id,) in rows]  # noqa: A001


def recent(t: Transaction, limit: int) -> list[KeptSubscription]:
    """Return the newest subscriptions of both sides, newest first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM subscription ORDER BY made DESC, id LIMIT %s",  # noqa: S608 - fixed columns
        bounded(limit),
    )
    return [_kept(row) for row in rows]


def last_decision(t: Transaction) -> int:
    """Return the number of the newest decision, 0 where there is none."""
    row = t.row("SELECT coalesce(max(sequence), 0) FROM decision")
    return int(row[0]) if row else 0


def moved(t: Transaction, id: bytes, since: Instant, before: tuple[Instant, str], limit: int) -> list[Track]:  # noqa: A002
    """Return tracks seen at `since` or later that have moved since the subscriber was given them, the latest first.

    Only those after `before`, in that order: the time and id of the last one of the page before.
    """
    rows = t.rows(
        "SELECT body FROM track LEFT JOIN subscription_given ON subscription = %s AND record = track.id"
        " WHERE last >= %s AND (last, track.id) < (%s, %s) AND (version IS NULL OR version < last)"
        " ORDER BY last DESC, track.id DESC LIMIT %s",
        *(id, since, *before, bounded(limit)),
    )
    return [read(body, Track, where="track") for (body,) in rows]


class Appeared(msgspec.Struct, frozen=True):
    """A record of which the subscriber has not been given what there is now."""

    record: str
    version: int
    """Number of the decision that stands, or of the version."""
    time: Instant
    """When it was judged or written."""


_NOT_GIVEN = (
    " AND (given.record IS NULL OR given.version < {version} OR EXISTS (SELECT FROM outbox_item AS item"
    " WHERE item.message = given.message AND item.withdrawn IS NOT NULL"
    " AND NOT EXISTS (SELECT FROM recall WHERE recall.message = item.message)))"
)
"""What was withdrawn on its way, unless by a recall, counts as not given: nothing of it has arrived."""


def confirmed(t: Transaction, kept: KeptSubscription, limit: int) -> list[Appeared]:
    """Return alerts confirmed since it was accepted that the subscriber was not given as they are judged now."""
    rows = t.rows(
        "SELECT alert.id, decision.sequence, decision.body FROM decision JOIN alert ON alert.id = decision.alert"  # noqa: S608
        " LEFT JOIN subscription_given AS given ON given.subscription = %s AND given.record = alert.id"
        " WHERE decision.sequence > %s AND alert.judgement = %s"
        " AND NOT EXISTS (SELECT FROM decision AS later WHERE later.alert = alert.id"
        " AND later.sequence > decision.sequence)"
        + _NOT_GIVEN.format(version="decision.sequence")
        + " ORDER BY decision.sequence LIMIT %s",
        *(kept.id, kept.since, Judgement.CONFIRMED.value, bounded(limit)),
    )
    return [Appeared(id, number, read(body, Decision, where=id).time) for id, number, body in rows]  # noqa: A001


def written_since(t: Transaction, kept: KeptSubscription, limit: int) -> list[Appeared]:
    """Return reports or notices written since it was accepted of which the subscriber was not given this version."""
    rows = t.rows(
        "SELECT writing.id, writing.version, writing.changed FROM writing"  # noqa: S608 - constants of ours
        " LEFT JOIN subscription_given AS given ON given.subscription = %s AND given.record = writing.id"
        " WHERE writing.changed >= %s AND writing.kind = %s AND writing.cancellation IS NULL"
        + _NOT_GIVEN.format(version="writing.version")
        + " ORDER BY writing.changed, writing.id LIMIT %s",
        *(kept.id, kept.accepted, kept.wish.kind.value, bounded(limit)),
    )
    return [Appeared(*row) for row in rows]


def went(t: Transaction, partner: str, record: str, since: Instant) -> bytes | None:
    """Return the newest message, made at `since` or later, in which the record goes or went to the partner anyhow."""
    row = t.row(
        "SELECT id FROM outbox JOIN outbox_item ON message = id WHERE outbox_item.record = %s AND partner = %s"
        " AND kind = 'release' AND state IN ('queued', 'accepted') AND withdrawn IS NULL AND created >= %s"
        " ORDER BY coalesce(outbox_item.entry, outbox.entry + place) DESC LIMIT 1",
        *(record, partner, since),
    )
    return bytes(row[0]) if row else None


def recalled(t: Transaction, partner: str, records: Sequence[str]) -> set[str]:
    """Return which of these records, by the ids under which they were given, were called back from the partner."""
    rows = t.rows(
        "SELECT DISTINCT record FROM recall WHERE record = ANY(%s) AND partner = %s AND act = 'erase'",
        *(list(records), partner),
    )
    return {record for (record,) in rows}


def note(t: Transaction, id: bytes, given: Sequence[tuple[str, int]], message: bytes | None = None) -> None:  # noqa: A002
    """Keep of each record, by the id that it has here, which version the subscriber was given or denied."""
    rows = sorted(dict(given).items())  # in one order, so that two writers cannot wait for each other
    t.run(
        "INSERT INTO subscription_given (subscription, record, version, message)"
        " SELECT %s, record, version, %s::bytea FROM unnest(%s::text[], %s::bigint[]) AS new (record, version)"
        " ON CONFLICT (subscription, record) DO UPDATE SET version = excluded.version, message = excluded.message",
        *(id, message, [record for record, _ in rows], [version for _, version in rows]),
    )


def informed(t: Transaction, id: bytes, now: Instant, message: bytes | None = None) -> None:  # noqa: A002
    """Keep when positions were last looked through, and the newest batch of them, where there was one."""
    t.run(
        "UPDATE subscription SET informed = %s, message = coalesce(%s::bytea, message) WHERE id = %s", now, message, id
    )


def streamed(t: ActTransaction, message: bytes, keep_until: Instant) -> None:
    """Say of a message that it is one of many positions: lists leave it out, and our own copy is kept until then."""
    t.run("UPDATE outbox SET streamed = %s WHERE id = %s", keep_until, message)


_KEPT_STILL = " AND EXISTS (SELECT FROM outbox_item AS item WHERE item.message = outbox.id AND item.item IS NOT NULL)"
_GOES_NO_MORE = (
    " AND (receipt IS NOT NULL OR EXISTS (SELECT FROM partner WHERE name = outbox.partner AND cut_off IS NOT NULL))"
)


def overdue(t: Transaction, now: Instant, limit: int) -> list[bytes]:
    """Return messages of which positions are kept though their time is over, the longest overdue first.

    What waits for a partner that is not cut off is left to the courier, which withdraws it.
    """
    # A recall of one position empties the envelope, the others stay: such messages are found by their recalls.
    rows = t.rows(
        "SELECT id, streamed FROM outbox WHERE streamed <= %s AND envelope <> ''"  # noqa: S608 - constants of ours
        + _KEPT_STILL
        + _GOES_NO_MORE
        + " UNION SELECT id, streamed FROM outbox WHERE streamed <= %s AND envelope = ''"
        " AND id IN (SELECT message FROM recall)" + _KEPT_STILL + _GOES_NO_MORE + " ORDER BY streamed, id LIMIT %s",
        *(now, now, bounded(limit)),
    )
    return [bytes(id) for id, _ in rows]  # noqa: A001


def erase(t: ActTransaction, messages: Sequence[bytes]) -> int:
    """Erase our own copies of the positions in these messages, and return how many those were."""
    t.run("UPDATE outbox SET envelope = '' WHERE id = ANY(%s)", list(messages))
    return t.run(
        "UPDATE outbox_item SET item = NULL, request = NULL WHERE message = ANY(%s) AND item IS NOT NULL",
        list(messages),
    )


def forget(t: Transaction, now: Instant, before: Instant) -> int:
    """Forget what was given under subscriptions that are over, and positions older than `before`; return how many."""
    return t.run(
        "DELETE FROM subscription_given AS given USING subscription WHERE subscription.id = given.subscription"
        " AND (subscription.state <> 'running' OR subscription.until <= %s"
        " OR (given.version < %s AND NOT EXISTS (SELECT FROM alert WHERE alert.id = given.record)"
        " AND NOT EXISTS (SELECT FROM writing WHERE writing.id = given.record)))",
        *(now, before),
    )


def _kept(row: Row) -> KeptSubscription:
    found = dict(zip(KeptSubscription.__struct_fields__, row, strict=True))
    wish, state = read(found["wish"], Wish, where="subscription"), SubscriptionState(found["state"])
    return KeptSubscription(**{**found, "wish": wish, "state": state})
