"""A misfit: what does not fit the type that it should have, told for people and not in regular expressions."""

from __future__ import annotations

import difflib
import enum
import re
from collections.abc import Iterator
from typing import Annotated, Literal, get_args, get_origin

import msgspec

_STEP = re.compile(r"\.(\w+)|\[(?:\d+|\.\.\.)\]")
_PATTERN = re.compile(r"Expected `str` matching regex .*")
_WORD = re.compile(r"(?:unknown field `|Invalid enum value ')([^`']+)")
_MOST = 12
"""Words that are listed where none is near."""


class Misfit(msgspec.Struct, frozen=True):
    """What does not fit, where, and what would."""

    what: str
    path: str
    """Like `feed[0].keep`; empty for the whole."""
    remedy: str
    """The nearest known word, or all of them; empty where no word was expected."""

    def __str__(self) -> str:
        return f"{self.path}: {self.what}" if self.path else self.what


def read(error: msgspec.ValidationError, kind: type) -> Misfit:
    """Return the misfit that msgspec tells of a value that was to be of this kind.

    A pattern is told by the `description` of its `msgspec.Meta`; where it has none, as msgspec tells it.
    """
    what, _, path = str(error).partition(" - at `$")
    path = path.rstrip("`")
    expected = list(_at(kind, path))
    for meta in expected:
        if isinstance(meta, msgspec.Meta) and meta.description and _PATTERN.fullmatch(what):
            what = f"expected {meta.description}"
    word = _WORD.search(what)
    return Misfit(what, path.removeprefix("."), _near(word[1], expected) if word else "")


def _at(kind: object, path: str) -> Iterator[object]:
    """Yield the type at the path and what it is annotated with, or nothing where the path leads on from a union."""
    for step in _STEP.finditer(path):
        kind = next(_bare(kind))
        if step[1]:
            if not isinstance(kind, type) or not issubclass(kind, msgspec.Struct):
                return
            kind = next((field.type for field in msgspec.structs.fields(kind) if field.encode_name == step[1]), None)
        else:
            kind = next(iter(get_args(kind)), None)
    yield from _bare(kind)


def _bare(kind: object) -> Iterator[object]:
    """Yield a type, then what it is annotated with."""
    yield from get_args(kind) if get_origin(kind) is Annotated else (kind,)


def _near(word: str, expected: list[object]) -> str:
    choices = _choices(expected[0]) if expected else []
    near = difflib.get_close_matches(word, choices, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Write one of {', '.join(choices)}." if 0 < len(choices) <= _MOST else ""


def _choices(kind: object) -> list[str]:
    if get_origin(kind) is Literal:
        return [str(each) for each in get_args(kind)]
    if not isinstance(kind, type):
        return []
    if issubclass(kind, enum.Enum):
        return [str(each.value) for each in kind]
    return [field.encode_name for field in msgspec.structs.fields(kind)] if issubclass(kind, msgspec.Struct) else []
