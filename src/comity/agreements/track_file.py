"""The file of a pursuit: CSV that people write or a plotter exports (docs/formats/pursuit.md)."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from typing import Final

from comity.agreements.pursuit import Event, Fix
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import LATEST
from comity.vocabulary.place import Position

LARGEST: Final = 1_000_000
"""Bytes."""
MOST_ROWS: Final = 20_000
_NEEDED: Final = ("time", "latitude", "longitude")


def read(data: bytes, where: str) -> tuple[Fix, ...]:
    """Return the places that the file has, in the order of time.

    Raises:
        Fault: it is not in the format; `where` is then file:line:column.
    """
    if len(data) > LARGEST:
        raise Fault(f"{len(data)} bytes are more than the {LARGEST} allowed", where=where, remedy="Shorten it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Fault("the file is not UTF-8", where=where, remedy="Save it as UTF-8.") from error
    found: list[Fix] = []
    for fix, place in _fixes(text, where):
        if found and fix.time <= found[-1].time:
            raise Fault("not later than the row before", where=place, remedy="Put the rows in the order of time.")
        if len(found) >= MOST_ROWS:
            raise Fault(f"more than {MOST_ROWS} rows", where=place, remedy="Give the part since the signal.")
        found.append(fix)
    if not found:
        raise Fault("there is no row", where=where, remedy="Write at least one place.")
    return tuple(found)


def _fixes(text: str, where: str) -> Iterator[tuple[Fix, str]]:
    columns: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        cells = _cells(line, f"{where}:{number}:1")
        if not columns:
            columns = _columns(cells, f"{where}:{number}:1")
        elif len(cells) != len(columns):
            raise Fault("a row of another width than its heading", where=f"{where}:{number}:1", remedy="Mend the row.")
        else:
            row = _Row(cells, columns, line, f"{where}:{number}")
            yield row.fix(), row.place("time")


def _cells(line: str, where: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], strict=True))]
    except csv.Error as error:
        raise Fault(f"not a row ({error})", where=where, remedy="Close its quotes.") from error


def _columns(cells: list[str], where: str) -> dict[str, int]:
    columns = {cell.lower(): place for place, cell in enumerate(cells)}
    missing = [name for name in _NEEDED if name not in columns]
    if missing or len(columns) != len(cells):
        what = f"the heading lacks {', '.join(missing)}" if missing else "a column stands twice"
        raise Fault(what, where=where, remedy="Begin with a line like time,latitude,longitude,event.")
    return columns


class _Row:
    """A row's cells by the names of their columns."""

    def __init__(self, cells: list[str], columns: Mapping[str, int], line: str, where: str) -> None:
        self._cells, self._columns, self._line, self._where = cells, columns, line, where

    def place(self, name: str) -> str:
        """Return where in the file the cell stands."""
        before = self._cells[: self._columns[name]]
        column = sum(len(cell) + 1 for cell in before) + 1 if '"' not in self._line else 1
        return f"{self._where}:{column}"

    def fix(self) -> Fix:
        return Fix(
            time=self._time(),
            position=Position(self._degrees("latitude", 90), self._degrees("longitude", 180)),
            event=self._event(),
        )

    def _cell(self, name: str) -> str:
        return self._cells[self._columns[name]]

    def _time(self) -> int:
        text = self._cell("time")
        try:
            moment = instant.read(text)
        except (Fault, OverflowError, OSError) as error:
            raise self._fault("time", "is not a time", "Write it like 2026-06-01T12:00:00Z.") from error
        if not (text.endswith("Z") or "+" in text or text[10:].count("-")) or not 0 <= moment <= LATEST:
            raise self._fault("time", "is not a time with its zone", "Write it like 2026-06-01T12:00:00Z.")
        return moment

    def _degrees(self, name: str, most: int) -> float:
        try:
            value = float(self._cell(name))
        except ValueError as error:
            raise self._fault(name, "is not a number of degrees", "Write it like 55.93.") from error
        if not math.isfinite(value) or abs(value) > most:
            raise self._fault(name, "is not on the Earth", f"Write degrees up to {most}.")
        return value

    def _event(self) -> Event:
        if "event" not in self._columns:
            return Event.NONE
        for event in Event:
            if event.value == self._cell("event"):
                return event
        raise self._fault("event", "is no event", "Write signal, lost, or nothing.")

    def _fault(self, name: str, what: str, remedy: str) -> Fault:
        return Fault(f"{self._cell(name)[:80]!r} {what}", where=self.place(name), remedy=remedy)
