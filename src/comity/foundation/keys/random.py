"""Random bytes: the one place that draws them."""

from __future__ import annotations

import os


def random_bytes(count: int) -> bytes:
    """Return bytes from the operating system's generator."""
    return os.urandom(count)
