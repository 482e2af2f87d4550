"""The queue of alerts, and the decisions on them."""

from __future__ import annotations

import threading

import pytest
from msgspec.structs import replace

from comity.foundation.store import alerts, decisions
from comity.foundation.store.alerts import KeptAlert
from comity.foundation.store.store import Store
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.decision import Decision, Judgement
from comity.vocabulary.entry import Act
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind

_ALERT = Alert(
    id="a1",
    kind=AlertKind.MEETING,
    severity=Severity.HIGH,
    time=100,
    until=200,
    position=Position(55.5, 12.5),
    tracks=("t1", "t2"),
    subjects=(Identity(kind=SubjectKind.VESSEL, name="Nordlys"),),
    sightings=("s1", "s2"),
    rule="meeting",
    version=1,
    confidence=0.75,
    explanation="two vessels within 200 m for 20 minutes",
    would_change="a pilot boat",
    sources=("ais",),
)
_DECISION = Decision(alert="a1", judgement=Judgement.CONFIRMED, officer="lind", reason="seen by the patrol", time=300)


def test_the_same_alert_again_is_not_new(store: Store) -> None:
    """It is kept once; a longer-lasting one brings it up to date, a shorter one does not."""
    longer = replace(_ALERT, until=250)
    with store.upkeep() as t:
        assert alerts.add(t, _ALERT, 210) is Act.COMBINED
        assert alerts.add(t, longer, 260) is Act.ALTERED
        assert not alerts.add(t, replace(_ALERT, until=220), 270)
        kept = alerts.get(t, "a1")
        assert kept == KeptAlert(longer, 1, 210, Judgement.UNREVIEWED)
        assert alerts.get(t, "none") is None


def test_a_judged_alert_stays_as_it_was_judged(store: Store) -> None:
    """What an officer has judged no longer changes, however long it goes on."""
    with store.upkeep() as t:
        alerts.add(t, _ALERT, 210)
        decisions.add(t, _DECISION)
        assert not alerts.add(t, replace(_ALERT, until=999), 1000)
        assert alerts.get(t, "a1") == KeptAlert(_ALERT, 1, 210, Judgement.CONFIRMED)


def test_the_queue_by_judgement_and_page(store: Store) -> None:
    """In the order raised, by judgement or all, a page after another."""
    with store.upkeep() as t:
        for number in range(1, 6):
            alerts.add(t, replace(_ALERT, id=f"a{number}"), 210)
        decisions.add(t, replace(_DECISION, alert="a2"))
        decisions.add(t, replace(_DECISION, alert="a4", judgement=Judgement.REJECTED))
    with store.reading() as t:

        def ids(*question: object, **more: int) -> list[str]:
            return [kept.alert.id for kept in alerts.queue(t, *question, **more)]

        assert ids() == ["a1", "a2", "a3", "a4", "a5"]
        assert ids(Judgement.UNREVIEWED) == ["a1", "a3", "a5"]
        assert ids(Judgement.REJECTED) == ["a4"]
        assert ids(None, after=2, limit=2) == ["a3", "a4"]
        assert (alerts.count(t), alerts.count(t, Judgement.UNREVIEWED)) == (5, 3)


def test_a_reader_after_a_number_misses_none(store: Store) -> None:
    """An alert whose number is lower is committed first: a second writer waits for the first."""
    added = threading.Event()

    def second() -> None:
        with store.upkeep() as t:
            alerts.add(t, replace(_ALERT, id="a2"), 210)
        added.set()

    with store.upkeep() as t:
        alerts.add(t, _ALERT, 210)
        other = threading.Thread(target=second)
        other.start()
        assert not added.wait(0.3)
    other.join()
    with store.reading() as t:
        assert [kept.alert.id for kept in alerts.queue(t)] == ["a1", "a2"]


def test_a_later_decision_takes_the_place_of_an_earlier(store: Store) -> None:
    """Both are kept, the later one stands, and the alert shows its judgement."""
    later = replace(_DECISION, judgement=Judgement.REJECTED, officer="berg", time=400)
    with store.upkeep() as t:
        alerts.add(t, _ALERT, 210)
        assert decisions.latest(t, "a1") is None
        decisions.add(t, _DECISION)
        decisions.add(t, later)
        assert decisions.of(t, "a1") == [_DECISION, later]
        assert decisions.latest(t, "a1") == later
        kept = alerts.get(t, "a1")
    assert kept
    assert kept.judgement is Judgement.REJECTED


def test_decisions_on_what_is_not_there(store: Store) -> None:
    """An alert that is not kept cannot be judged nor repeated, and none repeats itself."""
    with store.upkeep() as t:
        with pytest.raises(Missing, match="no such alert"):
            decisions.add(t, _DECISION)
        alerts.add(t, _ALERT, 210)
        with pytest.raises(Missing, match="duplicate of"):
            decisions.add(t, replace(_DECISION, duplicate_of="none"))
        with pytest.raises(Refused, match="duplicate of itself"):
            decisions.add(t, replace(_DECISION, duplicate_of="a1"))
        assert decisions.of(t, "a1") == []
