"""A report: graded intelligence that an officer writes."""

from __future__ import annotations

from comity.vocabulary.writing import Writing


class Report(Writing, frozen=True, kw_only=True, omit_defaults=True):
    """What an officer knows, from whom it came put as a grade: what, where, when, about which things."""
