"""Lines: bytes as they come in, cut at line ends, none longer than a limit."""

from __future__ import annotations

from collections.abc import Iterator

from comity.sources.report import Report

LONGEST = 16_384
"""Bytes of a line. What is longer is no sentence of ours and is passed over."""


class Lines:
    """Cuts a stream into lines, holding back at most one unfinished line of `longest` bytes.

    `too_long` counts the lines that were passed over.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._rest = b""
        self._skipping = False
        self.too_long = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield each line that these bytes complete, without its line end (LF or CR LF)."""
        pieces = data.split(b"\n")
        for piece in pieces[:-1]:
            line = self._finished(piece)
            if line is not None:
                yield line
        self._hold(pieces[-1])

    def block(self, data: bytes) -> bytes:
        """Return the lines that these bytes complete as one piece, line ends and all, also those that are too long."""
        end = data.rfind(b"\n") + 1
        if not end:
            self._hold(data)
            return b""
        start = data.index(b"\n") + 1 if self._skipping else 0
        whole = self._rest + data[start:end]
        self._rest, self._skipping = b"", False
        self._hold(data[end:])
        return whole

    def end(self) -> Iterator[bytes]:
        """Yield what is left when the stream ends without a line end."""
        if self._rest:
            yield self._rest.rstrip(b"\r")
        self._rest, self._skipping = b"", False

    def drop(self) -> bool:
        """Forget the unfinished line, as after a broken connection; return whether there was one."""
        cut = bool(self._rest) or self._skipping
        self._rest, self._skipping = b"", False
        return cut

    def count(self, report: Report) -> None:
        """Count in the report the lines that were passed over since this was last asked."""
        for _ in range(self.too_long):
            report.reject("line too long")
        self.too_long = 0

    def _finished(self, piece: bytes) -> bytes | None:
        line, skipping = self._rest + piece, self._skipping
        self._rest, self._skipping = b"", False
        if skipping:
            return None
        if len(line) > self._longest:
            self.too_long += 1
            return None
        return line.rstrip(b"\r")

    def _hold(self, piece: bytes) -> None:
        if self._skipping:
            return
        self._rest += piece
        if len(self._rest) > self._longest:
            self.too_long += 1
            self._rest, self._skipping = b"", True
