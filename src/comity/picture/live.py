"""A live track: one that may still receive reports. The only thing in the picture that changes."""

from __future__ import annotations

import math
from itertools import count

from comity.foundation.canonical import digest
from comity.foundation.geodesy import over_ground
from comity.picture.filter import (
    GATE,
    Estimate,
    Innovation,
    displacement,
    innovation,
    predicted,
    started,
    updated,
    velocity_of,
)
from comity.picture.motion import Motion, motion_of
from comity.vocabulary.instant import MINUTE, Duration, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, merged
from comity.vocabulary.track import Track

AGREEING = 3
"""Refused reports that agree with each other, after which the filter believes them."""
PATIENCE = 10 * MINUTE
"""How long a refused report waits for others that agree with it."""
SLACK = 200.0
"""Metres that a report may be off beyond its accuracy: clocks of receivers differ by seconds."""

_serials = count()


def track_id(sighting: Sighting) -> str:
    """Return the id of the track that begins with this sighting: SHA-256, the first 32 hexadecimal digits."""
    return digest(b"comity/track\x00", sighting.id.encode()).hex()[:32]


class Live:
    """The state of one track, and of the reports that its filter has refused lately."""

    __slots__ = (
        "begun_by",
        "column",
        "confirmed",
        "count",
        "distress",
        "estimate",
        "first",
        "fix",
        "heard",
        "hits",
        "id",
        "identity",
        "key",
        "latest",
        "motion",
        "number",
        "rival",
        "rival_count",
        "rival_since",
        "scan",
        "serial",
        "simulated",
        "sources",
    )

    def __init__(self, sighting: Sighting, estimate: Estimate, *, key: str | None, confirmed: bool) -> None:
        self.id = track_id(sighting)
        self.identity = sighting.identity
        self.key = key
        """What it calls itself, or None for an unidentified target."""
        self.confirmed = confirmed
        self.motion: Motion = motion_of(sighting.identity.kind)
        self.estimate = estimate
        self.fix = estimate
        """The estimate just after the last position that was taken in."""
        self.begun_by = sighting.source
        """The source whose time decides when a track of plots has been silent for too long."""
        self.sources: tuple[str, ...] = (sighting.source,)
        self.first = self.heard = sighting.time
        """When it was first and last reported, by any report, an identity alone included."""
        self.count = 1
        self.hits: tuple[Instant, ...] = (sighting.time,)
        """Times of the reports by which it is to be confirmed."""
        self.column = -1
        """Where it is followed by columns, if it is."""
        self.number = -1
        """Its number in the fusion core, if it is a track of plots."""
        self.serial = next(_serials)
        """Its number among all tracks that there have been in this process."""
        self.scan: tuple[str, Instant] | None = None
        """The source and time of the last scan that had a plot of it."""
        self.latest = sighting.id
        self.distress = sighting.distress
        self.simulated = sighting.simulated
        self.rival: Estimate | None = None
        """Where it is if the refused reports are right, how many agree, and whether it was heard since the first."""
        self.rival_count = 0
        self.rival_since = 0

    def ahead(self, time: Instant) -> Estimate:
        """Return its estimate at that time; at an earlier one, its present position moved back as it moves now."""
        return predicted(self.estimate, time, self.motion)

    def reaches(self, sighting: Sighting, deviation: float) -> bool:
        """Whether its kind could have come to the sighting's position in the time between."""
        if sighting.position is None:
            return True
        east, north = displacement(self.fix.position, sighting.position)
        seconds = abs(sighting.time - self.fix.time) / 1000.0
        doubt = math.sqrt(GATE * (self.fix.position_variance + deviation * deviation))
        return math.hypot(east, north) <= self.motion.fastest * seconds + doubt + SLACK

    def note(self, sighting: Sighting) -> None:
        """Count a report, whatever becomes of its position."""
        self.count += 1
        if sighting.source not in self.sources:
            self.sources = tuple(sorted((*self.sources, sighting.source)))
        if sighting.time >= self.heard:
            self.heard, self.latest = sighting.time, sighting.id
            self.identity = combined(self.identity, sighting.identity)
        self.first = min(self.first, sighting.time)
        self.distress = self.distress or sighting.distress
        self.simulated = self.simulated or sighting.simulated

    def accept(self, prior: Estimate, news: Innovation, sighting: Sighting) -> None:
        """Take the position in."""
        self.estimate = self.fix = updated(prior, news, velocity_of(sighting.speed, sighting.course))
        if self.rival is None or sighting.position is None:
            return
        ahead = predicted(self.rival, sighting.time, self.motion)
        if innovation(ahead, sighting.position, math.sqrt(news.variance)).squared <= GATE:
            self.forget_rival()  # one report that suits both: there is only one subject, and it turned hard
        else:
            self.rival_since += 1

    def refuse(self, prior: Estimate, sighting: Sighting, deviation: float) -> Estimate | None:
        """Leave the position out; return what is to be believed instead once enough refused reports agree."""
        self.estimate = prior
        position = sighting.position
        if position is None:
            return None
        velocity = velocity_of(sighting.speed, sighting.course)
        rival = self.rival
        if rival is not None and 0 <= sighting.time - rival.time <= PATIENCE:
            ahead = predicted(rival, sighting.time, self.motion)
            news = innovation(ahead, position, deviation)
            if news.squared <= GATE:
                self.rival, self.rival_count = updated(ahead, news, velocity), self.rival_count + 1
                return self.rival if self.rival_count >= AGREEING else None
        self.rival = started(sighting.time, position, deviation, velocity, self.motion)
        self.rival_count, self.rival_since = 1, 0
        return None

    def hit(self, time: Instant, enough: int, within: Duration, *, sure: bool = True) -> bool:
        """Count a report towards being confirmed: `enough` of them within so long; return whether it now is.

        One that is not `sure` to be anything is counted and confirms nothing.
        """
        if not self.confirmed:
            self.hits = (*(hit for hit in self.hits if abs(time - hit) <= within), time)[-enough:]
            self.confirmed = sure and len(self.hits) >= enough
        return self.confirmed

    def restart(self, believed: Estimate) -> None:
        """Go on from what the refused reports say."""
        self.estimate = self.fix = believed

    def forget_rival(self) -> None:
        """Begin afresh with refused reports."""
        self.rival, self.rival_count, self.rival_since = None, 0, 0

    def track(self) -> Track:
        """Return it as it stands."""
        estimate = self.estimate
        speed, course = over_ground(estimate.east, estimate.north)
        return Track(
            id=self.id,
            identity=self.identity,
            sources=self.sources,
            first=self.first,
            last=max(estimate.time, self.heard),
            sightings=self.count,
            position=estimate.position,
            speed=speed,
            course=course,
            variance=estimate.position_variance,
            latest=self.latest,
            distress=self.distress,
            simulated=self.simulated,
        )


def resumed(track: Track, position: Position, key: str | None) -> Live:
    """Return a track as it was stored, to go on from there; what the filter knew of its speed is known less well."""
    source = track.sources[0] if track.sources else ""
    seed = Sighting(id=track.latest, source=source, time=track.last, identity=track.identity, distress=track.distress)
    deviation = math.sqrt(track.variance) if track.variance else SLACK
    velocity = velocity_of(track.speed, track.course)
    estimate = started(track.last, position, deviation, velocity, motion_of(track.identity.kind))
    live = Live(seed, estimate, key=key, confirmed=True)
    live.id, live.sources, live.first, live.count = track.id, track.sources, track.first, track.sightings
    live.simulated = track.simulated
    return live


def combined(older: Identity, newer: Identity) -> Identity:
    """Return the two merged, without making anew what says nothing new."""
    if newer is older or newer == older:
        return older
    result = merged(older, newer)
    return older if result == older else result
