"""Disputes in an agreement: areas that several claim, and to whom nobody tells where something is that lies there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Protocol

import msgspec

from comity.agreements.clause import MOST, nodes, words
from comity.agreements.document import Node, mapping, sequence, text
from comity.agreements.flaw import Flaw, empty, repeated, too_many, unknown
from comity.foundation.geodesy import touches
from comity.vocabulary.alert import AlertKind
from comity.vocabulary.place import Area, Position
from comity.vocabulary.record import Record, RecordKind

LONGEST = 1_000
"""Characters of a source."""
LONGEST_CLAIM = 500
"""Characters of what a claim rests on, and of a step."""
UNSAID: Final = "it is theirs; on what that rests the agreement does not say"
CROSSINGS: Final = frozenset(
    {AlertKind.CROSSING.value, AlertKind.REPEATED_INFILTRATION.value, AlertKind.REPEATED_ROUTE.value}
)
"""Kinds of alert that say where a border runs."""
PLAIN: Final = frozenset(
    {"kind", "severity", "time", "since", "until", "mmsi", "imo", "call_sign", "name", "ship_type", "rule"}
    | {"confidence", "grading", "officer", "offence", "subjects", "version", "expires", "names_nobody", "asks"}
    | {"names", "birth", "sex", "nationalities", "documents", "ground", "review", "on_conduct_alone", "basis"}
)
"""Fields that do not tell where something is. All others are taken to: of a new one somebody must say so."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody says an area is their own, and on what that rests."""

    by: str
    says: str


class Dispute(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the parties say of a disputed area. They settle nothing by it."""

    area: str
    """Of the annex."""
    claimants: tuple[str, ...]
    source: str
    status: str
    mask: tuple[str, ...] = ()
    """Parties to whom a position in it, and all that is derived from one, is not told."""
    claims: tuple[Claim, ...] = ()
    """On what claimants rest their claims, as far as the parties spell that out."""
    step: str = ""
    """What the parties do there lest they meet; empty: nothing is agreed."""

    @property
    def told(self) -> tuple[Claim, ...]:
        """The claim of each claimant; where the parties do not spell it out, only that there is one."""
        spelled = {claim.by: claim for claim in self.claims}
        return tuple(spelled.get(name, Claim(by=name, says=UNSAID)) for name in self.claimants)


class Contested(msgspec.Struct, frozen=True):
    """A dispute, and the ground that it is about."""

    dispute: Dispute
    ground: Area


class Outline(Protocol):
    """An area that can say whether a position lies in it."""

    @property
    def area(self) -> Area:
        """The area."""

    def holds(self, position: Position) -> bool:
        """Whether the position lies in it."""


def read(node: Node, parties: tuple[str, ...]) -> tuple[Dispute, ...]:
    """Return the disputes of the document's `annex`, in the order in which they stand.

    Raises:
        Unreadable: they are no mapping of areas to `{claimants, source, status, mask, claims, step}`.
    """
    annex = mapping(node).items
    if "disputes" not in annex:
        return ()
    return tuple(_dispute(area, item, parties) for area, item in mapping(annex["disputes"]).items.items())


def _dispute(area: str, node: Node, parties: tuple[str, ...]) -> Dispute:
    items = mapping(node, required=("claimants", "source", "status"), optional=("mask", "claims", "step")).items
    claims = sequence(items["claims"], most=MOST) if "claims" in items else []
    return Dispute(
        area=area,
        claimants=words(items["claimants"]),
        source=text(items["source"], most=LONGEST),
        status=text(items["status"]),
        mask=nodes(items["mask"], parties) if "mask" in items else (),
        claims=tuple(map(_claim, claims)),
        step=text(items["step"], most=LONGEST_CLAIM) if "step" in items else "",
    )


def _claim(node: Node) -> Claim:
    items = mapping(node, required=("by", "says"), optional=()).items
    return Claim(by=text(items["by"]), says=text(items["says"], most=LONGEST_CLAIM))


def flaws(disputes: tuple[Dispute, ...], parties: Iterable[str], areas: Iterable[str]) -> Iterator[Flaw]:
    """Find all that makes the disputes unusable; paths begin inside `disputes`."""
    known = frozenset(areas)
    yield from (Flaw((), one.what, one.remedy) for one in repeated([each.area for each in disputes], "area"))
    for one in disputes:
        for flaw in unknown([one.area], known, "", "area of the annex"):
            yield Flaw((one.area,), flaw.what, flaw.remedy)
        found = (
            *empty(one.claimants, "claimants", "claimant"),
            *too_many(one.claimants, MOST, "claimants"),
            *repeated(one.claimants, "claimants"),
            *repeated(one.mask, "mask"),
            *unknown(one.mask, parties, "mask", "party"),
            *_claim_flaws(one),
            *_text_flaws(one),
        )
        yield from (flaw.under(one.area) for flaw in found)


def _claim_flaws(one: Dispute) -> Iterator[Flaw]:
    for place, claim in enumerate(one.claims):
        for flaw in unknown([claim.by], one.claimants, "by", "claimant"):
            yield Flaw(("claims", place, "by"), flaw.what, flaw.remedy)
    for flaw in repeated([claim.by for claim in one.claims], "claims"):
        yield Flaw((*flaw.path, "by"), flaw.what, flaw.remedy)


def _text_flaws(one: Dispute) -> Iterator[Flaw]:
    lines = (
        *((("claimants", place), claimant, 200) for place, claimant in enumerate(one.claimants)),
        (("source",), one.source, LONGEST),
        (("status",), one.status, 200),
        *((("claims", place, "says"), claim.says, LONGEST_CLAIM) for place, claim in enumerate(one.claims)),
        *([(("step",), one.step, LONGEST_CLAIM)] if one.step else []),
    )
    for path, said, most in lines:
        if not said.strip() or len(said) > most or not said.isprintable():
            yield Flaw(path, f"this is not one printable line of 1 to {most} characters", "Say it in one line.")


def contested(disputes: Iterable[Dispute], areas: Iterable[Area]) -> tuple[Contested, ...]:
    """Return the disputes with the ground that each is about."""
    named = {area.name: area for area in areas}
    return tuple(Contested(one, named[one.area]) for one in disputes)


def masking(disputes: Iterable[Dispute], partner: str) -> tuple[str, ...]:
    """Return the names of the areas in which nobody tells this party where something is."""
    return tuple(one.area for one in disputes if partner in one.mask)


def lies_in(record: Record, masked: Iterable[str], outlines: Mapping[str, Outline]) -> str | None:
    """Return the masked area in which the record lies, or may lie; None if it lies in none.

    Without a position it lies where it names an area that has a point in common with a masked one.
    """
    if record.position is not None:
        place = record.position
        return next((name for name in masked if outlines[name].holds(place)), None)
    named = outlines.get(record.area)
    if named is None:
        return None
    return next((name for name in masked if touches(outlines[name].area, named.area)), None)


def telling(record: Record, masked: Iterable[str], where: tuple[str, ...]) -> str | None:
    """Return why giving a record that lies in a masked area would tell so, whatever is withheld of it; None if not."""
    if record.kind is RecordKind.ALERT and record.fields.get("kind") in CROSSINGS:
        return "that it is a crossing would tell"
    if frozenset(where) <= frozenset(masked):
        return "that this clause gives it would tell"
    return None
