"""Fixtures: an example of an agreement, in force between its three parties."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from agreements.cases import EXAMPLE, in_force
from comity.agreements.standing import Standing
from comity.agreements.terms import Terms, read

# How long one example takes is no property of the code on a machine that others use at the same time.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session")
def example() -> str:
    """Return the text of the example agreement."""
    return Path(EXAMPLE).read_text()


@pytest.fixture(scope="session")
def terms(example: str) -> Terms:
    """Return the terms of the example agreement."""
    return read(example, "kattegat-maritime.yaml")


@pytest.fixture(scope="session")
def standing(terms: Terms) -> Standing:
    """Return the example agreement, finalized by all of its parties."""
    return in_force(terms)
