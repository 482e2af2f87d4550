"""The frame of an agreement: on what it rests, when it is in force, who witnesses, and what is owed at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from comity.agreements.clause import LONGEST_KEPT, marked, words
from comity.agreements.document import Node, converted, mapping, sequence
from comity.agreements.flaw import NAME, Flaw, empty, ill_named, repeated, too_many
from comity.agreements.quantity import beginning, duration, end, whole
from comity.vocabulary.instant import LATEST, Duration, Instant
from comity.vocabulary.record import RecordKind

_MOST_BASES = 20
_MOST_WITNESSES = 20


class Basis(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A law or treaty on which the agreement rests."""

    instrument: str
    article: str = ""

    def __str__(self) -> str:
        return f"{self.instrument}, art. {self.article}" if self.article else self.instrument


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """When the agreement is in force: from the first instant, up to and without the second."""

    start: Instant = msgspec.field(name="from")
    end: Instant = msgspec.field(name="until")


class After(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is owed once the agreement has ended: erasure within a time, and proof of it."""

    erase: Duration
    prove: str
    keep: tuple[RecordKind, ...] = ()
    """Kinds that may be kept for the time that each was given for, although the agreement ended early."""
    account: tuple[RecordKind, ...] = msgspec.field(default=(), name="return")
    """Kinds of which it is accounted one by one."""


class Witnesses(msgspec.Struct, frozen=True, kw_only=True):
    """How many witnesses must have cosigned a checkpoint, and which of them it cannot go without."""

    quorum: int
    required: tuple[str, ...]


def bases(node: Node) -> tuple[Basis, ...]:
    """Return what the document's `basis` says.

    Raises:
        Unreadable: it is no list of instruments, each with an article or without.
    """
    return tuple(map(_basis, sequence(node, most=_MOST_BASES)))


def term(node: Node) -> Term:
    """Return what the document's `in_force` says.

    Raises:
        Unreadable: it is not two dates or instants, `from` and `until`.
    """
    items = mapping(node, required=("from", "until"), optional=()).items
    return Term(start=converted(items["from"], beginning), end=converted(items["until"], end))


def after(node: Node) -> After:
    """Return what the document's `after` says.

    Raises:
        Unreadable: it is not a time for erasing and its proof, with kinds to keep and to account for or without.
    """
    items = mapping(node, required=("erase", "prove"), optional=("keep", "return")).items
    return After(
        erase=converted(items["erase"], duration),
        prove=converted(items["prove"], str),
        keep=_kinds(items.get("keep")),
        account=_kinds(items.get("return")),
    )


def witnesses(node: Node) -> Witnesses:
    """Return what the document's `witnesses` says.

    Raises:
        Unreadable: it is not a number and names.
    """
    items = mapping(node, required=("quorum", "required"), optional=()).items
    return Witnesses(quorum=converted(items["quorum"], whole), required=words(items["required"]))


def _basis(node: Node) -> Basis:
    items = mapping(node, required=("instrument",), optional=("article",)).items
    article = converted(items["article"], str) if "article" in items else ""
    return Basis(instrument=converted(items["instrument"], str), article=article)


def _kinds(node: Node | None) -> tuple[RecordKind, ...]:
    return () if node is None else tuple(marked(one, RecordKind) for one in sequence(node, most=len(RecordKind)))


def basis_flaws(found: Sequence[Basis]) -> Iterator[Flaw]:
    """Find what makes the bases unusable, by path into the document."""
    yield from empty([basis.instrument for basis in found], "basis", "legal basis")
    yield from too_many(found, _MOST_BASES, "basis")
    for place, basis in enumerate(found):
        if not basis.instrument.strip() or len(basis.instrument) > 200 or len(basis.article) > 200:
            yield Flaw(("basis", place), "a basis has no name, or one of over 200 characters", "Name the instrument.")


def time_flaws(in_force: Term, owed: After) -> Iterator[Flaw]:
    """Find what is wrong with when it is in force and what is owed after that, by path into the document."""
    if not 0 <= in_force.start < in_force.end <= LATEST:
        yield Flaw(("in_force", "until"), "the agreement ends before it begins", "Exchange or mend the two dates.")
    if not 0 < owed.erase <= LONGEST_KEPT:
        yield Flaw(("after", "erase"), "erasure is due at once, or after more than ten years", "Write it like 30 d.")
    if owed.prove != "receipt":
        yield Flaw(("after", "prove"), f"erasure cannot be proved by {owed.prove!r}", "Write receipt.")
    for key, kinds in {"keep": owed.keep, "return": owed.account}.items():
        yield from (flaw.under("after") for flaw in repeated([kind.value for kind in kinds], key))
    if RecordKind.TRACK in owed.account:
        yield Flaw(("after", "return"), "positions are too many to account for one by one", "Remove track.")


def witness_flaws(found: Witnesses) -> Iterator[Flaw]:
    """Find what makes the witnesses unusable, by path into the document."""
    required = found.required
    listed = (
        *empty(required, "required", "witness"),
        *repeated(required, "required"),
        *too_many(required, _MOST_WITNESSES, "required"),
    )
    yield from (flaw.under("witnesses") for flaw in listed)
    for place, name in enumerate(required):
        yield from ill_named(name, ("witnesses", "required", place), "a witness", NAME)
    if not max(1, len(required)) <= found.quorum <= 100:
        yield Flaw(("witnesses", "quorum"), "the quorum is smaller than the witnesses required", "Raise the quorum.")
