"""A target: what one record says of something seen, whatever its category."""

from __future__ import annotations

import msgspec

from comity.sources.origin import Motion
from comity.vocabulary.subject import Identity


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes a sighting once its time is known."""

    time_of_day: bytes | None
    identity: Identity
    motion: Motion


class Passed(msgspec.Struct, frozen=True):
    """A record that is understood and makes no sighting; `why` is the name that it is counted under, if any."""

    why: str = ""
    time_of_day: bytes | None = None
