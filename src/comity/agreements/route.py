"""A route: which crosswalks lead from one scheme to another, one after the other."""

from __future__ import annotations

from collections.abc import Iterable

from comity.agreements.crosswalk import Crosswalk

LONGEST = 3
"""Crosswalks one after another: what comes after more of them says little."""


def routes(source: str, target: str, crosswalks: Iterable[Crosswalk]) -> tuple[tuple[Crosswalk, ...], ...]:
    """Return the shortest ways from a scheme to another, in the order in which the crosswalks stand; none: no way.

    Where two crosswalks lead from the same scheme to the same other one, the first counts.
    """
    by_ends: dict[tuple[str, str], Crosswalk] = {}
    for one in crosswalks:
        by_ends.setdefault((one.source.scheme, one.target.scheme), one)
    ways: list[tuple[Crosswalk, ...]] = [(one,) for (start, _), one in by_ends.items() if start == source]
    reached = {source}
    for _ in range(LONGEST):
        arrived = tuple(way for way in ways if way[-1].target.scheme == target)
        if arrived:
            return arrived
        reached.update(way[-1].target.scheme for way in ways)
        ways = [
            (*way, after)
            for way in ways
            for (start, end), after in by_ends.items()
            if start == way[-1].target.scheme and end not in reached
        ]
    return ()
