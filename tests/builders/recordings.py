"""Recordings whose licence keeps them out of this repository: used where they are there.

The folder is told by COMITY_RECORDINGS. Tests over these are beside tests over vectors of our own making, which show
the same.
"""

from __future__ import annotations

import os
from pathlib import Path


def recordings(*names: str) -> list[Path]:
    """Return those of the named files that are there."""
    folder = os.environ.get("COMITY_RECORDINGS")
    return [path for name in names if folder and (path := Path(folder) / name).is_file()]
