"""The story of a question before a unit acts: whether it may do this there, by law and the agreements in force.

question -> agreements as they stand, the States of the parties by their cards -> zones drawn in their annexes,
else the coastline -> permitted | forbidden | contested, with all that goes with it
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from comity.agreements.jurisdiction import Answer, Question, may
from comity.exchange.cards import Own
from comity.foundation.coastline import Coastline
from comity.foundation.store.store import Store
from comity.node import coastlines, witnesses
from comity.node.standings import standings
from comity.vocabulary import country


class Jurisdiction:
    """Asking which unit may do what where."""

    def __init__(self, store: Store, own: Own, coastline: Path | None) -> None:
        self._store = store
        self._own = own
        self._file = coastline or coastlines.SHIPPED

    @cached_property
    def _coastline(self) -> Coastline:
        return coastlines.load(self._file)

    def ask(self, question: Question) -> Answer:
        """Return what the agreements in force and general law answer.

        Raises:
            Fault: the track is longer than can be looked at, or the coastline cannot be read.
        """
        with self._store.reading() as transaction:
            found = standings(transaction)
            cards = [self._own.card, *witnesses.known(transaction)]
        states = {card.name: code for card in cards if country.is_code(code := card.country.lower())}
        return may(question, found, states, self._coastline)
