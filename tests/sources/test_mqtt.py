"""Feeds over MQTT: taken before it is acknowledged, connected anew when the line breaks, refused in words."""

from __future__ import annotations

import threading

import pytest

from builders.broker import broker
from comity.sources.mqtt import Patience, Subscribed, address
from comity.sources.origin import Origin
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant

NOW: Instant = 1_767_268_800_000
ORIGIN = Origin(source="fence", arrival=lambda: NOW)
QUICK = Patience(connect=10.0, glance=0.02, first_retry=0.01, longest_retry=0.02)


def party(sensor: str) -> bytes:
    return (
        f'{{"sensing":"near","time":"2026-01-01T12:00:00Z","sensor":"{sensor}","latitude":56.9,"longitude":11.7,'
        '"modality":"seismic","reach":40,"kind":"party"}\n'
    ).encode()


def feed(port: int, secret: str = "", origin: Origin = ORIGIN) -> Subscribed:
    return Subscribed(
        f"mqtt://127.0.0.1:{port}/fence/#", "ground-sensors", origin, secret=secret, skip=7, patience=QUICK
    )


def test_messages_are_sightings_and_acknowledged_when_they_are_kept() -> None:
    """The broker hears of it only when the batch has been taken; what is no message of the format is counted."""
    stop = threading.Event()
    with broker() as at:
        line = feed(at.port, "north:a secret")
        batches = line.batches(stop)
        taken = threading.Thread(target=lambda: found.append(next(batches)))
        found: list[object] = []
        taken.start()
        assert at.subscribed.get(timeout=20)[-7:] == b"fence/#"
        told = at.connected.get(timeout=20)
        assert b"comity-fence" in told
        assert told.endswith(b"\x00\x05north\x00\x08a secret")
        at.publish("fence/1", party("gate"), 41)
        taken.join(20)
        (batch,) = found
        assert (batch.position, [one.source for one in batch.sightings]) == (8, ["fence"])  # type: ignore[attr-defined]
        assert at.acknowledged.empty()
        at.publish("fence/2", b"nonsense\n", 42)
        at.publish("fence/2", b"x" * 70_000, 43)
        at.publish("fence/2", party("wood"), 44)
        assert next(batches).position == 9
        assert [at.acknowledged.get(timeout=20) for _ in range(3)] == [41, 42, 43]
        stop.set()
        assert list(batches) == []
        assert at.acknowledged.get(timeout=20) == 44
    assert line.report.faults["message too long"] == 1
    assert line.report.rejected == 2


def test_a_broken_line_is_connected_anew() -> None:
    """With the same name, so that the broker goes on where it was."""
    stop = threading.Event()
    with broker() as at:
        line = feed(at.port)
        found: list[int] = []
        taken = threading.Thread(target=lambda: found.extend(batch.position for batch in line.batches(stop)))
        taken.start()
        for number in range(2):
            at.subscribed.get(timeout=20)
            at.publish("fence/1", party(f"gate-{number}"), number + 1)
            assert at.acknowledged.get(timeout=20) == number + 1
            at.drop()
        at.subscribed.get(timeout=20)
        stop.set()
        taken.join(20)
    assert found == [8, 9]
    assert at.connected.qsize() == 3


@pytest.mark.parametrize("refuse", [5, 0], ids=["refused", "nobody there"])
def test_a_broker_that_refuses_or_is_not_there_is_told(refuse: int) -> None:
    """The feed says why, and tries again."""
    stop = threading.Event()
    with broker(refuse) as at:
        port = at.port
        if refuse:
            line = feed(port)
            trying = threading.Thread(target=lambda: list(line.batches(stop)))
            trying.start()
            for _ in range(2):
                at.connected.get(timeout=20)
            stop.set()
            trying.join(20)
            assert "the broker refuses" in line.trouble
            return
    line = feed(port)
    trying = threading.Thread(target=lambda: list(line.batches(stop)))
    trying.start()
    while not line.trouble:
        trying.join(0.01)
    stop.set()
    trying.join(20)
    assert "refused" in line.trouble.lower()


@pytest.mark.parametrize(
    "url", ["http://x/y", "mqtt://host", "mqtt:///topic", "mqtt://u:secret@host/t", "mqtt://h:99999/t", ""]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    """And no fault shows a password."""
    with pytest.raises(Fault) as fault:
        address(url)
    assert "u:secret" not in str(fault.value)


def test_an_address_tells_all() -> None:
    """Filters stand in it as they are."""
    made = address("mqtts://broker.example/fence/+/seen#")
    assert (made.host, made.port, made.topic, made.tls) == ("broker.example", 8883, "fence/+/seen#", True)
    with pytest.raises(Fault, match="time of arrival"):
        feed(1, origin=Origin(source="fence"))
