"""A node at work: feeds that are fetched over HTTP and MQTT, and the door for TAK clients, in their threads."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from builders import centre, tak
from builders.broker import broker
from comity.foundation.store import sightings
from comity.foundation.store.store import Store
from comity.node.assemble import assemble
from comity.node.feed_settings import FeedSettings
from comity.node.run import running
from comity.vocabulary.instant import written
from comity.vocabulary.subject import SubjectKind
from sources.test_poll import server


def test_what_is_fetched_reaches_a_client(make_store: Callable[[str], Store], tmp_path: Path) -> None:
    """An aircraft out of an answer is on the screen of a local client; a party out of a message is kept, as it is."""
    (tmp_path / "ais.nmea").write_bytes(b"")
    (tmp_path / "secret").write_text("north:a secret\n", "utf-8")
    made = tak.with_door(centre.node(make_store("dk.coord"), tmp_path))
    now = made.clock.now()
    place = (11.7, 56.9, 3000.0, False, 100.0, 90.0, 0.0, None, 3100.0, None, False, 0)
    answer = str([["4ca001", "SAS1", "Denmark", now // 1000, now // 1000, *place]]).replace("'", '"')
    answer = answer.replace("None", "null").replace("False", "false")
    with server((200, {}, f'{{"states":{answer}}}'.encode())) as asked, broker() as sensors, _free() as port:
        network = FeedSettings(
            name="network", format="state-vectors", poll=f"http://127.0.0.1:{asked.port}/", purposes=tak.PURPOSES
        )
        fence = FeedSettings(
            name="fence",
            format="ground-sensors",
            subscribe=f"mqtt://127.0.0.1:{sensors.port}/fence/#",
            secret="secret",
            purposes=tak.PURPOSES,
        )
        settings = replace(
            made.settings, tak=replace(made.settings.tak, listen=f"127.0.0.1:{port}"), feed=(tak.PATROL, network, fence)
        )
        node = assemble(tmp_path, settings, made.own, made.store)
        token = tak.local(node, feed="patrol-7")
        with running(node, lambda: True):
            assert sensors.connected.get(timeout=30).endswith(b"\x00\x08a secret")
            sensors.subscribed.get(timeout=30)
            sensors.publish("fence/1", _party(now), 1)
            assert sensors.acknowledged.get(timeout=30) == 1
            with tak.connected(port, "phone", token) as client:
                client.events(b'type="a-u-A"')
                client.send(tak.patrol(node.clock.now()))
                client.line.sendall(tak.control("t-x-c-t"))
                client.events(b"t-x-c-t-r")
    with made.store.reading() as transaction:
        kept = {one.source: one.identity.kind for one in sightings.since(transaction, 0, 10)}
    assert kept == {
        "network": SubjectKind.AIRCRAFT,
        "fence": SubjectKind.PARTY,
        "patrol-7": SubjectKind.VESSEL,
    }


class _free:  # noqa: N801 - read as a word
    """A port that was free a moment ago."""

    def __enter__(self) -> int:
        with socket.create_server(("127.0.0.1", 0)) as held:
            port: int = held.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        """Give nothing back."""


def _party(now: int) -> bytes:
    return (
        f'{{"sensing":"near","time":"{written(now)}","sensor":"gate","latitude":56.9,"longitude":11.7,'
        '"modality":"seismic","reach":40,"kind":"party"}\n'
    ).encode()
