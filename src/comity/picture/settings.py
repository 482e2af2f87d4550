"""Settings of the picture: what may be chosen, with units."""

from __future__ import annotations

import msgspec

from comity.vocabulary.instant import HOUR, MINUTE, SECOND, Duration
from comity.vocabulary.sighting import Sighting


class PictureSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How reports become tracks. The limits bound memory: a track takes about 2 kB."""

    accuracy: dict[str, float] = {}
    """Standard deviation of a source's positions on each axis, metres, for reports that do not say."""
    accuracy_otherwise: float = 30.0
    """Metres, for sources not named above."""
    identified_silence: Duration = 6 * HOUR
    """A track with an identity ends after so long without a report."""
    unidentified_silence: Duration = 3 * MINUTE
    """A track of plots ends after so long without one."""
    coasting: Duration = 200 * SECOND
    """A plot may belong to a track that was reported so long before: beyond the three minutes of AIS at anchor."""
    lateness: Duration = 30 * SECOND
    """Plots so much older than the newest are put in their place still; what was made of later ones is made anew."""
    widest: float = 1_000.0
    """Metres between a plot and where its track should be, whatever the filter's doubt."""
    confirm_hits: int = 3
    confirm_within: Duration = 60 * SECOND
    """So many plots within so long make a track; fewer are clutter."""
    identified: int = 50_000
    """Live tracks with an identity that were reported more than once."""
    newcomers: int = 25_000
    """Live tracks with an identity that were reported once: a flood of false ones pushes out only each other."""
    unidentified: int = 20_000
    """Live tracks of one source's plots, tentative ones included."""
    ended: int = 10_000
    """Ended tracks that can still be asked for."""
    namesakes: int = 32
    """Live tracks with the same identity; the one longest silent ends."""
    waiting: int = 10_000
    """Identities that wait for a first position."""

    def deviation(self, sighting: Sighting) -> float:
        """Return the standard deviation of a sighting's position on each axis, metres."""
        return sighting.accuracy or self.accuracy.get(sighting.source, self.accuracy_otherwise)
