"""A detour: an originator's leave carries nothing to whom its own law, relations or masks would not let it go."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agreements.cases import asked, in_force, notice
from agreements.test_dispute import NEAR, disputed
from agreements.test_national import law
from comity.agreements.detour import kept_back
from comity.agreements.posture import Remaining
from comity.agreements.request import Request
from comity.agreements.standing import Standing, State
from comity.agreements.terms import Terms
from comity.vocabulary.place import Position
from comity.vocabulary.posture import Posture
from comity.vocabulary.record import Record

GIVEN = ("time", "title", "position")
GROUND = Position(56.8, 11.4)
"""In the area that `disputed` masks for Sweden."""


def question(standing: Standing, record: Record | None = None, **changes: object) -> Request:
    return asked(record or notice(), standing, **changes)


@pytest.mark.parametrize("state", list(State))
def test_without_law_posture_and_mask_nothing_is_in_the_way(standing: Standing, state: State) -> None:
    """Whether an agreement with the third is in force or not: it is the holder's that gives."""
    assert kept_back(question(replace(standing, state=state)), GIVEN) is None


def test_the_law_is_not_walked_round(standing: Standing) -> None:
    """Neither the whole record goes, nor a field of it; what was not given to the holder is no matter."""
    assert "forbids" in (kept_back(question(standing, law=law("id: stay, to: SE")), GIVEN) or "")
    titles = law("id: names, to: SE, fields: [title]")
    assert (kept_back(question(standing, law=titles), GIVEN) or "").startswith("title: ")
    assert kept_back(question(standing, law=titles), ("time", "position")) is None
    assert kept_back(question(standing, law=law("id: stay, to: DE")), GIVEN) is None


def test_relations_are_not_walked_round(terms: Terms) -> None:
    """While they are narrower than open, what an agreement would not give then is not left to another to give."""
    for kept in ((), ("notices-to-all",)):
        written = Remaining(posture=Posture.GUARDED, only=kept, purposes=terms.purposes)
        standing = in_force(replace(terms, postures=(written,)))
        answer = kept_back(question(standing, posture=Posture.GUARDED), GIVEN)
        assert (answer is None) == bool(kept), answer


def test_a_mask_is_not_walked_round(terms: Terms) -> None:
    """By no field that could tell where it lies; plain ones tell nothing of that."""
    standing = disputed(terms)
    assert "masked for se.coord" in (kept_back(question(standing, notice(GROUND)), GIVEN) or "")
    assert kept_back(question(standing, notice(GROUND)), ("time", "mmsi")) is None
    assert kept_back(question(standing, notice(NEAR)), GIVEN) is None
