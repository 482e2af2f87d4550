"""Feeds: which formats there are, and reading a recording of one from a file."""

from __future__ import annotations

import difflib
import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

from comity.sources import own_format
from comity.sources.adsb import AdsbReader
from comity.sources.ais_feed import AisReader
from comity.sources.ais_stream import AisStream
from comity.sources.asterix_feed import AsterixReader
from comity.sources.cot.stream import CotStream
from comity.sources.geojson import GeoJsonReader
from comity.sources.gpx import GpxStream
from comity.sources.ground_sensors import GroundSensorReader
from comity.sources.klv.stream import KlvStream
from comity.sources.line import Lines
from comity.sources.mavlink.stream import MavlinkStream
from comity.sources.origin import Origin
from comity.sources.pieces import Pieces
from comity.sources.plate_readers import PlateReader
from comity.sources.plots import PlotReader
from comity.sources.report import Report
from comity.sources.state_feed import StateReader
from comity.sources.stream import Cut, Reader, Stream
from comity.sources.tracks_csv import TrackReader
from comity.sources.ulog.stream import UlogStream
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.sighting import Sighting

CHUNK = 65_536
"""Bytes read at a time."""


Opener: TypeAlias = Callable[[Origin], Reader | Stream]

_CUT: dict[str, Callable[[Origin], Reader]] = {
    "adsb": AdsbReader,
    "ais": AisReader,
    "asterix": AsterixReader,
    "geojson": GeoJsonReader,
    "ground-sensors": GroundSensorReader,
    "plate-readers": PlateReader,
    "plots": PlotReader,
    "state-vectors": StateReader,
    "tracks": TrackReader,
}
"""Formats of which each piece is read by itself."""
_STREAMS: dict[str, Callable[[Origin], Stream]] = {
    "cot": CotStream,
    "gpx": GpxStream,
    "klv": KlvStream,
    "mavlink": MavlinkStream,
    "ulog": UlogStream,
}
"""Formats that find their own pieces."""
_BLOCKS: dict[str, Callable[[Origin], Stream]] = {"ais": AisStream}
"""Formats of lines that are also read many lines at a time, with the same results."""


def formats() -> dict[str, Opener]:
    """Return what opens a reader of each format, by the format's name."""
    return {**_CUT, **_STREAMS}


def described() -> dict[str, str]:
    """Return one line on each format, by its name."""
    return {
        "adsb": "ADS-B as raw Mode S messages, text or Beast binary (docs/formats/feed-adsb.md)",
        "ais": "AIS as NMEA 0183 sentences, with tag blocks or receivers' time lines (docs/formats/feed-ais.md)",
        "asterix": "radar plots, system tracks and ADS-B in ASTERIX, plain or captured (docs/formats/feed-asterix.md)",
        "cot": "Cursor on Target as XML and TAK protobuf, as TAK clients send it (docs/formats/feed-cot.md)",
        "geojson": "points of GeoJSON, a document or a text sequence (docs/formats/feed-geojson.md)",
        "gpx": "tracks of GPS receivers, GPX 1.0 and 1.1 (docs/formats/feed-gpx.md)",
        "ground-sensors": "unattended sensors and ground radar, as JSON lines (docs/formats/feed-ground-sensors.md)",
        "klv": "an unmanned aircraft's MISB ST 0601, by itself or in MPEG-TS (docs/formats/feed-klv.md)",
        "mavlink": "MAVLink 1 and 2 of unmanned vehicles, live or as .tlog (docs/formats/feed-mavlink.md)",
        "plate-readers": "readings of plates, a hit or nothing, as JSON lines (docs/formats/feed-plate-readers.md)",
        "plots": "radar plots without identity, a JSON object a line (docs/formats/feed-plots.md)",
        "state-vectors": "aircraft as receiver networks tell them, CSV or JSON (docs/formats/feed-state-vectors.md)",
        "tracks": "decoded vessel positions as CSV (docs/formats/feed-tracks.md)",
        "ulog": "flight logs of PX4 (docs/formats/feed-ulog.md)",
    }


def open_reader(name: str, origin: Origin) -> Reader:
    """Return a reader of the named format, whose pieces must be lines.

    Raises:
        Missing: there is no such format.
        Fault: its pieces are not lines.
    """
    if name in _STREAMS:
        raise Fault(f"feed format {name!r} has no lines", remedy="Open it as a stream.")
    if name not in _CUT:
        raise _unknown(name)
    return _CUT[name](origin)


def open_stream(name: str, origin: Origin) -> Stream:
    """Return a stream of the named format, of lines or not; a name that ends in `.py` is a file that holds one.

    Raises:
        Missing: there is no such format.
        Fault: the file holds none.
    """
    if name.endswith(own_format.ENDING):
        return own_format.load(Path(name))(origin)
    opener = _STREAMS.get(name) or _BLOCKS.get(name)
    return Cut(open_reader(name, origin)) if opener is None else opener(origin)


def expect_known(name: str) -> None:
    """Do nothing if there is a format of this name.

    Raises:
        Missing: there is none.
    """
    if name not in formats():
        raise _unknown(name)


def _unknown(name: str) -> Missing:
    names = list(formats())
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.4)
    advice = f"Did you mean {near[0]!r}?" if near else f"Choose one of: {', '.join(names)}."
    return Missing(f"there is no feed format {name!r}", remedy=advice)


def read_file(path: Path, reader: Reader | Stream) -> Iterator[Sighting]:
    """Yield the sightings in a file, in its order; a name that ends in `.gz` is unpacked on the way.

    A damaged archive is counted as a fault, and its reading ends there; memory stays bounded whatever the size.

    Raises:
        Missing: there is no such file.
        Fault: it cannot be read.
    """
    stream = reader if isinstance(reader, Stream) else Cut(reader)
    for chunk in _chunks(path, stream.report):
        yield from stream.feed(chunk)
    yield from stream.end()


def file_lines(path: Path, report: Report) -> Iterator[bytes]:
    """Yield the lines of a file; a name that ends in `.gz` is unpacked on the way.

    A line too long and a damaged archive are counted as faults, and the archive's reading ends there; memory stays
    bounded whatever the size.

    Raises:
        Missing: there is no such file.
        Fault: it cannot be read.
    """
    return _cut(path, report, Lines())


def _cut(path: Path, report: Report, pieces: Pieces) -> Iterator[bytes]:
    for chunk in _chunks(path, report):
        yield from pieces.feed(chunk)
        pieces.count(report)
    yield from pieces.end()
    pieces.count(report)


def _chunks(path: Path, report: Report) -> Iterator[bytes]:
    try:
        with _opened(path) as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile):
        report.reject("damaged archive")
    except FileNotFoundError as error:
        raise Missing("there is no such file", where=str(path), remedy="Check the path.") from error
    except OSError as error:
        raise Fault(f"the file cannot be read ({error.strerror})", where=str(path), remedy="Check it.") from error


def _opened(path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")
