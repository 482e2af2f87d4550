"""A scale: the values of a name that conditions ask about, in their order, so that a solver can think in places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from comity.agreements import condition, grammar
from comity.agreements.condition import WORDS, Comparison, Datum


def comparisons(text: str) -> Iterator[Comparison]:
    """Yield every comparison of a condition."""
    if text:
        yield from condition.comparisons(grammar.read(text))


def scale(name: str, asked_in: Sequence[Comparison]) -> tuple[Datum | None, ...]:
    """Return the values of a name in their order; of numbers those that are asked about, and None between them."""
    if WORDS[name].choices:
        return WORDS[name].choices
    asked = sorted({float(value) for one in asked_in if one.name == name for value in one.values})
    return (None, *(each for number in asked for each in (number, None)))


def shown(values: Sequence[Datum | None], place: int) -> Datum:
    """Return the value at a place of a scale; a number between two that are asked about is their middle."""
    value = values[place]
    if value is not None:
        return value
    low = values[place - 1] if place else None
    high = values[place + 1] if place + 1 < len(values) else None
    if isinstance(low, float) and isinstance(high, float):
        return (low + high) / 2
    if isinstance(low, float):
        return 1.0 if low < 1 else low + 1
    return 0.0 if isinstance(high, float) and high > 0 else (high or 0.0) - 1  # type: ignore[operator]
