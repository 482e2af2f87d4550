"""TAK clients over real sockets: who is let in, what each is shown, what is entered, what they send."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import centre, cot, informed, pair, tak
from builders.neighbours import ANNA
from comity.exchange import partners
from comity.exchange.tak_connection import Patience
from comity.foundation.store import archiving, officers, sightings, tak_clients
from comity.foundation.store.store import Store
from comity.node import tak_session
from comity.node.assemble import Node, assemble
from comity.node.flow_recall import Calling
from comity.node.flow_release import Asked, Released
from comity.node.settings import RelationsSettings
from comity.sources.cot import event_protobuf, event_xml
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import DAY, HOUR, MINUTE
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.place import Position
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.recall import RecallAct
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subject import Identity, SubjectKind

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it tells what it could do with more packages
    import pytak

NAME = b'callsign="VESSEL 1"'
OTHER = b'callsign="VESSEL 2"'


@pytest.fixture
def node(make_store: Callable[[str], Store], tmp_path: Path) -> Node:
    return tak.denmark(make_store("dk.coord"), tmp_path)


@pytest.fixture
def port(node: Node) -> Iterator[int]:
    with tak.open_door(node) as at:
        yield at


def entered(node: Node, act: Act) -> list[Entry]:
    return [entry for entry in centre.acts(node) if entry.act is act]


def test_a_local_client_follows_the_tracks(node: Node, port: int) -> None:
    """It is told the version first, then each track whole; the look is entered in its user's name."""
    token = tak.local(node)
    tak.ship(node, 1)
    with tak.connected(port, "phone", token) as client:
        told = client.events(NAME)
        assert b"t-x-takp-v" in told[0]
        event = event_xml.read(told[-1])
        assert (event.type, event.speed, event.course) == ("a-u-S", 5.5, 12.0)
        assert b"MMSI 219000001" in told[-1]
        assert b"TLP:AMBER" in told[-1]
        tak.ship(node, 2)
        assert len(client.events(OTHER)) == 1
    looks = entered(node, Act.CONSULTED)
    assert [(one.officer, one.subject, one.detail) for one in looks] == [("anna", "live picture", "TAK phone")]


def test_version_1_is_agreed_on_and_spoken(node: Node, port: int) -> None:
    """The answer still comes in XML; then all is protobuf, answers to a ping as well."""
    token = tak.local(node)
    with tak.connected(port, "phone", token) as client:
        client.events(b"t-x-takp-v")
        client.line.sendall(tak.control("t-x-takp-q", 2))
        assert b'status="false"' in client.events(b"t-x-takp-r")[-1]
        client.line.sendall(tak.control("t-x-c-t"))
        client.events(b"t-x-c-t-r")
        client.line.sendall(tak.control("t-x-takp-q", 1))
        assert b'status="true"' in client.events(b"t-x-takp-r")[-1]
        tak.ship(node, 1)
        event = event_protobuf.read(client.messages(b"VESSEL 1")[-1])
        assert event is not None
        assert (event.type, event.call_sign, event.speed) == ("a-u-S", "VESSEL 1", 5.5)
        client.line.sendall(tak.control("t-x-c-t"))
        client.messages(b"t-x-c-t-r")


def test_a_partners_client_is_shown_what_the_clause_permits_and_each_is_entered(node: Node, port: int) -> None:
    """A ship in the Kattegat, without what the clause withholds; one elsewhere and an aircraft not at all."""
    token = tak.partners(node)
    tak.ship(node, 3, position=Position(59.0, 5.0))
    tak.ship(node, 4, identity=Identity(kind=SubjectKind.AIRCRAFT, name="FLYER"))
    tak.ship(node, 1, identity=Identity(kind=SubjectKind.VESSEL, mmsi=219_000_001, name="VESSEL 1", imo=9_374_218))
    with tak.connected(port, "their-phone", token) as client:
        told = client.events(NAME)
        tak.ship(node, 2)
        told += client.events(OTHER)
    shown = [one for one in told if b'type="a-' in one]
    assert len(shown) == 2
    assert not any(word in b"".join(told) for word in (b"9374218", b"FLYER", b"VESSEL 3", b"ais-north"))
    disclosed = entered(node, Act.DISCLOSED)
    assert len(disclosed) == 2
    for entry in disclosed:
        assert (entry.partner, entry.clause, entry.purpose) == ("se.coord", "tracks-in-the-kattegat", "smuggling")
        assert entry.detail == "TAK client their-phone, added by anna"
    assert all(event_xml.read(one).uid not in str(disclosed) for one in shown)


def test_two_clients_of_one_partner_have_other_uids(node: Node, port: int) -> None:
    """So that what was shown to one cannot be asked for by the other."""
    first, second = tak.partners(node, "one"), tak.partners(node, "two")
    tak.ship(node, 1)
    with tak.connected(port, "one", first) as one, tak.connected(port, "two", second) as two:
        uids = {event_xml.read(client.events(NAME)[-1]).uid for client in (one, two)}
    assert len(uids) == 2


def narrowed_by_suspension(node: Node) -> None:
    informed.suspended(node)


def narrowed_by_posture(node: Node) -> None:
    node.postures.set(ANNA, "se.coord", Posture.SUSPENDED, "a test", node.clock.now() + DAY)


@pytest.mark.parametrize("narrow", [narrowed_by_suspension, narrowed_by_posture])
def test_what_may_not_be_shown_any_more_is_taken_back(node: Node, port: int, narrow: Callable[[Node], None]) -> None:
    """From the next event on nothing goes, and the client is told to delete what it has."""
    token = tak.partners(node)
    tak.ship(node, 1)
    with tak.connected(port, "their-phone", token) as client:
        uid = event_xml.read(client.events(NAME)[-1]).uid
        narrow(node)
        tak.ship(node, 2)
        tak.ship(node, 1)
        (told,) = client.events(b"t-x-d-d")
        assert f'<link uid="{uid}"'.encode() in told
    assert len(entered(node, Act.DISCLOSED)) == 1


def test_the_law_of_the_state_is_part_of_what_a_partners_client_is_shown(node: Node) -> None:
    """What an agreement gives and the law does not goes to no client of a partner; our own people follow it still."""
    (node.folder / "law.yaml").write_text(
        "law: quiet\nof: DK\nversion: 1\nbasis: [{instrument: Act}]\nforbid:\n  - {id: stay, to: SE}\n", "utf-8"
    )
    lawful = assemble(
        node.folder, replace(node.settings, relations=RelationsSettings(law="law.yaml")), node.own, node.store
    )
    tak.local(node)
    tak.partners(node)
    with node.store.reading() as transaction:
        clients = tak_clients.all(transaction)
    seen = [informed.vessel(1, node.clock.now(), SubjectKind.VESSEL)]
    for client in clients:
        shown = [one.tak.judged(client, seen)[0].event is not None for one in (node, lawful)]
        assert shown == [True, not client.partner]


def test_what_was_recalled_from_the_partner_is_not_shown_to_its_clients(node: Node, port: int) -> None:
    """Under whatever name the partner's node had it: what was called back there is not shown here."""
    informed.moves(node, [informed.vessel(1, node.clock.now())])
    asked = Asked(
        kind=RecordKind.TRACK, record="track-1", partner="se.coord", purpose=Purpose.SMUGGLING, officer="anna"
    )
    released = node.releases.release(ANNA, asked)
    assert isinstance(released, Released)
    calling = Calling(act=RecallAct.ERASE, reason="a mistake")
    node.recalls.recall_record(ANNA, released.permit.record.id, calling)
    token = tak.partners(node)
    tak.ship(node, 1)
    tak.ship(node, 2)
    with tak.connected(port, "their-phone", token) as client:
        assert not any(NAME in one for one in client.events(OTHER))


def test_what_was_erased_is_shown_to_nobody_while_the_board_has_it_still(node: Node, port: int) -> None:
    """From the moment of the erasing, in whatever process that was."""
    tokens = {"desk": tak.local(node, "desk"), "their-phone": tak.partners(node)}
    tak.ship(node, 1)
    tak.ship(node, 2)
    with node.store.acting() as act:
        archiving.order(act, "track-1", "dora", "DSR-7")
        act.log(Entry(act=Act.ERASED, subject="track-1"))
    for name, token in tokens.items():
        with tak.connected(port, name, token) as client:
            assert not any(NAME in one for one in client.events(OTHER)), name


@pytest.mark.parametrize("kind", sorted(SubjectKind, key=lambda kind: kind.value))
def test_of_each_kind_of_subject_what_is_said_of_it_is_so(node: Node, kind: SubjectKind) -> None:
    """Persons and what is theirs never; to a partner ships only; what a camera has read to nobody."""
    tak.local(node)
    tak.partners(node)
    with node.store.reading() as transaction:
        clients = tak_clients.all(transaction)
    seen = informed.vessel(1, node.clock.now(), kind)
    for client in clients:
        (told,) = node.tak.judged(client, [seen])
        impersonal = kind.value in {"vessel", "aircraft", "vehicle", "party", "object"}
        assert (told.event is not None) == (kind is SubjectKind.VESSEL if client.partner else impersonal)
        for sources in (("bridge",), ("ais-north", "bridge"), ("nobody",), ("their-patrol",)):
            (told,) = node.tak.judged(client, [replace(seen, sources=sources)])
            assert told.event is None, sources
        (told,) = node.tak.judged(client, [replace(seen, last=node.clock.now() - 6 * MINUTE)])
        assert told.event is None


def test_what_a_client_sends_joins_the_picture_under_its_feed(node: Node, port: int) -> None:
    """Others see it, the client itself is not told of itself; what lies far from the clock is dropped."""
    token, other = tak.local(node, feed="patrol-7"), tak.local(node, "desk")
    with tak.connected(port, "phone", token) as client, tak.connected(port, "desk", other) as desk:
        client.events(b"t-x-takp-v")
        client.send(tak.patrol(node.clock.now() + HOUR, "A-9", "FUTURE"))
        client.send(tak.patrol(node.clock.now()), cot.stream)
        assert b"PATROL 7" in desk.events(b"PATROL 7")[-1]
        tak.ship(node, 1)
        assert not any(b"PATROL" in one for one in client.events(NAME))
    with node.store.reading() as transaction:
        (kept,) = sightings.since(transaction, 0, 10)
    assert (kept.source, kept.identity.name, kept.position) == ("patrol-7", "PATROL 7", Position(56.7, 11.9))
    (collected,) = entered(node, Act.COLLECTED)
    assert (collected.subject, collected.purpose) == ("patrol-7", "smuggling")


def test_what_a_partner_sends_is_given_to_nobody(node: Node, port: int) -> None:
    """Its feed must be marked RED; so even its own officers elsewhere are not shown it."""
    with pytest.raises(Refused, match="is the partner's"):
        tak.partners(node, feed="patrol-7")
    with pytest.raises(Missing, match="no feed of TAK clients"):
        tak.partners(node, feed="ais-north")
    token, second, desk = tak.partners(node, feed="their-patrol"), tak.partners(node, "two"), tak.local(node, "desk")
    with tak.connected(port, "their-phone", token) as client:
        client.events(b"t-x-takp-v")
        client.send(tak.patrol(node.clock.now()))
        client.line.sendall(tak.control("t-x-c-t"))
        client.events(b"t-x-c-t-r")
        for name, word in (("two", second), ("desk", desk)):
            with tak.connected(port, name, word) as reader:
                tak.ship(node, 1)
                assert not any(b"PATROL" in one for one in reader.events(NAME))
    with node.store.reading() as transaction:
        assert len(sightings.since(transaction, 0, 10)) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda node, _: node.tak.revoke(ANNA, "phone", "lost"),
        lambda _, words: words.update(token="0" * 64),
        lambda _, words: words.update(name="nobody"),
        lambda _, words: words.update(name="ph\u00f6ne&quot;"),
    ],
    ids=["revoked", "wrong token", "wrong name", "odd name"],
)
def test_who_may_not_is_not_let_in(node: Node, port: int, spoil: Callable[[Node, dict[str, str]], None]) -> None:
    """The connection closes without a word."""
    words = {"name": "phone", "token": tak.local(node)}
    spoil(node, words)
    with tak.connected(port, words["name"], words["token"]) as client:
        assert client.ended() == b""


@pytest.mark.parametrize("said", [b"\xbf" * 9_000, b"<event/>" * 2_000, b"<auth><cot></auth>", b"x</auth>"])
def test_who_does_not_say_who_it_is_is_closed(node: Node, port: int, said: bytes) -> None:
    """Whatever comes instead, and however much of it."""
    with tak.connected(port) as client:
        client.line.sendall(said)
        assert client.ended() == b""


def test_who_says_nothing_and_who_takes_nothing_is_closed(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each after its time; what was passed over is told in the entry that closes the connection."""
    monkeypatch.setattr(tak_session, "MOST_WAITING", 300)
    token = tak.local(node)
    with tak.open_door(node, Patience(greeting=0.3, taking=0.3, glance=0.02)) as port:
        with tak.connected(port) as silent:
            assert silent.ended() == b""
        node.watch.live.tell([informed.vessel(number, node.clock.now()) for number in range(320)])
        with tak.connected(port, "phone", token):
            while not (closed := [one for one in entered(node, Act.ACCESS) if one.detail.startswith("closed")]):
                node.watch.live.tell([informed.vessel(number, node.clock.now()) for number in range(320)])
    (entry,) = closed
    assert "has taken nothing for 0.3 s" in entry.detail
    assert int(entry.detail.split(" passed over")[0].split()[-1]) >= 20


@pytest.mark.parametrize("end", ["revoked", "role", "cut off", "anew"])
def test_who_may_no_longer_be_connected_is_closed(node: Node, port: int, end: str) -> None:
    """At the next round, whether anything moves or not; a role without tracks is shown none."""
    token = tak.partners(node) if end == "cut off" else tak.local(node, "their-phone")
    with tak.connected(port, "their-phone", token) as client:
        client.events(b"t-x-takp-v")
        if end == "revoked":
            node.tak.revoke(ANNA, "their-phone", "lost")
        elif end == "cut off":
            with node.store.acting() as act:
                partners.cut_off(act, "se.coord", officer="anna", reason="a test", now=pair.NOW)
        elif end == "role":
            with node.store.acting() as act:
                officers.change(act, Officer(name="anna", role=Role.AUDITOR), "no password")
                act.log(Entry(act=Act.ACCESS))
            tak.ship(node, 1)
            client.line.sendall(tak.control("t-x-c-t"))
            assert not any(NAME in one for one in client.events(b"t-x-c-t-r"))
            return
        else:
            with tak.connected(port, "their-phone", token) as newer:
                newer.events(b"t-x-takp-v")
                client.ended()
            return
        assert client.ended() == b""


def test_only_a_duty_officer_lets_in_and_out(node: Node) -> None:
    """And only for people of the house or partners, until a day within a year, under a name never given before."""
    auditor, until = Officer(name="x", role=Role.AUDITOR), node.clock.now() + DAY
    with pytest.raises(Refused, match="lets no clients in"):
        node.tak.add_local(auditor, "phone", "anna", until)
    with pytest.raises(Refused, match="lets no clients in"):
        node.tak.revoke(auditor, "phone", "x")
    with pytest.raises(Refused, match="follows no tracks"):
        node.tak.add_local(ANNA, "phone", "root", until)
    with pytest.raises(Missing):
        node.tak.add_local(ANNA, "phone", "nobody", until)
    with pytest.raises(Missing):
        node.tak.add_partners(ANNA, "phone", "xx.coord", Purpose.SMUGGLING, until)
    for end in (node.clock.now(), node.clock.now() + 400 * DAY):
        with pytest.raises(Refused, match="within a year"):
            node.tak.add_local(ANNA, "phone", "anna", end)
    tak.local(node, feed="patrol-7")
    node.tak.revoke(ANNA, "phone", "lost")
    with pytest.raises(Missing):
        node.tak.revoke(ANNA, "phone", "lost")
    for name, feed in (("phone", ""), ("tablet", "patrol-7")):
        with pytest.raises(Refused, match="given to a client before"):
            tak.local(node, name, feed)


class _Follower(pytak.QueueWorker):  # type: ignore[misc] # it has no types
    """Receives what pytak receives."""

    def __init__(self, queue: asyncio.Queue[bytes], config: object, seen: asyncio.Queue[bytes]) -> None:
        super().__init__(queue, config)
        self.seen = seen

    async def handle_data(self, data: bytes) -> None:
        await self.seen.put(data)

    async def run(self, _: int = -1) -> None:
        while True:
            await self.handle_data(await self.queue.get())


def test_a_pytak_client_connects_receives_and_sends(node: Node, port: int) -> None:
    """The library of others, as it comes: its own queues, workers and connection."""
    token = tak.local(node, feed="patrol-7")
    tak.ship(node, 1)

    async def met() -> list[bytes]:
        config = {"COT_URL": f"tcp://127.0.0.1:{port}"}
        tool, seen = pytak.CLITool(config), asyncio.Queue[bytes]()
        await tool.setup()
        tool.add_task(_Follower(tool.rx_queue, config, seen))
        await tool.tx_queue.put(f'<auth><cot username="phone" password="{token}"/></auth>'.encode())
        await tool.tx_queue.put(cot.xml(tak.patrol(node.clock.now())))
        running = asyncio.ensure_future(tool.run())
        found = [await seen.get()]
        while NAME not in found[-1]:
            found.append(await seen.get())
        running.cancel()
        for task in tool.running_tasks:
            task.cancel()
        await asyncio.gather(running, *tool.running_tasks, return_exceptions=True)
        return found

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with ThreadPoolExecutor(1) as apart:  # where a browser is tried too, this thread has a loop that runs already
            found = apart.submit(lambda: asyncio.run(asyncio.wait_for(met(), 20))).result()
    assert event_xml.read(found[-1]).call_sign == "VESSEL 1"
    with node.store.reading() as transaction:
        kept = sightings.since(transaction, 0, 10)
    assert kept[0].identity.name == "PATROL 7"
