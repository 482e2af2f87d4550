"""The story of a TAK client: an officer lets a device in, it follows the picture, and what it sends joins the feeds.

    device -> name and token -> session; tracks that moved -> permit or sight for each -> entries -> connection
    alerts that officers confirmed, and distress -> permit or sight for each -> entries -> connection
    what it sends -> sources.cot -> sightings of its own feed -> picture

A client is no node (docs/decisions/0205): it gets positions with five minutes to live, alerts with half an hour, and
nothing else. Each is judged when it is sent, so what is suspended, revoked, masked or recalled shows from the next
event on; alerts on its screen are judged again in each round, and taken back from there.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event

import structlog

from comity.exchange import partners, tak_server
from comity.exchange.tak_connection import Patience
from comity.exchange.tak_server import TakServer
from comity.exchange.tak_sight import ROLES
from comity.foundation.canonical import digest
from comity.foundation.clock import Clock
from comity.foundation.keys import random_bytes
from comity.foundation.store import feeds, officers, tak_clients
from comity.foundation.store.store import ActTransaction, Store, Transaction
from comity.foundation.store.tak_clients import KeptClient
from comity.node.feed_settings import FeedSettings
from comity.node.flow_sighting import Watch
from comity.node.span import span
from comity.node.tak_alerts import Alerted, Marked, TakAlerts
from comity.node.tak_judge import Judged, TakJudge
from comity.node.tak_session import Session
from comity.node.tak_settings import TakSettings
from comity.review.decide import DECIDERS
from comity.sources.batch import Batch
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.instant import DAY, Duration, Instant
from comity.vocabulary.officer import Officer
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.track import Track

LONGEST: Duration = 366 * DAY
"""How far away a client's end may be."""
_log = structlog.get_logger()


class TakClients:
    """TAK clients: who is let in, and the door at which they are served."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        watch: Watch,
        judge: TakJudge,
        feeds: Mapping[str, FeedSettings],
        settings: TakSettings,
        slowest: Duration,
    ) -> None:
        self._store = store
        self.clock = clock
        self._watch = watch
        self._judge = judge
        self._alerts = TakAlerts(judge)
        self._feeds = feeds
        self._settings = settings
        self._slowest = slowest
        self._turn = threading.Lock()
        self._sessions: dict[str, Session] = {}

    def add_local(self, officer: Officer, name: str, user: str, until: Instant, feed: str = "") -> str:
        """Let in a device of one of the node's people, and return its token, which nothing shows again.

        Raises:
            Refused: the officer's role does not decide, the user's sees no tracks, or the name or feed is taken.
            Missing: there is no such user or feed.
        """
        with self._store.acting() as act:
            kept = officers.get(act, user)
            if kept is None:
                raise Missing("there is nobody of this name", where=user, remedy="Add them: comity user add.")
            if kept[0].role not in ROLES:
                raise Refused(f"the role {kept[0].role.value} follows no tracks in the field", where=user)
            made = KeptClient(
                name=name,
                officer=officer.name,
                holder=user,
                partner=False,
                feed=feed,
                made=self.clock.now(),
                until=until,
            )
            return self._added(act, officer, made)

    def add_partners(
        self, officer: Officer, name: str, partner: str, purpose: Purpose, until: Instant, feed: str = ""
    ) -> str:
        """Let in a partner's device for a purpose, and return its token, which nothing shows again.

        Raises:
            Refused: the officer's role does not decide, the name or feed is taken, or the feed may be given to others.
            Missing: there is no such partner or feed.
        """
        with self._store.acting() as act:
            partners.card(act, partner)
            made = KeptClient(
                name=name,
                officer=officer.name,
                holder=partner,
                partner=True,
                purpose=purpose,
                feed=feed,
                made=self.clock.now(),
                until=until,
            )
            return self._added(act, officer, made)

    def revoke(self, officer: Officer, name: str, reason: str) -> None:
        """Let a client in no more; its connection is closed before anything else is sent.

        Raises:
            Refused: the officer's role does not decide.
            Missing: there is no such client, or it is revoked already.
        """
        _may(officer)
        with self._store.acting() as act:
            tak_clients.revoke(act, name, self.clock.now())
            act.log(Entry(act=Act.ACCESS, officer=officer.name, basis="tak revoke", subject=name, detail=reason[:400]))

    def serve(self, folder: Path, stop: Event) -> None:
        """Serve clients where the settings say, until `stop` is set."""
        self.server(folder).run(stop)

    def server(self, folder: Path, patience: Patience | None = None) -> TakServer:
        """Return the listener that the settings ask for; files are relative to the folder.

        Raises:
            Fault: the address is taken, or certificate and key cannot be used.
        """
        host, _, port = self._settings.listen.rpartition(":")
        tls = None
        if self._settings.certificate:
            tls = tak_server.identity(folder / self._settings.certificate, folder / self._settings.key)
        return TakServer(
            *(host.strip("[]"), int(port), self.session), most=self._settings.clients, tls=tls, patience=patience
        )

    def session(self, peer: str) -> Session:
        """Return the session of a client that has just connected."""
        return Session(self, self._watch.live.reader, peer)

    def enter(self, session: Session, name: str, token: str) -> KeptClient:
        """Let the client in, with an entry; an older session of it ends.

        Raises:
            Refused: name or token are wrong, it is revoked or past its end, or as many are connected as may be.
        """
        with self._store.acting() as act:
            kept = tak_clients.get(act, name[:80].replace("\x00", ""))
            known = kept[1] if kept else bytes(32)
            if not hmac.compare_digest(known, _digest(token)) or kept is None:
                raise Refused("there is no client of this name and token", where=session.peer)
            client = self._judge.expect_current(act, kept[0])
            self._expect_feed(client)
            self._expect_room(name)
            act.log_many(self._entrance(act, client, session.peer))
        with self._turn:
            older, self._sessions[name] = self._sessions.get(name), session
        if older is not None:
            older.replaced = True
        _log.info("TAK client connected", client=name, peer=session.peer)
        return client

    def leave(self, session: Session, why: str) -> None:
        """Note, with an entry, that the session is over, what it was sent and what was passed over."""
        client = session.client
        if client is None:
            _log.info("TAK client not let in", peer=session.peer, why=why)
            return
        with self._turn:
            if self._sessions.get(client.name) is session:
                del self._sessions[client.name]
        told = (
            f"{session.sent} sent, {session.passed_over} passed over, {session.taken} taken, {session.dropped} dropped"
        )
        _log.info("TAK client gone", client=client.name, why=why, told=told)
        entry = Entry(
            act=Act.ACCESS, basis="tak", subject=client.name, partner=_partner(client), detail=f"closed: {why}; {told}"
        )
        try:
            with self._store.acting() as act:
                act.log(entry)
        except Fault as fault:
            _log.warning("the end of a TAK session is not entered", client=client.name, fault=str(fault))

    def judged(self, client: KeptClient, tracks: Sequence[Track]) -> list[Judged]:
        """Return what of these may be shown now."""
        return self._judge.judged(client, tracks)

    def alerted(self, client: KeptClient, has: Mapping[str, Marked]) -> list[Alerted]:
        """Return of which alerts it is to be told now that has these."""
        return self._alerts.due(client, has)

    def refresh(self, client: KeptClient) -> float:
        """Return how many seconds lie between two rounds."""
        own = span(self._settings.refresh)
        return (max(own, self._slowest) if client.partner else own) / 1000

    def reached(self, feed: str) -> int:
        """Return how far a feed has come."""
        with self._store.reading() as transaction:
            return feeds.position(transaction, feed)

    def take(self, feed: str, batch: Batch) -> object:
        """Take in what a client has sent."""
        return self._watch.take(feed, batch)

    def _added(self, act: ActTransaction, officer: Officer, made: KeptClient) -> str:
        _may(officer)
        if not made.made < made.until <= made.made + LONGEST:
            raise Refused("a client ends within a year", where=made.name, remedy="Give another end.")
        if made.feed:
            self._expect_feed(made)
        token = random_bytes(32).hex()
        tak_clients.add(act, made, _digest(token))
        whose = f"{made.holder}, {made.purpose.value}" if made.purpose else made.holder
        act.log(
            Entry(
                act=Act.ACCESS,
                officer=officer.name,
                basis="tak add",
                purpose=made.purpose.value if made.purpose else "",
                subject=made.name,
                partner=_partner(made),
                detail=f"a client of {whose}" + (f", sends as {made.feed}" if made.feed else ""),
            )
        )
        return token

    def _expect_room(self, name: str) -> None:
        with self._turn:
            if name not in self._sessions and len(self._sessions) >= self._settings.clients:
                raise Refused(f"{self._settings.clients} clients are connected already", where=name)

    def _expect_feed(self, client: KeptClient) -> None:
        if not client.feed:
            return
        feed = self._feeds.get(client.feed)
        if feed is None or not feed.tak:
            raise Missing(
                "there is no feed of TAK clients of this name", where=client.feed, remedy="Add it with tak = true."
            )
        if client.partner and not feed.theirs:
            raise Refused(
                "what a partner's client sends is the partner's, and its feed must keep it here",
                where=client.feed,
                remedy='Set tlp = "RED" for this feed.',
            )

    def _entrance(self, transaction: Transaction, client: KeptClient, peer: str) -> list[Entry]:
        entry = Entry(
            act=Act.ACCESS, basis="tak", subject=client.name, partner=_partner(client), detail=f"connected from {peer}"
        )
        kept = officers.get(transaction, client.holder)
        if client.partner or kept is None:
            return [entry]
        role = f"role {kept[0].role.value}"
        looks = Entry(
            act=Act.CONSULTED, officer=client.holder, basis=role, subject="live picture", detail=f"TAK {client.name}"
        )
        return [entry, looks]


def _may(officer: Officer) -> None:
    if officer.role not in DECIDERS:
        raise Refused(f"the role {officer.role.value} lets no clients in", remedy="Ask a duty officer.")


def _digest(token: str) -> bytes:
    return digest(b"comity/tak/v1\x00", token.encode("utf-8", "replace"))


def _partner(client: KeptClient) -> str:
    return client.holder if client.partner else ""
