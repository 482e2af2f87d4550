"""Bearing: whether a record about a person bears a name, or the number of a document, as somebody writes it."""

from __future__ import annotations

from collections.abc import Mapping

from comity.vocabulary.record import Value


def same(asked: str, value: object) -> bool:
    """Whether a value is what is asked after; upper or lower case, and spaces around it, make no difference."""
    return isinstance(value, (str, int)) and asked.strip().casefold() == str(value).strip().casefold()


def documented(asked: str, fields: Mapping[str, Value]) -> bool:
    """Whether one of the documents has this number."""
    return any(same(asked, one.get("number")) for one in _maps(fields.get("documents")))


def named(asked: str, fields: Mapping[str, Value]) -> bool:
    """Whether one of the names is this: the family's, the given one, or both in either order."""
    words = sorted(asked.casefold().split())
    for one in _maps(fields.get("names")):
        family, given = (str(one.get(part, "")).casefold().split() for part in ("family", "given"))
        if words and words in (sorted(family), sorted(given), sorted(family + given)):
            return True
    return False


def _maps(value: Value) -> list[dict[str, Value]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, (list, tuple)) else []
