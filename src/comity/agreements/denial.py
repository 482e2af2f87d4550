"""A denial: no, with the reason in full for the officer and a coarse code for the partner."""

from __future__ import annotations

from typing import Final

import msgspec

MALFORMED: Final = "malformed"
NOT_IN_FORCE: Final = "not-in-force"
NOT_PERMITTED: Final = "not-permitted"


class Nearest(msgspec.Struct, frozen=True):
    """A clause that could have permitted, and its first condition that was not met; no clause: the agreement's."""

    agreement: str
    clause: str
    condition: str


class Denial(msgspec.Struct, frozen=True, kw_only=True):
    """No. The partner may learn the code and nothing else."""

    code: str
    """`malformed`, `not-in-force` or `not-permitted`."""
    reason: str
    """In full, for the officer."""
    nearest: tuple[Nearest, ...] = ()
    """The one that came closest first."""
    safeguard: int | None = None
