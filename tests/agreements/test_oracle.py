"""Cedar as oracle: of generated agreements and requests it says what the permit says, the deciding clause included."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from agreements.cases import PARTIES
from builders import cedar
from builders.chance import Chance, request, standing
from comity.agreements import condition, footing, index, veto
from comity.agreements import permit as permits
from comity.agreements.condition import Comparison, Datum
from comity.agreements.mosaic import Mosaic
from comity.agreements.permit import Permit, Request, permit_many
from comity.vocabulary.place import Position

RUNS, AGREEMENTS, REQUESTS = 10, 20, 500
"""A hundred thousand decisions in all."""


Differing: TypeAlias = list[tuple[Request, str | None, str | None]]
"""What was asked, what the permit said, what Cedar said."""


def disagreements(seed: int, agreements: int, requests: int) -> tuple[Differing, int]:
    """Return where the two say different things, and how often the permit said yes."""
    chance, allowed = Chance(seed), 0
    found: Differing = []
    for _ in range(agreements):
        standings = tuple(standing(chance, name) for name in chance.some(["one", "two"], 2))
        policies = cedar.Policies(standings)
        asked = [request(chance, standings) for _ in range(requests)]
        ours = [answer.clause if isinstance(answer, Permit) else None for answer in permit_many(asked)]
        theirs = policies.decided(asked)
        found += [(one, mine, other) for one, mine, other in zip(asked, ours, theirs, strict=True) if mine != other]
        allowed += sum(1 for mine in ours if mine is not None)
    return found, allowed


@pytest.mark.parametrize("seed", range(RUNS))
def test_cedar_says_the_same(seed: int) -> None:
    """In 10,000 decisions there is none on which the two differ; enough of them are a yes to mean something."""
    found, allowed = disagreements(seed, AGREEMENTS, REQUESTS)
    assert found == []
    assert allowed > AGREEMENTS * REQUESTS / 20


def _yes(*_: object) -> bool:
    return True


def _none(*_: object) -> None:
    return None


_compared = condition._compared


def _unknown_holds(tree: Comparison, found: tuple[Datum, ...]) -> bool:
    return _compared(tree, found) is not False


def _any_area(mosaic: Mosaic, _: Position) -> int:
    return (1 << len(mosaic.regions)) - 1


MUTANTS: dict[str, tuple[tuple[object, str, Callable[..., object]], ...]] = {
    "an alert need not be confirmed": ((veto, "confirmed", _yes),),
    "what others own is passed on": ((veto, "by_owner", _none),),
    "RED is given": ((veto, "by_mark", _none),),
    "no word is needed": ((veto, "by_word", _none),),
    "what has ended is given": ((permits, "_ended", _none),),
    "every agreement is in force": ((permits, "obstacle", _none), (footing, "obstacle", _none)),
    "every agreement is proven": ((permits, "unproven", _none),),
    "unknown is yes": ((condition, "_compared", _unknown_holds),),
    "every area holds it": ((Mosaic, "around", _any_area),),
    "every node is the rescue centre": ((index.Index, "competent", lambda *_: frozenset(PARTIES)),),
    "a false alarm is distress": ((veto, "in_distress", lambda request: request.record.distress),),
    "nothing is malformed": ((permits, "missing", _none),),
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
    assert any(disagreements(seed, 6, 300)[0] for seed in range(2_016, 2_028))
    index._index.cache_clear()
