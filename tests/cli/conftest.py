"""Fixtures of the commands: the folder of a node that knows a partner."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import informed, pair
from comity.agreements.frame import Term
from comity.exchange import cards, partners
from comity.foundation.store import officers
from comity.node.assemble import opened
from comity.node.create import NewNode, create
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import LATEST
from comity.vocabulary.officer import Officer, Role


@pytest.fixture
def agreed_folder(tmp_path: Path) -> Path:
    """Return the folder of a node that knows a partner, has an agreement in force, and one user."""
    made = tmp_path / "dk"
    create(made, NewNode(name="dk.coord", agency="Agency", country="DK"))
    partner = pair.own("se.coord", 2)
    with opened(made) as node:
        with node.store.acting() as act:
            partners.accept(
                act, node.own, partner.signed, cards.fingerprint(partner.signed), officer="anna", now=node.clock.now()
            )
        informed.agreed(node, replace(pair.TERMS, in_force=Term(start=0, end=LATEST)))
        with node.store.acting() as act:
            officers.add(act, Officer(name="anna", role=Role.OFFICER), "no password")
            act.log(Entry(act=Act.ACCESS, subject="anna"))
    return made
