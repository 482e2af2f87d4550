"""Feeds: which formats there are, and reading a recording of one from a file."""

from __future__ import annotations

import difflib
import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from comity.sources.adsb import AdsbReader
from comity.sources.ais_feed import AisReader
from comity.sources.asterix_feed import AsterixReader
from comity.sources.line import Lines
from comity.sources.origin import Origin
from comity.sources.pieces import Pieces
from comity.sources.plots import PlotReader
from comity.sources.report import Report
from comity.sources.state_feed import StateReader
from comity.sources.tracks_csv import TrackReader
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.sighting import Sighting

CHUNK = 65_536
"""Bytes read at a time."""


class Reader(Protocol):
    """Takes the pieces of one feed, lines mostly, and gives the sightings in them.

    Bad pieces are counted in `report`, never raised.
    """

    report: Report

    def pieces(self) -> Pieces:
        """Return what cuts a stream of this format into the pieces that `take` takes."""
        ...

    def take(self, piece: bytes, /) -> Sighting | None:
        """Take one piece; return the sighting that it completes, if any."""
        ...

    def end(self) -> None:
        """Count what was left unfinished when the feed ended."""
        ...


_FORMATS: dict[str, Callable[[Origin], Reader]] = {
    "adsb": AdsbReader,
    "ais": AisReader,
    "asterix": AsterixReader,
    "plots": PlotReader,
    "state-vectors": StateReader,
    "tracks": TrackReader,
}


def formats() -> dict[str, Callable[[Origin], Reader]]:
    """Return what opens a reader of each format, by the format's name."""
    return dict(_FORMATS)


def described() -> dict[str, str]:
    """Return one line on each format, by its name."""
    return {
        "adsb": "ADS-B as raw Mode S messages, text or Beast binary (docs/formats/feed-adsb.md)",
        "ais": "AIS as NMEA 0183 sentences, with tag blocks or receivers' time lines (docs/formats/feed-ais.md)",
        "asterix": "radar plots, system tracks and ADS-B in ASTERIX, plain or captured (docs/formats/feed-asterix.md)",
        "plots": "radar plots without identity, a JSON object a line (docs/formats/feed-plots.md)",
        "state-vectors": "aircraft as receiver networks tell them, CSV or JSON (docs/formats/feed-state-vectors.md)",
        "tracks": "decoded vessel positions as CSV (docs/formats/feed-tracks.md)",
    }


def open_reader(name: str, origin: Origin) -> Reader:
    """Return a reader of the named format.

    Raises:
        Missing: there is no such format.
    """
    if name not in _FORMATS:
        near = difflib.get_close_matches(name.lower(), _FORMATS, n=1, cutoff=0.4)
        advice = f"Did you mean {near[0]!r}?" if near else f"Choose one of: {', '.join(_FORMATS)}."
        raise Missing(f"there is no feed format {name!r}", remedy=advice)
    return _FORMATS[name](origin)


def read_file(path: Path, reader: Reader) -> Iterator[Sighting]:
    """Yield the sightings in a file, in its order; what `file_lines` says holds here.

    Raises:
        Missing: there is no such file.
        Fault: it cannot be read.
    """
    for piece in _cut(path, reader.report, reader.pieces()):
        sighting = reader.take(piece)
        if sighting is not None:
            yield sighting
    reader.end()


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
