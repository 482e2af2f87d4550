"""A crosswalk: from the codes of one scheme to those of another, and what is lost (docs/formats/crosswalk.md)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from comity.agreements import document, scheme
from comity.agreements.clause import marked
from comity.agreements.document import Node, Unreadable, converted, mapping, sequence, suggestion, text
from comity.agreements.flaw import Flaw, Path, ill_named
from comity.agreements.quantity import whole
from comity.agreements.relation import Relation
from comity.agreements.scheme import GRADINGS, LONGEST_TEXT, MOST_CODES, Scheme

_KEYS = ("version", "from", "to", "mappings")


class Mapped(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One code beside what is shown for it."""

    code: str
    to: str
    relation: Relation = msgspec.field(name="as")
    loses: str = ""
    """In words, for the reader; empty where nothing is lost."""


class Unmapped(msgspec.Struct, frozen=True, kw_only=True):
    """A code without a counterpart, and why."""

    code: str
    why: str


class Crosswalk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A table from one scheme to another. Made by `read` or inside of terms, which leave no flaw in it."""

    crosswalk: str
    version: int
    source: Scheme = msgspec.field(name="from")
    target: Scheme = msgspec.field(name="to")
    mappings: tuple[Mapped, ...]
    none: tuple[Unmapped, ...] = ()


def read(text: str, where: str) -> Crosswalk:
    """Return the crosswalk that a file's YAML says.

    Raises:
        Unreadable: it is not in the format; `where` is then file:line:column.
    """
    root = document.load(text, where)
    items = mapping(root, required=("crosswalk", *_KEYS), optional=("none",)).items
    found = _crosswalk(converted(items["crosswalk"], str), items)
    for flaw in flaws(found):
        raise Unreadable(flaw.what, where=document.placed(root, flaw.path), remedy=flaw.remedy)
    return found


def named(name: str, node: Node) -> Crosswalk:
    """Return the crosswalk of this name that a node of an annex holds; whether it has a flaw is asked after.

    Raises:
        Unreadable: a key is missing or unknown, or a value is none of its type.
    """
    return _crosswalk(name, mapping(node, required=_KEYS, optional=("none",)).items)


def _crosswalk(name: str, items: dict[str, Node]) -> Crosswalk:
    return Crosswalk(
        crosswalk=name,
        version=converted(items["version"], whole),
        source=scheme.read(items["from"]),
        target=scheme.read(items["to"]),
        mappings=tuple(_mapped(item) for item in sequence(items["mappings"], most=MOST_CODES)),
        none=tuple(_unmapped(item) for item in sequence(items["none"], most=MOST_CODES)) if "none" in items else (),
    )


def _mapped(node: Node) -> Mapped:
    items = mapping(node, required=("code", "to", "as"), optional=("loses",)).items
    return Mapped(
        code=converted(items["code"], str),
        to=converted(items["to"], str),
        relation=marked(items["as"], Relation),
        loses=text(items["loses"], most=LONGEST_TEXT) if "loses" in items else "",
    )


def _unmapped(node: Node) -> Unmapped:
    items = mapping(node, required=("code", "why"), optional=()).items
    return Unmapped(code=converted(items["code"], str), why=text(items["why"], most=LONGEST_TEXT))


def flaws(found: Crosswalk) -> Iterator[Flaw]:
    """Find all that makes the crosswalk unusable, by path into its document."""
    yield from ill_named(found.crosswalk, ("crosswalk",), "a crosswalk")
    if not 1 <= found.version < 2**31:
        yield Flaw(("version",), "the version is not a whole number from 1", "Count versions from 1.")
    yield from (flaw.under("from") for flaw in scheme.flaws(found.source))
    yield from (flaw.under("to") for flaw in scheme.flaws(found.target))
    if found.source.scheme == found.target.scheme:
        yield Flaw(("to", "scheme"), "a scheme is told in itself", "Name another.")
    if len(found.source.parts) != len(found.target.parts):
        yield Flaw(("to", "codes"), "the two schemes have not the same number of parts", "Write the same number.")
    if len(found.mappings) > MOST_CODES or len(found.none) > MOST_CODES:
        yield Flaw(("mappings",), f"there are more than {MOST_CODES} codes", "Split the crosswalk.")
    yield from _each_once(found)
    for place, one in enumerate(found.mappings):
        yield from (flaw.under("mappings", place) for flaw in _mapping_flaws(one, found))
    yield from _same_twice(found)
    for place, other in enumerate(found.none):
        if not other.why.strip() or len(other.why) > LONGEST_TEXT:
            yield Flaw(("none", place, "why"), "nothing says why it has no counterpart", "Say why, in one line.")


def _each_once(found: Crosswalk) -> Iterator[Flaw]:
    """Find each code that is mapped twice, not at all, or that the scheme does not have."""
    known = [one.code for part in found.source.parts for one in part]
    told: set[str] = set()
    said = {"mappings": [one.code for one in found.mappings], "none": [one.code for one in found.none]}
    for key, codes in said.items():
        for place, code in enumerate(codes):
            path: Path = (key, place, "code")
            if code in told:
                yield Flaw(path, f"the code {code!r} stands twice", "Map each code once.")
            elif code not in known:
                yield Flaw(path, f"{code!r} is no code of {found.source.scheme}", suggestion(code, known))
            told.add(code)
    for code in known:
        if code not in told:
            remedy = "Map it, or put it into `none` with the reason."
            yield Flaw(("mappings",), f"nothing is said of the code {code!r}", remedy)


def _mapping_flaws(one: Mapped, found: Crosswalk) -> Iterator[Flaw]:
    place = found.target.part(one.to)
    if place is None:
        known = [each.code for part in found.target.parts for each in part]
        yield Flaw(("to",), f"{one.to!r} is no code of {found.target.scheme}", suggestion(one.to, known))
    elif found.source.part(one.code) not in (None, place):
        yield Flaw(("to",), f"{one.to!r} stands in another part than {one.code!r}", "Map a sign into its own part.")
    exact = one.relation is Relation.EXACT
    graded = GRADINGS.intersection({found.source.scheme, found.target.scheme})
    if graded and one.relation is not Relation.LOSSY:  # decision 0135
        yield Flaw(("as",), "no grading is kept in another scheme", "Write lossy.")
    if exact and one.loses:
        yield Flaw(("loses",), "an exact mapping loses nothing", "Remove it, or write another word after `as`.")
    if not exact and (not one.loses.strip() or len(one.loses) > LONGEST_TEXT or not one.loses.isprintable()):
        yield Flaw(("as",), f"nothing says what is lost from {one.code!r} to {one.to!r}", "Add `loses:`, in one line.")


def _same_twice(found: Crosswalk) -> Iterator[Flaw]:
    """Find two codes each of which is said to mean exactly what a third does."""
    exact: dict[str, str] = {}
    for place, one in enumerate(found.mappings):
        if one.relation is not Relation.EXACT:
            continue
        other = exact.setdefault(one.to, one.code)
        if other != one.code:
            words = f"{other!r} and {one.code!r} cannot both be exactly {one.to!r}"
            yield Flaw(("mappings", place, "as"), words, "Write narrower or broader for one of them.")
