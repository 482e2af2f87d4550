"""Recordings whose licence keeps them out of this repository: used where they are there.

The folder is told by COMITY_RECORDINGS, else it is `shared/data` beside the repository. Tests over these are there only
where they are, beside tests over vectors of our own making, which show the same.
"""

from __future__ import annotations

import os
from pathlib import Path

_BESIDE = Path(__file__).parents[3] / "shared" / "data"


def recordings(*names: str) -> list[Path]:
    """Return those of the named files that are there."""
    folder = Path(os.environ.get("COMITY_RECORDINGS") or _BESIDE)
    return [path for name in names if (path := folder / name).is_file()]
