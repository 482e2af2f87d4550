"""The proof of a version of an agreement: what it claims of every request that there can be (docs/decisions/0122)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from comity.agreements import guarding
from comity.agreements.chart import Chart
from comity.agreements.claim import Claim
from comity.agreements.remainder import Narrowing, narrowed
from comity.agreements.shadow import shadowed
from comity.agreements.terms import Terms
from comity.agreements.widening import loosened, widened


def _quiet(_: str) -> None:
    return None


def proved(
    terms: Terms,
    old: Terms | None = None,
    narrowings: Sequence[Narrowing] = (),
    told: Callable[[str], object] = _quiet,
) -> Iterator[Claim]:
    """Yield each claim about the terms with what stands against it.

    Beside an older version the first is that they permit nothing more, in any posture; powers to act are not looked at,
    which `difference` compares. `narrowings` go from widest to narrowest: each
    is to permit nothing that the one before does not, nor the terms themselves. `told` hears every so often what is
    being looked at.

    Raises:
        Fault: the areas are too intricate, or a condition could not be decided in time.
    """
    if old is not None:
        words = f"it permits nothing that version {old.version} does not permit"
        yield Claim(name="within", words=words, findings=tuple(loosened(old, terms, told)))
    chart = Chart((terms,), told)
    words = "every clause decides something, and none repeats another"
    yield Claim(name="clauses", words=words, findings=tuple(shadowed(terms, chart, told)))
    yield from guarding.guarded(terms, chart)
    if narrowings:
        yield _narrowing(terms, narrowings, told)


def _narrowing(terms: Terms, narrowings: Sequence[Narrowing], told: Callable[[str], object]) -> Claim:
    left = [("the agreement", terms), *((f"posture {one.name}", narrowed(terms, one)) for one in narrowings)]
    findings = tuple(
        finding
        for (former, wider), (_, narrower) in pairwise(left)
        for finding in widened(wider, narrower, told, former)
    )
    return Claim(name="safeguard 10", words="A narrower posture never widens", findings=findings)
