"""Purposes for which data is collected and given."""

from __future__ import annotations

from enum import Enum


class Purpose(Enum):
    """What data may be used for. Nothing is collected, given or read without one (Directive 2016/680, art. 4(1)(b))."""

    BORDER_SURVEILLANCE = "border-surveillance"
    SMUGGLING = "smuggling"
    TRAFFICKING = "trafficking"
    TERRORISM = "terrorism"
    CUSTOMS = "customs"
    FISHERIES = "fisheries"
    SEARCH_AND_RESCUE = "search-and-rescue"

    __hash__ = object.__hash__  # each exists once; by name, as Enum has it, takes ten times as long
