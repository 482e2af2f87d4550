"""The ways of a feed: by which one of several it comes in, and how long its sightings may be kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from comity.sources import wanted
from comity.sources.feed import expect_known
from comity.sources.mqtt import address as mqtt_address
from comity.sources.own_format import ENDING
from comity.sources.poll import expect_address
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.instant import DAY, Duration
from comity.vocabulary.purpose import Purpose

PLATES = "plate-readers"
"""The feed format whose hits are about vehicles that people drive."""
LONGEST_HITS = 7 * DAY
_TAK = "cot"
_LONGEST_SECRET = 4_096
_LAST_PORT = 65_535


def expect_one(feed: str, format_name: str, ways: Mapping[str, str | bool]) -> None:
    """Do nothing if just one of the ways by which a feed can come in is set, and its address is one.

    Raises:
        Fault: none or several are, or the address is none.
    """
    chosen = [way for way, value in ways.items() if value]
    if len(chosen) != 1:
        *others, last = ways
        raise Fault(f"feed {feed!r} needs either {', '.join(others)} or {last}", remedy=f"Set one of the {len(ways)}.")
    if chosen == ["tak"] and format_name != _TAK:
        raise Fault(f"feed {feed!r}: TAK clients send {_TAK}", remedy=f"Set format = '{_TAK}'.")
    for way, check in (("poll", expect_address), ("subscribe", mqtt_address)):
        if way in chosen:
            check(str(ways[way]))
    if chosen[0] in {"connect", "listen"}:
        expect_port(f"{chosen[0]} of feed {feed!r}", str(ways[chosen[0]]))


def expect_port(setting: str, address: str) -> None:
    """Do nothing if the address is a host and a port.

    Raises:
        Fault: it is not.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= _LAST_PORT:
        raise Fault(
            f"{setting}: {address!r} is no address and port", remedy="Write them like 127.0.0.1:4001, up to 65535."
        )


def expect_format(feed: str, name: str) -> None:
    """Do nothing if feeds can have the format, or it is a file's.

    Raises:
        Missing: there is no such format.
    """
    if not name.endswith(ENDING):
        try:
            expect_known(name)
        except Missing as fault:
            fault.what = f"feed {feed!r}: {fault.what}"
            raise


def format_name(folder: Path, name: str) -> str:
    """Return the format as `sources` opens it: one that is a file, relative to the node's folder, with its path."""
    return str(folder / name) if name.endswith(ENDING) else name


def archived(format_name: str) -> bool:
    """Whether what a feed of this format gives may go into an archive: a plate reader's hits never do (safeguard 6)."""
    return format_name != PLATES


def secret(file: Path) -> str:
    """Return the user and password in a file's first line, as `USER:PASSWORD`.

    Raises:
        Fault: it cannot be read, or holds none.
    """
    try:
        with file.open("rb") as opened:
            line = opened.readline(_LONGEST_SECRET).decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Fault("the feed's secret cannot be read", where=str(file), remedy="Name a readable file.") from error
    if ":" not in line:
        raise Fault("the feed's secret is none", where=str(file), remedy="Write USER:PASSWORD into its first line.")
    return line


def expect_short(feed: str, format_name: str, wanted_file: Path | None, purposes: Collection[Purpose]) -> None:
    """Hold a plate reader to a list of what it may notice (safeguard 6).

    Raises:
        Fault: it has none, another feed has one, or the list cannot be used.
    """
    if (wanted_file is not None) != (format_name == PLATES):
        raise Fault(
            f"feed {feed!r}: a list of wanted plates belongs to a plate reader, and a plate reader to a list",
            remedy=f"Set format = '{PLATES}' and wanted, or neither.",
        )
    if wanted_file is not None:
        wanted.read_file(wanted_file, purposes)


def expect_kept(feed: str, format_name: str, keep: Duration) -> None:
    """Hold a plate reader to a short memory (safeguard 6).

    Raises:
        Fault: its hits would be kept for more than seven days.
    """
    if format_name == PLATES and keep > LONGEST_HITS:
        raise Fault(
            f"feed {feed!r}: hits of a plate reader are kept for at most seven days",
            remedy="Set its keep = '7 d' or less, or retention.sightings.",
        )
