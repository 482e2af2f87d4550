"""Frames of the console's live map: 1,500 tracks that move beside none, the same map, in one run.

The built console runs in Chromium (1440 x 900, software GL) against a channel that speaks docs/formats/live.md: every
track moves twice a second. A frame is the time between two animation frames of the page, at rest and while the map is
dragged about, which draws all of them anew each time. Prints one last line of JSON.
"""

from __future__ import annotations

import json
import math
import os
import platform
import shutil
import struct
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, sync_playwright

STATIC = Path("src/comity/api/static")
TRACKS = 1_500
SECONDS = 4
CLOCK = 1_767_225_600_000
FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    "--disable-gpu-rasterization",
]
SESSION = {
    "officer": {"name": "bench", "role": "officer"},
    "expires": CLOCK + 3_600_000,
    "csrf": "",
    "node": {"name": "bench", "agency": "Benchmark", "country": "DK"},
}
_RECORD = """() => { window.frames_ = []; let last = performance.now();
    const step = (now) => { window.frames_.push(now - last); last = now; window.going_ = requestAnimationFrame(step); };
    window.going_ = requestAnimationFrame(step); }"""
_RECORDED = "() => { cancelAnimationFrame(window.going_); return window.frames_.slice(2); }"


class Silent(SimpleHTTPRequestHandler):
    """Serves the built console without a word."""

    def log_message(self, *_: Any) -> None:  # noqa: ANN401 - as its parent has it
        """Say nothing."""


class Channel:
    """A live channel with tracks that move in circles around the Kattegat."""

    def __init__(self, tracks: int) -> None:
        drawn = np.random.Generator(np.random.PCG64(7))
        self.count = tracks
        self.latitude = drawn.uniform(54.4, 57.7, tracks)
        self.longitude = drawn.uniform(10.0, 13.2, tracks)
        self.course = drawn.uniform(0, 360, tracks)
        self.told = 0

    def open(self, socket: WebSocketRoute) -> None:
        """Say what there is, and where."""
        socket.send(json.dumps({"live": 1, "node": "bench", "clock": CLOCK, "horizon": 43_200_000}))
        for begin in range(0, self.count, 1_000):
            socket.send(
                json.dumps({"tracks": [_told(handle) for handle in range(begin, min(begin + 1_000, self.count))]})
            )
        self.move(socket)

    def move(self, socket: WebSocketRoute) -> None:
        """Move every track by half a second and say so."""
        now = CLOCK + 500 * self.told
        self.told += 1
        socket.send(json.dumps({"clock": now}))
        if not self.count:
            return
        turned = self.course + self.told
        speed = np.full(self.count, 8.0)
        columns = (
            self.latitude + np.cos(np.radians(turned)) * 4e-5,
            self.longitude + np.sin(np.radians(turned)) * 7e-5,
        )
        floats = (*columns, speed, turned % 360, np.zeros(self.count))
        body = b"".join(column.astype("<f4").tobytes() for column in floats)
        handles = np.arange(self.count, dtype="<u4").tobytes()
        socket.send(struct.pack("<BBHId", 1, 1, 0, self.count, float(now)) + handles + body)


def _told(handle: int) -> dict[str, Any]:
    names = {"name": f"VESSEL {handle}", "mmsi": 200_000_000 + handle, "kind": "vessel", "sources": ["bench"]}
    return {"handle": handle, "id": f"track-{handle}", "simulated": False, "distress": False, **names}


def _answer(route: Route) -> None:
    route.fulfill(json=SESSION if route.request.url.endswith("/api/session") else [])


def measured(browser: Browser, address: str, tracks: int) -> dict[str, list[float]]:
    """Return frame times in milliseconds, at rest and while the map is dragged."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    sockets: list[WebSocketRoute] = []
    channel = Channel(tracks)
    page.route("**/api/**", _answer)

    def opened(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        channel.open(socket)

    page.route_web_socket("**/api/live", opened)
    page.goto(f"{address}/#/map")
    page.get_by_label("Live map").first.wait_for()
    page.get_by_role("button", name="Hide the list").click()
    _for(page, 2, lambda: channel.move(sockets[-1]))  # the map has settled
    found = {}
    for name, work in (("rest", lambda: None), ("dragged", partial(_drag, page))):
        page.evaluate(_RECORD)
        _for(page, SECONDS, lambda work=work: (channel.move(sockets[-1]), work()))
        found[name] = list(page.evaluate(_RECORDED))
    page.close()
    return found


def _for(page: Page, seconds: int, work: Any) -> None:  # noqa: ANN401 - called for what it does
    for _ in range(2 * seconds):
        work()
        page.wait_for_timeout(400)


def _drag(page: Page) -> None:
    page.mouse.move(700, 500)
    page.mouse.down()
    for step in range(8):
        page.mouse.move(700 + 120 * math.sin(step / 8 * 2 * math.pi), 500 + 12 * step)
    page.mouse.move(700, 500)
    page.mouse.up()


def main() -> None:
    """Measure both sides and print them."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(STATIC)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    result: dict[str, Any] = {
        "benchmark": "console_frames",
        "tracks": TRACKS,
        "cpus": os.cpu_count(),
        "machine": platform.machine(),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for tracks in (0, TRACKS):
            for name, frames in measured(browser, address, tracks).items():
                p50, p95 = (round(float(value), 1) for value in np.percentile(frames, [50, 95]))
                print(f"{tracks:>5} tracks, {name:<8} {len(frames):>4} frames   p50 {p50:6.1f} ms   p95 {p95:6.1f} ms")
                result |= {f"{name}_{tracks}_p50_ms": p50, f"{name}_{tracks}_p95_ms": p95}
        browser.close()
    server.shutdown()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
