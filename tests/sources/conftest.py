"""What the tests of the sources share: kept recordings and ways to read them."""

from __future__ import annotations

from pathlib import Path

import pytest

_TESTS = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Return the folder of kept AIS recordings."""
    return _TESTS / "vectors" / "ais"


@pytest.fixture(scope="session")
def recording() -> Path:
    """Return the file with five minutes of Danish waters."""
    return _TESTS.parent / "src" / "comity" / "demo" / "recordings" / "danish-waters-2013.nmea.gz"
