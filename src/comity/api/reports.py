"""Reports and notices: those that the node's officers write, what partners have of them, and their changes."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated, Literal

import msgspec
from litestar import Router, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec.structs import replace

from comity.agreements.permit import Denial
from comity.api.access import Caller, Here, Id, reader
from comity.api.answer import Answer, Asking, answer
from comity.api.consulted import consulted
from comity.api.problems import problems
from comity.casework.draft import Draft
from comity.casework.update import Revision
from comity.foundation.store import writings
from comity.foundation.store.store import Transaction
from comity.foundation.store.writings import AnyWriting, KeptWriting
from comity.node.assemble import Node
from comity.node.flow_release import Asked
from comity.vocabulary.attachment import Attachment, MediaType
from comity.vocabulary.fault import Missing
from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import Instant
from comity.vocabulary.notice import Ask, Notice, NoticeKind
from comity.vocabulary.offence import Offence
from comity.vocabulary.officer import Officer
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.thing import Thing
from comity.vocabulary.writing import Cancellation, Ending

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000, pattern=r"\S")]


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment; its content, in base64, only where one report is opened."""

    name: str
    type: MediaType
    sha256: str
    size: int
    content: str


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a report or notice."""

    version: int
    reason: str
    officer: str
    time: Instant
    offence: Offence
    title: str
    text: str
    since: Instant
    until: Instant
    position: Position | None
    area: str
    subjects: tuple[Thing, ...]
    purposes: tuple[Purpose, ...]
    grading: str
    """With its scale, like `admiralty B2` or `4x4 B2`."""
    handling: Handling
    independent: str
    expires: Instant
    kind: NoticeKind | None
    """Of a notice."""
    asks: tuple[Ask, ...]
    attachments: tuple[Attached, ...]
    simulated: bool


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A report or notice in its newest version."""

    id: str
    record: Literal["report", "notice"]
    state: Literal["open", "expired", "cancelled"]
    changed: Instant
    newest: Version


class ReleasedTo(msgspec.Struct, frozen=True, kw_only=True):
    """A release of it to a partner."""

    message: str
    partner: str
    version: int
    state: str
    """`queued`, `accepted`, `refused` or `withdrawn`."""
    acknowledged: Instant | None
    """When an officer there took note of it, by the partner's clock."""


class OpenedReport(Written, frozen=True, kw_only=True):
    """One report or notice with all its versions, newest first, and who has it."""

    versions: tuple[Version, ...]
    cancellation: Cancellation | None
    given: tuple[ReleasedTo, ...]


class Anew(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an officer writes anew, on which version, and why."""

    version: Annotated[int, msgspec.Meta(ge=1, le=9_999)]
    reason: Reason
    draft: Draft


class ToldPartner(msgspec.Struct, frozen=True, kw_only=True):
    """A partner who has an older version, and whether the new one goes to them; if not, the old one counts no more."""

    partner: str
    answer: Answer


class Rewritten(msgspec.Struct, frozen=True, kw_only=True):
    """The new version, and what became of it at each partner who has an older one."""

    written: Written
    told: tuple[ToldPartner, ...]


class Cancel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it ended, which partners learn, and why, which stays here."""

    ending: Ending
    reason: Reason


@get("/", sync_to_thread=True, responses=problems(403))
def listed(officer: Caller, node: Here, limit: Limit = 100) -> list[Written]:
    """Return reports and notices in their newest version, the last changed first."""
    reader(officer)
    with consulted(node.store, officer, "reports") as transaction:
        kept = writings.newest(transaction, limit)
    return [_told(node, each) for each in kept]


@get("/{report:str}", sync_to_thread=True, responses=problems(403, 404))
def one(officer: Caller, node: Here, report: Id) -> OpenedReport:
    """Return one report or notice with all its versions and who has it."""
    reader(officer)
    with consulted(node.store, officer, report) as transaction:
        kept = _kept(transaction, report)
        versions = writings.versions(transaction, report)
        given = node.casework.given(transaction, report)
    told = _told(node, kept)
    return OpenedReport(
        **{name: getattr(told, name) for name in told.__struct_fields__ if name != "newest"},
        newest=_version(kept.writing, whole=True),
        versions=tuple(_version(each, whole=True) for each in reversed(versions)),
        cancellation=kept.cancellation,
        given=tuple(
            ReleasedTo(
                message=each.message.hex(),
                partner=each.partner,
                version=each.version,
                state=each.state,
                acknowledged=each.acknowledged,
            )
            for each in given
        ),
    )


@post("/", sync_to_thread=True, responses=problems(403, 413))
def write(officer: Caller, node: Here, data: JSONBody[Draft]) -> Written:
    """Write a report, or with `notice` a notice."""
    made = node.casework.write(officer, data)
    return _told(node, KeptWriting(writings.kind_of(made), made, made.time, None))


@post("/{report:str}/update", sync_to_thread=True, responses=problems(403, 404, 413))
def update(officer: Caller, node: Here, report: Id, data: JSONBody[Anew]) -> Rewritten:
    """Write it anew; the new version goes to every partner who has an older one, as far as each may have it."""
    revision = Revision(id=report, version=data.version, reason=data.reason, draft=data.draft)
    updated = node.casework.update(officer, revision)
    made = updated.writing
    told = tuple(
        ToldPartner(
            partner=each.partner,
            answer=answer(each.answer)
            if isinstance(each.answer, Denial)
            else answer(each.answer.permit, each.answer.message),
        )
        for each in updated.told
    )
    return Rewritten(written=_told(node, KeptWriting(writings.kind_of(made), made, made.time, None)), told=told)


@post("/{report:str}/cancel", sync_to_thread=True, responses=problems(403, 404, 413))
def cancel(officer: Caller, node: Here, report: Id, data: JSONBody[Cancel]) -> Cancellation:
    """Cancel it for good, and tell every partner who has it."""
    return node.casework.cancel(officer, report, data.ending, data.reason)


@post("/{report:str}/preview", status_code=200, sync_to_thread=True, responses=problems(403, 404, 413))
def preview(officer: Caller, node: Here, report: Id, data: JSONBody[Asking]) -> Answer:
    """Return our record beside what the partner would be given of it, or why nothing. Nothing is sent."""
    seen = node.releases.preview(officer, _asked(node, officer, report, data))
    return replace(answer(seen.answer), ours=seen.record.fields, theirs=seen.given)


@post("/{report:str}/release", sync_to_thread=True, responses=problems(403, 404, 413))
def release(officer: Caller, node: Here, report: Id, data: JSONBody[Asking]) -> Answer:
    """Give it to the partner, as far as the permit goes."""
    done = node.releases.release(officer, _asked(node, officer, report, data))
    if isinstance(done, Denial):
        return answer(done)
    return answer(done.permit, done.message)


def _asked(node: Node, officer: Officer, report: str, data: Asking) -> Asked:
    node.releases.expect_releaser(officer)
    with node.store.reading() as transaction:
        kind = _kept(transaction, report).kind
    return Asked(kind=kind, record=report, partner=data.partner, purpose=data.purpose, officer=officer.name)


def _kept(transaction: Transaction, report: str) -> KeptWriting:
    kept = writings.get(transaction, report)
    if kept is None:
        raise Missing("there is no such report or notice", where=report, remedy="Take it from the list.")
    return kept


def _told(node: Node, kept: KeptWriting) -> Written:
    ended: Literal["cancelled", "expired"] = "cancelled" if kept.cancellation else "expired"
    return Written(
        id=kept.writing.id,
        record="notice" if isinstance(kept.writing, Notice) else "report",
        state="open" if kept.counts(node.clock.now()) else ended,
        changed=kept.changed,
        newest=_version(kept.writing),
    )


def _version(writing: AnyWriting, *, whole: bool = False) -> Version:
    notice = writing if isinstance(writing, Notice) else None
    own = {name: getattr(writing, name) for name in Version.__struct_fields__ if hasattr(writing, name)}
    parts = {
        "grading": writing.handling.graded,
        "kind": notice.kind if notice else None,
        "asks": notice.asks if notice else (),
        "attachments": tuple(_attached(each, whole=whole) for each in notice.attachments) if notice else (),
    }
    return Version(**{**own, **parts})


def _attached(attachment: Attachment, *, whole: bool) -> Attached:
    return Attached(
        name=attachment.name,
        type=attachment.type,
        sha256=attachment.digest.hex(),
        size=len(attachment.content),
        content=b64encode(attachment.content).decode() if whole else "",
    )


router = Router(
    path="/reports", tags=["reports"], route_handlers=[listed, one, write, update, cancel, preview, release]
)
