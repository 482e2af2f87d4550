"""A relation: how much of a code's meaning is kept when another code is shown for it (docs/formats/crosswalk.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import reduce
from typing import Final


class Relation(Enum):
    """What the code shown is, beside the one that was meant."""

    EXACT = "exact"
    BROADER = "broader"
    NARROWER = "narrower"
    LOSSY = "lossy"

    @property
    def claims(self) -> frozenset[str]:
        """What it says for certain: that what was meant is within what is shown, and the reverse."""
        return _CLAIMS[self]

    @property
    def words(self) -> str:
        """What it tells the reader."""
        return _WORDS[self]


_WITHIN, _HOLDS = "meant is within shown", "shown is within meant"
_CLAIMS: Final[Mapping[Relation, frozenset[str]]] = {
    Relation.EXACT: frozenset({_WITHIN, _HOLDS}),
    Relation.BROADER: frozenset({_WITHIN}),
    Relation.NARROWER: frozenset({_HOLDS}),
    Relation.LOSSY: frozenset(),
}
_BY_CLAIMS: Final = {claims: relation for relation, claims in _CLAIMS.items()}
_WORDS: Final[Mapping[Relation, str]] = {
    Relation.EXACT: "it means the same",
    Relation.BROADER: "what is shown covers more than was meant",
    Relation.NARROWER: "what is shown covers less than was meant",
    Relation.LOSSY: "the two overlap at best",
}
_INVERSE: Final = {Relation.BROADER: Relation.NARROWER, Relation.NARROWER: Relation.BROADER}


def composed(relations: Iterable[Relation]) -> Relation:
    """Return what is kept by one step after another: what every one of them claims; of no step all is kept."""
    return _BY_CLAIMS[reduce(frozenset.intersection, (one.claims for one in relations), Relation.EXACT.claims)]


def inverse(relation: Relation) -> Relation:
    """Return the relation seen from the other side."""
    return _INVERSE.get(relation, relation)
