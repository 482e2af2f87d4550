"""The belt: what a German traffic service sees of the same story, as decoded tracks (docs/formats/feed-tracks.md)."""

from __future__ import annotations

import csv
from pathlib import Path

from comity.demo.cast import LENGTH, ships
from comity.vocabulary.instant import SECOND, Duration, Instant, written

EVERY: Duration = 30 * SECOND
_NORTHERNMOST = 54.8
"""Degrees. The service sees the Fehmarn Belt and no further."""


def write(file: Path, start: Instant) -> int:
    """Write the tracks of a story that begins at `start`, and return how many positions they have."""
    count = 0
    with file.open("w", encoding="ascii", newline="") as output:
        rows = csv.writer(output)
        rows.writerow(["time", "latitude", "longitude", "speed", "course", "mmsi", "name"])
        for at in range(0, LENGTH, EVERY):
            for ship in ships():
                moment = ship.voyage.at(at)
                heard = any(begin <= at < end for begin, end in ship.speaks)
                if heard and moment.position.latitude < _NORTHERNMOST:
                    place = (round(moment.position.latitude, 6), round(moment.position.longitude, 6))
                    motion = (round(moment.speed, 2), round(moment.course, 1) % 360)
                    rows.writerow([written(start + at), *place, *motion, ship.mmsi, ship.name])
                    count += 1
    return count
