"""One alert, from its release at the sender to the notice on the partner's console, alone and beside a load of batches.

An officer's `POST /api/alerts/{id}/release` at one node, twenty a second, over real HTTP; at the other node a console
follows the live channel (docs/formats/live.md). The time runs from when the officer wants to send the request, whether
the officer before was served by then or not, to the moment at which the console has read the frame `received`; a notice
that does not come within half a minute counts as half a minute. Between the two lie the permit, both ledgers, both
databases with fsync on, seal, signature, delivery and receipt. Then once more while `release.py` gives batches of 500
as fast as it can.

There is no peer: we know of no other system that has the same steps between an officer and a foreign desk and could be
run here, so `theirs` and `ratio` are null. The last line is one JSON object.

    alert_latency.py [--seconds 10] [--rate 20]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import release
from websockets.sync.client import connect

from comity.demo.desk import Desk
from comity.node.assemble import opened
from stories.house import House

OFFICERS = 8
"""Connections over which alerts are released, so that one slow answer does not hold up the next."""
WAIT = 60.0
LATE = 30.0
"""Seconds after the last release in which every notice should have come."""
CLAIM = "p99 from release to the partner's console at 20/s: below 150 ms alone, below 300 ms beside the batch load"


class Console(threading.Thread):
    """A console at the receiver: it follows the live channel and notes when each message was told."""

    def __init__(self, house: House) -> None:
        super().__init__(daemon=True)
        self._address = f"ws://{house.console}/api/live"
        self._token = house.desk()._client.headers["authorization"]  # noqa: SLF001 - the session that it has
        self.told: dict[str, float] = {}
        self.missed = 0
        self.following = threading.Event()
        self.over = threading.Event()

    def run(self) -> None:
        """Follow until told that it is over."""
        with connect(self._address, additional_headers={"authorization": self._token}, proxy=None) as channel:
            while not self.over.is_set():
                try:
                    frame = channel.recv(timeout=0.5)
                except TimeoutError:
                    continue
                at = time.monotonic()
                if isinstance(frame, bytes):
                    continue
                self.following.set()
                said = json.loads(frame)
                if "received" in said:
                    self.told[said["received"]] = at
                self.missed += "missed" in said


def released(desks: Sequence[Desk], names: Iterator[str], seconds: float, rate: float) -> dict[str, float]:
    """Release alerts at this rate for so long; return when each was due to be asked for, by its message."""
    begun, turn, sent = time.monotonic(), threading.Lock(), {}
    total = round(seconds * rate)
    places = iter(range(total))

    def officer(desk: Desk) -> None:
        while True:
            with turn:
                place = next(places, None)
                name = next(names) if place is not None else ""
            if place is None:
                return
            at = begun + place / rate
            time.sleep(max(0.0, at - time.monotonic()))
            answer = desk.release(name, release.RECEIVER, "smuggling")
            assert answer["permitted"], answer
            sent[answer["message"]] = at

    with ThreadPoolExecutor(OFFICERS) as pool:
        list(pool.map(officer, desks))
    return sent


def latencies(console: Console, sent: dict[str, float]) -> list[float]:
    """Return the milliseconds from each release to its notice, shortest first."""
    end = time.monotonic() + LATE
    while not sent.keys() <= console.told.keys() and time.monotonic() < end:
        time.sleep(0.01)
    told = dict(console.told)
    if lost := sent.keys() - told.keys():
        print(f"{len(lost)} notices of {len(sent)} did not come in time; lists to be fetched anew: {console.missed}")
    return sorted(min(told.get(message, at + LATE) - at, LATE) * 1000 for message, at in sent.items())


def late(found: list[float]) -> float:
    """Return the 99th of a hundred."""
    return found[len(found) * 99 // 100]


@contextmanager
def load(folder: Path) -> Iterator[None]:
    """Give batches in a process of its own within the block; wait first until they flow."""
    process = subprocess.Popen([sys.executable, __file__, "--load", str(folder)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"loading"
        yield
    finally:
        process.terminate()
        process.wait(20)


def give_batches(folder: Path) -> None:
    """Release batches until told to stop."""
    with opened(folder) as node:
        names = [f"{number:032x}" for number in range(release.ALERTS // 2, release.ALERTS)]
        release.batched(node, names, 500, 0.5)
        print("loading", flush=True)
        release.batched(node, names, 500, 600.0)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--rate", type=float, default=20.0)
    options.add_argument("--load", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.load:
        give_batches(chosen.load)
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder, release.town(Path(folder)) as made:
        with opened(Path(folder) / release.SENDER) as node:
            names = iter(release.furnish(node))
        sender, receiver = made.houses
        console = Console(receiver)
        console.start()
        assert console.following.wait(WAIT), "the console does not follow"
        desks = [sender.desk() for _ in range(OFFICERS)]  # signing in is no part of what an alert costs
        released(desks, names, 1.0, chosen.rate)
        before = release.spent()
        alone = latencies(console, released(desks, names, chosen.seconds, chosen.rate))
        cost = (release.spent() - before) / len(alone) * 1000
        print(f"{cost:.1f} ms of processor time an alert: both nodes, their databases, and this process")
        print(f"alone: median {statistics.median(alone):.0f} ms, p99 {late(alone):.0f} ms, {len(alone)} alerts")
        with load(Path(folder) / release.SENDER):
            loaded = latencies(console, released(desks, names, chosen.seconds, chosen.rate))
        print(f"beside the load: median {statistics.median(loaded):.0f} ms, p99 {late(loaded):.0f} ms")
        console.over.set()
        console.join()
    said = {
        "claim": CLAIM,
        "holds": late(alone) < 150 and late(loaded) < 300,
        "ours": round(late(alone), 1),
        "theirs": None,
        "ratio": None,
        "p50_ms": round(statistics.median(alone), 1),
        "p99_ms": round(late(alone), 1),
        "loaded_p50_ms": round(statistics.median(loaded), 1),
        "loaded_p99_ms": round(late(loaded), 1),
        "cpu_ms_an_alert": round(cost, 1),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
