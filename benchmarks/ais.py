"""Decoding recorded AIS: our columns beside pyais and libais, the same sentences, in one run.

Speed: the bare VDM sentences of the Danish recording (multipart included), given as bytes, decoded to columns, to
pyais's messages and to libais's maps. Median of five rounds, taken in turns. The time of the one sentence after another
reader, which takes what is out of the ordinary, is shown too.

Fields: on every sentence of every recording, each field that both we and pyais decode. Differences are listed; those
that docs/formats/feed-ais.md judges are `fields_judged`, all others and these together `fields_differing`.
"""

from __future__ import annotations

import gzip
import math
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyais

from comity.sources.ais import Message, NotDecoded, decode
from comity.sources.ais_columns import message
from comity.sources.ais_scan import Scan
from comity.sources.checksum import checksum
from comity.sources.nmea import Payload, Receiver
from comity.sources.report import Report
from comity.vocabulary.instant import MINUTE

del sys.path[0]  # where this file lies, which has libais's name
from ais import nmea_queue  # noqa: E402

ROOT = Path(__file__).parents[1]
DANISH = ROOT / "src/comity/demo/recordings/danish-waters-2013.nmea.gz"
SHARED = Path(os.environ.get("COMITY_RECORDINGS") or ROOT.parent / "shared" / "data") / "ais"
COMMITTED = ROOT / "tests/vectors/ais"
SUFFIXES = {".ais", ".aivdm", ".nmea", ".txt", ".gz"}
ROUNDS = 5
FULL = {1, 2, 3, 4, 5, 9, 11, 18, 19, 21, 24, 27}
JUDGED = {("ship_type", 39), ("ship_type", 6), ("ship_type", 15), ("name", "NEIST POINT"), ("destination", "VARIABLE")}
"""Field and our value: see docs/formats/feed-ais.md."""


def recordings() -> list[bytes]:
    """Return the recordings that are there, else those that are kept in the repository."""
    found = sorted(path for path in SHARED.glob("*") if path.suffix in SUFFIXES and ".traj" not in path.name)
    kept = [DANISH, *sorted(path for path in COMMITTED.iterdir() if path.suffix in SUFFIXES)]
    return [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in found or kept]


def sentences() -> list[bytes]:
    """Return the Danish recording's VDM sentences."""
    lines = gzip.decompress(DANISH.read_bytes()).splitlines()
    return [line for line in lines if line[:1] == b"!" and line[3:6] == b"VDM"]


def ours(data: bytes) -> int:
    """Decode with our columns and return how many messages; a line that is out of the ordinary is taken by itself."""
    receiver, count, place = Receiver(Report()), 0, 0
    scan, block = Scan(receiver, Report(), apart=MINUTE), np.frombuffer(data, np.uint8)
    while place < len(data):
        place = scan.read(block, place, _EVER)
        count += scan.rows
        if not scan.full and place < len(data):
            end = data.index(b"\n", place)
            payload = receiver.take(data[place:end])
            count += payload is not None and decoded(payload) is not None
            place = end + 1
        scan.clear()
    return count


def decoded(payload: Payload) -> Message | None:
    """Return the message of a payload, if it is one."""
    try:
        return decode(payload.characters, payload.fill)
    except NotDecoded:
        return None


def one_by_one(data: bytes) -> int:
    """Decode with our reader of single lines and return how many messages."""
    receiver = Receiver(Report())
    payloads = filter(None, map(receiver.take, data.split(b"\n")))
    return sum(1 for payload in payloads if decoded(payload))


def theirs(data: bytes) -> int:
    """Decode with pyais and return how many messages."""
    return sum(1 for found in pyais.IterMessages(data.splitlines()) if found.decode())


def libais(data: bytes) -> int:
    """Decode with libais and return how many messages."""
    queue, count = nmea_queue.NmeaQueue(), 0
    for line in data.decode("ascii").splitlines():
        queue.put(line)
        while (found := queue.GetOrNone()) is not None:
            count += "decoded" in found
    return count


def rate(work: Callable[[bytes], int], data: bytes) -> tuple[float, int]:
    """Return sentences a second, and messages."""
    begun = time.perf_counter()
    count = work(data)
    return data.count(b"\n") / (time.perf_counter() - begun), count


def in_columns(payload: Payload) -> Message | None:
    """Return the message that the columns give for a payload, as one sentence."""
    body = b"AIVDM,1,1,,A,%b,%d" % (payload.characters, payload.fill)
    line = b"!%b*%02X\n" % (body, checksum(body))
    scan = _SCAN
    scan.clear()
    scan.read(np.frombuffer(line, np.uint8), 0, _EVER)
    return message(scan.columns, 0) if scan.rows else None


def payloads(data: bytes) -> Iterator[Payload]:
    """Yield the payloads of a recording."""
    yield from filter(None, map(Receiver(Report()).take, data.split(b"\n")))


def fields(found: Any) -> dict[str, Any]:  # noqa: ANN401 - their messages are of many classes
    """Return what pyais says by our names, "not available" as None, for what we decode of that type."""
    have = {name: getattr(found, name, None) for name in _THEIR_NAMES}
    far, aircraft = found.msg_type == 27, found.msg_type == 9
    unsaid_speed = 63 if far else 1_023 if aircraft else 102.3
    sides = (have["to_bow"], have["to_stern"], have["to_port"], have["to_starboard"])
    number = {name: None if have[name] is None else int(have[name]) for name in ("status", "epfd", "maneuver")}
    return {
        "mmsi": int(found.mmsi),
        "repeat": found.repeat,
        "status": number["status"],
        "turn": None if have["turn"] is None or int(have["turn"]) == -128 else round(float(have["turn"])),
        "speed": None if have["speed"] == unsaid_speed else have["speed"],
        "accurate": None if have["accuracy"] is None else bool(have["accuracy"]),
        "longitude": have["lon"] if have["lon"] is not None and abs(have["lon"]) <= 180 else None,
        "latitude": have["lat"] if have["lat"] is not None and abs(have["lat"]) <= 90 else None,
        "course": have["course"] if have["course"] is not None and have["course"] < 360 else None,
        "heading": have["heading"] if have["heading"] is not None and have["heading"] < 360 else None,
        "second": have["second"] if have["second"] is not None and have["second"] < 60 else None,
        "manoeuvre": number["maneuver"] or None,
        "raim": None if have["raim"] is None else bool(have["raim"]),
        "altitude": None if have["alt"] == 4_095 else have["alt"],
        "imo": have["imo"] or None,
        "call_sign": (have["callsign"] or "").strip() or None,
        "name": ((have["shipname"] or have["name"] or "") + (have["name_ext"] or "")).strip() or None,
        "ship_type": have["ship_type"] or None,
        "sides": None if sides[0] is None else sides,
        "fix": number["epfd"] or None,
        "draught": have["draught"] or None,
        "destination": (have["destination"] or "").strip() or None,
        "off_position": None if have["off_position"] is None else bool(have["off_position"]),
        "virtual": None if have["virtual_aid"] is None else bool(have["virtual_aid"]),
    }


def ours_by_name(found: Message) -> dict[str, Any]:
    """Return what we say by the names of `fields`: the rate of turn and the degrees as pyais rounds them."""
    said = {field: getattr(found, field) for field in msgspec.structs.asdict(found)}
    turn = found.turn
    if turn is not None and abs(turn) != 127:
        said["turn"] = round(math.copysign(round((turn / 4.733) ** 2), turn))
    for place in ("longitude", "latitude"):
        said[place] = None if said[place] is None else round(said[place], 6)
    said["sides"] = None if found.bow is None else (found.bow, found.stern, found.port, found.starboard)
    if found.type == 4:  # the second is that of the time, not of the position
        said["second"] = None
    return said


def differing(data: bytes) -> Iterator[tuple[int, str, Any, Any]]:
    """Yield type, field, ours and pyais's for every field that differs, and for a message that only one side has."""
    for payload in payloads(data):
        found = in_columns(payload)
        if found is None:
            if decoded(payload) is not None:
                yield 0, "message", "refused by the columns alone", payload.characters
            continue
        if found.type not in FULL:
            continue
        other = pyais.decode(b"!AIVDM,1,1,,A,%b,%d*00" % (payload.characters, payload.fill))
        mine, their = ours_by_name(found), fields(other)
        if found.type in {4, 11}:
            their["second"] = mine["second"] = None
        if found.mothership is not None:
            their["sides"] = None
        for name, value in their.items():
            if mine[name] != value:
                yield found.type, name, mine[name], value


def main() -> None:
    """Run all sides, compare, and print."""
    data = b"\n".join(sentences()) + b"\n"
    sides = (ours, one_by_one, theirs, libais)
    ours(data)  # compiled, or read from the cache
    rounds = [[rate(side, data) for side in sides] for _ in range(ROUNDS)]
    speed = [statistics.median(each[place][0] for each in rounds) for place in range(len(sides))]
    told = ", ".join(f"{side.__name__} {rounds[0][place][1]}" for place, side in enumerate(sides))
    print(f"{len(sentences())} sentences, messages: {told}")
    found = [each for recording in recordings() for each in differing(recording)]
    for (kind, name, mine, other), count in Counter(found).items():
        judged = "judged" if (name, mine) in JUDGED else "NOT JUDGED"
        print(f"type {kind} {name}: ours {mine!r}, pyais {other!r}, {count} times, {judged}")
    claim = {"claim": "AIS sentences decoded a second, beside pyais", "ours": speed[0], "theirs": speed[2]}
    claim |= {"ratio": speed[0] / speed[2], "libais": speed[3], "ratio_libais": speed[0] / speed[3]}
    claim |= {"one_by_one": speed[1], "fields_differing": len(found)}
    claim["fields_judged"] = sum((name, mine) in JUDGED for _, name, mine, _ in found)
    print(msgspec.json.encode(claim).decode())


_EVER = 2**62
_SCAN = Scan(Receiver(Report()), Report(), apart=_EVER)
_THEIR_NAMES = [
    *("status", "turn", "speed", "accuracy", "lon", "lat", "course", "heading", "second", "maneuver", "raim", "alt"),
    *("imo", "callsign", "shipname", "name", "name_ext", "ship_type", "to_bow", "to_stern", "to_port", "to_starboard"),
    *("epfd", "draught", "destination", "off_position", "virtual_aid"),
]


if __name__ == "__main__":
    main()
