"""Suites: by which signatures what passes under an agreement is signed."""

from __future__ import annotations

from enum import Enum


class Suite(Enum):
    """Ed25519 alone, or with ML-DSA-44 beside it: then both must hold."""

    ED25519 = "Ed25519"
    BOTH = "Ed25519+ML-DSA-44"
