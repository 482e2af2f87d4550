"""Alerts for TAK clients over real sockets: confirmed or distress, as far as each may know, and taken back in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import centre, informed, tak
from builders.neighbours import ANNA
from comity.exchange import tak_door
from comity.foundation.store import alerts, officers
from comity.foundation.store.store import Store
from comity.foundation.store.tak_clients import KeptClient
from comity.foundation.store.tak_clients import all as all_clients
from comity.node.assemble import Node
from comity.node.flow_recall import Calling
from comity.node.flow_release import Asked, Released
from comity.node.tak_alerts import Marked
from comity.review.decide import Verdict, decide
from comity.sources.cot import event_xml
from comity.vocabulary.alert import Alert, AlertKind
from comity.vocabulary.decision import Judgement
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import DAY, MINUTE
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.recall import RecallAct
from comity.vocabulary.record import RecordKind


@pytest.fixture
def node(make_store: Callable[[str], Store], tmp_path: Path) -> Node:
    return tak.denmark(make_store("dk.coord"), tmp_path)


@pytest.fixture
def port(node: Node) -> Iterator[int]:
    with tak.open_door(node) as at:
        yield at


def judged(node: Node, alert: str, judgement: Judgement = Judgement.CONFIRMED) -> None:
    decide(node.store, node.clock, ANNA, Verdict(alert=alert, judgement=judgement, reason="seen"))


def raised(node: Node, name: str, **more: object) -> Alert:
    """Raise an alert in the Kattegat."""
    made = replace(centre.alert(name), **more)
    centre.raised(node, name, made)
    return made


def entered(node: Node) -> list[Entry]:
    return [entry for entry in centre.acts(node) if entry.act is Act.DISCLOSED]


def the_client(node: Node) -> KeptClient:
    with node.store.reading() as transaction:
        (client,) = all_clients(transaction)
    return client


def due(node: Node, has: dict[str, Marked] | None = None) -> dict[str, Marked | None]:
    """Return what the one client is to be told."""
    return {one.alert: one.mark for one in node.tak.alerted(the_client(node), has or {})}


def test_a_local_client_is_shown_what_an_officer_confirmed(node: Node, port: int) -> None:
    """Whole, as a marker with what was found and why; what nobody has looked at is not shown; rejected, it goes."""
    token = tak.local(node)
    raised(node, "unseen")
    raised(node, "seen")
    judged(node, "seen")
    with tak.connected(port, "phone", token) as client:
        told = client.events(b"Meeting: FREJA")[-1]
        event = event_xml.read(told)
        assert (event.type, event.latitude, event.longitude) == (tak_door.SPOT, 56.5, 11.5)
        assert b"two vessels lay together for 40 minutes" in told
        assert b"MMSI 219000001" in told
        judged(node, "seen", Judgement.REJECTED)
        assert f'<link uid="{event.uid}"'.encode() in client.events(b"t-x-d-d")[-1]


def test_a_partners_client_is_shown_what_the_clause_gives_until_it_is_recalled(node: Node, port: int) -> None:
    """Each is entered before it goes; the recall that takes it from the partner's node takes it from the screen."""
    raised(node, "alert-1")
    raised(node, "distant", position=replace(centre.alert("x").position, latitude=59.5))
    for name in ("alert-1", "distant"):
        judged(node, name)
    asked = Asked(
        kind=RecordKind.ALERT, record="alert-1", partner="se.coord", purpose=Purpose.SMUGGLING, officer="anna"
    )
    assert isinstance(node.releases.release(ANNA, asked), Released)
    released = len(entered(node))
    token = tak.partners(node)
    with tak.connected(port, "their-phone", token) as client:
        told = client.events(b"Meeting: FREJA")[-1]
        assert not any(word in told for word in (b"40 minutes", b"ais-north", b"alert-1"))
        assert b"alerts-in-the-kattegat" in told
        (entry,) = entered(node)[released:]
        assert (entry.partner, entry.clause, entry.subject) == ("se.coord", "alerts-in-the-kattegat", "alert-1")
        node.recalls.recall_record(ANNA, "alert-1", Calling(act=RecallAct.ERASE, reason="a mistake"))
        gone = client.events(b"t-x-d-d")[-1]
        assert f'<link uid="{event_xml.read(told).uid}"'.encode() in gone
    assert len(entered(node)) == released + 1


def test_what_stands_is_told_once_and_again_before_it_leaves_the_screen(node: Node) -> None:
    """And anew where it was judged anew; what is a day old is renewed no more."""
    tak.partners(node)
    raised(node, "alert-1")
    judged(node, "alert-1")
    (mark,) = due(node).values()
    assert mark is not None
    assert due(node, {"alert-1": mark}) == {}
    assert due(node, {"alert-1": replace(mark, stale=node.clock.now() + 9 * MINUTE)}).keys() == {"alert-1"}
    judged(node, "alert-1")
    assert due(node, {"alert-1": mark}).keys() == {"alert-1"}
    with node.store.reading() as transaction:
        assert alerts.standing(transaction, node.clock.now() + DAY, 10) == []
    assert due(node, {"erased": mark})["erased"] is None


def test_what_is_suspended_leaves_the_screen(node: Node) -> None:
    """With no entry: nothing was disclosed."""
    tak.partners(node)
    raised(node, "alert-1")
    judged(node, "alert-1")
    (mark,) = due(node).values()
    assert mark is not None
    count = len(entered(node))
    informed.suspended(node)
    assert due(node, {"alert-1": mark}) == {"alert-1": None}
    assert len(entered(node)) == count


def test_distress_is_shown_at_once_and_a_plate_readers_never(node: Node) -> None:
    """Nobody need confirm that somebody calls for help; what a camera has read goes to no client, nor to some roles."""
    tak.local(node)
    raised(node, "mayday", kind=AlertKind.DISTRESS)
    raised(node, "plate", sources=("ais-north", "bridge"))
    judged(node, "plate")
    assert due(node).keys() == {"mayday"}
    with node.store.acting() as act:
        officers.change(act, Officer(name="anna", role=Role.AUDITOR), "no password")
        act.log(Entry(act=Act.ACCESS))
    assert due(node) == {}
