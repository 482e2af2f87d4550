"""Two whole nodes that know each other and have the example agreement in force, each serving its exchange."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from builders import centre
from builders.web import serving
from comity.api.application import exchange_application
from comity.exchange import posting
from comity.exchange.delivery import Courier
from comity.foundation.store.store import Store
from comity.node.assemble import Node
from comity.vocabulary.officer import Officer, Role

ANNA = Officer(name="anna", role=Role.OFFICER)
BIRGER = Officer(name="birger", role=Role.OFFICER)


class Neighbours(msgspec.Struct, frozen=True):
    """Denmark and Sweden."""

    dk: Node
    se: Node

    def carry(self) -> int:
        """Bring all that waits, both ways, by real couriers, and return how many receipts came."""
        return carried(self.dk, "se.coord") + carried(self.se, "dk.coord")


def carried(sender: Node, partner: str) -> int:
    """Bring all that waits for a partner by a real courier, and return how many receipts came."""
    with posting.line() as line:
        courier = Courier(sender.store, sender.own, partner, sender.clock, sender.recheck, line)
        return courier.deliver_due()


@contextmanager
def neighbours(dk_store: Store, se_store: Store, folder: Path) -> Iterator[Neighbours]:
    """Yield the two nodes."""
    dk, se = centre.node(dk_store, folder), centre.node(se_store, folder, "se.coord", 2)
    with serving(exchange_application(dk)) as dk_at, serving(exchange_application(se)) as se_at:
        centre.known(dk, "se.coord", 2, se_at)
        centre.known(se, "dk.coord", 1, dk_at)
        for node in (dk, se):
            centre.agreed(node)
        yield Neighbours(dk, se)
