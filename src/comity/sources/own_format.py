"""A format of one's own: a feed format that stands in one Python file (docs/how-to/add-a-feed.md)."""

from __future__ import annotations

import runpy
import stat
from collections.abc import Callable
from pathlib import Path

from comity.sources.origin import Origin
from comity.sources.stream import Cut, Reader, Stream
from comity.vocabulary.fault import Fault, Missing

ENDING = ".py"
"""How a format's name ends that is a file's."""
OPENER = "open_feed"
_PAGE = "See docs/how-to/add-a-feed.md."


def load(path: Path) -> Callable[[Origin], Stream]:
    """Return what opens a stream of the format in a file, which is run: it is the administrator's, as settings are.

    Raises:
        Missing: there is no such file.
        Fault: others may write to it, it fails, or it does not say how a feed is opened.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise Missing("there is no such file of a feed format", where=str(path), remedy="Check the path.") from error
    if mode & stat.S_IWOTH:
        raise Fault("anybody may write to this file of a feed format", where=str(path), remedy="chmod o-w")
    try:
        found = runpy.run_path(str(path))
    except Exception as error:
        raise Fault(
            f"the file of a feed format fails ({type(error).__name__}: {error})", where=str(path), remedy=_PAGE
        ) from error
    opener = found.get(OPENER)
    if not callable(opener):
        raise Fault(f"the file does not say how a feed is opened: it has no {OPENER}", where=str(path), remedy=_PAGE)
    return lambda origin: _stream(opener(origin), path)


def _stream(made: object, path: Path) -> Stream:
    if isinstance(made, Stream):
        return made
    if not isinstance(made, Reader):
        raise Fault(f"{OPENER} gives neither a reader nor a stream", where=str(path), remedy=_PAGE)
    return Cut(made)
