"""An alert in words, as a TAK client shows them: of the fields that are given, and of no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from comity.exchange import tak_event
from comity.vocabulary.instant import written
from comity.vocabulary.record import Value

_NUMBERS = {"mmsi": "MMSI", "imo": "IMO", "call_sign": "call sign"}
_LONGEST = 1_000


def title(fields: Mapping[str, Value]) -> str:
    """Return what stands beside the marker: what it is, and of whom."""
    kind = fields.get("kind")
    what = str(kind).replace("-", " ").capitalize() if isinstance(kind, str) else "Alert"
    names = [tak_event.plain(str(name)).strip() for name in _all(fields.get("name"))]
    return f"{what}: {', '.join(names)}" if any(names) else what


def alert(fields: Mapping[str, Value]) -> list[str]:
    """Return what else is given of it, part by part."""
    return [part.strip(". ")[:_LONGEST] for part in _parts(fields)]


def _parts(fields: Mapping[str, Value]) -> Iterator[str]:
    severity, area, why = (fields.get(name) for name in ("severity", "area", "explanation"))
    if isinstance(severity, str):
        yield f"Severity {severity}"
    for name, word in (("time", "since"), ("until", "until")):
        instant = fields.get(name)
        if isinstance(instant, int):
            yield f"{word} {written(instant)}"
    if isinstance(area, str) and area:
        yield f"in {area}"
    for name, word in _NUMBERS.items():
        yield from (f"{word} {each}" for each in _all(fields.get(name)))
    if isinstance(why, str) and why:
        yield why


def _all(value: Value) -> list[str | int]:
    """Return what a field lists."""
    return [each for each in value if isinstance(each, (str, int))] if isinstance(value, list) else []
