"""The document: an agreement's YAML as a tree that remembers its lines, read by the strictest rules.

A subset of YAML 1.1: mappings with text keys, sequences, scalars, comments. Anchors, aliases, tags, directives, a
second document and a repeated key are refused, and no scalar means anything until the reader of its key says what it
is: `no` is the text "no", `010` the text "010".
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeAlias, TypeVar

import msgspec
import yaml

from comity.agreements.quoted import Quoted, moved
from comity.vocabulary.fault import Fault

LARGEST = 1_000_000
"""Bytes of UTF-8."""
DEEPEST = 16
"""Levels of nesting; the deepest thing an agreement has is a polygon's coordinate, at eight."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same grammar, some twenty times as fast


class Unreadable(Fault):
    """A text that is no agreement; `where` is file:line:column."""


class Misread(Fault):
    """Something wrong at a sign of a text; `at` counts its signs from 0."""

    def __init__(self, what: str, *, at: int, remedy: str = "") -> None:
        super().__init__(what, remedy=remedy)
        self.at = at


class Scalar(msgspec.Struct, frozen=True):
    """A piece of text at a place (`file:line:column`)."""

    text: str
    place: str
    quoted: Quoted | None = None
    """How it stands there, where that is not the text itself."""

    def at(self, sign: int) -> str:
        """Return where the sign of this number stands, the first being 0."""
        if self.place.count(":") < 2:
            return self.place
        if self.quoted is None:
            return moved(self.place, self.text, sign)
        return moved(self.place, self.quoted.raw, self.quoted.offset(self.text, sign))


class Sequence(msgspec.Struct, frozen=True):
    """Nodes one after another."""

    items: list[Node]
    place: str


class Mapping(msgspec.Struct, frozen=True):
    """Nodes by key, and where each key stands."""

    items: dict[str, Node]
    keys: dict[str, str]
    place: str


class _Mark(Protocol):
    """Where the parser stands, counted from 0."""

    line: int
    column: int


class _Source(msgspec.Struct, frozen=True):
    """What is read, and its name."""

    text: str
    where: str


Node: TypeAlias = Scalar | Sequence | Mapping
_Item = TypeVar("_Item")


def load(text: str, where: str) -> Mapping:
    """Return the tree of the text's one mapping.

    Raises:
        Unreadable: it is larger than a megabyte, no YAML, outside of the subset, or not a mapping.
    """
    size = len(text.encode(errors="replace"))
    if size > LARGEST:
        raise Unreadable(f"{size} bytes are more than the {LARGEST} allowed", where=where, remedy="Split it.")
    try:
        node = _composed(yaml.parse(text, Loader=_LOADER), text, where)
    except yaml.MarkedYAMLError as error:
        place = _place(where, error.problem_mark)
        raise Unreadable(f"not YAML ({error.problem})", where=place, remedy="Mend the text there.") from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise Unreadable(f"not YAML ({error})", where=where, remedy="Save it as UTF-8 text.") from error
    return mapping(node)


def _composed(events: Iterator[yaml.Event], text: str, where: str) -> Node:
    content = (event for event in events if not isinstance(event, (yaml.StreamStartEvent, yaml.DocumentEndEvent)))
    first = next(content)
    if not isinstance(first, yaml.DocumentStartEvent):
        raise Unreadable("the text is empty", where=where, remedy="Write an agreement.")
    if first.version or first.tags:
        raise Unreadable("directives are not allowed", where=where, remedy="Remove the lines that begin with %.")
    node = _node(next(content), content, _Source(text, where), 0)
    if not isinstance(next(content), yaml.StreamEndEvent):
        raise Unreadable("a second document follows", where=where, remedy="Keep one agreement in a file.")
    return node


def _node(event: yaml.Event, events: Iterator[yaml.Event], source: _Source, depth: int) -> Node:
    place = _place(source.where, event.start_mark)
    _plain(event, place, depth)
    if isinstance(event, yaml.ScalarEvent):
        return Scalar(event.value, place, _quoted(event, source.text))
    if isinstance(event, yaml.SequenceStartEvent):
        return Sequence([_node(item, events, source, depth + 1) for item in _inside(events)], place)
    return _mapping(events, source, depth, place)


def _quoted(event: yaml.ScalarEvent, text: str) -> Quoted | None:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None or (not event.style and start.line == end.line):
        return None
    return Quoted(text[start.index : end.index], event.style or "")


def _place(where: str, mark: _Mark | None) -> str:
    return where if mark is None else f"{where}:{mark.line + 1}:{mark.column + 1}"


def _plain(event: yaml.Event, place: str, depth: int) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        raise Unreadable("anchors and aliases are not allowed", where=place, remedy="Write the value out.")
    if getattr(event, "tag", None) is not None:
        raise Unreadable("tags are not allowed", where=place, remedy="Remove the word after the !.")
    if depth > DEEPEST:
        raise Unreadable(f"nested deeper than {DEEPEST} levels", where=place, remedy="Flatten it.")


def _inside(events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    for event in events:
        if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            return
        yield event


def _mapping(events: Iterator[yaml.Event], source: _Source, depth: int, place: str) -> Mapping:
    items: dict[str, Node] = {}
    keys: dict[str, str] = {}
    for event in _inside(events):
        key = _node(event, events, source, depth + 1)
        if not isinstance(key, Scalar):
            raise Unreadable("a key must be a word", where=key.place, remedy="Remove the brackets.")
        if key.text in items:
            raise Unreadable(f"{key.text!r} stands twice", where=key.place, remedy=f"See {keys[key.text]}.")
        keys[key.text] = key.place
        items[key.text] = _node(next(events), events, source, depth + 1)
    return Mapping(items, keys, place)


def mapping(node: Node, *, required: Iterable[str] = (), optional: Iterable[str] | None = None) -> Mapping:
    """Return the node as a mapping; with `optional` given (if empty), no other keys than these are allowed.

    Raises:
        Unreadable: it is none, a required key is missing, or a key is unknown.
    """
    if not isinstance(node, Mapping):
        raise Unreadable("this should be a mapping", where=node.place, remedy="Write `key: value` lines.")
    needed = list(required)
    if optional is not None:
        known = [*needed, *optional]
        for key in node.items:
            if key not in known:
                raise Unreadable(f"unknown key {key!r}", where=node.keys[key], remedy=suggestion(key, known))
    for key in needed:
        if key not in node.items:
            raise Unreadable(f"the key {key!r} is missing", where=node.place, remedy=f"Add `{key}:` here.")
    return node


def sequence(node: Node, *, most: int) -> list[Node]:
    """Return the items of a sequence that is not empty.

    Raises:
        Unreadable: it is none, is empty, or is longer than `most`.
    """
    if not isinstance(node, Sequence):
        raise Unreadable("this should be a list", where=node.place, remedy="Write it like [one, another].")
    if not node.items:
        raise Unreadable("this list is empty", where=node.place, remedy="Name at least one.")
    if len(node.items) > most:
        raise Unreadable(
            f"{len(node.items)} items are more than the {most} allowed", where=node.place, remedy="Shorten it."
        )
    return node.items


def text(node: Node, *, most: int = 200) -> str:
    """Return a scalar's text.

    Raises:
        Unreadable: it is no scalar, is empty, or is longer than `most` characters.
    """
    if not isinstance(node, Scalar):
        raise Unreadable("this should be a word or a sentence", where=node.place, remedy="Write it on this line.")
    if not node.text.strip():
        raise Unreadable("nothing is written here", where=node.place, remedy="Write a value, or remove the key.")
    if len(node.text) > most or not node.text.isprintable():
        raise Unreadable(
            f"this is not one printable line of at most {most} characters", where=node.place, remedy="Shorten it."
        )
    return node.text


def converted(node: Node, reader: Callable[[str], _Item], *, most: int = 200) -> _Item:
    """Return what `reader` makes of a scalar's text, its faults placed where it stands, or at the sign that they name.

    Raises:
        Unreadable: it is no scalar, or the reader raised a Fault.
    """
    written = text(node, most=most)
    try:
        return reader(written)
    except Misread as fault:
        place = node.at(fault.at) if isinstance(node, Scalar) else node.place
        raise Unreadable(fault.what, where=place, remedy=fault.remedy) from fault
    except Fault as fault:
        raise Unreadable(fault.what, where=node.place, remedy=fault.remedy) from fault


def placed(root: Mapping, path: Iterable[str | int]) -> str:
    """Return where in the document the thing of this path stands, or the nearest that holds it."""
    node: Node = root
    place = root.place
    for step in path:
        if isinstance(node, Mapping) and step in node.items:
            place = node.keys[str(step)]
            node = node.items[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = node.place
        else:
            break
    return node.place if isinstance(node, Scalar) else place


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return what to write instead: the nearest known word, or all of them where none is near."""
    choices = sorted(set(known))
    near = difflib.get_close_matches(word, choices, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Write one of {', '.join(choices[:40])}." if choices else ""
