"""From recorded AIS bytes to tracks and alerts, on one core: reports a second, latency, and memory over a day.

The path is the node's own, with the rules and areas of the rehearsal, but for the store: bytes, sightings, picture,
detectors. What the store adds is measured by alert_latency.py.

- Speed: the Danish recording, in pieces of 64 KiB as from a file, a new picture each round; median of three rounds, and
  what of it each step took, in time of the processor: one core's, whatever else the machine does.
- Latency: the same recording in pieces of 4 KiB as from a socket; from handing over a piece until the detectors have
  seen each report in it. The 99th of a hundred pieces.
- Memory: a simulated day of vessels that go in circles, each heard every 30 s; the process's peak, and how much it
  grew after the first six hours.

    python benchmarks/pipeline.py [VESSELS]
"""

from __future__ import annotations

import gc
import gzip
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.detection.detector import Detector
from comity.node import settings, watching
from comity.node.create import NewNode, create
from comity.picture.tracks import Picture
from comity.sources.batch import LARGEST
from comity.sources.bits import ARMOUR
from comity.sources.feed import open_stream
from comity.sources.origin import Origin
from comity.vocabulary.alert import Alert

ROOT = Path(__file__).parents[1]
RECORDING = ROOT / "src/comity/demo/recordings/danish-waters-2013.nmea.gz"
PICTURE = """
[picture]
areas = "areas.geojson"
borders = [["dk-waters", "se-waters"], ["dk-waters", "de-waters"]]
crossing_points = ["helsingor-helsingborg", "oresund-bridge", "rodby-puttgarden"]
"""
AREAS = ROOT / "src/comity/demo/areas.geojson"
ROUNDS, FILE_PIECE, SOCKET_PIECE = 3, 65_536, 4_096
BEGIN, EVERY, DAY = 1_700_000_000, 30, 86_400
CENTRE, SPREAD, RADIUS = (56.0, 11.0), 2.0, 0.05
"""Degrees: where the day's vessels are, and the circles that they go in."""


def detectors() -> list[Detector]:
    """Return the node's rules, with the settings and areas of the rehearsal."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        create(folder, NewNode(name="dk.coord", agency="Centre", country="DK"))
        shutil.copy(AREAS, folder / "areas.geojson")
        read = settings.read((folder / settings.FILE).read_text() + PICTURE, "benchmark")
        areas = watching.areas_of(read.picture, folder)
        return watching.detectors_of(read.picture, areas, watching.handling_of(read.feed))


class Steps:
    """The three steps, and how long each took."""

    def __init__(self) -> None:
        self.stream = open_stream("ais", Origin(source="danish-ais"))
        self.picture = Picture()
        self.detectors = detectors()
        self.alerts: dict[str, Alert] = {}
        self.seconds = [0.0, 0.0, 0.0]

    def take(self, data: bytes) -> int:
        """Take a piece of the feed, and return how many sightings it brought."""
        begun = time.process_time()
        sightings = list(self.stream.feed(data))
        self.seconds[0] += time.process_time() - begun
        for start in range(0, len(sightings), LARGEST):
            begun = time.process_time()
            placed = self.picture.follow(sightings[start : start + LARGEST])
            between = time.process_time()
            self.alerts.update((alert.id, alert) for alert in watching.noticed(self.detectors, placed))
            self.seconds[1] += between - begun
            self.seconds[2] += time.process_time() - between
        return len(sightings)


def cut(data: bytes, size: int) -> Iterator[bytes]:
    """Yield the pieces of a feed."""
    for place in range(0, len(data), size):
        yield data[place : place + size]


def speed(data: bytes) -> tuple[float, list[float], int]:
    """Return reports a second, microseconds a report of each step, and how many alerts there were."""
    path, reports, begun = Steps(), 0, time.process_time()
    for piece in cut(data, FILE_PIECE):
        reports += path.take(piece)
    taken = time.process_time() - begun
    return reports / taken, [each / reports * 1e6 for each in path.seconds], len(path.alerts)


def latencies(data: bytes) -> list[float]:
    """Return for each piece how many milliseconds passed until its reports had been seen."""
    path, found = Steps(), []
    for piece in cut(data, SOCKET_PIECE):
        begun = time.perf_counter()
        path.take(piece)
        found.append((time.perf_counter() - begun) * 1_000)
    return sorted(found)


def reports_at(second: int, vessels: int) -> bytes:
    """Return a position report of each vessel at a second of the day, with its time."""
    number = np.arange(vessels)
    turn = 2 * np.pi * (second / 7_200 + number / vessels)
    north, east = CENTRE[0] + SPREAD * np.sin(number), CENTRE[1] + SPREAD * np.cos(2 * number)
    latitude, longitude = north + RADIUS * np.sin(turn), east + RADIUS * 1.8 * np.cos(turn)
    course = np.rad2deg(np.arctan2(-1.8 * np.sin(turn) * np.cos(np.deg2rad(latitude)), np.cos(turn))) % 360
    speed = np.full(vessels, 2 * np.pi * RADIUS * 60 / 2 * 10)
    fields = [(np.full(vessels, 1), 6), (np.zeros(vessels), 2), (219_000_000 + number, 30), (np.zeros(vessels), 12)]
    fields += [(speed, 10), (np.ones(vessels), 1), (longitude * 600_000, 28), (latitude * 600_000, 27)]
    fields += [(course * 10, 12), (course, 9), (np.full(vessels, second % 60), 6), (np.zeros(vessels), 25)]
    bits = [values.astype(np.int64)[:, None] >> np.arange(width - 1, -1, -1) & 1 for values, width in fields]
    codes = np.concatenate(bits, axis=1).reshape(vessels, 28, 6) @ (1 << np.arange(5, -1, -1))
    return _lines(np.frombuffer(ARMOUR, np.uint8)[codes], BEGIN + second)


def _lines(payloads: NDArray[np.uint8], time_told: int) -> bytes:
    frame = b"\\c:%d*%02X\\!AIVDM,1,1,,A,%b,0*00\n"
    fields = b"c:%d" % time_told
    line = np.frombuffer(frame % (time_told, int(np.bitwise_xor.reduce(bytearray(fields))), bytes(28)), np.uint8)
    lines = np.tile(line, (len(payloads), 1))
    start, end = line.tobytes().index(b"!") + 1, len(line) - 4
    lines[:, end - 30 : end - 2] = payloads
    sums = np.bitwise_xor.reduce(lines[:, start:end], axis=1)
    digits = np.frombuffer(b"0123456789ABCDEF", np.uint8)
    lines[:, end + 1], lines[:, end + 2] = digits[sums >> 4], digits[sums & 15]
    return lines.tobytes()


def day(vessels: int) -> tuple[float, float, int]:
    """Return the peak of memory over a day in megabytes, how much of it came after six hours, and the reports."""
    path, reports, early = Steps(), 0, 0.0
    for second in range(0, DAY, EVERY):
        reports += path.take(reports_at(second, vessels))
        if second == DAY // 4:
            gc.collect()
            early = peak()
    assert reports == vessels * (DAY // EVERY), path.stream.report.faults
    return peak(), peak() - early, reports


def peak() -> float:
    """Return the most memory that the process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def main() -> None:
    """Measure, and print."""
    data = gzip.decompress(RECORDING.read_bytes())
    speed(data)  # compiled, or read from the cache
    rounds = [speed(data) for _ in range(ROUNDS)]
    rate = statistics.median(each[0] for each in rounds)
    steps = [statistics.median(each[1][step] for each in rounds) for step in range(3)]
    late = latencies(data)
    most, grown, reports = day(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
    print(f"a report: sources {steps[0]:.1f} µs, picture {steps[1]:.1f} µs, detectors {steps[2]:.1f} µs")
    print(f"{rounds[0][2]} alerts in the recording; a day of {reports:,} reports grew by {grown:.1f} MB after 6 h")
    claim = {"claim": "reports a second from AIS bytes to tracks and alerts", "ours": rate, "peak_mb": most}
    claim |= {"latency_p99_ms": late[len(late) * 99 // 100], "latency_median_ms": statistics.median(late)}
    claim |= {"sources_us": steps[0], "picture_us": steps[1], "detection_us": steps[2], "grown_mb": grown}
    print(msgspec.json.encode(claim).decode())


if __name__ == "__main__":
    main()
