"""Cedar as oracle: of generated agreements and requests it says what the permit says, the deciding clause included."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache

import pytest

from agreements.cases import PARTIES
from builders import cedar
from builders.chance import WITH_PERSONS, Chance, request, standing
from comity.agreements import condition, distress, footing, index, personal, veto
from comity.agreements import permit as permits
from comity.agreements.condition import Comparison, Datum
from comity.agreements.mosaic import Mosaic
from comity.agreements.permit import Permit, Request, permit_many
from comity.agreements.veto import Veto
from comity.vocabulary.place import Position
from comity.vocabulary.protection import Guard
from comity.vocabulary.record import Record, RecordKind

AGREEMENTS, REQUESTS = 20, 500
RUNS = max(2, int(os.environ.get("COMITY_EXAMPLES", "0")) // (AGREEMENTS * REQUESTS))
"""Of ten thousand decisions each: COMITY_EXAMPLES=100000 asks a hundred thousand."""


@lru_cache(maxsize=2 * AGREEMENTS)
def answered(seed: int) -> tuple[list[Request], list[str | None]]:
    """Return requests under one agreement or two, and what Cedar says to each: by which clause, or no."""
    chance = Chance(seed)
    standings = tuple(standing(chance, name, WITH_PERSONS) for name in chance.some(["one", "two"], 2))
    asked = [request(chance, standings) for _ in range(REQUESTS)]
    return asked, cedar.Policies(standings).decided(asked)


def ours(asked: list[Request]) -> list[str | None]:
    """Return what the permit says in Cedar's place."""
    return [answer.clause if isinstance(answer, Permit) else None for answer in permit_many(asked)]


@pytest.mark.parametrize("run", range(RUNS))
def test_cedar_says_the_same(run: int) -> None:
    """In 10,000 decisions there is none on which the two differ; enough of them are a yes to mean something."""
    allowed = {True: 0, False: 0}
    for seed in range(run * AGREEMENTS, (run + 1) * AGREEMENTS):
        asked, theirs = answered(seed)
        said = ours(asked)
        assert [one for one in zip(asked, said, theirs, strict=True) if one[1] != one[2]] == []
        for one, clause in zip(asked, said, strict=True):
            allowed[one.record.kind is RecordKind.PERSON] += clause is not None
    assert allowed[False] > AGREEMENTS * REQUESTS / 20
    assert allowed[True] > AGREEMENTS * REQUESTS / 100, "persons"


def _yes(*_: object) -> bool:
    return True


def _none(*_: object) -> None:
    return None


_compared = condition._compared


def _unknown_holds(tree: Comparison, found: tuple[Datum, ...]) -> bool:
    return _compared(tree, found) is not False


def _any_area(mosaic: Mosaic, _: Position) -> int:
    return (1 << len(mosaic.regions)) - 1


_by_protection = personal.by_protection


def _known_origins(guard: Guard, country: str) -> Veto | None:
    mark = guard.protection
    return None if mark is None or not mark.origin else _by_protection(guard, country)


MUTANTS: dict[str, tuple[tuple[object, str, Callable[..., object]], ...]] = {
    "an alert need not be confirmed": ((veto, "confirmed", _yes),),
    "what others own is passed on": ((veto, "by_owner", _none),),
    "RED is given": ((veto, "by_mark", _none),),
    "no word is needed": ((veto, "by_word", _none),),
    "what has ended is given": ((Record, "ended", _none),),
    "every agreement is in force": ((permits, "obstacle", _none), (footing, "obstacle", _none)),
    "every agreement is proven": ((permits, "unproven", _none), (distress, "unproven", _none)),
    "unknown is yes": ((condition, "_compared", _unknown_holds),),
    "every area holds it": ((Mosaic, "around", _any_area),),
    "every node is the rescue centre": ((index.Index, "competent", lambda *_: frozenset(PARTIES)),),
    "a false alarm is distress": ((veto, "in_distress", lambda request: request.record.distress),),
    "nothing is malformed": ((permits, "missing", _none),),
    "who seeks protection is no matter (safeguard 3)": ((personal, "by_protection", _none),),
    "an unknown origin is none (safeguard 3)": ((personal, "by_protection", _known_origins),),
    "a real risk is no matter (safeguard 19)": ((personal, "by_risk", _none),),
    "a review date is no matter (safeguard 7)": ((personal, "by_review", _none),),
    "no suspicion is needed (safeguard 20)": ((personal, "by_suspicion", _none),),
    "a person needs no grading (safeguard 15)": ((personal, "by_grading", _none),),
    "half of a record about a person travels": ((personal, "incomplete", _none),),
    "a record about a person may be about anybody": ((veto, "by_subject", _none),),
}
"""Mistakes that somebody could make, each in one place."""


@pytest.mark.parametrize("mutant", MUTANTS)
def test_cedar_finds_what_is_wrong(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With any of these mistakes in the permit the two differ within twenty thousand decisions: the oracle can fail."""
    monkeypatch.setattr(footing, "_ways", {})
    monkeypatch.setattr(footing, "_footings", {})
    index._index.cache_clear()
    for place, name, mistake in MUTANTS[mutant]:
        monkeypatch.setattr(place, name, mistake)
    assert any(ours(asked) != theirs for asked, theirs in map(answered, range(2 * AGREEMENTS)))
    index._index.cache_clear()
