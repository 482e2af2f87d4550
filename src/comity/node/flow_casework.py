"""The story of a report or notice: an officer writes it, partners have it, and it changes or ends for them too.

    draft -> writing -> (released like an alert) -> written anew: to all who have it, permitted anew
                                                 -> cancelled: nothing of it goes any more

A new version and what is sent of it are one act; so is the withdrawal of what still waits, before each attempt.
"""

from __future__ import annotations

import msgspec

from comity.agreements.permit import Denial
from comity.casework.cancel import cancel
from comity.casework.draft import Draft
from comity.casework.update import Revision, update
from comity.casework.write import write
from comity.foundation import canonical
from comity.foundation.clock import Clock
from comity.foundation.store import outbox
from comity.foundation.store.store import ActTransaction, Store
from comity.foundation.store.writings import AnyWriting
from comity.node.flow_release import Asked, Released, Releases
from comity.vocabulary.fault import Missing
from comity.vocabulary.officer import Officer
from comity.vocabulary.writing import Cancellation, Ending


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A partner who has an older version, and whether the new one is on its way to them."""

    partner: str
    answer: Released | Denial


class Updated(msgspec.Struct, frozen=True, kw_only=True):
    """A new version, and what became of it at each partner who has an older one."""

    writing: AnyWriting
    told: tuple[Told, ...]


class Casework:
    """What the node's officers write."""

    def __init__(self, store: Store, clock: Clock, releases: Releases) -> None:
        self._store = store
        self._clock = clock
        self._releases = releases

    def write(self, officer: Officer, draft: Draft) -> AnyWriting:
        """Keep a new report or notice, and return it.

        Raises:
            Refused: the officer's role does not write.
            Fault: the draft does not hold together.
        """
        return write(self._store, self._clock, officer, draft)

    def update(self, officer: Officer, revision: Revision) -> Updated:
        """Keep a new version, and send it to every partner who has an older one, as far as each may have it.

        Raises:
            Refused, Missing, Fault: as `casework.update` says.
        """
        with self._store.acting() as act:
            made = update(act, self._clock, officer, revision)
            told = tuple(self._told(act, officer, made))
        return Updated(writing=made, told=told)

    def _told(self, act: ActTransaction, officer: Officer, made: AnyWriting) -> list[Told]:
        found = []
        for partner, request in outbox.holders(act, made.id):
            before = canonical.read(request, Asked)
            asked = msgspec.structs.replace(before, officer=officer.name, version=0)
            try:
                answer = self._releases.give(act, officer, asked)
            except Missing:  # cut off since: nothing goes there any more
                continue
            found.append(Told(partner=partner, answer=answer))
        return found

    def cancel(self, officer: Officer, id: str, ending: Ending, reason: str) -> Cancellation:  # noqa: A002
        """Cancel the writing for good: what waits of it is withdrawn.

        Raises:
            Refused, Missing, Fault: as `casework.cancel` says.
        """
        with self._store.acting() as act:
            return cancel(act, self._clock, officer, id, ending, reason)
