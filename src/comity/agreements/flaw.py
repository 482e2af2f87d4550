"""A flaw: what makes a well-formed agreement unusable, whether it came as YAML or as canonical bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import msgspec

from comity.agreements.document import suggestion
from comity.vocabulary.partner import NAME_PATTERN

Path: TypeAlias = tuple[str | int, ...]
"""Where it is: keys and numbers of items, from the top."""

NAME = re.compile(NAME_PATTERN, re.ASCII)
WORD = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?", re.ASCII)
"""Names of agreements, clauses and areas."""


class Flaw(msgspec.Struct, frozen=True):
    """What is wrong where, and what to do about it."""

    path: Path
    what: str
    remedy: str

    def under(self, *above: str | int) -> Flaw:
        """Return the same flaw, seen from further up."""
        return Flaw((*above, *self.path), self.what, self.remedy)


def repeated(items: Iterable[str], key: str) -> Iterator[Flaw]:
    """Find each item that stands in the list a second time."""
    seen: set[str] = set()
    for place, item in enumerate(items):
        if item in seen:
            yield Flaw((key, place), f"{item!r} stands twice", "Name it once.")
        seen.add(item)


def unknown(items: Iterable[str], known: Iterable[str], key: str, noun: str) -> Iterator[Flaw]:
    """Find each item that is not among the known ones."""
    choices = frozenset(known)
    for place, item in enumerate(items):
        if item not in choices:
            yield Flaw((key, place), f"{item!r} is no {noun}", suggestion(item, choices))


def empty(items: Iterable[str], key: str, noun: str) -> Iterator[Flaw]:
    """Find a list that names nobody and nothing."""
    if not any(True for _ in items):
        yield Flaw((key,), f"no {noun} is named", "Name at least one.")


def ill_named(name: str, path: Path, noun: str, pattern: re.Pattern[str] = WORD) -> Iterator[Flaw]:
    """Find a name that is not written in small letters, digits, dots and hyphens."""
    if pattern.fullmatch(name) is None:
        yield Flaw(path, f"{name[:80]!r} is no name of {noun}", "Use small letters, digits, dots, hyphens.")


def too_many(items: Iterable[object], most: int, key: str) -> Iterator[Flaw]:
    """Find a list longer than is allowed."""
    count = sum(1 for _ in items)
    if count > most:
        yield Flaw((key,), f"{count} items are more than the {most} allowed", "Shorten it.")
