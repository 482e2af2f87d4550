"""Writers: the roles that may write reports and notices, and take note of partners'."""

from __future__ import annotations

from comity.vocabulary.fault import Refused
from comity.vocabulary.officer import Officer, Role

WRITERS = frozenset({Role.OFFICER, Role.SUPERVISOR})


def expect_writer(officer: Officer) -> None:
    """Do nothing if the officer's role may write.

    Raises:
        Refused: it may not.
    """
    if officer.role not in WRITERS:
        raise Refused(f"the role {officer.role.value} writes no reports or notices", remedy="Ask a duty officer.")
