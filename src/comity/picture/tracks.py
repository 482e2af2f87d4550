"""The picture: sightings become tracks.

Identities are soft evidence: a report joins a track of its identity only if that subject can be where it says. What
depends on order depends only on the order of the sightings: taken in again in the same order, with the plots of one
source and instant together, they give the same tracks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np

from comity.picture.following import Following
from comity.picture.identified import Identified
from comity.picture.live import resumed
from comity.picture.placed import Outcome, Placed
from comity.picture.register import Register, key_of
from comity.picture.registration import Offset
from comity.picture.scan import Scans
from comity.picture.settings import PictureSettings
from comity.vocabulary.columns import columns
from comity.vocabulary.instant import Instant
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track

FEW = 16
"""Fewer are placed one by one: by columns it would take longer."""


def is_plot(sighting: Sighting) -> bool:
    """Whether it tells a place and not of whom."""
    return sighting.position is not None and key_of(sighting.identity) is None


class Picture:
    """All tracks, live and lately ended, within the limits of its settings."""

    def __init__(self, settings: PictureSettings | None = None) -> None:
        chosen = settings or PictureSettings()
        self._settings = chosen
        self._register = Register(chosen)
        self._identified = Identified(self._register, chosen)
        self._scans = Scans(self._register, chosen)

    def __len__(self) -> int:
        """Return how many tracks are live, tentative ones included."""
        return len(self._register)

    def take(self, sightings: Sequence[Sighting]) -> list[Placed]:
        """Place each sighting, and return what became of each, in the same order."""
        placed: dict[int, Placed] = {}
        for _, instant in groupby(enumerate(sightings), key=lambda item: item[1].time):
            plots: dict[str, list[tuple[int, Sighting]]] = {}
            for index, sighting in instant:
                key = key_of(sighting.identity)
                if key is not None:
                    placed[index] = self._identified.place(sighting, key)
                elif sighting.position is not None:
                    plots.setdefault(sighting.source, []).append((index, sighting))
                else:
                    placed[index] = Placed(sighting=sighting, track="", outcome=Outcome.WAITING, state=None)
            for source in sorted(plots):
                indices, scan = zip(*plots[source], strict=True)
                placed.update(zip(indices, self._scans.place(scan), strict=True))
        return [placed[index] for index in range(len(sightings))]

    def follow(self, sightings: Sequence[Sighting]) -> Sequence[Placed]:
        """Place each sighting as `take` does, many times faster where all of them say who they are."""
        if len(sightings) < FEW:
            return self.take(sightings)
        beside = columns(sightings)
        if 2 * int(beside.plain.sum()) < len(sightings) or any(
            is_plot(sightings[row]) for row in np.flatnonzero(~beside.plain).tolist()
        ):
            return self.take(sightings)
        return Following(beside, self._register, self._identified, self._settings).placed()

    def track(self, track: str) -> Track | None:
        """Return the track of that id, live or lately ended; None for one that is unknown or not confirmed."""
        return self._register.track(track)

    def live(self) -> list[Track]:
        """Return the confirmed live tracks, in the order in which they began."""
        return [live.track() for live in self._register.live() if live.confirmed]

    def advance(self, now: Instant) -> list[Track]:
        """End and return the tracks silent for too long at `now`, a time that every feed has reached."""
        return self._register.end_silent(now)

    def let_go(self, tracks: Iterable[str]) -> None:
        """Forget tracks, and that they ever were: what comes of their subjects begins others."""
        for track in tracks:
            self._register.let_go(track)

    def offsets(self) -> dict[str, tuple[Offset, ...]]:
        """Return by how much the sensors of each source are off, learned from what identifies itself."""
        return self._scans.offsets()

    def adopt(self, tracks: Iterable[Track]) -> None:
        """Go on with stored tracks after a restart, before anything is taken in; those without a position are left."""
        for track in tracks:
            if track.position is not None:
                live = resumed(track, track.position, key_of(track.identity))
                self._register.add(live)
                if live.key is None:
                    self._scans.adopt(live)
