"""Disputed lines: what somebody disputes on the map. The software shows them and settles none."""

from __future__ import annotations

import msgspec

from comity.vocabulary.place import Position


class DisputedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line, in one or more pieces; what its source does not say of it is empty."""

    name: str
    claimants: tuple[str, ...]
    status: str
    source: str
    note: str
    pieces: tuple[tuple[Position, ...], ...]
