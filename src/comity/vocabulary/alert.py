"""An alert: something stands out, and a person should look."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind


class AlertKind(Enum):
    """What stood out."""

    CROSSING = "crossing"
    GOING_DARK = "going-dark"
    MEETING = "meeting"
    DISTRESS = "distress"
    LOITERING = "loitering"
    ENCOUNTER = "encounter"
    PORT_VISIT = "port-visit"
    CONVOY = "convoy"
    SHADOWING = "shadowing"
    IDENTITY_CHANGE = "identity-change"
    SHARED_IDENTITY = "shared-identity"
    IMPOSSIBLE_MOTION = "impossible-motion"
    REPEATED_INFILTRATION = "repeated-infiltration"
    REPEATED_ROUTE = "repeated-route"
    UNUSUAL_MOTION = "unusual-motion"


class Severity(Enum):
    """How soon a person should look, from soonest."""

    URGENT = "urgent"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Alert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that stands out, with all that it stands on.

    Its subjects are things and parties, never identified persons (safeguard 5); confidence is in the rule's
    having seen what it says it saw, never in anybody's guilt.
    """

    id: str
    """Drawn from the rule, the tracks and the time it began: the same thing found twice is one alert."""
    kind: AlertKind
    severity: Severity
    time: Instant
    """When the thing began."""
    until: Instant
    """When it was last seen to go on."""
    position: Position
    area: str | None = None
    tracks: tuple[str, ...]
    subjects: tuple[Identity, ...]
    sightings: tuple[str, ...]
    """Those it stands on, oldest first."""
    rule: str
    version: int
    confidence: Annotated[float, msgspec.Meta(ge=0, le=1)]
    explanation: str
    would_change: str
    """What would change its mind."""
    sources: tuple[str, ...]
    handling: Handling = Handling()
    simulated: bool = False

    def __post_init__(self) -> None:
        if any(subject.kind is SubjectKind.PERSON for subject in self.subjects):
            raise ValueError("an alert cannot be about a person")
