"""Fixtures: a clock that shows a day of the builders, and who may write."""

from __future__ import annotations

import pytest

from builders import pair
from comity.foundation.clock import Clock


@pytest.fixture
def clock() -> Clock:
    """Return the clock."""
    return pair.clock()
