"""An expectation: what an agreement is to answer to a request, beside what it does (docs/formats/expected.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

import msgspec

from comity.agreements import document
from comity.agreements.clause import words
from comity.agreements.document import Node, Unreadable, mapping, suggestion, text
from comity.agreements.permit import Denial, Permit
from comity.agreements.quantity import length_written
from comity.agreements.standing import State
from comity.vocabulary.instant import written

Part: TypeAlias = str | tuple[str, ...]
"""Words, or a list of fields in the order of the alphabet; empty where there is nothing to say."""

MOST: Final = 1_000
_LONGEST_REASON = 4_000
_LISTS: Final = ("given", "withheld")
_OPEN: Final = ("marked", "kept", "learns")
"""Parts that are compared only where something is expected of them."""
_PERMITTED: Final = ("clause", *_LISTS, "within", "marked", "kept")
_DENIED: Final = ("safeguard", "reason", "learns")
_REQUIRED: Final = {"permitted": "clause", "denied": "reason"}
_ASKED: Final = ("state", "law")


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked besides a request, and what is to be answered."""

    state: State
    law: str
    """Path of a national law file from the folder of the requests; empty: none."""
    parts: Mapping[str, Part]


class Difference(msgspec.Struct, frozen=True):
    """A part of an answer that is not as expected."""

    part: str
    expected: Part
    found: Part

    def __str__(self) -> str:
        return f"{self.part}: expected {_told(self.expected)}, found {_told(self.found)}"


def read(text: str, where: str) -> dict[str, Expectation]:
    """Return what is expected of each request, by its name, in the order in which they stand.

    Raises:
        Unreadable: it is not in the format; `where` is then file:line:column.
    """
    answers = mapping(mapping(document.load(text, where), required=("answers",), optional=()).items["answers"])
    if len(answers.items) > MOST:
        remedy = "Part them into two folders."
        raise Unreadable(f"{len(answers.items)} requests are more than {MOST}", where=answers.place, remedy=remedy)
    return {name: _expectation(node) for name, node in answers.items.items()}


def _expectation(node: Node) -> Expectation:
    items = mapping(node, required=("answer",)).items
    answer = text(items["answer"])
    if answer not in _REQUIRED:
        remedy = "Write permitted or denied."
        raise Unreadable(f"{answer!r} is no answer", where=items["answer"].place, remedy=remedy)
    known = (*(_PERMITTED if answer == "permitted" else _DENIED), *_ASKED)
    held = mapping(node, required=("answer", _REQUIRED[answer]), optional=known).items
    parts = {name: _part(name, held[name]) for name in ("answer", *known) if name in held and name not in _ASKED}
    return Expectation(
        state=_state(held["state"]) if "state" in held else State.FINALIZED,
        law=text(held["law"]) if "law" in held else "",
        parts=parts,
    )


def _part(name: str, node: Node) -> Part:
    return tuple(sorted(words(node))) if name in _LISTS else text(node, most=_LONGEST_REASON)


def _state(node: Node) -> State:
    word = text(node)
    for one in State:
        if one.value == word:
            return one
    raise Unreadable(f"{word!r} is no state", where=node.place, remedy=suggestion(word, (one.value for one in State)))


def found(answer: Permit | Denial) -> dict[str, Part]:
    """Return the parts of an answer."""
    if isinstance(answer, Denial):
        safeguard = "" if answer.safeguard is None else str(answer.safeguard)
        return {"answer": "denied", "safeguard": safeguard, "reason": answer.reason, "learns": answer.code}
    blur = answer.blur.position
    return {
        "answer": "permitted",
        "clause": answer.clause,
        "given": tuple(sorted(answer.fields)),
        "withheld": tuple(sorted({one.field for one in answer.withheld} - set(answer.fields))),
        "within": length_written(blur) if blur and "position" in answer.fields else "",
        "marked": f"TLP:{answer.handling.tlp.value}, onward: {answer.handling.onward.value}",
        "kept": written(answer.keep_until),
    }


def differences(expected: Mapping[str, Part], answered: Mapping[str, Part]) -> Iterator[Difference]:
    """Yield each part in which the two are not the same."""
    for part in dict.fromkeys(("answer", *_PERMITTED, *_DENIED)):
        if part in _OPEN and part not in expected:
            continue
        nothing: Part = () if part in _LISTS else ""
        wanted, came = expected.get(part, nothing), answered.get(part, nothing)
        if wanted != came:
            yield Difference(part, wanted, came)


def headline(parts: Mapping[str, Part]) -> str:
    """Return an answer in one line."""
    if parts["answer"] == "denied":
        by = f" (safeguard {parts['safeguard']})" if parts.get("safeguard") else ""
        return f"denied: {parts['reason']}{by}"
    return f"permitted by {parts['clause']}, given {_told(parts.get('given', ()))}"


def _told(part: Part) -> str:
    return (part if isinstance(part, str) else ", ".join(part)) or "nothing"
