"""A layout: the names of a record's fields, in their order. Most records have one of a few."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comity.vocabulary.record import Value

MOST_KNOWN: Final = 1_024
"""Layouts that are remembered; then they are made anew."""


class Layout:
    """The names of a record's fields in their order: one object for all records that have the same."""

    __slots__ = ("names",)

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names


_layouts: dict[tuple[str, ...], Layout] = {}


def layout(fields: Mapping[str, Value]) -> Layout | None:
    """Return the layout of fields, None where what names one is no text."""
    names = tuple(fields)
    found = _layouts.get(names)
    if found is None and all(isinstance(name, str) for name in names):
        if len(_layouts) >= MOST_KNOWN:
            _layouts.clear()
        found = _layouts[names] = Layout(names)
    return found
