"""Postures in an agreement: what remains of its clauses while relations are narrower than open (safeguard 10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

import msgspec

from comity.agreements.clause import MOST, marked, words
from comity.agreements.document import Node, Sequence, mapping, sequence
from comity.agreements.flaw import Flaw, empty, repeated, too_many, unknown
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose

NARROWED = tuple(posture.value for posture in Posture if posture is not Posture.OPEN)
"""Postures of which an agreement can say what remains."""


class Remaining(msgspec.Struct, frozen=True, kw_only=True):
    """What remains of an agreement in one posture."""

    posture: Posture
    only: tuple[str, ...]
    """Ids of clauses; none: nothing remains."""
    purposes: tuple[Purpose, ...] = msgspec.field(name="for")


def read(node: Node, purposes: tuple[Purpose, ...]) -> tuple[Remaining, ...]:
    """Return what the document's `postures` says, the wider before the narrower; `for` left out stands for all.

    Raises:
        Unreadable: it is no mapping of narrowed postures to `{only, for}`.
    """
    items = mapping(node, optional=NARROWED).items
    return tuple(_remaining(Posture(name), items[name], purposes) for name in NARROWED if name in items)


def _remaining(posture: Posture, node: Node, purposes: tuple[Purpose, ...]) -> Remaining:
    items = mapping(node, required=("only",), optional=("for",)).items
    only = items["only"]
    kept = () if isinstance(only, Sequence) and not only.items else words(only)
    named = tuple(marked(item, Purpose) for item in sequence(items["for"], most=MOST)) if "for" in items else purposes
    return Remaining(posture=posture, only=kept, purposes=named)


def remaining(written: Iterable[Remaining], posture: Posture) -> Remaining | None:
    """Return what remains in a posture, None where all does.

    One that is not written is the next narrower one that is; where there is none, nothing remains (decision 0130).
    """
    if posture is Posture.OPEN:
        return None
    for one in written:
        if one.posture.narrowness >= posture.narrowness:
            return one
    return Remaining(posture=posture, only=(), purposes=())


def unmet(written: Iterable[Remaining], posture: Posture, clause: str, purpose: Purpose) -> str | None:
    """Return why a posture keeps the clause from giving anything for a purpose, None if it does not."""
    left = remaining(written, posture)
    if left is None:
        return None
    if clause not in left.only:
        return f"relations are {posture.value}, and nothing remains of it then"
    if purpose not in left.purposes:
        return f"relations are {posture.value}, and {purpose.value} is no purpose then"
    return None


def flaws(written: tuple[Remaining, ...], clauses: Iterable[str], purposes: Iterable[Purpose]) -> Iterator[Flaw]:
    """Find all that makes the postures unusable; paths begin inside `postures`."""
    known, named = frozenset(clauses), [purpose.value for purpose in purposes]
    for one in written:
        asked = [purpose.value for purpose in one.purposes]
        found = (
            *too_many(one.only, MOST, "only"),
            *repeated(one.only, "only"),
            *unknown(one.only, known, "only", "clause of this agreement"),
            *empty(asked, "for", "purpose"),
            *repeated(asked, "for"),
            *unknown(asked, named, "for", "purpose of this agreement"),
        )
        yield from (flaw.under(one.posture.value) for flaw in found)
        if one.posture is Posture.OPEN:
            yield Flaw(("open",), "open narrows nothing, so nothing can be written of it", "Remove it.")
    for wider, narrower in pairwise(written):
        yield from (flaw.under(narrower.posture.value) for flaw in _beyond(wider, narrower))


def _beyond(wider: Remaining, narrower: Remaining) -> Iterator[Flaw]:
    name = wider.posture.value
    if narrower.posture.narrowness <= wider.posture.narrowness:
        yield Flaw((), f"it stands after {name}, or twice", "Write each once, the wider before the narrower.")
    for key, more, less in (
        ("only", narrower.only, frozenset(wider.only)),
        ("for", _values(narrower), frozenset(_values(wider))),
    ):
        for place, item in enumerate(more if narrower.only else ()):
            if item not in less:
                remedy = f"Remove it, or keep it in {name} too."
                yield Flaw((key, place), f"{item!r} remains, and does not in {name}, which is wider", remedy)


def _values(one: Remaining) -> list[str]:
    return [purpose.value for purpose in one.purposes]


def told(written: Iterable[Remaining]) -> Mapping[Posture, Remaining]:
    """Return what remains in each posture that narrows, written or not."""
    kept = tuple(written)
    found = ((posture, remaining(kept, posture)) for posture in Posture)
    return {posture: left for posture, left in found if left is not None}
