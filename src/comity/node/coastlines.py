"""Coastlines: the file that the node comes with, and any other that is put in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from comity.foundation import coastline
from comity.foundation.coastline import Coastline
from comity.vocabulary.fault import Fault

SHIPPED: Final = Path(__file__).parent / "coast" / "northern-waters.coast"
"""From the North Sea to the western Baltic; what it is made of stands in the notice beside it."""
LARGEST: Final = 16 * 1024 * 1024
"""Bytes."""


def load(path: Path = SHIPPED) -> Coastline:
    """Return the coastline in a file.

    Raises:
        Fault: it cannot be read, or holds none.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise Fault(f"{size} bytes are more than the {LARGEST} allowed", where=str(path), remedy="Cut it.")
        return coastline.read(path.read_bytes(), str(path))
    except OSError as error:
        raise Fault(f"the coastline cannot be read ({error.strerror})", where=str(path)) from error
