"""Cutting: a stream of state vectors into rows of CSV, or arrays and objects of JSON, as its first byte tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from comity.sources.line import LONGEST, Lines
from comity.sources.report import Report

_OUTSIDE: Final = re.compile(rb'["\[\]{}]')
_INSIDE: Final = re.compile(rb'["\\]')
_CLOSES: Final = {b"]": b"[", b"}": b"{"}
_DEEPEST: Final = 16


class Vectors:
    """Cuts the stream. A piece of JSON is an array or object that stands in an array, whatever stands around that.

    So a document of any length is read without being held: `{"time": …, "states": [[…], […]]}`, `[{…}, {…}]`, or one
    such behind another.
    """

    def __init__(self, noun: str = "state vector") -> None:
        self._noun = noun
        self._lines = Lines()
        self._json: bool | None = None
        self._lost: dict[str, int] = {}
        self._barren = 0
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._stack = b""
        self._held = b""
        self._outer: int | None = None
        """How deep the unfinished piece stands; None outside of any."""
        self._string = self._escaped = self._long = self._found = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield each row, array or object that these bytes complete."""
        if self._json is None and (start := data.lstrip(b"\xef\xbb\xbf \t\r\n")):
            self._json = start[:1] in {b"[", b"{"}
        yield from self._documents(data) if self._json else self._lines.feed(data)

    def end(self) -> Iterator[bytes]:
        """Yield what is left when the stream ends: a row without its end; a document cut short has lost its last."""
        yield from self._lines.end()
        if self._stack:
            self._lose("a document cut short")
        self._json = None
        self._begin_anew()

    def drop(self) -> bool:
        """Forget what is unfinished, as after a broken connection; return whether there was anything."""
        cut = bool(self._stack) or self._lines.drop()
        self._json = None
        self._begin_anew()
        return cut

    def count(self, report: Report) -> None:
        """Count in the report what was lost in cutting since this was last asked."""
        self._lines.count(report)
        for name, count in self._lost.items():
            for _ in range(count):
                report.reject(name)
        for _ in range(self._barren):
            report.note(f"a document without {self._noun}s")
        self._lost, self._barren = {}, 0

    def _documents(self, data: bytes) -> Iterator[bytes]:
        place, start = 0, 0
        while place < len(data):
            if self._escaped:
                self._escaped, place = False, place + 1
                continue
            found = (_INSIDE if self._string else _OUTSIDE).search(data, place)
            if found is None:
                break
            mark, place = found.group(), found.end()
            if mark == b"\\":
                self._escaped = True
            elif mark == b'"':
                self._string = not self._string
            elif mark in {b"[", b"{"}:
                if self._outer is None and self._stack.endswith(b"["):
                    self._outer, start = len(self._stack), found.start()
                self._open(mark)
            elif self._close(mark):
                yield from self._finished(data[start:place])
        if self._outer is not None:
            self._hold(data[start:])

    def _open(self, mark: bytes) -> None:
        self._stack += mark
        if len(self._stack) > _DEEPEST:
            self._lose("a document nested too deeply")
            self._begin_anew()

    def _close(self, mark: bytes) -> bool:
        """Close what is open; return whether that was a piece."""
        if not self._stack.endswith(_CLOSES[mark]):
            self._lose("not a document")
            self._begin_anew()
            return False
        self._stack = self._stack[:-1]
        if not self._stack:
            self._barren += not self._found
            self._found = False
        return self._outer == len(self._stack)

    def _finished(self, rest: bytes) -> Iterator[bytes]:
        self._hold(rest)
        if not self._long:
            yield self._held
        self._held, self._outer, self._long, self._found = b"", None, False, True

    def _hold(self, more: bytes) -> None:
        if not self._long and len(self._held) + len(more) > LONGEST:
            self._lose(f"a {self._noun} too long")
            self._held, self._long = b"", True
        if not self._long:
            self._held += more

    def _lose(self, name: str) -> None:
        self._lost[name] = self._lost.get(name, 0) + 1
