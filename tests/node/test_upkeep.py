"""What is proven: no piece of the upkeep waits for another that fails, and what failed is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import centre, giving, pair
from comity.foundation.store import findings, sightings
from comity.foundation.store.store import Busy, Unavailable
from comity.node import flow_retention, rotation, standings, upkeep
from comity.node.assemble import Node
from comity.node.flow_recall import Calling, Recalls
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.finding import FindingKind
from comity.vocabulary.instant import DAY
from comity.vocabulary.recall import RecallAct


def test_what_must_be_erased_is_erased_though_no_key_can_be_written(owner: Node, tmp_path: Path) -> None:
    """The folder of the prekeys is none; the sightings whose time is over go all the same, and the failure is told."""
    (tmp_path / rotation.KEYS).mkdir(exist_ok=True)
    (tmp_path / rotation.KEYS / "prekeys").write_text("in the way")
    old = replace(centre.sighting(7), id="old", time=pair.NOW - 1_000 * DAY)
    with owner.store.acting() as act:
        sightings.add(act, [(old, "ship")])
        act.log(Entry(act=Act.COLLECTED))
        before = sightings.count(act)
    with pytest.raises(FileExistsError):
        upkeep.erase(owner, flow_retention.ShortFeeds(owner.store, owner.clock, {}))
    with owner.store.reading() as transaction:
        assert sightings.count(transaction) == before - 1
        assert sightings.oldest(transaction, pair.NOW - 900 * DAY) is None


def test_what_is_overdue_is_found_though_an_agreement_is_stuck(owner: Node) -> None:
    """An agreement that cannot be read holds up what rests on it, and not the list of what partners owe."""
    calling = Calling(act=RecallAct.ERASE, reason="it was another ship")
    Recalls(owner.store, owner.own, owner.clock, patience=0).recall(giving.OFFICER, giving.given(owner), 0, calling)
    with owner.store.upkeep() as transaction:
        assert transaction.run("UPDATE agreement SET body = %s", b"none")
    standings._texts.clear()  # what was read before is not read again
    with pytest.raises(Fault, match="not readable CBOR"):
        upkeep.proceed(owner)
    with owner.store.reading() as transaction:
        assert [one.finding.kind for one in findings.newest(transaction, 10)] == [FindingKind.OVERDUE]


def test_the_first_failure_is_raised_and_without_a_database_nothing_more_is_tried() -> None:
    done: list[str] = []

    def failing(name: str, fault: Fault) -> None:
        done.append(name)
        raise fault

    busy, other = Busy("a lock is held"), Fault("no agreement")
    with pytest.raises(Busy) as told:
        upkeep.each(lambda: failing("a", busy), lambda: failing("b", other), lambda: done.append("c"))
    assert (told.value, done) == (busy, ["a", "b", "c"])
    gone = Unavailable("the database does not answer")
    with pytest.raises(Unavailable):
        upkeep.each(lambda: failing("d", other), lambda: failing("e", gone), lambda: done.append("f"))
    assert done == ["a", "b", "c", "d", "e"]
