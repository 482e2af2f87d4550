"""NMEA 0183 sentences (IEC 61162-1 and 61162-450) as AIS receivers send them, put together to whole payloads.

The page is docs/formats/feed-ais.md.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from comity.sources.checksum import holds
from comity.sources.receiver_time import TimeLine, read_epoch, read_line
from comity.sources.report import Report
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant

MOST_UNFINISHED = 64
"""Multipart messages that are waited for at one time."""
LONGEST_WAIT = 1_000
"""Sentences after which a multipart message that is still unfinished is given up."""

SENTENCE = re.compile(
    rb"!(?P<body>[A-Z0-9-]{2}VD(?P<kind>[MO]),(?P<total>[1-9]),(?P<number>[1-9]),(?P<sequence>\d?),"
    rb"(?P<channel>[A-Z0-9]?),(?P<payload>[0-W`-w]*),(?P<fill>[0-5]))\*(?P<sum>[0-9A-Fa-f]{2})(?P<tail>.*)",
    re.DOTALL,
)
_LOOKS_LIKE = re.compile(rb"![^,]{2}VD[MO],")
_GROUP = re.compile(rb"g:\d+-\d+-(\d+)|\dG\d:(\d+)")
_EPOCH = re.compile(rb"\d{9,10}")
"""Seconds since 1970 behind a sentence."""


class Payload(msgspec.Struct, frozen=True):
    """A whole message as armoured six-bit characters, the fill bits at its end, and the time its receiver gave."""

    characters: bytes
    fill: int
    time: Instant | None
    own: bool
    """The station reports itself (VDO)."""


class _Unfinished:
    __slots__ = ("bound", "fill", "line", "own", "parts", "received", "sums", "time")

    def __init__(self, total: int, line: int, *, own: bool) -> None:
        self.parts: list[bytes | None] = [None] * total
        self.received = 0
        self.sums = 0
        self.fill = 0
        self.time: Instant | None = None
        self.bound: TimeLine | None = None
        self.line = line
        self.own = own


class Receiver:
    """Takes lines and gives payloads. Counts in its report what it takes, and names what it cannot use."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._block = b""
        self._time_line: TimeLine | None = None
        self._unfinished: dict[tuple[bytes, ...], _Unfinished] = {}

    def take(self, line: bytes) -> Payload | None:
        """Take one line; return the message that it completes, if any."""
        self._report.lines += 1
        line = line.strip()
        if line.startswith(b"\\"):
            line = self._opened(line)
        if line.startswith(b"$"):
            self._other(line)
        elif line and not line.startswith(b"#"):
            start = line.find(b"!")
            if start >= 0:
                return self._sentence(line[start:])
            self._report.reject("not a sentence", line)
        return None

    @property
    def waiting(self) -> bool:
        """Whether a message waits for more of its parts."""
        return bool(self._unfinished)

    def held(self) -> tuple[bytes, TimeLine | None]:
        """Return the fields of a tag block, and a time line, that wait for their sentence; empty and None mostly."""
        return self._block, self._time_line

    def hold(self, block: bytes, line: TimeLine | None) -> None:
        """Have these wait, as if they had been taken."""
        self._block, self._time_line = block, line

    def end(self) -> None:
        """Give up what is still unfinished; what waits for its sentence is of no other that may follow."""
        self.hold(b"", None)
        while self._unfinished:
            self._give_up(next(iter(self._unfinished)))

    def _opened(self, line: bytes) -> bytes:
        """Keep the tag block for the sentence that follows, on this line or the next, and return what is behind it."""
        inside, closing, rest = line[1:].partition(b"\\")
        fields = _tag_fields(inside) if closing else None
        if fields is None:
            self._report.note("wrong tag block", line)
            return rest.strip()
        self._block = self._block + b"," + fields if self._block and not rest else fields
        return rest.strip()

    def _other(self, line: bytes) -> None:
        """Take a sentence that is not AIS: it uses up the time line before it, and a time line waits for its own."""
        self._time_line = None
        if not line.startswith(b"$PGHP,"):
            self._block = b""
            return
        try:
            self._time_line = read_line(line)
        except Fault as fault:
            self._report.note(fault.what, line)

    def _sentence(self, line: bytes) -> Payload | None:
        if not _LOOKS_LIKE.match(line):
            self._report.reject("not an AIS sentence", line)
            return None
        own = line[5:6] == b"O"
        if own:
            self._report.own += 1
        else:
            self._report.sentences += 1
        block, time_line, self._block, self._time_line = self._block, self._time_line, b"", None
        match = SENTENCE.fullmatch(line)
        fault = "malformed sentence" if match is None else _fault(match)
        if match is None or fault:
            self._report.reject(fault, line)
            return None
        time = self._told(block, match["tail"])
        sums = int(match["sum"], 16)
        if match["total"] == b"1":
            return Payload(match["payload"], int(match["fill"]), time or self._by(time_line, sums), own)
        return self._part(match, block, time, time_line)

    def _part(
        self, match: re.Match[bytes], block: bytes, time: Instant | None, time_line: TimeLine | None
    ) -> Payload | None:
        group = _GROUP.search(block)
        name = (group[1] or group[2]) if group else b""
        key = (match["kind"], match["total"], match["sequence"], match["channel"], name)
        number = int(match["number"]) - 1
        waiting = self._waiting(key, number, int(match["total"]), own=match["kind"] == b"O")
        waiting.parts[number] = match["payload"]
        waiting.received += 1
        waiting.fill += int(match["fill"])  # the last part's; all others have none
        waiting.sums ^= int(match["sum"], 16)
        waiting.time = waiting.time or time
        waiting.bound = waiting.bound or time_line
        if waiting.received < len(waiting.parts):
            return None
        del self._unfinished[key]
        whole = b"".join(part for part in waiting.parts if part is not None)
        return Payload(whole, waiting.fill, waiting.time or self._by(waiting.bound, waiting.sums), waiting.own)

    def _waiting(self, key: tuple[bytes, ...], number: int, total: int, *, own: bool) -> _Unfinished:
        waiting = self._unfinished.get(key)
        if waiting is not None and waiting.parts[number] is not None:
            self._give_up(key)
            waiting = None
        if waiting is None:
            self._make_room()
            waiting = self._unfinished[key] = _Unfinished(total, self._report.lines, own=own)
        return waiting

    def _make_room(self) -> None:
        while self._unfinished:
            key, oldest = next(iter(self._unfinished.items()))
            if len(self._unfinished) < MOST_UNFINISHED and self._report.lines - oldest.line < LONGEST_WAIT:
                break
            self._give_up(key)

    def _give_up(self, key: tuple[bytes, ...]) -> None:
        del self._unfinished[key]
        self._report.reject("unfinished multipart message", b",".join(key))

    def _told(self, block: bytes, tail: bytes) -> Instant | None:
        """Return the time of the tag block's `c`, else that of the receiver's fields behind the sentence."""
        for field in block.split(b",") if block else ():
            if field.startswith(b"c:"):
                time = read_epoch(field[2:])
                if time is None:
                    self._report.note("implausible time", block)
                return time
        for field in tail.split(b",") if tail else ():
            if _EPOCH.fullmatch(field.strip()):
                return read_epoch(field.strip())
        return None

    def _by(self, line: TimeLine | None, sums: int) -> Instant | None:
        if line is None:
            return None
        if line.bound not in {0, sums}:
            self._report.note("time line of another sentence")
            return None
        return line.time


@lru_cache(maxsize=256)
def _tag_fields(inside: bytes) -> bytes | None:
    fields, star, given = inside.rpartition(b"*")
    return fields if star and holds(given, fields) else None


def _fault(match: re.Match[bytes]) -> str:
    if not holds(match["sum"], match["body"]):
        return "wrong checksum"
    if int(match["number"]) > int(match["total"]):
        return "part beyond its total"
    if not match["payload"]:
        return "empty payload"
    if match["fill"] != b"0" and match["number"] != match["total"]:
        return "fill bits before the last part"
    return ""
