"""Plain XML: elements, attributes and text, and nothing that a document can do to its reader.

A document type, and so every entity of its own, an element too deep and a token too long are refused; nothing is ever
fetched. Text comes in pieces, and memory stays bounded whatever the size.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from comity.vocabulary.fault import Fault

DEEPEST = 32
LONGEST_TOKEN = 131_072
"""Bytes that may come without completing a tag, a comment or a piece of text."""

_NAMESPACE = " "


class PlainXml:
    """Calls `start` with an element's name and attributes, `text` with text and `end` with the name, as bytes come.

    Names are without namespace and prefix.
    """

    def __init__(
        self,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._start, self._end, self._text = start, end, text
        self._depth = 0
        self._quiet = 0
        parser = expat.ParserCreate(namespace_separator=_NAMESPACE)
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = _refused
        parser.EntityDeclHandler = _refused
        parser.StartElementHandler = self._started
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._told
        parser.DefaultHandler = self._passed
        self._parser = parser

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Take the next bytes; `last` says that the document ends with them.

        Raises:
            Fault: it is not well-formed, or not plain. `what` is the name of the fault. Nothing more can be fed.
        """
        self._quiet += len(data)
        before = self._quiet
        try:
            self._parser.Parse(data, last)
        except (expat.ExpatError, ValueError, LookupError) as error:  # the last two: an encoding that is none
            raise Fault("not well-formed XML") from error
        if self._quiet == before > LONGEST_TOKEN:
            raise Fault("a tag or comment too long")

    def _started(self, name: str, attributes: dict[str, str]) -> None:
        self._quiet = 0
        self._depth += 1
        if self._depth > DEEPEST:
            raise Fault("elements too deep")
        self._start(_local(name), {_local(key): value for key, value in attributes.items()})

    def _ended(self, name: str) -> None:
        self._quiet = 0
        self._depth -= 1
        self._end(_local(name))

    def _told(self, text: str) -> None:
        self._quiet = 0
        self._text(text)

    def _passed(self, _text: str) -> None:
        self._quiet = 0


def _local(name: str) -> str:
    return name.rpartition(_NAMESPACE)[2]


def _refused(*_: object) -> None:
    raise Fault("a document type or entity")
