"""Seen: what a reader who thinks in other schemes sees of a record's marks, and what is lost, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from comity.agreements import scheme
from comity.agreements.crosswalk import Crosswalk
from comity.agreements.relation import Relation
from comity.agreements.route import routes
from comity.agreements.translation import Translation, translated
from comity.vocabulary.fault import Missing
from comity.vocabulary.handling import Evaluation, Handling, Scale
from comity.vocabulary.offence import Offence


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One mark of a record, told in the scheme of a reader. Shown beside the mark itself, and never instead of it."""

    mark: str
    """`tlp`, `onward`, `proceedings`, `grading` or `offence`."""
    scheme: str
    """In which the originator gave it."""
    code: str
    """What the originator gave: this counts."""
    told_in: str
    """The reader's scheme."""
    shown: str | None
    """What that has for it; None: nothing."""
    relation: Relation
    words: str
    """How much is kept, in a sentence."""
    losses: tuple[str, ...]
    """What is lost, step by step."""


def seen(
    handling: Handling, offence: Offence | None, schemes: Iterable[str], crosswalks: Sequence[Crosswalk]
) -> tuple[Seen, ...]:
    """Return how these marks read in each of a reader's schemes to which a way leads; the crosswalks named first count.

    A mark to which no way leads is left out: then the reader sees it as it is, which loses nothing.
    """
    return tuple(
        _seen(mark, code, target, told)
        for target in schemes
        for mark, name, code in _marks(handling, offence)
        if (told := _best(name, code, target, crosswalks)) is not None
    )


def _marks(handling: Handling, offence: Offence | None) -> Iterator[tuple[str, str, str]]:
    yield "tlp", scheme.TLP, handling.tlp.value
    yield "onward", scheme.ONWARD, handling.onward.value
    yield "proceedings", scheme.PROCEEDINGS, "yes" if handling.proceedings else "no"
    graded = isinstance(handling.evaluation, Evaluation)
    scale = Scale.FOUR_BY_FOUR if graded else Scale.ADMIRALTY
    yield "grading", scale.value, str(handling.evaluation if graded else handling.grading)
    if offence is not None:
        yield "offence", scheme.OFFENCE, offence.value


def _best(name: str, code: str, target: str, crosswalks: Sequence[Crosswalk]) -> Translation | None:
    """Return of the shortest ways the one that keeps most, None where there is none."""
    found: list[Translation] = []
    for way in routes(name, target, crosswalks):
        try:
            found.append(translated(code, way))
        except Missing:  # an agreement's crosswalk can leave out a code, if its scheme is not one of ours
            continue
    return max(found, key=lambda one: (one.shown is not None, len(one.relation.claims)), default=None)


def _seen(mark: str, code: str, target: str, told: Translation) -> Seen:
    none = f"{told.codes[-1]} of {told.schemes[-1]} has no counterpart: {told.missing}"
    return Seen(
        mark=mark,
        scheme=told.schemes[0],
        code=code,
        told_in=target,
        shown=told.shown,
        relation=told.relation,
        words=none if told.missing else told.relation.words,
        losses=told.losses,
    )
