"""A fleet: simulated vessels whose sightings a node's feed brings, and what is true of them.

Some are loud: they report once a minute to the end. Some are silent: they report for three minutes, say who they are,
and are not heard again while the loud ones are, so that each raises one alert and no more. A beacon may call.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from comity.demo import reports
from comity.demo.reports import How, Who
from comity.demo.sentences import Header, Message, lines
from comity.demo.voyage import Leg, Voyage
from comity.foundation.geodesy import offset
from comity.vocabulary.instant import MINUTE, SECOND, Duration, Instant
from comity.vocabulary.place import Position

CENTRE = Position(57.0, 11.5)
BEACON = 970_299_100
GAP = "10 min"
"""What the nodes' settings call a silence."""

_BEFORE: Duration = 6 * MINUTE
"""Until the first of the silent begins to speak: by then it is known who is heard well."""
_SPOKEN: Duration = 3 * MINUTE
_AFTER: Duration = 20 * MINUTE
"""From the last word of the last of them to the end: longer than the gap."""
_LOUD = 12


class Fleet(msgspec.Struct, frozen=True, kw_only=True):
    """Who sails from `begin` on; each of the silent falls so `apart` from the one before."""

    begin: Instant
    silent: int = 6
    apart: Duration = MINUTE
    beacon: bool = False

    @property
    def length(self) -> Duration:
        """How long the feed lasts."""
        return _BEFORE + self.silent * self.apart + _SPOKEN + _AFTER

    @property
    def end(self) -> Instant:
        """When the feed ends."""
        return self.begin + self.length

    @property
    def mmsis(self) -> list[int]:
        """MMSIs of the silent, in the order in which they fall silent."""
        return [299_200_000 + number for number in range(self.silent)]

    @staticmethod
    def name(mmsi: int) -> str:
        """Return the name under which a silent one speaks."""
        return f"GREY GANNET {mmsi % 1_000}"

    @property
    def alerts(self) -> int:
        """How many alerts this must raise."""
        return self.silent + self.beacon

    def messages(self) -> list[tuple[Duration, Message]]:
        """Return what is said, in order; each message is one sighting."""
        return sorted(self._said(), key=lambda said: said[0])

    def write(self, file: Path) -> int:
        """Write the feed and return how many sightings are in it."""
        said = self.messages()
        text = "".join(f"{line}\n" for at, message in said for line in lines(self.begin + at, Header(), message))
        file.write_text(text, "ascii")
        return len(said)

    def _said(self) -> Iterator[tuple[Duration, Message]]:
        for number in range(_LOUD):
            voyage = _to_and_fro(offset(CENTRE, 6_000.0 * (number % 3 - 1), 4_000.0 * (2 * (number // 3) - 3)))
            mmsi = 299_100_000 + number
            for at in range(5 * SECOND * number, self.length, MINUTE):
                yield at, reports.position(mmsi, voyage.at(at), at, How())
        for number, mmsi in enumerate(self.mmsis):
            yield from self._silent(number, mmsi)
        if self.beacon:
            for at in range(_BEFORE, _BEFORE + 2 * MINUTE, 20 * SECOND):
                yield at + 7, reports.position(BEACON, Voyage(Leg(0, CENTRE)).at(at), at, How(status=14))

    def _silent(self, number: int, mmsi: int) -> Iterator[tuple[Duration, Message]]:
        begin = _BEFORE + number * self.apart
        voyage = _to_and_fro(offset(CENTRE, 700.0 * (number % 20 - 10), 900.0 * (number // 20 % 8 - 4)))
        for at in range(begin, begin + _SPOKEN, 30 * SECOND):
            yield at + 3, reports.position(mmsi, voyage.at(at - begin), at, How())
        who = Who(
            mmsi=mmsi,
            name=self.name(mmsi),
            call_sign=f"QG{mmsi % 1_000}",
            ship_type=70,
            length=90,
            destination="NOWHERE",
            class_b=False,
        )
        for message in reports.identity(who):
            yield begin + MINUTE + 4, message


def _to_and_fro(start: Position) -> Voyage:
    """Return a voyage of a day at six metres a second, half an hour north, half an hour back."""
    ends = (start, offset(start, 0.0, 6.0 * 1_800))
    return Voyage(*(Leg(half * 30 * MINUTE, ends[half % 2]) for half in range(49)))
