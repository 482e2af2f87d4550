"""A report: what a feed has brought so far, and what of it could not be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from comity.vocabulary.instant import Instant, written

MOST_SUBJECTS = 1_000_000
"""Subjects are told apart up to this many, so that a hostile feed cannot fill the memory."""
_EXAMPLE = 120


class Report:
    """Counts of one feed. Every fault has a name; the first of each name is kept with its line.

    `sentences`: sentences, rows or lines that carry traffic; `own`: those in which the receiving station reports
    itself; `messages`: what of them decoded; `rejected`: what did not; `untimed`: messages without any time, which
    therefore are no sightings; `kinds`: messages by the name of their kind, where a format has such; `first` and
    `last`: the earliest and latest time in the recording, unshifted. `unit` is what the pieces of the feed are called,
    and `lines` counts them.
    """

    def __init__(self, unit: str = "line") -> None:
        self.unit = unit
        self.lines = 0
        self.sentences = 0
        self.own = 0
        self.messages = 0
        self.rejected = 0
        self.untimed = 0
        self.sightings = 0
        self.first: Instant | None = None
        self.last: Instant | None = None
        self.kinds: dict[str, int] = {}
        self.faults: dict[str, int] = {}
        self.examples: dict[str, str] = {}
        self._subjects: set[int] = set()

    @property
    def subjects(self) -> int:
        """How many different identities spoke."""
        return len(self._subjects)

    def note(self, fault: str, example: bytes = b"") -> None:
        """Count a fault that cost nothing, or whose cost is counted elsewhere."""
        self.faults[fault] = self.faults.get(fault, 0) + 1
        if fault not in self.examples:
            text = "".join(chr(code) if 32 <= code < 127 else f"\\x{code:02x}" for code in example[:_EXAMPLE])
            self.examples[fault] = f"{self.unit} {self.lines}: {text}" if text else f"{self.unit} {self.lines}"

    def reject(self, fault: str, example: bytes = b"") -> None:
        """Count a fault, and a sentence or message that is lost by it."""
        self.rejected += 1
        self.note(fault, example)

    def heard(self, subject: int | None, kind: str = "") -> None:
        """Count a message, by whom it is, and of what kind."""
        self.messages += 1
        if kind:
            self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if subject is not None and len(self._subjects) < MOST_SUBJECTS:
            self._subjects.add(subject)

    def heard_many(self, subjects: Iterable[int], kinds: Mapping[str, int]) -> None:
        """Count the messages of these kinds, which are by these subjects."""
        for kind, count in kinds.items():
            self.messages += count
            self.kinds[kind] = self.kinds.get(kind, 0) + count
        for subject in subjects:
            if len(self._subjects) >= MOST_SUBJECTS:
                break
            self._subjects.add(subject)

    def timed(self, time: Instant) -> None:
        """Widen the span of time that the feed covers."""
        if self.first is None or time < self.first:
            self.first = time
        if self.last is None or time > self.last:
            self.last = time

    def summary(self) -> Summary:
        """Return the counts as they stand."""
        return Summary(
            sentences=self.sentences,
            own=self.own,
            messages=self.messages,
            rejected=self.rejected,
            untimed=self.untimed,
            sightings=self.sightings,
            subjects=self.subjects,
            kinds=dict(sorted(self.kinds.items())),
            first=None if self.first is None else written(self.first),
            last=None if self.last is None else written(self.last),
            faults=dict(sorted(self.faults.items())),
            examples=dict(sorted(self.examples.items())),
        )


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of a report at one time, times as RFC 3339 text."""

    sentences: int
    own: int
    messages: int
    rejected: int
    untimed: int
    sightings: int
    subjects: int
    kinds: dict[str, int]
    first: str | None
    last: str | None
    faults: dict[str, int]
    examples: dict[str, str]
