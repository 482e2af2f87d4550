"""Rights: what is held of a ship that is a person's, who received it, and its erasure everywhere."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, post
from litestar.params import JSONBody

from comity.api.access import Caller, Here
from comity.api.fields import Fields
from comity.api.problems import problems
from comity.node.inventory import Question, Words
from comity.node.told import Event
from comity.vocabulary.instant import Instant


class Erasure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which record of our own is to be erased here and at everyone who has it."""

    reference: Words
    record: Words


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One record that is held, or that the log knows of."""

    record: str
    kind: str
    owner: str
    time: Instant | None
    keep_until: Instant | None
    fields: Fields
    events: tuple[Event, ...]
    """What the log tells of it, oldest first."""
    recipients: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is held, and who received it."""

    reference: str
    node: str
    time: Instant
    held: tuple[Held, ...]
    complete: bool


class Erased(msgspec.Struct, frozen=True):
    """It is erased here; these recalls are on their way to those who have it."""

    recalls: tuple[Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")], ...]


@post("/answer", status_code=200, sync_to_thread=True, responses=problems(403, 413))
def answer(officer: Caller, node: Here, data: JSONBody[Question]) -> Answer:
    """Answer a person's question: what is held, who received it, under which clause. The question is logged."""
    return msgspec.convert(node.rights.answer(officer, data), Answer, from_attributes=True)


@post("/erase", status_code=200, sync_to_thread=True, responses=problems(403, 404, 413))
def erase(officer: Caller, node: Here, data: JSONBody[Erasure]) -> Erased:
    """Erase a record here, and call it back from everyone to whom it was given."""
    return Erased(tuple(recall.hex() for recall in node.rights.erase(officer, data.reference, data.record)))


router = Router(path="/rights", tags=["rights"], route_handlers=[answer, erase])
