"""Releases: alerts given to a partner's node, beside NATS JetStream with messages of the same bytes, in one run.

Two nodes and an oversight witness run as processes on loopback, each with its own PostgreSQL, fsync on. This process
acts on the sender's store beside the running node, as the commands do. Each alert has a permit of its own, asked when
it is released; before it goes, that on which the permit rests is looked at again, and the permit itself is asked only
where that has changed, which it has not here. Each is redacted, sealed, signed with Ed25519, kept durably on both
sides, receipted, and entered in both logs. The figure is records a second from the first release to the last receipt in
the sender's database; proofs and checkpoints are made meanwhile, and not waited for.

JetStream keeps files and syncs always, which is as durable; it signs, seals, decides and proves nothing. Its messages,
random bytes of the median record's length, a batch of them or one, are published with acknowledgement, four batches in
flight, and consumed, each acknowledged, over another connection in a process of its own. Single records go one by one
and eight in flight: `single_ours` and `single_theirs` are the better of the two on either side, and `one_by_one_…` the
first alone. The last line is one JSON object.

    release.py [--seconds 10] [--batch 500] ...
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import nats
from nats.js.api import ConsumerConfig, StreamConfig

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the tests' town is the benchmark's too

from builders.ports import free_addresses
from comity.foundation.canonical import written
from comity.foundation.clock import wall
from comity.foundation.store.store import Busy
from comity.node.assemble import Node, opened
from comity.node.flow_release import Asked, Released
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.decision import Decision, Judgement
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.handling import Handling, Onward, Tlp
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subject import Identity, SubjectKind
from stories.house import OFFICER
from stories.town import Town

SENDER, RECEIVER = "north", "south"
ALERTS = 20_000
"""Distinct alerts; when all are given they are given again, with salts and entries of their own."""
IN_FLIGHT = 8
SINGLE_SECONDS = 5.0
WAIT = 60.0
CLAIM = (
    "batched: at least 5,000 records/s on two cores, and not slower than JetStream, though it signs, seals and proves"
)
_ME = Officer(name=OFFICER, role=Role.OFFICER)


def alert(number: int) -> Alert:
    """Return an alert as the rule for vessels that fall silent raises it."""
    now = wall()
    return Alert(
        id=f"{number:032x}",
        kind=AlertKind.GOING_DARK,
        severity=Severity.MEDIUM,
        time=now - 1_800_000,
        until=now - 60_000,
        position=Position(round(56.6 + number % 797 / 1_000, 6), round(11.1 + number % 787 / 1_000, 6)),
        area="skerries",
        tracks=(f"{number:032x}",),
        subjects=(
            Identity(kind=SubjectKind.VESSEL, mmsi=299_000_000 + number, name=f"GREY GANNET {number}", ship_type=70),
        ),
        sightings=tuple(f"{number:024x}{place:08x}" for place in range(6)),
        rule="going-dark",
        version=1,
        confidence=0.8,
        explanation="Heard 34 times in an hour, then not for 30 min, while 12 others within 20 km were heard by coast.",
        would_change="A report from it, or word that the receiver of coast was at fault.",
        sources=("coast",),
        handling=Handling(tlp=Tlp.GREEN, onward=Onward.ASK),
    )


def furnish(node: Node) -> list[str]:
    """Put the alerts into the sender's queue, each confirmed by an officer, and return their ids."""
    made = [alert(number) for number in range(ALERTS)]
    confirmed = Judgement.CONFIRMED
    with node.store.acting() as act:
        act.run_many(
            "INSERT INTO alert (id, kind, time, raised, judgement, body) VALUES (%s, %s, %s, %s, %s, %s)",
            [(one.id, one.kind.value, one.time, one.time, confirmed.value, written(one)) for one in made],
        )
        decisions = [
            Decision(alert=one.id, judgement=confirmed, officer=OFFICER, reason="no reason known", time=one.until)
            for one in made
        ]
        act.run_many(
            "INSERT INTO decision (alert, body) VALUES (%s, %s)", [(one.alert, written(one)) for one in decisions]
        )
        act.log(Entry(act=Act.COMBINED, basis="benchmark", count=len(made)))
    return [one.id for one in made]


def asked(name: str) -> Asked:
    """Return what is asked for one alert."""
    return Asked(kind=RecordKind.ALERT, record=name, partner=RECEIVER, purpose=Purpose.SMUGGLING, officer=OFFICER)


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    """Run two nodes that have an agreement, and their witness."""
    made = Town(folder, SENDER, RECEIVER)
    try:
        made.create()
        made.houses[0].set(
            '[[feed]]\nname = "coast"\nformat = "ais"\npath = "coast.nmea"\ngrading = "B2"\npurposes = ["smuggling"]'
        )
        (folder / SENDER / "coast.nmea").write_text("")
        made.start()
        made.introduce()
        made.agree()
        yield made
    finally:
        made.end()


def spent() -> float:
    """Return the seconds of processor time that this process and all below it have used so far.

    On a machine that does other things at the same time this says more than the clock does.
    """
    used: dict[int, int] = {}
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            parents[int(stat.parent.name)] = int(fields[1])
            used[int(stat.parent.name)] = sum(map(int, fields[11:15]))  # its own, and that of children that ended
    ours = {os.getpid()}
    while more := {each for each, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(used.get(each, 0) for each in ours) / os.sysconf("SC_CLK_TCK")


def waiting(node: Node) -> int:
    """Return how many messages have no receipt yet."""
    with node.store.glancing() as transaction:
        return int(transaction.rows("SELECT count(*) FROM outbox WHERE receipt IS NULL")[0][0])


def settle(node: Node) -> None:
    """Wait until every message has its receipt."""
    end = time.monotonic() + WAIT
    with node.store.listening() as news:
        while waiting(node):
            assert time.monotonic() < end, "receipts do not come"
            news(0.5)


def elapsed(node: Node, begun: int) -> float:
    """Return the seconds from an instant to the last receipt in the sender's database."""
    with node.store.reading() as transaction:
        last = transaction.rows("SELECT max(receipted_wall) FROM outbox")[0][0]
    return (int(last) - begun) / 1000


def batched(node: Node, names: list[str], batch: int, seconds: float) -> tuple[int, float]:
    """Release in batches for so long; return how many records, and in how many seconds all were receipted."""
    begun, given = wall(), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        turn = [asked(names[(given + place) % len(names)]) for place in range(batch)]
        try:
            done = node.releases.release_many(_ME, turn)
        except Busy:
            time.sleep(0.01)
            continue
        assert not done.denied
        given += batch
    settle(node)
    return given, elapsed(node, begun)


def one_by_one(node: Node, names: list[str], seconds: float) -> tuple[int, float]:
    """Release one record a message, each after the receipt of the one before."""
    begun, given = wall(), 0
    end = time.monotonic() + seconds
    with node.store.listening() as news:  # to look all the time would take the processor from those who are measured
        while time.monotonic() < end:
            assert isinstance(node.releases.release(_ME, asked(names[given % len(names)])), Released)
            given += 1
            while waiting(node):
                news(0.5)
    return given, elapsed(node, begun)


def in_flight(node: Node, names: list[str], seconds: float) -> tuple[int, float]:
    """Release one record a message, as fast as several officers can at once."""
    begun, end = wall(), time.monotonic() + seconds

    def officer(first: int) -> int:
        given = 0
        while time.monotonic() < end:
            assert isinstance(
                node.releases.release(_ME, asked(names[(first + given * IN_FLIGHT) % len(names)])), Released
            )
            given += 1
        return given

    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        given = sum(pool.map(officer, range(IN_FLIGHT)))
    settle(node)
    return given, elapsed(node, begun)


def expect_all(made: Town, records: int, batches: int) -> int:
    """Check that every record is kept and entered on both sides, and return the median bytes of one as it was given."""
    sender, receiver = made.houses
    assert sender.count("SELECT count(*) FROM outbox WHERE kind = 'release' AND state <> 'accepted'") == 0
    assert sender.count("SELECT count(*) FROM outbox_item WHERE record IS NOT NULL") == records
    assert receiver.count("SELECT count(*) FROM inbox_item WHERE record IS NOT NULL") == records
    assert sender.acts(Act.DISCLOSED) == records
    assert receiver.acts(Act.COLLECTED) == batches
    return receiver.count("SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY length(item)) FROM inbox_item")


@contextmanager
def jetstream(folder: Path) -> Iterator[str]:
    """Run a JetStream server that syncs each write to disk, and yield its address."""
    address = free_addresses(1)[0]
    host, port = address.split(":")
    folder.mkdir()
    keeping = f'jetstream {{ store_dir: "{folder}/store", sync_interval: always, max_file_store: 20GB }}'
    (folder / "nats.conf").write_text(f'listen: "{host}:{port}"\nmax_payload: 8MB\n{keeping}\n')
    with (folder / "nats.log").open("wb") as log:
        server = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", Path(sys.executable).parent / "nats-server", "-c", folder / "nats.conf"],
            stdout=log,
            stderr=log,
        )
    try:
        yield f"nats://{address}"
    finally:
        server.terminate()
        server.wait(20)


async def consume(address: str, name: str, ready: object, count: object) -> None:
    """Consume every message of a stream over a connection of its own, each acknowledged, and count them."""
    connection = await _connected(address)
    stream = connection.jetstream()
    await stream.add_stream(StreamConfig(name=name, subjects=[name]))
    taken = await stream.pull_subscribe(name, durable="reader", config=ConsumerConfig(max_ack_pending=1_000))
    ready.set()  # type: ignore[attr-defined]
    while True:
        with suppress(TimeoutError, nats.errors.TimeoutError):
            fetched = await taken.fetch(32, timeout=0.5)
            await asyncio.gather(*(message.ack_sync(timeout=WAIT) for message in fetched))
            with count.get_lock():  # type: ignore[attr-defined]
                count.value += len(fetched)  # type: ignore[attr-defined]


async def _connected(address: str) -> nats.NATS:
    end = time.monotonic() + WAIT
    while True:
        try:
            return await nats.connect(address, allow_reconnect=False)
        except (OSError, nats.errors.Error):
            assert time.monotonic() < end, "the JetStream server does not answer"
            await asyncio.sleep(0.05)


def _consuming(address: str, name: str, ready: object, count: object) -> None:
    asyncio.run(consume(address, name, ready, count))


async def publish(address: str, name: str, body: bytes, seconds: float, flight: int) -> int:
    """Publish for so long, at most `flight` messages unacknowledged at once; return how many."""
    connection = await _connected(address)
    stream = connection.jetstream()
    end, sent = time.monotonic() + seconds, 0

    async def publisher() -> int:
        done = 0
        while time.monotonic() < end:
            await stream.publish(name, body, timeout=WAIT)
            done += 1
        return done

    sent = sum(await asyncio.gather(*(publisher() for _ in range(flight))))
    await connection.close()
    return sent


def theirs(address: str, name: str, body: bytes, seconds: float, flight: int) -> float:
    """Return messages a second from the first publication to the last acknowledgement by the consumer."""
    context = multiprocessing.get_context("spawn")
    ready, count = context.Event(), context.Value("q", 0)
    reader = context.Process(target=_consuming, args=(address, name, ready, count), daemon=True)
    reader.start()
    try:
        assert ready.wait(WAIT), "the consumer does not start"
        begun = time.monotonic()
        sent = asyncio.run(publish(address, name, body, seconds, flight))
        while count.value < sent:
            assert time.monotonic() < begun + seconds + WAIT, "the consumer does not finish"
            time.sleep(0.002)
        return sent / (time.monotonic() - begun)
    finally:
        reader.terminate()
        reader.join()


def main() -> None:
    """Measure, check and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--batch", type=int, nargs="+", default=[500])
    options.add_argument("--only-batches", action="store_true", help="leave the single records and the peer out")
    chosen = options.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    rates: dict[int, float] = {}
    costs: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        with town(Path(folder)) as made, opened(Path(folder) / SENDER) as node:
            names = furnish(node)
            records = 0
            for batch in chosen.batch:
                before = spent()
                given, taken = batched(node, names, batch, chosen.seconds)
                rates[batch], costs[batch] = given / taken, (spent() - before) / given * 1e6
                records += given
                print(f"batches of {batch}: {rates[batch]:,.0f} records/s, {given} in {taken:.1f} s,")
                print(f"  {costs[batch]:,.0f} us of processor time a record, both nodes and their databases together")
            collected = records
            ours: list[float] = []
            for way in () if chosen.only_batches else (one_by_one, in_flight):
                given, taken = way(node, names, SINGLE_SECONDS)
                ours.append(given / taken)
                records += given
                print(f"one record a message, {way.__name__}: {ours[-1]:,.0f} records/s")
            size = expect_all(made, records, collected)
        if chosen.only_batches:
            return
        best = max(rates, key=rates.__getitem__)
        with jetstream(Path(folder) / "nats") as address:
            body = os.urandom(size)
            flight = 4
            peer = best * theirs(address, "batches", body * best, chosen.seconds / 2, flight)
            print(f"JetStream, {best * size:,} bytes a message, {flight} in flight: {peer:,.0f} records/s")
            peers = [theirs(address, f"single{flight}", body, SINGLE_SECONDS, flight) for flight in (1, IN_FLIGHT)]
            print(f"JetStream, one record a message: {peers[0]:,.0f}/s, {IN_FLIGHT} in flight {peers[1]:,.0f}/s")
    said = {
        "claim": CLAIM,
        "holds": rates[best] >= max(5_000, peer),
        "ours": round(rates[best]),
        "theirs": round(peer),
        "ratio": round(rates[best] / peer, 3),
        "single_ours": round(max(ours)),
        "single_theirs": round(max(peers)),
        "one_by_one_ours": round(ours[0]),
        "one_by_one_theirs": round(peers[0]),
        "cpu_us_a_record": round(costs[best]),
        "batch": best,
        "record_bytes": size,
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
