"""An answering clause: which inquiries of whom are answered, with what, among which records, and how often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from comity.agreements.clause import LONGEST_KEPT, MOST, marked, named, nodes
from comity.agreements.document import Mapping, Node, converted, mapping, sequence
from comity.agreements.flaw import Flaw, empty, repeated, too_many, unknown
from comity.agreements.quantity import duration, whole
from comity.vocabulary.inquiry import InquiryKind, Manner
from comity.vocabulary.instant import DAY, Duration
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind

ANSWERABLE: Final = (InquiryKind.VESSEL, InquiryKind.AIRCRAFT)
"""Kinds of inquiry that can be answered; the others lead to persons, and are denied by their kind (safeguard 3)."""
SEARCHABLE: Final = (RecordKind.ALERT, RecordKind.TRACK, RecordKind.REPORT, RecordKind.NOTICE)
"""Kinds of record among which a node looks."""
WINDOW: Final[Duration] = DAY
"""Over which a budget counts."""
MOST_A_DAY = 100_000


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """How many questions are taken of one partner."""

    per_day: int


class Answering(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One permission to ask. Every part of it must be met."""

    id: str
    answer: InquiryKind
    manner: Manner = msgspec.field(name="as")
    among: tuple[RecordKind, ...]
    to: tuple[str, ...]
    """Who may ask."""
    givers: tuple[str, ...] = msgspec.field(name="from")
    """Who answers."""
    purposes: tuple[Purpose, ...] = msgspec.field(name="for")
    ask_at_most: Budget
    keep: Duration
    """How long both sides may keep the question."""


def is_one(node: Node) -> bool:
    """Whether a clause of the document is one of these."""
    return isinstance(node, Mapping) and "answer" in node.items


def read(node: Node, parties: tuple[str, ...]) -> Answering:
    """Return the clause that a node of the document holds; `all` stands for every party.

    Raises:
        Unreadable: a key is missing or unknown, or a value is none of its type.
    """
    items = mapping(
        node, required=("id", "answer", "as", "among", "to", "for", "ask_at_most", "keep"), optional=("from",)
    ).items
    return Answering(
        id=converted(items["id"], str),
        answer=marked(items["answer"], InquiryKind),
        manner=marked(items["as"], Manner),
        among=tuple(marked(item, RecordKind) for item in sequence(items["among"], most=MOST)),
        to=nodes(items["to"], parties),
        givers=nodes(items["from"], parties) if "from" in items else parties,
        purposes=tuple(marked(item, Purpose) for item in sequence(items["for"], most=MOST)),
        ask_at_most=_budget(items["ask_at_most"]),
        keep=converted(items["keep"], duration),
    )


def _budget(node: Node) -> Budget:
    return Budget(per_day=converted(mapping(node, required=("per_day",), optional=()).items["per_day"], whole))


def flaws(one: Answering, parties: Iterable[str], purposes: Iterable[Purpose]) -> Iterator[Flaw]:
    """Find all that makes the clause unusable among these parties and purposes."""
    yield from named(one.id)
    for key, items, known, noun in (
        ("to", one.to, parties, "party"),
        ("from", one.givers, parties, "party"),
        ("for", [each.value for each in one.purposes], [each.value for each in purposes], "purpose of this agreement"),
        ("among", [each.value for each in one.among], [each.value for each in SEARCHABLE], "kind that is searched"),
    ):
        yield from empty(items, key, noun)
        yield from too_many(items, MOST, key)
        yield from repeated(items, key)
        yield from unknown(items, known, key, noun)
    yield from _limit_flaws(one)


def _limit_flaws(one: Answering) -> Iterator[Flaw]:
    if one.answer not in ANSWERABLE:
        kinds = " or ".join(kind.value for kind in ANSWERABLE)
        yield Flaw(("answer",), f"a {one.answer.value} has no answer before its safeguards stand", f"Write {kinds}.")
    if not 1 <= one.ask_at_most.per_day <= MOST_A_DAY:
        yield Flaw(("ask_at_most", "per_day"), f"the budget is not 1 to {MOST_A_DAY}", "Write a whole number.")
    if not WINDOW <= one.keep <= LONGEST_KEPT:
        words = "a question is kept for less than the day over which it counts, or for more than ten years"
        yield Flaw(("keep",), words, "Write it like 30 d.")
