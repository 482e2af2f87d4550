"""Officers: the named people who use a node, and their roles."""

from __future__ import annotations

from enum import Enum

import msgspec


class Role(Enum):
    """What a person is there to do."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    DATA_PROTECTION = "data-protection"
    FUNDAMENTAL_RIGHTS = "fundamental-rights"
    ADMINISTRATOR = "administrator"
    """Runs the machine and sees no records (safeguard 25)."""


class Officer(msgspec.Struct, frozen=True, kw_only=True):
    """A named person with one role: who runs the machine cannot also decide."""

    name: str
    role: Role
