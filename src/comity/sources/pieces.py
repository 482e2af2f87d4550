"""Pieces: what a stream of bytes is cut into, lines of text or frames of a binary format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from comity.sources.report import Report


class Pieces(Protocol):
    """Cuts a stream, holding back no more than one unfinished piece of a limited length."""

    def feed(self, data: bytes, /) -> Iterator[bytes]:
        """Yield each piece that these bytes complete."""
        ...

    def end(self) -> Iterator[bytes]:
        """Yield what is left when the stream ends."""
        ...

    def drop(self) -> bool:
        """Forget the unfinished piece, as after a broken connection; return whether there was one."""
        ...

    def count(self, report: Report, /) -> None:
        """Count in the report what was lost in cutting since this was last asked."""
        ...
