"""Postures: how wide relations with a partner allow this node to give; looked at, previewed, and set."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.params import JSONBody, PathParameter

from comity.api.access import WRITABLE, Caller, Here, reader
from comity.api.problems import problems
from comity.foundation.store import partners, postures
from comity.foundation.store.postures import KeptPosture
from comity.node.flow_posture import LONGEST_REASON, Preview
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import LATEST, Instant
from comity.vocabulary.posture import Posture

Name = Annotated[str, PathParameter(min_length=1, max_length=200, pattern=WRITABLE)]
_MOST = 100


class Setting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an officer sets, why, and when it must be looked at again."""

    posture: Posture
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_REASON, pattern=r"\S")]
    review: Annotated[int, msgspec.Meta(ge=0, le=LATEST)]


class Trying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The posture that an officer thinks of."""

    posture: Posture


class Set(msgspec.Struct, frozen=True, kw_only=True):
    """A posture as it was set."""

    posture: Posture
    officer: str
    reason: str
    since: Instant
    review: Instant


class Relations(msgspec.Struct, frozen=True, kw_only=True):
    """Relations with one partner."""

    partner: str
    posture: Posture
    """That counts now: open where nobody has set any."""
    due: bool
    """The date has come on which it was to be looked at again."""
    history: list[Set]
    """Newest first; the first one counts."""


@get("/", sync_to_thread=True, responses=problems(403, 404))
def one(officer: Caller, node: Here, partner: Name) -> Relations:
    """Return the posture towards a partner, and those before."""
    reader(officer)
    with node.store.reading() as transaction:
        if partners.get(transaction, partner) is None:
            raise Missing("there is no such partner", where=partner, remedy="Take it from the list.")
        found = postures.history(transaction, partner, _MOST)
    return _told(partner, found, node.clock.now())


@post("/", sync_to_thread=True, responses=problems(403, 404, 413))
def change(officer: Caller, node: Here, partner: Name, data: JSONBody[Setting]) -> Set:
    """Set the posture towards a partner: it counts at once, for what is on its way too."""
    return _set(node.postures.set(officer, partner, data.posture, data.reason, data.review))


@post("/preview", status_code=200, sync_to_thread=True, responses=problems(403, 404, 413))
def preview(officer: Caller, node: Here, partner: Name, data: JSONBody[Trying]) -> Preview:
    """Return what would stop and what would begin. Nothing is changed."""
    return node.postures.preview(officer, partner, data.posture)


def _told(partner: str, found: list[KeptPosture], now: Instant) -> Relations:
    counts = found[0] if found else None
    return Relations(
        partner=partner,
        posture=counts.posture if counts else Posture.OPEN,
        due=counts is not None and counts.review <= now,
        history=list(map(_set, found)),
    )


def _set(kept: KeptPosture) -> Set:
    return Set(posture=kept.posture, officer=kept.officer, reason=kept.reason, since=kept.since, review=kept.review)


router = Router(path="/partners/{partner:str}/posture", tags=["partners"], route_handlers=[one, change, preview])
