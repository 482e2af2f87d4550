"""Disputes: the disputed lines that come with the software, and those of the node's own file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from comity.picture.disputes import LARGEST, read
from comity.vocabulary.dispute import DisputedLine
from comity.vocabulary.fault import Fault

_FILE = "ne_50m_admin_0_boundary_lines_disputed_areas.json"
_SOURCE = "Natural Earth 1:50m, public domain"


def shipped() -> tuple[DisputedLine, ...]:
    """Return the lines of Natural Earth at 1:50m, as it has them."""
    return read((files("comity.picture") / "natural_earth" / _FILE).read_bytes(), _FILE, _SOURCE)


def load(folder: Path, name: str) -> tuple[DisputedLine, ...]:
    """Return the lines of the file that the settings name; none where they name none.

    Raises:
        Fault: it cannot be read, or is not in the format.
    """
    if not name:
        return ()
    path = folder / name
    try:
        with path.open("rb") as file:
            return read(file.read(LARGEST + 1), str(path))
    except OSError as error:
        raise Fault(f"the disputes cannot be read: {error}", where=str(path), remedy="Correct the settings.") from error
