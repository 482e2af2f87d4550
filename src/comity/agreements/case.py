"""A case: one circumstance of giving a record, such as a proof finds where something does not hold."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from comity.agreements.condition import Datum
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subject import SubjectKind


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Who gives whom what kind of record, about what, from where, for what, with which values of conditions."""

    giver: str
    receiver: str
    kind: RecordKind
    purpose: Purpose
    position: Position | None
    areas: tuple[str, ...]
    """Of the agreement, in which it lies or which it names."""
    subjects: tuple[SubjectKind, ...]
    facts: dict[str, Datum]
    """What conditions ask about, by name; what is not there is missing."""

    def told(self) -> str:
        """Return a sentence, `dk.coord gives se.coord a track about a vessel in sound, for customs`."""
        what = "a record" if self.kind is RecordKind.PERSON else _one(self.kind)
        about = f" about {_listed(map(_one, self.subjects))}" if self.subjects else ""
        known = [f"{name} is {value}" for name, value in sorted(self.facts.items())]
        values = f", where {_listed(known)}" if known else ""
        given = f"{self.giver} gives {self.receiver} {what}{about} {self._where()}"
        return f"{given}, for {self.purpose.value}{values}"

    def _where(self) -> str:
        names = _listed(self.areas) if self.areas else "no area of the agreement"
        if self.position is None:
            return f"that names {names}"
        return f"in {names} (at {self.position.latitude:.6f}, {self.position.longitude:.6f})"


def _one(kind: RecordKind | SubjectKind) -> str:
    return f"{'an' if kind.value[0] in 'aeio' else 'a'} {kind.value}"


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
