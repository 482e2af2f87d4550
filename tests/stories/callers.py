"""Callers: those who have alerts released, one by one over the API or many at once beside the node, come what may.

Each alert is asked for once. A caller remembers of each call what it was told: the message, or a fault. After a fault
the release was made or it was not; the books must say which, and there is no third.
"""

from __future__ import annotations

import os
import random  # noqa: TID251 - seeded
import threading
from collections.abc import Callable, Sequence

import httpx
import msgspec
from msgspec.structs import replace

from builders import centre
from comity.demo.desk import Desk
from comity.foundation.clock import Clock, wall
from comity.foundation.store import alerts, decisions
from comity.foundation.store.server import attached
from comity.foundation.store.store import Store
from comity.node import rotation
from comity.node import settings as node_settings
from comity.node.assemble import Node, assemble, opened
from comity.node.flow_release import Asked
from comity.vocabulary.alert import AlertKind
from comity.vocabulary.decision import Decision, Judgement
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import HOUR
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from stories.duties import PURPOSE
from stories.house import OFFICER, House

_ME = Officer(name=OFFICER, role=Role.OFFICER)
_LARGEST = 30
"""Alerts given in one call, at most."""
_PAUSE = 0.05
"""Seconds between two calls, at most."""


class Call(msgspec.Struct, frozen=True):
    """One call: what was to be given, and the message that was told, or nothing after a fault."""

    records: tuple[str, ...]
    message: str = ""


class Callers:
    """One caller that gives alerts singly and one that gives many at once; each does so as far as it may so far."""

    def __init__(self, house: House, partner: str, chance: random.Random) -> None:
        self.calls: list[Call] = []
        self.ending = threading.Event()
        self._house = house
        self._partner = partner
        self._chance = chance
        self._may = 0
        self._taken = 0
        self._names: list[str] = []
        self._desk: Desk | None = None
        self._url = ""
        self._turn = threading.Lock()

    def furnish(self, count: int) -> None:
        """Put confirmed alerts into the queue of the node, which runs, and sign in to give them."""
        now = wall()
        self._names = [f"{number:032x}" for number in range(count)]
        with opened(self._house.folder) as node, node.store.acting() as act:
            for name in self._names:
                silence = centre.alert(name)
                raised = replace(silence, kind=AlertKind.GOING_DARK, time=now - HOUR, until=now, sources=("coast",))
                alerts.add(act, raised, now)
                decisions.add(
                    act,
                    Decision(alert=name, judgement=Judgement.CONFIRMED, officer=OFFICER, reason="silent", time=now),
                )
            act.log(Entry(act=Act.COMBINED, basis="furnished", count=count))
        self._desk, url = self._house.desk(), attached(self._house.folder / "database")
        assert url is not None, "the node does not run"
        self._url = url

    def allow(self, count: int) -> None:
        """Let so many more alerts be given."""
        self._may += count

    @property
    def given(self) -> int:
        """How many alerts have been given for certain."""
        return sum(len(call.records) for call in self.calls if call.message)

    @property
    def resting(self) -> bool:
        """Whether all that may be given so far has been tried."""
        return self._taken >= min(self._may, len(self._names))

    def singly(self) -> None:
        """Give one alert after another over the node's API until told to end."""
        desk = self._desk
        assert desk is not None, "there is nothing to give"
        self._until_told(1, lambda names: str(desk.release(names[0], self._partner, PURPOSE)["message"]))

    def together(self) -> None:
        """Give many alerts at once, beside the node as its commands do, until told to end."""
        node = _beside(self._house, self._url)
        try:
            self._until_told(_LARGEST, lambda names: self._batch(node, names))
        finally:
            node.store.close()

    def _batch(self, node: Node, names: Sequence[str]) -> str:
        asked = [
            Asked(kind=RecordKind.ALERT, record=name, partner=self._partner, purpose=Purpose(PURPOSE), officer=OFFICER)
            for name in names
        ]
        done = node.releases.release_many(_ME, asked)
        assert not done.denied
        (message,) = done.messages
        return message.hex()

    def _until_told(self, most: int, give: Callable[[Sequence[str]], str]) -> None:
        while not self.ending.wait(self._chance.uniform(0.0, _PAUSE)):
            names = self._next(self._chance.randint(1, most))
            if not names:
                continue
            try:
                message = give(names)
            except (Fault, httpx.HTTPError):
                message = ""
                self.ending.wait(4 * _PAUSE)
            self.calls.append(Call(names, message))

    def _next(self, count: int) -> tuple[str, ...]:
        with self._turn:
            names = tuple(self._names[self._taken : min(self._taken + count, self._may)])
            self._taken += len(names)
        return names


def _beside(house: House, url: str) -> Node:
    """Return the node's parts over its running database, which this process does not start if it is down."""
    settings, own = node_settings.load(house.folder, os.environ), rotation.loaded(house.folder)
    return assemble(house.folder, settings, own, Store(url, node=house.name, clock=Clock(), patience=5.0))
