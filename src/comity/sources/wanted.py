"""The list of wanted plates: what a plate reader may notice at all (docs/formats/feed-plate-readers.md)."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import msgspec

from comity.vocabulary import instant
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.instant import DAY, Instant
from comity.vocabulary.purpose import Purpose

LONGEST = 366 * DAY
"""How far ahead an entry may be kept on the list before somebody must renew it."""
MOST = 1_000_000
_SHORTEST_PLATE = 2
_PAGE = "See docs/formats/feed-plate-readers.md."


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One wanted plate as it stands in its line."""

    plate: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    purpose: Purpose
    since: str
    until: str


class Want(msgspec.Struct, frozen=True):
    """Why a plate is wanted: what the case is called, and from when until when."""

    reference: str
    since: Instant
    until: Instant


class Wanted:
    """The list, asked by plate and country."""

    def __init__(self, wants: dict[tuple[str, str], Want]) -> None:
        self._wants = wants

    def __len__(self) -> int:
        return len(self._wants)

    def reference(self, plate: str, country: str, time: Instant) -> str | None:
        """Return the reference of the case that wants this plate at this time; None where none does."""
        want = self._wants.get((country, plain(plate)))
        return want.reference if want is not None and want.since <= time < want.until else None


def plain(plate: str) -> str:
    """Return a plate as it is compared: capital letters and digits, without spaces, dashes and dots between them."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", plate).upper() if letter.isalnum())


def read(text: str, where: str, purposes: Collection[Purpose]) -> Wanted:
    """Return the list in a text, one JSON object a line; every entry's purpose must be one of `purposes`.

    Raises:
        Fault: a line is no entry, or may not stand there. No fault shows a plate.
    """
    wants: dict[tuple[str, str], Want] = {}
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST:
        raise Fault(f"more than {MOST:,} wanted plates", where=where, remedy="Take out what is no longer wanted.")
    for number, line in lines:
        entry, want = _entry(line, f"{where}, line {number}", purposes)
        key = entry.country, plain(entry.plate)
        if key in wants:
            raise Fault("a plate stands twice", where=f"{where}, line {number}", remedy="Keep one of the two.")
        wants[key] = want
    return Wanted(wants)


def read_file(path: Path, purposes: Collection[Purpose]) -> Wanted:
    """Return the list in a file, as `read` does.

    Raises:
        Missing: there is no such file.
        Fault: it cannot be read, or is no list.
    """
    try:
        return read(path.read_text("utf-8"), str(path), purposes)
    except FileNotFoundError as error:
        raise Missing("there is no list of wanted plates", where=str(path), remedy="Check the path.") from error
    except (OSError, UnicodeDecodeError):
        raise Fault("the list of wanted plates cannot be read", where=str(path), remedy=_PAGE) from None


def _entry(line: str, where: str, purposes: Collection[Purpose]) -> tuple[Entry, Want]:
    try:
        entry = msgspec.json.decode(line, type=Entry)
        want = Want(entry.reference, instant.read(entry.since), instant.read(entry.until))
    except (msgspec.DecodeError, Fault, OverflowError, UnicodeError):
        # without the cause, whose words may hold the plate
        raise Fault("not an entry of a wanted plate", where=where, remedy=_PAGE) from None
    if len(plain(entry.plate)) < _SHORTEST_PLATE:
        raise Fault("a plate of less than two letters and digits", where=where, remedy="Write the whole plate.")
    if plain(entry.plate) in plain(entry.reference):
        raise Fault("the reference holds the plate", where=where, remedy="Name the case, not the vehicle.")
    if not entry.reference.isprintable():
        raise Fault("the reference is not printable", where=where, remedy="Write letters, digits and signs.")
    if not want.since < want.until <= want.since + LONGEST:
        raise Fault("a plate is wanted for no time, or for more than a year", where=where, remedy="Renew it in time.")
    if entry.purpose not in purposes:
        raise Fault(
            f"purpose {entry.purpose.value} is none of the feed's", where=where, remedy="Add it to the feed, or not."
        )
    return entry, want
