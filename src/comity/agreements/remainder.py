"""A remainder: what is left of an agreement when relations narrow, as a posture leaves it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from comity.agreements import posture
from comity.agreements.terms import Terms
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose


class Narrowing(msgspec.Struct, frozen=True, kw_only=True):
    """The clauses and the purposes that are left."""

    name: str
    clauses: frozenset[str]
    """Their ids."""
    purposes: frozenset[Purpose]


def narrowed(terms: Terms, remains: Narrowing) -> Terms:
    """Return the terms as they are with nothing but these clauses, for nothing but these purposes."""
    clauses = tuple(
        replace(one, purposes=purposes)
        for one in terms.clauses
        if one.id in remains.clauses and (purposes := tuple(each for each in one.purposes if each in remains.purposes))
    )
    answers = tuple(
        replace(one, purposes=purposes)
        for one in terms.answers
        if one.id in remains.clauses and (purposes := tuple(each for each in one.purposes if each in remains.purposes))
    )
    return replace(terms, clauses=clauses, answers=answers)


def narrowings(terms: Terms) -> Iterator[Narrowing]:
    """Yield what each posture leaves of the terms, the widest first; nothing where they speak of no postures."""
    for one in Posture if terms.postures else ():
        found = left(terms, one)
        if found is not None:
            yield found


def left(terms: Terms, towards: Posture) -> Narrowing | None:
    """Return what a posture leaves of the terms, None where it leaves all."""
    found = posture.remaining(terms.postures, towards)
    if found is None:
        return None
    return Narrowing(name=towards.value, clauses=frozenset(found.only), purposes=frozenset(found.purposes))
