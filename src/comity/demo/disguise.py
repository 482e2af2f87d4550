"""The disguise: the recording of Danish waters with every identity in it replaced by an invented one.

Positions, movements and times stay as they were received; who is who is hidden. The scheme is in
docs/decisions/0050-disguised-recording.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from string import ascii_uppercase

import msgspec

from comity.demo.sentences import Field, Header, Message, lines, text
from comity.foundation.canonical import digest
from comity.sources.ais import NotDecoded, decode
from comity.sources.feed import file_lines
from comity.sources.nmea import SENTENCE, Payload, Receiver
from comity.sources.report import Report

RECORDING = Path(__file__).parent / "recordings" / "danish-waters-2013.nmea.gz"
SEED = "kattegat"
_KEPT = frozenset({1, 2, 3, 4, 5, 9, 18, 19, 21, 24, 27})
"""Types whose every identity has a known place; all others are dropped."""
_SHORTEST = {1: 168, 2: 168, 3: 168, 4: 168, 5: 422, 9: 168, 18: 168, 19: 312, 21: 272, 24: 160, 27: 96}
"""Bits below which a type is not whole, and is dropped."""
_FIRST = (
    "AMBER", "ARCTIC", "AUTUMN", "BRIGHT", "BRISK", "CALM", "CLEAR", "COPPER", "CORAL", "CRIMSON", "DAWN", "DISTANT",
    "EARLY", "EVENING", "FAIR", "FROSTED", "GENTLE", "GOLDEN", "GRANITE", "GREY", "HAZEL", "HIDDEN", "INDIGO", "IVORY",
    "JADE", "LATE", "LIVELY", "LUNAR", "MARBLE", "MERRY", "MISTY", "NOBLE", "OPAL", "PALE", "PATIENT", "PEARL",
    "QUIET", "RAPID", "RUSSET", "SABLE", "SCARLET", "SILENT", "SILVER", "SOLAR", "SOUTHERN", "STEADY", "SUMMER",
    "TIDAL", "TRUE", "TWIN", "VELVET", "VIOLET", "WANDERING", "WESTERN", "WHITE", "WILD", "WINTER",
)  # fmt: skip
_SECOND = (
    "ALDER", "ANCHOR", "ANVIL", "ASPEN", "AVOCET", "BADGER", "BEACON", "BIRCH", "BITTERN", "BRAMBLE", "CEDAR",
    "COMPASS", "CURLEW", "DIPPER", "DUNLIN", "EIDER", "FALCON", "FERN", "GANNET", "GREBE", "HARRIER", "HEATHER",
    "HERON", "JUNIPER", "KESTREL", "LANTERN", "LARCH", "LINNET", "MALLARD", "MARTEN", "MERLIN", "OSPREY", "OTTER",
    "PETREL", "PLOVER", "PUFFIN", "ROWAN", "RUNNEL", "SANDPIPER", "SEXTANT", "SHRIKE", "SISKIN", "SNIPE", "SORREL",
    "SPRUCE", "TEAL", "TERN", "THISTLE", "THRUSH", "TURNSTONE", "WARBLER", "WIGEON", "WILLOW", "YARROW",
)  # fmt: skip
_PLACES = (
    "ALDERHAVN", "BIRKNAES", "CORMORANT BAY", "DUNE POINT", "ELLESUND", "FERNHOLM", "GULLWICK", "HERON QUAY",
    "JUNIPER SOUND", "KLIPVIK", "LARCH HARBOUR", "MYRTLE ROADS", "OTTERHOLM", "PLOVER SANDS", "ROWANSUND",
    "SORRELVIK", "TERN ISLAND", "WILLOWHAVN",
)  # fmt: skip


class Identities:
    """Invented identities, one for each real one, drawn from the seed word alone.

    None is an identity of the recording; none can be anybody's: the country digits are unallocated, IMO numbers have
    a wrong check digit, and call signs begin with Q, which the Radio Regulations leave to no country.
    """

    def __init__(self, seed: str, real: set[int], real_texts: set[str]) -> None:
        self._seed = seed
        self._real = real
        self._real_texts = real_texts
        self._invented: dict[int, int] = {}
        self._taken: set[int] = set()

    def mmsi(self, real: int) -> int:
        """Return the invented MMSI, of the same form (ITU-R M.585-9): vessel, shore station, aid or beacon."""
        known = self._invented.get(real)
        if known is not None:
            return known
        tries = 0
        while (found := self._candidate(real, tries)) in self._real or found in self._taken:
            tries += 1
        self._taken.add(found)
        self._invented[real] = found
        return found

    def name(self, real: int) -> str:
        """Return the vessel's invented name."""
        return self._text("name", real, lambda draw: f"{_pick(_FIRST, draw)} {_pick(_SECOND, draw // 1_000)}")

    def call_sign(self, real: int) -> str:
        """Return the vessel's invented call sign."""
        return self._text("call sign", real, lambda draw: f"Q{ascii_uppercase[draw % 26]}{draw // 26 % 10_000:04d}")

    def destination(self, real: int) -> str:
        """Return where the vessel says that it is bound, invented."""
        return self._text("destination", real, lambda draw: _pick(_PLACES, draw))

    def imo(self, real: int) -> int:
        """Return seven digits that are like an IMO number but for their check digit."""
        digits = 100_000 + self._draw("imo", real, 0) % 900_000
        check = sum(int(digit) * weight for digit, weight in zip(str(digits), range(7, 1, -1), strict=True)) % 10
        return digits * 10 + (check + 1 + self._draw("imo", real, 1) % 9) % 10

    def _candidate(self, real: int, tries: int) -> int:
        draw = self._draw("mmsi", real, tries)
        prefix = _prefix(real)
        country = "" if prefix.startswith("97") else f"28{draw % 10}"
        width = 9 - len(prefix) - len(country)
        return int(f"{prefix}{country}{draw // 10 % 10**width:0{width}d}")

    def _text(self, what: str, real: int, make: Callable[[int], str]) -> str:
        tries = 0
        while (found := make(self._draw(what, real, tries))) in self._real_texts:
            tries += 1
        return found

    def _draw(self, what: str, real: int, tries: int) -> int:
        return int.from_bytes(digest(f"{self._seed}/{what}/{real}/{tries}".encode())[:8], "big")


class Disguised(msgspec.Struct, frozen=True):
    """What became of a recording: messages written, messages dropped, and how many senders they are of."""

    messages: int
    dropped: int
    subjects: int


def disguise(target: Path, *, source: Path = RECORDING, seed: str = SEED) -> Disguised:
    """Write the disguised recording to `target` as NMEA lines; the same seed always gives the same bytes.

    Raises:
        Missing: there is no recording.
    """
    messages = list(_messages(source))
    identities = _identities(messages, seed)
    senders: set[int] = set()
    kept = dropped = 0
    with target.open("w", encoding="ascii", newline="\n") as file:
        for header, payload in messages:
            message = Message.read(payload.characters, payload.fill)
            if payload.time is None or not _hide(message, identities):
                dropped += 1
                continue
            kept += 1
            senders.add(message.number(8, 30))
            file.writelines(f"{line}\n" for line in lines(payload.time, header, message))
    return Disguised(kept, dropped, len(senders))


def _messages(source: Path) -> Iterator[tuple[Header, Payload]]:
    receiver = Receiver(Report())
    for line in file_lines(source, Report()):
        payload = receiver.take(line)
        sentence = SENTENCE.search(line) if payload is not None else None
        if payload is not None and sentence is not None:
            body = sentence["body"].decode("ascii")
            yield (
                Header(talker=body[:2], kind=body[2:5], sequence=body[10:11], channel=sentence["channel"].decode()),
                payload,
            )


def _identities(messages: list[tuple[Header, Payload]], seed: str) -> Identities:
    """Learn what is real in the recording, so that nothing invented is."""
    numbers: set[int] = set()
    texts: set[str] = set()
    for _, payload in messages:
        try:
            said = decode(payload.characters, payload.fill)
        except NotDecoded:
            continue
        numbers.add(said.mmsi)
        texts |= {word for word in (said.name, said.call_sign, said.destination) if word}
    return Identities(seed, numbers, texts)


def _hide(message: Message, identities: Identities) -> bool:
    """Replace every identity in the message; return whether it may be kept."""
    kind = message.number(0, 6) if message.length >= 40 else 0
    if kind not in _KEPT or message.length < _SHORTEST.get(kind, 96):
        return False
    real = message.number(8, 30)
    if kind in {5, 19, 21, 24}:
        _hide_static(message, kind, real, identities)
    message.put(8, Field(identities.mmsi(real), 30))
    return True


def _hide_static(message: Message, kind: int, real: int, identities: Identities) -> None:
    if kind == 5:
        if message.number(40, 30):
            message.put(40, Field(identities.imo(real), 30))
        _write(message, 70, 7, identities.call_sign(real))
        _write(message, 112, 20, identities.name(real))
        _write(message, 302, 20, identities.destination(real))
    elif kind == 24:
        _hide_class_b(message, real, identities)
    else:
        _write(message, 143 if kind == 19 else 43, 20, identities.name(real))
        if kind == 21 and message.length > 272:
            message.put(272, Field(0, message.length - 272))  # the rest of a longer name


def _hide_class_b(message: Message, real: int, identities: Identities) -> None:
    if message.number(38, 2) == 0:
        _write(message, 40, 20, identities.name(real))
        return
    message.put(48, Field(0, 42))  # maker and serial number of the unit
    _write(message, 90, 7, identities.call_sign(real))
    if real // 10_000_000 == 98:
        message.put(132, Field(identities.mmsi(message.number(132, 30)), 30))  # the mother ship's


def _write(message: Message, start: int, characters: int, words: str) -> None:
    """Put the words where there were any; what was not available stays so, and nothing stays behind the end mark."""
    first = message.number(start, 6)
    blank = first in {0, 32} and not _said(message, start, characters)
    message.put(start, text("" if blank else words, characters))


def _said(message: Message, start: int, characters: int) -> bool:
    for place in range(start, start + 6 * characters, 6):
        code = message.number(place, 6)
        if code == 0:
            return False
        if code != 32:
            return True
    return False


def _prefix(mmsi: int) -> str:
    """Return the leading digits that tell what kind of station it is (ITU-R M.585-9)."""
    digits = f"{mmsi:09d}"
    for prefix in ("00", "0", "111", "970", "972", "974", "98", "99"):
        if digits.startswith(prefix):
            return prefix
    return ""


def _pick(words: tuple[str, ...], draw: int) -> str:
    return words[draw % len(words)]
