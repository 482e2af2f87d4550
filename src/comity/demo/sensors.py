"""The sensors of the demo: what each neighbour's feeds bring, written to files and into its node's settings."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec

from comity.demo import belt, disguise, story
from comity.node.settings import FILE
from comity.sources.feed import open_reader, read_file
from comity.sources.origin import Origin
from comity.vocabulary.instant import Duration, Instant, read

RECORDING_BEGINS: Instant = read("2013-11-12T12:00:00Z")
_AREAS = Path(__file__).with_name("areas.geojson")
_PICTURE = """
[picture]
areas = "areas.geojson"
borders = [["dk-waters", "se-waters"], ["dk-waters", "de-waters"]]
crossing_points = ["helsingor-helsingborg", "oresund-bridge", "rodby-puttgarden"]
"""


class Feed(msgspec.Struct, frozen=True):
    """One feed of a node, as its settings have it."""

    name: str
    format: str
    path: str
    grading: str
    shift: Duration = 0
    simulated: bool = False

    def sightings(self, folder: Path) -> int:
        """Return how many sightings are in the feed's file, read as `comity feed read` does."""
        reader = open_reader(self.format, Origin(source=self.name, shift=self.shift, simulated=self.simulated))
        return sum(1 for _ in read_file(folder / self.path, reader))

    def toml(self) -> str:
        """Return the feed as a table of `node.toml`."""
        return (
            f'\n[[feed]]\nname = "{self.name}"\nformat = "{self.format}"\npath = "{self.path}"\n'
            f'purposes = ["border-surveillance", "smuggling", "search-and-rescue"]\ngrading = "{self.grading}"\n'
            f"shift = {self.shift}\nsimulated = {str(self.simulated).lower()}\n"
        )


def write(folders: Sequence[Path], begin: Instant) -> story.Facts:
    """Write into the Danish, Swedish and German folder what the sensors there will see; return what is true of it."""
    denmark, sweden, germany = folders
    disguise.disguise(denmark / "danish-waters.nmea")
    facts = story.write(denmark, begin)
    (denmark / "plots.ndjson").rename(sweden / "plots.ndjson")
    belt.write(germany / "belt.csv", begin)
    return facts


def feeds(begin: Instant) -> tuple[tuple[Feed, ...], ...]:
    """Return the feeds of the Danish, the Swedish and the German node."""
    recorded = Feed("danish-ais", "ais", "danish-waters.nmea", "B2", shift=begin - RECORDING_BEGINS)
    return (
        (recorded, Feed("rehearsal-ais", "ais", "simulated.nmea", "B2", simulated=True)),
        (Feed("varberg-radar", "plots", "plots.ndjson", "A2", simulated=True),),
        (Feed("belt-traffic", "tracks", "belt.csv", "B2", simulated=True),),
    )


def settle(folder: Path, clock: str, brought: tuple[Feed, ...]) -> dict[str, int]:
    """Tell the node in the folder of its feeds, areas and clock; return how many sightings each feed has."""
    shutil.copyfile(_AREAS, folder / "areas.geojson")
    with (folder / FILE).open("a", encoding="utf-8") as settings:
        settings.write(clock + _PICTURE + "".join(feed.toml() for feed in brought))
    return {feed.name: feed.sightings(folder) for feed in brought}
