"""Runs rules over the picture of some sightings, as a node does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from comity.detection.detector import Detector
from comity.picture.tracks import Picture
from comity.vocabulary.alert import Alert
from comity.vocabulary.handling import Handling, Onward, Tlp
from comity.vocabulary.instant import HOUR, MINUTE, SECOND
from comity.vocabulary.sighting import Sighting

MARKS = {"ais": Handling(tlp=Tlp.GREEN, onward=Onward.YES), "radar": Handling(tlp=Tlp.AMBER, onward=Onward.ASK)}


def handling(source: str) -> Handling:
    """Return what the tests' sources are marked with."""
    return MARKS.get(source, Handling())


def watched(
    detectors: Sequence[Detector], sightings: Sequence[Sighting], *, batch: int = 20 * SECOND, after: int = 3 * HOUR
) -> dict[str, list[Alert]]:
    """Return every telling of each alert by its id, the latest last: batch by batch, and then as time goes on."""
    picture, told = Picture(), dict[str, list[Alert]]()
    newest = 0
    for held in _batches(sightings, batch):
        states = [(placed.state, placed.sighting) for placed in picture.take(held)]
        newest = max(newest, *(sighting.time for sighting in held))
        for detector in detectors:
            for state, sighting in states:
                _tell(told, detector.observe(state, sighting) if state else [])
            _tell(told, detector.advance(newest))
    for now in range(newest, newest + after, MINUTE):
        for detector in detectors:
            _tell(told, detector.advance(now))
    return told


def _batches(sightings: Sequence[Sighting], length: int) -> Iterator[list[Sighting]]:
    """Yield runs of sightings whose times lie within `length`, but for those out of order."""
    held: list[Sighting] = []
    for sighting in sightings:
        if held and sighting.time >= held[0].time + length:
            yield held
            held = []
        held.append(sighting)
    if held:
        yield held


def _tell(told: dict[str, list[Alert]], alerts: list[Alert]) -> None:
    for alert in alerts:
        told.setdefault(alert.id, []).append(alert)


def latest(told: dict[str, list[Alert]]) -> list[Alert]:
    """Return the last telling of each alert, by time."""
    return sorted((alerts[-1] for alerts in told.values()), key=lambda alert: alert.time)
