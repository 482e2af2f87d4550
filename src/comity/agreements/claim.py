"""A claim: what a proof shows of an agreement, or what stands against it."""

from __future__ import annotations

import msgspec

from comity.agreements.case import Case


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What stands against a claim: in words, the clause that it is about, and a case in which it is so."""

    words: str
    clause: str = ""
    case: Case | None = None
    reach: dict[str, tuple[str, ...]] = {}
    """All `givers`, `receivers`, `purposes` and `areas` for which it is so, where there is a case."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be proved: it is where nothing stands against it."""

    name: str
    words: str
    findings: tuple[Finding, ...]

    @property
    def proved(self) -> bool:
        """Whether it is."""
        return not self.findings
