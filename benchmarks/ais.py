"""Decoding recorded AIS: our decoder beside pyais, the same sentences, in one run.

Both sides read the bare VDM sentences of the Danish recording (types 1, 3, 4, 5, 18, 21, 24; multipart included) and
decode every message. Median of five rounds, taken in turns.
"""

from __future__ import annotations

import gzip
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pyais

from comity.sources.ais import NotDecoded, decode
from comity.sources.nmea import Receiver
from comity.sources.report import Report

RECORDING = Path("src/comity/demo/recordings/danish-waters-2013.nmea.gz")
ROUNDS = 5


def sentences() -> list[bytes]:
    """Return the recording's VDM sentences."""
    lines = gzip.decompress(RECORDING.read_bytes()).splitlines()
    return [line for line in lines if line[:1] == b"!" and line[3:6] == b"VDM"]


def ours(lines: list[bytes]) -> int:
    """Decode with our reader and return how many messages."""
    receiver, count = Receiver(Report()), 0
    for line in lines:
        payload = receiver.take(line)
        if payload is not None:
            try:
                decode(payload.characters, payload.fill)
                count += 1
            except NotDecoded:
                continue
    return count


def theirs(lines: list[bytes]) -> int:
    """Decode with pyais and return how many messages."""
    return sum(1 for message in pyais.IterMessages(lines) if message.decode())


def rate(work: Callable[[list[bytes]], int], lines: list[bytes]) -> tuple[float, int]:
    """Return sentences a second, and messages."""
    begun = time.perf_counter()
    count = work(lines)
    return len(lines) / (time.perf_counter() - begun), count


def main() -> None:
    """Run both sides and print the ratio."""
    lines = sentences()
    rounds = [(rate(ours, lines), rate(theirs, lines)) for _ in range(ROUNDS)]
    mine = statistics.median(pair[0][0] for pair in rounds)
    other = statistics.median(pair[1][0] for pair in rounds)
    print(f"{len(lines)} sentences, messages ours {rounds[0][0][1]}, pyais {rounds[0][1][1]}")
    claim = {"claim": "AIS sentences decoded a second, beside pyais", "ours": mine, "theirs": other}
    print(msgspec.json.encode({**claim, "ratio": mine / other}).decode())


if __name__ == "__main__":
    main()
