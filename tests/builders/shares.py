"""Shares: how the tests are dealt to processes that run side by side.

A file stays together, and so do all files that use one town, which is built but once. What waits most is begun first,
so that nobody is left alone with it in the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

_NAMES = frozenset({"console_town", "rough_town", "calm_town"})
_TOWNS = re.compile(rf"\b({'|'.join(sorted(_NAMES))})\b")
_ROOT = Path(__file__).parents[2]
_SLOW = ("tests/stories/", "tests/console/")


class Shares(LoadScopeScheduling):  # type: ignore[misc] - it has no types
    """Deals out whole files, or all files of one town, in the order of the collection."""

    def __init__(self, config: pytest.Config, log: object = None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return share(nodeid.partition("::")[0])


@cache
def share(file: str) -> str:
    """Return the share that a file of tests belongs to: its own, or that of the town which it uses."""
    towns = _TOWNS.findall((_ROOT / file).read_text("utf-8"))
    return towns[0] if towns else file


def towns(item: pytest.Item | None) -> frozenset[str]:
    """Return the towns that many share of which a test makes use."""
    return frozenset(getattr(item, "fixturenames", ())) & _NAMES


def slow_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests with those first that run processes and browsers; else the order stays."""
    return sorted(items, key=lambda item: not item.nodeid.startswith(_SLOW))
