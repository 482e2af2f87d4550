"""Definitions: how the messages of a log are laid out, as the log itself says."""

from __future__ import annotations

import math
import re
import struct

import msgspec

from comity.vocabulary.fault import Fault

_SIZES = {
    "int8_t": "b", "uint8_t": "B", "int16_t": "h", "uint16_t": "H", "int32_t": "i", "uint32_t": "I", "int64_t": "q",
    "uint64_t": "Q", "float": "f", "double": "d", "bool": "?", "char": "c",
}  # fmt: skip
_FIELD = re.compile(r"([A-Za-z0-9_/-]+)(?:\[(\d{1,5})\])? ([A-Za-z0-9_\[\]]+)")
_DEEPEST = 8
_LARGEST = 65_535
MOST = 1_024
"""Definitions in a log."""


class Layout(msgspec.Struct, frozen=True):
    """Where each plain field of a message begins, and how it is read; arrays and inner messages only take room."""

    size: int
    fields: dict[str, tuple[int, str]]

    def read(self, payload: bytes, name: str) -> float:
        """Return a field; not a number where the message has none of this name, or ends before it."""
        offset, form = self.fields.get(name, (len(payload), "c"))
        width = struct.calcsize("<" + form)
        if form == "c" or offset + width > len(payload):
            return math.nan
        return float(struct.unpack_from("<" + form, payload, offset)[0])


class Definitions:
    """The definitions of one log, by the name of the message."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def add(self, data: bytes) -> None:
        """Take the text of a definition, `name:type field;type field;`.

        Raises:
            Fault: there is none, or there are too many.
        """
        name, colon, text = data.decode("ascii", "replace").partition(":")
        if not colon or len(self._texts) >= MOST:
            raise Fault("not a definition")
        self._texts[name] = text

    def layout(self, name: str, depth: int = 0) -> Layout:
        """Return the layout of a message.

        Raises:
            Fault: it, or one within it, is not defined, or not in a way that can be.
        """
        if name not in self._texts or depth > _DEEPEST:
            raise Fault("not a definition")
        offset, fields = 0, {}
        for text in filter(None, self._texts[name].split(";")):
            match = _FIELD.fullmatch(text)
            if match is None:
                raise Fault("not a definition")
            kind, count, field = match.groups()
            form = _SIZES.get(kind)
            width = struct.calcsize("<" + form) if form else self.layout(kind, depth + 1).size
            if form and count is None:
                fields[field] = (offset, form)
            offset += width * int(count or 1)
            if offset > _LARGEST:
                raise Fault("not a definition")
        return Layout(offset, fields)
