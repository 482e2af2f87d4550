"""What is proven: what two nations see together, an officer sees as one, and only as long as it may be here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import centre, informed, pair
from builders.informed import Two, moves, vessel
from comity.agreements import disclosure, redaction
from comity.foundation import canonical
from comity.foundation.store import inbox, tracks
from comity.foundation.store.inbox import KeptRecord
from comity.foundation.store.store import Store
from comity.node import flow_common
from comity.node.assemble import Node
from comity.node.flow_recall import Calling
from comity.vocabulary.common import CommonTrack
from comity.vocabulary.instant import SECOND
from comity.vocabulary.message import Given
from comity.vocabulary.officer import Role
from comity.vocabulary.recall import RecallAct

NOW = pair.NOW


@pytest.fixture
def nodes(borrow_database: Callable[[], str], tmp_path: Path) -> Iterator[Two]:
    """Return an owner and a subscriber."""
    stores = [Store(borrow_database(), node=name, clock=pair.clock()) for name in ("dk.coord", "se.coord")]
    with informed.two(stores[0], stores[1], tmp_path) as made:
        yield made
    for store in stores:
        store.close()


def given(nodes: Two, *numbers: int) -> None:
    """Let Denmark keep Sweden informed of these vessels."""
    nodes.running()
    moves(nodes.dk, [replace(vessel(number, NOW - 9 * SECOND), variance=400.0) for number in numbers])
    assert nodes.dk.informing.inform() == len(numbers)
    nodes.carry()


def sees(nodes: Two, *numbers: int) -> None:
    """Let Sweden see these itself."""
    nodes.se.watch.live.tell(
        [replace(vessel(one, NOW - 5 * SECOND), id=f"own-{one}", variance=900.0) for one in numbers]
    )


def received(node: Node) -> list[KeptRecord]:
    """Return the partners' tracks that are here."""
    with node.store.reading() as transaction:
        return inbox.releases(transaction, NOW, 10, tracks=True)


def owners(found: list[CommonTrack]) -> list[tuple[str, ...]]:
    return sorted(tuple(part.owner for part in track.parts) for track in found)


def test_own_and_partners_tracks_become_one(nodes: Two) -> None:
    """The partner's part names its clause and marks; what the two rest on is told; what is apart stays apart."""
    given(nodes, 1, 2)
    sees(nodes, 2, 3)
    found = nodes.se.common.look()
    assert owners(found) == [("dk.coord",), ("dk.coord", "se.coord"), ("se.coord",)]
    (both,) = [track for track in found if len(track.parts) == 2]
    theirs, own = both.parts
    assert (theirs.clause, theirs.handling is not None, len(theirs.agreement)) == ("tracks-in-the-kattegat", True, 32)
    assert (own.id, own.handling, own.clause) == ("own-2", None, "")
    assert both.provenance == ("dk.coord", "mmsi/219000002", "se.coord/ais-north")
    assert not both.independent, "both hear the same transmitter"
    centre.staffed(nodes.se)
    with centre.served(nodes.se) as address:
        with centre.signed_in(nodes.se, address, Role.OFFICER) as client:
            told = client.get("/common").json()
        with centre.signed_in(nodes.se, address, Role.ADMINISTRATOR) as client:
            assert client.get("/common").status_code == 403
    assert {track["id"] for track in told} == {track.id for track in found}


def test_an_own_track_that_was_erased_is_gone_at_the_next_look(nodes: Two) -> None:
    """What a person had erased is shown to nobody, nor what was made of it."""
    given(nodes, 2)
    sees(nodes, 2, 3)
    assert owners(nodes.se.common.look()) == [("dk.coord", "se.coord"), ("se.coord",)]
    nodes.se.watch.live.let_go(["own-2", "own-3"])
    assert owners(nodes.se.common.look()) == [("dk.coord",)]
    sees(nodes, 3)
    assert owners(nodes.se.common.look()) == [("dk.coord",), ("se.coord",)], "told anew, it is there again"


def test_what_is_called_back_is_gone_at_the_next_look(nodes: Two) -> None:
    """A part that was erased leaves the track, and what stands on it alone is no track any more."""
    given(nodes, 1, 2)
    sees(nodes, 2)
    assert owners(nodes.se.common.look()) == [("dk.coord",), ("dk.coord", "se.coord")]
    calling = Calling(act=RecallAct.ERASE, reason="collected without a basis")
    for kept in received(nodes.se):
        assert kept.record is not None
        nodes.dk.recalls.recall_record(informed.ANNA, kept.record, calling)
    nodes.carry()
    assert owners(nodes.se.common.look()) == [("se.coord",)]


def test_nothing_of_it_is_kept_or_given(nodes: Two) -> None:
    """What is fused is no track of the node: its store has none of it, and who subscribes is given own tracks alone."""
    given(nodes, 1, 2)
    sees(nodes, 2)
    assert len(nodes.se.common.look()) == 2
    with nodes.se.store.reading() as transaction:
        assert tracks.current(transaction, 0, 100) == []
    made = nodes.dk.subscriptions.ask(informed.ANNA, "se.coord", informed.TRACKS)
    nodes.carry()
    nodes.se.subscriptions.accept(informed.BIRGER, made, "they watch the same strait")
    nodes.carry()
    assert informed.refreshing(nodes.se, "0 s").informing.inform() == 0, "what came from Denmark does not go back to it"


def test_what_was_made_coarser_counts_for_less(nodes: Two) -> None:
    """The middle of a cell of 2 km is taken for as exact as that; where nothing is told, for a hundred metres."""
    given(nodes, 1)
    (kept,) = received(nodes.se)
    assert kept.item is not None
    whole = canonical.read(kept.item, Given)
    fields = redaction.disclosed(whole)
    for change, deviation in (
        ({}, 100.0),
        ({"accuracy": 30.0}, 30.0),
        ({"position": {"latitude": 56.5, "longitude": 11.5, "within": 2_000}}, 585.9),
    ):
        told = {**fields, **change}
        written = tuple(disclosure.written(name, value, bytes(16)) for name, value in sorted(told.items()))
        decoys = [bytes([place] * 32) for place in range(16 - len(written))]
        digests = b"".join(sorted([*(sha256(one).digest() for one in written), *decoys]))
        item = canonical.written(replace(whole, disclosures=written, digests=digests))
        contact = flow_common.received(replace(kept, item=item))
        assert contact is not None
        assert contact.deviation == pytest.approx(deviation, abs=0.1)
