"""A scheme: the codes of one side of a crosswalk, and what each means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from comity.agreements.document import Node, Sequence, mapping, sequence, text
from comity.agreements.flaw import Flaw, ill_named, too_many
from comity.vocabulary.handling import Credibility, Information, Onward, Reliability, Scale, Source, Tlp
from comity.vocabulary.offence import Offence

MOST_CODES = 1_000
MOST_PARTS = 4
LONGEST_CODE = 40
LONGEST_TEXT = 400

OFFENCE: Final = "comity-offence"
ONWARD: Final = "comity-onward"
PROCEEDINGS: Final = "comity-proceedings"
TLP: Final = "tlp-2.0"
OURS: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    OFFENCE: (frozenset(one.value for one in Offence),),
    ONWARD: (frozenset(one.value for one in Onward),),
    PROCEEDINGS: (frozenset({"yes", "no"}),),
    TLP: (frozenset(one.value for one in Tlp),),
    Scale.ADMIRALTY.value: (
        frozenset(one.value for one in Reliability),
        frozenset(str(one.value) for one in Credibility),
    ),
    Scale.FOUR_BY_FOUR.value: (
        frozenset(one.value for one in Source),
        frozenset(str(one.value) for one in Information),
    ),
}
"""Schemes that are words of our vocabulary: the codes in each of their parts."""
GRADINGS: Final = frozenset({*(scale.value for scale in Scale), "5x5x5"})
"""Schemes that grade sources and information."""


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """A code and what falls under it."""

    code: str
    meaning: str


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """Codes that somebody publishes; of several parts where a code is made of signs that are judged one by one."""

    scheme: str
    source: str
    parts: tuple[tuple[Code, ...], ...]

    def part(self, code: str) -> int | None:
        """Return in which part the code, or one of its signs, stands; None where it is none of the scheme's."""
        for place, codes in enumerate(self.parts):
            if any(one.code == code for one in codes):
                return place
        return None

    def signs(self, code: str) -> tuple[str, ...] | None:
        """Return what the code is made of, one sign a part, None where it is none of the scheme's."""
        signs = (code,) if len(self.parts) == 1 else tuple(code)
        return signs if tuple(map(self.part, signs)) == tuple(range(len(self.parts))) else None

    def meaning(self, code: str) -> str:
        """Return what the code, or one of its signs, means; empty where it is none of the scheme's."""
        return next((one.meaning for codes in self.parts for one in codes if one.code == code), "")


def read(node: Node) -> Scheme:
    """Return the scheme that a node of the document holds.

    Raises:
        Unreadable: a key is missing or unknown, or a value is none of its type.
    """
    items = mapping(node, required=("scheme", "source", "codes"), optional=()).items
    codes = items["codes"]
    parts = sequence(codes, most=MOST_PARTS) if isinstance(codes, Sequence) else [codes]
    return Scheme(
        scheme=text(items["scheme"]),
        source=text(items["source"], most=1_000),
        parts=tuple(_codes(part) for part in parts),
    )


def _codes(node: Node) -> tuple[Code, ...]:
    items = mapping(node, optional=None).items
    return tuple(Code(code=code, meaning=text(said, most=LONGEST_TEXT)) for code, said in items.items())


def flaws(scheme: Scheme) -> Iterator[Flaw]:
    """Find all that makes the scheme unusable."""
    yield from ill_named(scheme.scheme, ("scheme",), "a scheme")
    if not scheme.source.strip() or len(scheme.source) > 1_000:
        yield Flaw(("source",), "nothing, or too much, says who publishes it", "Name the source in one line.")
    if not 1 <= len(scheme.parts) <= MOST_PARTS or not all(scheme.parts):
        yield Flaw(("codes",), f"there are not 1 to {MOST_PARTS} parts, each with a code", "Name the codes.")
    every = [one for part in scheme.parts for one in part]
    yield from too_many(every, MOST_CODES, "codes")
    yield from _code_flaws(scheme)
    yield from _our_flaws(scheme)


def _code_flaws(scheme: Scheme) -> Iterator[Flaw]:
    seen: set[str] = set()
    longest = 1 if len(scheme.parts) > 1 else LONGEST_CODE
    for place, part in enumerate(scheme.parts):
        for one in part:
            path = ("codes", one.code) if len(scheme.parts) == 1 else ("codes", place, one.code)
            if one.code in seen:
                yield Flaw(path, f"the code {one.code!r} stands twice", "Give each its own.")
            seen.add(one.code)
            if not 1 <= len(one.code) <= longest or not one.code.isprintable() or one.code != one.code.strip():
                yield Flaw(path, f"{one.code[:80]!r} is no code of 1 to {longest} printable signs", "Shorten it.")
            if not one.meaning.strip() or len(one.meaning) > LONGEST_TEXT or not one.meaning.isprintable():
                yield Flaw(path, f"the meaning of {one.code[:80]!r} is not one line", "Say what falls under it.")


def _our_flaws(scheme: Scheme) -> Iterator[Flaw]:
    """Find where a scheme with a name of ours has other codes than the vocabulary."""
    ours = OURS.get(scheme.scheme)
    if ours is None:
        return
    if tuple(frozenset(one.code for one in part) for part in scheme.parts) != ours:
        words = "; ".join(" ".join(sorted(part)) for part in ours)
        yield Flaw(("codes",), f"{scheme.scheme} has other codes in the vocabulary", f"Write {words}.")
