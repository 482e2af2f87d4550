"""Reports that come late, and what the alerts say that still stand."""

from __future__ import annotations

import random  # noqa: TID251 - seeded scenarios
from collections.abc import Sequence

from comity.vocabulary.alert import Alert
from comity.vocabulary.instant import Duration, Instant
from comity.vocabulary.sighting import Sighting


def delayed(sightings: Sequence[Sighting], most: Duration, seed: int, share: float = 0.3) -> list[Sighting]:
    """Return them in the order in which they are read where a share of them comes late, by up to `most`."""
    chance = random.Random(seed)  # noqa: S311 - a scenario, not a secret
    late = {one.id: chance.randrange(most) if chance.random() < share else 0 for one in sightings}
    return sorted(sightings, key=lambda one: (one.time + late[one.id], one.time, one.id))


def standing(told: dict[str, list[Alert]]) -> set[tuple[str, Instant, Instant, tuple[int | None, ...]]]:
    """Return kind, begin, end and MMSIs of the alerts that stand in the end.

    Ids and tracks are left out: the picture draws a track's id from the report that it read first.
    """
    latest = [alerts[-1] for alerts in told.values()]
    return {
        (one.kind.value, one.time, one.until, tuple(sorted((who.mmsi for who in one.subjects), key=str)))
        for one in latest
        if one.confidence > 0
    }
