"""A sight: what one of the node's own people may be shown on a TAK client. For partners there is the permit."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import force_setattr

from comity.vocabulary.handling import Tlp
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.record import Record, RecordKind
from comity.vocabulary.subject import SubjectKind

ROLES: Final = frozenset({Role.OFFICER, Role.SUPERVISOR})
"""Who is on duty where such a client is of use. Who runs the machine sees no records (safeguard 25)."""
SUBJECTS: Final = frozenset(
    {SubjectKind.VESSEL, SubjectKind.AIRCRAFT, SubjectKind.VEHICLE, SubjectKind.PARTY, SubjectKind.OBJECT}
)

_TOKEN: Final = object()  # whoever holds it can make a sight: it stays in this file


KINDS: Final = frozenset({RecordKind.TRACK, RecordKind.ALERT})


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """Leave to show one track or alert of this node to one of its people; only `sight` makes it."""

    record: Record
    officer: str
    token: object

    def __post_init__(self) -> None:
        if self.token is not _TOKEN:
            raise TypeError("a sight is made by asking for it")
        force_setattr(self, "token", None)


def sight(record: Record, officer: Officer, own: str) -> Sight | str:
    """Return the leave to show the record to the officer, or why there is none."""
    if officer.role not in ROLES:
        return f"the role {officer.role.value} follows nothing in the field"
    if record.kind not in KINDS or record.owner != own:
        return "it is no track or alert of this node"
    if not record.subjects or not SUBJECTS.issuperset(record.subjects):
        return "it is about a person, or about nobody knows whom"
    if record.handling.tlp is Tlp.RED:
        return "it is marked RED"
    return Sight(record=record, officer=officer.name, token=_TOKEN)
