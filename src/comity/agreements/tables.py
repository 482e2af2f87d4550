"""The tables: the crosswalks that come with Comity, read from `crosswalks/` as any other file is."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from comity.agreements import crosswalk
from comity.agreements.crosswalk import Crosswalk
from comity.agreements.document import suggestion
from comity.vocabulary.fault import Missing


@lru_cache(maxsize=1)
def built_in() -> tuple[Crosswalk, ...]:
    """Return them all, by name."""
    found = [
        crosswalk.read(file.read_text("utf-8"), file.name)
        for file in (files("comity.agreements") / "crosswalks").iterdir()
        if file.name.endswith(".yaml")
    ]
    return tuple(sorted(found, key=lambda one: one.crosswalk))


def get(name: str) -> Crosswalk:
    """Return the one of this name.

    Raises:
        Missing: there is none.
    """
    for one in built_in():
        if one.crosswalk == name:
            return one
    names = [one.crosswalk for one in built_in()]
    raise Missing("no such crosswalk comes with Comity", where=name[:80], remedy=suggestion(name, names))
