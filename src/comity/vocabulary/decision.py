"""A decision: what a named officer judged of an alert, and why."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from comity.vocabulary.instant import Instant


class Judgement(Enum):
    """Human judgement is a word, not a flag."""

    UNREVIEWED = "unreviewed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNSURE = "unsure"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One judgement of one alert. A later one takes its place; both are kept."""

    alert: str
    judgement: Judgement
    officer: str
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
    time: Instant
    duplicate_of: str | None = None
    """The alert that this one repeats: a link, not a judgement."""
