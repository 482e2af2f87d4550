"""A clause: one thing that may be given, to whom, where, what for, how much of it and for how long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from comity.agreements import condition, field, grammar
from comity.agreements.document import Node, Scalar, converted, mapping, sequence, suggestion
from comity.agreements.flaw import Flaw, empty, ill_named, repeated, too_many, unknown
from comity.agreements.quantity import duration, length
from comity.agreements.relation import Relation
from comity.vocabulary.fault import Fault
from comity.vocabulary.handling import BEST, Handling, Onward, Tlp
from comity.vocabulary.inquiry import InquiryKind, Manner
from comity.vocabulary.instant import DAY, Duration
from comity.vocabulary.offence import Offence
from comity.vocabulary.person import LONGEST_REVIEW, NARROW
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from comity.vocabulary.suite import Suite
from comity.vocabulary.unit import Moment, UnitAct, UnitKind

MOST = 1_000
"""Items in any list of a clause."""
LONGEST_KEPT: Duration = 3_660 * DAY
COARSEST = 100_000
"""Metres of blur."""

_Mark = TypeVar("_Mark", bound=Enum)


_NOUNS: Mapping[type[Enum], str] = {
    RecordKind: "kind of record",
    Purpose: "purpose",
    Tlp: "TLP mark",
    Onward: "rule for passing on",
    Suite: "suite of signatures",
    InquiryKind: "kind of inquiry",
    Manner: "manner of answering",
    Relation: "relation between codes",
    UnitKind: "kind of unit",
    UnitAct: "act of a unit",
    Moment: "moment",
    Offence: "offence",
}


class Blur(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How much coarser than known a field is given; 0: as it is known."""

    position: int = 0
    """Metres."""


_NONE = Blur()


class Marks(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The marks that a clause puts on what it gives."""

    tlp: Tlp
    onward: Onward
    proceedings: bool = False

    @property
    def handling(self) -> Handling:
        """The widest handling that the clause allows; it says nothing of grading, so leaves that as it is."""
        return replace(BEST, tlp=self.tlp, onward=self.onward, proceedings=self.proceedings)


class Clause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One permission. Every part of it must be met; what no clause gives is withheld."""

    id: str
    give: RecordKind
    where: tuple[str, ...]
    """Areas of the annex, in one of which the record's position must lie."""
    condition: str = msgspec.field(default="", name="if")
    """In its one text; empty: none."""
    to: tuple[str, ...]
    givers: tuple[str, ...] = msgspec.field(name="from")
    purposes: tuple[Purpose, ...] = msgspec.field(name="for")
    fields: tuple[str, ...]
    blur: Blur = _NONE
    handling: Marks
    keep: Duration

    def __post_init__(self) -> None:
        if self.blur == _NONE:  # one form: only the default itself is left out when it is written
            msgspec.structs.force_setattr(self, "blur", _NONE)


def read(node: Node, parties: tuple[str, ...]) -> Clause:
    """Return the clause that a node of the document holds; `all` stands for every party.

    Raises:
        Unreadable: a key is missing or unknown, or a value is none of its type.
    """
    items = mapping(
        node,
        required=("id", "give", "where", "to", "for", "fields", "handling", "keep"),
        optional=("if", "from", "blur"),
    ).items
    give = marked(items["give"], RecordKind)
    return Clause(
        id=converted(items["id"], str),
        give=give,
        where=words(items["where"]),
        condition=converted(items["if"], _condition(give), most=grammar.LONGEST) if "if" in items else "",
        to=nodes(items["to"], parties),
        givers=nodes(items["from"], parties) if "from" in items else parties,
        purposes=tuple(marked(item, Purpose) for item in sequence(items["for"], most=MOST)),
        fields=words(items["fields"]),
        blur=_blur(items["blur"]) if "blur" in items else Blur(),
        handling=_marks(items["handling"]),
        keep=converted(items["keep"], duration),
    )


def words(node: Node) -> tuple[str, ...]:
    """Return one word, or a list of them, as a tuple."""
    if isinstance(node, Scalar):
        return (converted(node, str),)
    return tuple(converted(item, str) for item in sequence(node, most=MOST))


def marked(node: Node, kind: type[_Mark]) -> _Mark:
    """Return the member of an enumeration that a word names.

    Raises:
        Unreadable: it names none.
    """

    def member(word: str) -> _Mark:
        for one in kind:
            if one.value == word:
                return one
        raise Fault(f"{word!r} is no {_NOUNS[kind]}", remedy=suggestion(word, (str(one.value) for one in kind)))

    return converted(node, member)


def nodes(node: Node, parties: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of nodes, `all` standing for every party."""
    return parties if isinstance(node, Scalar) and node.text == "all" else words(node)


def _condition(kind: RecordKind) -> Callable[[str], str]:
    return lambda text: condition.written(grammar.read(text, kind))


def _blur(node: Node) -> Blur:
    return Blur(position=converted(mapping(node, required=("position",), optional=()).items["position"], length))


def _marks(node: Node) -> Marks:
    items = mapping(node, required=("tlp", "onward"), optional=("proceedings",)).items
    proceedings = "proceedings" in items and converted(items["proceedings"], _yes)
    return Marks(tlp=marked(items["tlp"], Tlp), onward=marked(items["onward"], Onward), proceedings=proceedings)


def _yes(word: str) -> bool:
    if word not in ("yes", "no"):
        raise Fault(f"{word!r} is neither yes nor no", remedy="Write yes or no.")
    return word == "yes"


def named(id: str) -> Iterator[Flaw]:  # noqa: A002 - the clause's own word
    """Find what is wrong with the name of a clause."""
    yield from ill_named(id, ("id",), "a clause")
    if id.startswith("safeguard-"):
        yield Flaw(("id",), "names that begin with safeguard- are kept for the safeguards", "Choose another.")


def flaws(clause: Clause, parties: Iterable[str], purposes: Iterable[Purpose], areas: Iterable[str]) -> Iterator[Flaw]:
    """Find all that makes the clause unusable among these parties, purposes and areas."""
    yield from named(clause.id)
    for key, items, known, noun in (
        ("where", clause.where, areas, "area of the annex"),
        ("to", clause.to, parties, "party"),
        ("from", clause.givers, parties, "party"),
        ("for", [one.value for one in clause.purposes], [one.value for one in purposes], "purpose of this agreement"),
    ):
        yield from empty(items, key, noun)
        yield from too_many(items, MOST, key)
        yield from repeated(items, key)
        yield from unknown(items, known, key, noun)
    yield from _given_flaws(clause)
    yield from _condition_flaws(clause)
    yield from _limit_flaws(clause)


def _given_flaws(clause: Clause) -> Iterator[Flaw]:
    if clause.give not in field.GIVABLE:
        kinds = " or ".join(kind.value for kind in field.GIVABLE)
        yield Flaw(("give",), f"a {clause.give.value} cannot be given by a clause", f"Write {kinds}.")
        return
    yield from repeated(clause.fields, "fields")
    yield from unknown(clause.fields, field.known(clause.give), "fields", f"field of {clause.give.value} records")
    for name in field.needed(clause.give):
        if name not in clause.fields:
            words = f"{name} is not given, and no {clause.give.value} travels without it"
            yield Flaw(("fields",), words, f"Add {name}.")
    if clause.blur.position:
        yield from _blur_flaws(clause)
    else:
        yield from _told_flaws(clause)


def _told_flaws(clause: Clause) -> Iterator[Flaw]:
    for place, name in enumerate(clause.fields):
        told = ", ".join(sorted(field.TOLD.get(name, frozenset()) - set(clause.fields)))
        if told:
            words = f"{name} can tell {told}, which the clause withholds"
            yield Flaw(("fields", place), words, f"Remove {name}, or give {told} too.")


def _blur_flaws(clause: Clause) -> Iterator[Flaw]:
    if "position" not in clause.fields:
        yield Flaw(("blur",), "a position is blurred that is not given", "Remove the blur, or add position.")
    for place, name in enumerate(clause.fields):
        if name in field.FREE_TEXT:
            yield Flaw(("fields", place), f"{name} could tell the position that is blurred", f"Remove {name}.")


def _condition_flaws(clause: Clause) -> Iterator[Flaw]:
    if not clause.condition:
        return
    try:
        tree = grammar.read(clause.condition, clause.give)
    except Fault as fault:
        yield Flaw(("if",), fault.what, fault.remedy)
        return
    if condition.written(tree) != clause.condition:
        yield Flaw(("if",), "the condition is not in its one text", f"Write it like {condition.written(tree)}")


def _limit_flaws(clause: Clause) -> Iterator[Flaw]:
    if clause.handling.tlp is Tlp.RED:
        yield Flaw(("handling", "tlp"), "what is marked RED is never given", "Write AMBER+STRICT, or wider.")
    if not 0 < clause.keep <= LONGEST_KEPT:
        yield Flaw(("keep",), "it is kept for no time, or for more than ten years", "Write it like 30 d.")
    if clause.give is RecordKind.PERSON:
        yield from _personal_flaws(clause)
    if not 0 <= clause.blur.position <= COARSEST:
        yield Flaw(("blur", "position"), f"the blur exceeds {COARSEST} m", "Write it like 2 km.")


def _personal_flaws(clause: Clause) -> Iterator[Flaw]:
    """Find what a clause must not say of records about persons: their marks are strict, and their time is short."""
    if clause.handling.tlp not in NARROW:
        yield Flaw(("handling", "tlp"), "a record about a person is marked AMBER or stricter", "Write AMBER.")
    if clause.handling.onward is not Onward.NO:
        yield Flaw(("handling", "onward"), "a record about a person is passed on to nobody", "Write no.")
    if clause.keep > LONGEST_REVIEW:
        yield Flaw(("keep",), "a record about a person is kept for 366 days at most", "Write it like 90 d.")
