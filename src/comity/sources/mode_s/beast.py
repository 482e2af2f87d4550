"""Frames: a stream from a Mode S receiver, cut into binary Beast frames or into lines, as its first byte tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from comity.sources.line import Lines
from comity.sources.report import Report

ESCAPE = 0x1A
"""Begins a frame; within one it is sent twice."""
_FRAME = re.compile(
    rb"\x1a(?:1(?:[^\x1a]|\x1a\x1a){9}|2(?:[^\x1a]|\x1a\x1a){14}|[34](?:[^\x1a]|\x1a\x1a){21})", re.DOTALL
)
"""Type 1 carries 2 bytes (Mode A or C), 2 carries 7, 3 carries 14, each behind a clock of 6 and a level of 1; 4 is the
receiver's own state."""
_LONGEST = 2 + 2 * 21


class Frames:
    """Cuts the stream. A binary piece is the escape, the type and what the frame carries, each escape in it once."""

    def __init__(self) -> None:
        self._lines = Lines()
        self._binary: bool | None = None
        self._rest = b""
        self._lost = 0
        self._straying = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield each line or frame that these bytes complete."""
        if self._binary is None and data:
            self._binary = data[0] == ESCAPE
        if not self._binary:
            yield from self._lines.feed(data)
            return
        self._rest += data
        yield from self._frames()

    def _frames(self) -> Iterator[bytes]:
        data, place = self._rest, 0
        while (begin := data.find(ESCAPE, place)) >= 0:
            frame = _FRAME.match(data, begin)
            self._stray(begin > place or (frame is None and len(data) - begin >= _LONGEST))
            if frame is not None:
                yield data[begin : begin + 2] + data[begin + 2 : frame.end()].replace(b"\x1a\x1a", b"\x1a")
                place, self._straying = frame.end(), False
            elif len(data) - begin < _LONGEST:
                self._rest = data[begin:]
                return
            else:
                place = self._behind(data, begin)
        self._stray(len(data) > place)
        self._rest = b""

    def _stray(self, found: bool) -> None:  # noqa: FBT001 - whether there were any is all that it counts
        """Count bytes that are no frame, once until a whole one comes."""
        self._lost += found and not self._straying
        self._straying = self._straying or found

    @staticmethod
    def _behind(data: bytes, begin: int) -> int:
        """Return where the next frame can begin: an escape sent twice is none."""
        return begin + (2 if data[begin + 1 : begin + 2] == b"\x1a" else 1)

    def end(self) -> Iterator[bytes]:
        """Yield what is left when the stream ends: a line without its end; a frame cut short is lost."""
        yield from self._lines.end()
        self._stray(bool(self._rest))
        self._binary, self._rest, self._straying = None, b"", False

    def drop(self) -> bool:
        """Forget what is unfinished, as after a broken connection; return whether there was anything."""
        cut = bool(self._rest) or self._lines.drop()
        self._binary, self._rest, self._straying = None, b"", False
        return cut

    def count(self, report: Report) -> None:
        """Count in the report the lines too long, and the runs of bytes that were no frames."""
        self._lines.count(report)
        for _ in range(self._lost):
            report.reject("bytes between frames")
        self._lost = 0
