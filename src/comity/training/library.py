"""The library: the scenarios that come along, and those in files."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Final

from comity.agreements.document import LARGEST
from comity.training.scenario import Scenario
from comity.training.text import read
from comity.vocabulary.fault import Fault, Missing

_FOLDER: Final = Path(__file__).parent / "scenarios"


def names() -> list[str]:
    """Return the names of the scenarios that come along."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def load(name: str) -> Scenario:
    """Return the scenario of that name, or in the file of that path.

    Raises:
        Missing: there is neither.
        Fault: it is no scenario.
    """
    path = _FOLDER / f"{name}.yaml" if name in names() else Path(name)
    if not path.is_file():
        near = difflib.get_close_matches(name, names(), n=1, cutoff=0.5)
        advice = f"Did you mean {near[0]!r}?" if near else f"Choose one of: {', '.join(names())}; or give a file."
        raise Missing(f"there is no scenario {name!r}", remedy=advice)
    size = path.stat().st_size
    if size > LARGEST:
        raise Fault(f"{size} bytes are more than the {LARGEST} allowed", where=str(path), remedy="Split it.")
    try:
        return read(path.read_bytes().decode(), path.name)
    except UnicodeDecodeError as error:
        raise Fault("the file is not UTF-8", where=str(path), remedy="Save it as UTF-8.") from error
