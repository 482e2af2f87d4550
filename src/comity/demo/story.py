"""The story: what happens in the rehearsal beside the recorded traffic, in event time, and what of it is true.

Four hours around the Kattegat, the Sound and Lolland: two vessels go dark and meet, a boat crosses the border away from
any crossing point, a beacon calls, a vessel goes dark elsewhere, and others go about their business. All vessels
are invented; their MMSIs begin with 299, country digits that the ITU has given to nobody. `comity.demo.voyage` moves
them, and the noise of the radar is drawn from a seed word: the same start gives the same bytes.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import msgspec

from comity.demo import reports
from comity.demo.cast import DISTRESS, LANDING, LENGTH, MEETING, Ship, ships
from comity.demo.sentences import Header, Message, lines
from comity.vocabulary.instant import MINUTE, SECOND, Duration, Instant, written
from comity.vocabulary.place import Position

SEED = "skagerrak"
SCAN: Duration = 20 * SECOND
NOISE = 30.0
"""Metres, standard deviation of a plot on each axis."""
CLUTTER = 0.5
"""False plots in a scan, on average."""
_RADAR_SIDE = 30_000.0
"""Metres from the meeting place to each side of the square in which clutter appears."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of the story, to be held against what was found. Times are absolute, before any shift."""

    start: Instant
    end: Instant
    meeting: tuple[int, int]
    """MMSIs of the two that meet."""
    meeting_place: Position
    meeting_from: Instant
    meeting_until: Instant
    dark: dict[int, tuple[Instant, Instant]]
    """MMSI -> last report before and first report after its silence."""
    denied: int
    """MMSI of the one off Lolland, outside the Kattegat, whose silence is in `dark` too."""
    crossing: int
    """MMSI of the boat that crosses and lands."""
    crossing_from: Instant
    crossing_until: Instant
    landing_place: Position
    ferry: int
    distress: int
    """MMSI of the AIS-SART."""
    distress_place: Position
    distress_from: Instant
    distress_until: Instant
    names: dict[int, str]
    sentences: int
    """VDM sentences written."""
    plots: int


def write(folder: Path, start: Instant, *, seed: str = SEED) -> Facts:
    """Write `simulated.nmea` and `plots.ndjson` for a story that begins at `start`, and return what is true of it."""
    told = sorted(itertools.chain.from_iterable(_told(ship) for ship in ships()), key=lambda one: (one[0], one[1]))
    sentences = 0
    with (folder / "simulated.nmea").open("w", encoding="ascii", newline="\n") as file:
        for at, _, message in told:
            for line in lines(start + at, Header(), message):
                sentences += line.startswith("!")
                file.write(f"{line}\n")
    plots = _write_plots(folder / "plots.ndjson", start, seed)
    return _facts(start, sentences, plots)


def _told(ship: Ship) -> list[tuple[Duration, int, Message]]:
    """Return what the vessel sends: when, by whom, what."""
    result: list[tuple[Duration, int, Message]] = []
    delay = ship.mmsi * 7_919 % ship.every  # so that not all speak in the same second
    for begin, end in ship.speaks:
        result.extend(
            (at, ship.mmsi, reports.position(ship.mmsi, ship.voyage.at(at), at, _how(ship)))
            for at in range(begin + delay, end, ship.every)
        )
        if ship.name:
            introductions = range(begin + delay + SECOND, end, 6 * MINUTE)
            result.extend((at, ship.mmsi, message) for at in introductions for message in reports.identity(_who(ship)))
    return result


def _how(ship: Ship) -> reports.How:
    return reports.How(class_b=ship.class_b, status=ship.status)


def _who(ship: Ship) -> reports.Who:
    return reports.Who(
        mmsi=ship.mmsi,
        name=ship.name,
        call_sign=ship.call_sign,
        ship_type=ship.ship_type,
        length=ship.length,
        destination=ship.destination,
        class_b=ship.class_b,
    )


def _write_plots(path: Path, start: Instant, seed: str) -> int:
    noise = reports.Noise(seed)
    seen = [ship for ship in ships() if ship.seen]
    count = 0
    with path.open("w", encoding="ascii", newline="\n") as file:
        for at in range(0, LENGTH, SCAN):
            places = [noise.near(ship.voyage.at(at).position, NOISE) for ship in seen]
            places += [noise.within(MEETING, _RADAR_SIDE) for _ in range(noise.count(CLUTTER))]
            for number, place in enumerate(places):
                file.write(_plot(start + at + 10 * number, place))
            count += len(places)
    return count


def _plot(time: Instant, place: Position) -> str:
    plot = {
        "time": written(time),
        "latitude": round(place.latitude, 6),
        "longitude": round(place.longitude, 6),
        "accuracy": NOISE,
        "kind": "vessel",
    }
    return msgspec.json.encode(plot).decode("ascii") + "\n"


def _facts(start: Instant, sentences: int, plots: int) -> Facts:
    everybody = {ship.mmsi: ship for ship in ships()}
    dark = {ship.mmsi: _silence(ship, start) for ship in everybody.values() if len(ship.speaks) == 2}
    return Facts(
        start=start,
        end=start + LENGTH,
        meeting=(299_010_001, 299_010_002),
        meeting_place=MEETING,
        meeting_from=start + 90 * MINUTE,
        meeting_until=start + 160 * MINUTE,
        dark=dark,
        denied=299_040_001,
        crossing=299_030_001,
        crossing_from=start + 100 * MINUTE,
        crossing_until=start + 138 * MINUTE,
        landing_place=LANDING,
        ferry=299_020_001,
        distress=970_299_001,
        distress_place=DISTRESS,
        distress_from=start + 170 * MINUTE,
        distress_until=start + 180 * MINUTE,
        names={mmsi: ship.name for mmsi, ship in everybody.items() if ship.name},
        sentences=sentences,
        plots=plots,
    )


def _silence(ship: Ship, start: Instant) -> tuple[Instant, Instant]:
    times = [at for at, _, _ in _told(ship)]
    (_, silent), (speaks, _) = ship.speaks
    return start + max(at for at in times if at < silent), start + min(at for at in times if at >= speaks)
