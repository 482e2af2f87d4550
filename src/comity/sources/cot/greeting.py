"""The greeting of a TAK client: who it says it is, in its first message (docs/formats/tak-out.md)."""

from __future__ import annotations

import re

import msgspec

from comity.sources.plain_xml import PlainXml
from comity.vocabulary.fault import Fault

LONGEST = 8_192
"""Bytes up to the end of the greeting."""
_BEGIN = re.compile(rb"<auth[\s>]")
_END = b"</auth>"


class Greeting(msgspec.Struct, frozen=True):
    """What the client says, and what came behind it."""

    name: str
    token: str
    rest: bytes


class Hall:
    """Waits for a greeting; events before it are passed over."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Greeting | None:
        """Take the next bytes; return the greeting once it is whole.

        Raises:
            Fault: there is none, or it is too long.
        """
        self._held += data
        end = self._held.find(_END)
        if end < 0 or end > LONGEST:
            if len(self._held) > LONGEST:
                raise Fault("no greeting in its first bytes", remedy="Send <auth><cot username= password= /></auth>.")
            return None
        begin = _BEGIN.search(self._held, 0, end)
        if begin is None:
            raise Fault("no greeting in its first bytes", remedy="Send <auth><cot username= password= /></auth>.")
        stop = end + len(_END)
        found = _read(bytes(self._held[begin.start() : stop]))
        return Greeting(found.get("username", ""), found.get("password", ""), bytes(self._held[stop:]))


def _read(data: bytes) -> dict[str, str]:
    found: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "cot" and not found:
            found.update(attributes)

    PlainXml(start, lambda _: None).feed(data, last=True)
    return found
