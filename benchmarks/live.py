"""The live channel: five consoles, 2,000 tracks that all move twice a second, for twenty seconds, over real WebSockets.

Prints how long after its base time a frame of positions arrives (median and 99th of a hundred), how long a call to
the same listener takes meanwhile, beside the same call with nobody following, and how much of one core the node used.
"""

from __future__ import annotations

import statistics
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from websockets.sync.client import connect

from comity.api.application import console_application
from comity.api.listener import configured
from comity.api.passwords import new_token, token_digest
from comity.foundation.clock import wall
from comity.foundation.store import officers, sessions
from comity.node.assemble import Node, opened
from comity.node.create import NewNode, create
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind
from comity.vocabulary.track import Track

CONSOLES, TRACKS, SECONDS, PORT = 5, 2_000, 20.0, 18_443
ADDRESS = f"127.0.0.1:{PORT}"


def picture(last: int) -> list[Track]:
    """Return all tracks as they are at an instant."""
    return [
        Track(
            id=f"track-{number}",
            identity=Identity(kind=SubjectKind.VESSEL, mmsi=200_000_000 + number, name=f"SHIP {number}"),
            sources=("ais",),
            first=0,
            last=last,
            sightings=10,
            position=Position(55 + number / TRACKS, 12 + last % 1_000 / 1_000),
            speed=5.0,
            course=90.0,
        )
        for number in range(TRACKS)
    ]


def console(token: str) -> tuple[list[float], int]:
    """Follow for the time, and return the delays of full frames in seconds and the bytes received."""
    delays, size, end = [], 0, time.monotonic() + SECONDS
    with connect(
        f"ws://{ADDRESS}/api/live", additional_headers={"authorization": f"Bearer {token}"}, proxy=None
    ) as channel:
        while time.monotonic() < end:
            frame = channel.recv(timeout=10)
            size += len(frame)
            if isinstance(frame, bytes):
                delays.append((wall() - struct.unpack_from("<d", frame, 8)[0]) / 1000)
    return delays, size


def calls(seconds: float) -> list[float]:
    """Call the node again and again, and return how long each call took."""
    taken, end = [], time.monotonic() + seconds
    with httpx.Client(base_url=f"http://{ADDRESS}", trust_env=False) as client:
        while time.monotonic() < end:
            begun = time.monotonic()
            client.get("/healthz").raise_for_status()
            taken.append(time.monotonic() - begun)
            time.sleep(0.02)
    return taken


@contextmanager
def serving(node: Node) -> Iterator[None]:
    """Serve the console in a thread."""
    server = uvicorn.Server(configured(console_application(node), "127.0.0.1", PORT))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield
    server.should_exit = True
    thread.join()


def session(node: Node) -> str:
    """Return the token of an officer's session."""
    token = new_token()
    with node.store.acting() as act:
        officers.add(act, Officer(name="anna", role=Role.OFFICER), "none")
        sessions.open(act, token_digest(token), "anna", wall() + 3_600_000)
        act.log(Entry(act=Act.ACCESS))
    return token


def moving(node: Node, over: threading.Event) -> None:
    """Move every track twice a second."""
    while not over.wait(0.5):
        node.watch.live.tell(picture(node.clock.now()))


def told(name: str, seconds: list[float]) -> str:
    """Return median and 99th of a hundred in milliseconds."""
    late = sorted(seconds)[len(seconds) * 99 // 100]
    return f"{name}: median {statistics.median(seconds) * 1000:.1f} ms, p99 {late * 1000:.1f} ms"


def main() -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(CONSOLES + 1) as pool:
        create(Path(folder), NewNode(name="dk.coord", agency="Centre", country="DK"))
        with opened(Path(folder)) as node:
            token, over = session(node), threading.Event()
            node.watch.live.tell(picture(node.clock.now()))
            with serving(node):
                alone = pool.submit(calls, SECONDS / 4).result()
                mover = threading.Thread(target=moving, args=(node, over))
                mover.start()
                begun, used = time.monotonic(), time.process_time()
                consoles = [pool.submit(console, token) for _ in range(CONSOLES)]
                beside = pool.submit(calls, SECONDS).result()
                found = [each.result() for each in consoles]
                load = (time.process_time() - used) / (time.monotonic() - begun)
                over.set()
                mover.join()
    delays = [delay for each, _ in found for delay in each]
    rate = sum(size for _, size in found) / SECONDS / CONSOLES / 1000
    frames = len(delays) / CONSOLES / SECONDS
    sys.stdout.write(
        f"{CONSOLES} consoles, {TRACKS} tracks: {frames:.2f} frames/s and {rate:.0f} kB/s each\n"
        f"{told('frame after its base time', delays)}\n{told('a call with nobody following', alone)}\n"
        f"{told('a call meanwhile', beside)}\nthe node used {load:.0%} of one core, moving the tracks included\n"
    )


if __name__ == "__main__":
    main()
