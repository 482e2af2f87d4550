"""A decision is a named officer's word, with a reason, and one entry."""

from __future__ import annotations

import pytest

from comity.foundation.clock import Clock
from comity.foundation.store import alerts, decisions, ledger
from comity.foundation.store.store import Store
from comity.review.decide import DECIDERS, Verdict, decide
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.decision import Judgement
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind

OFFICER = Officer(name="freja", role=Role.OFFICER)


def an_alert(name: str) -> Alert:
    return Alert(
        id=name,
        kind=AlertKind.MEETING,
        severity=Severity.HIGH,
        time=1_000,
        until=2_000,
        position=Position(56.9, 11.7),
        tracks=("t",),
        subjects=(Identity(kind=SubjectKind.VESSEL),),
        sightings=("s",),
        rule="meeting",
        version=1,
        confidence=0.5,
        explanation="two together",
        would_change="a tow",
        sources=("radar",),
    )


def keep(store: Store, *names: str) -> None:
    with store.acting() as act:
        for name in names:
            alerts.add(act, an_alert(name), 3_000)
        act.log(Entry(act=Act.COMBINED, subject=names[0]))


def test_a_decision_sets_the_judgement_and_writes_one_entry_in_the_officers_name(store: Store) -> None:
    keep(store, "a")
    decide(store, Clock(), OFFICER, Verdict(alert="a", judgement=Judgement.CONFIRMED, reason=" seen "))
    with store.reading() as transaction:
        kept = alerts.get(transaction, "a")
        latest = decisions.latest(transaction, "a")
        (entry,) = [found.read() for found in ledger.entries(transaction, 1)]
    assert kept is not None
    assert kept.judgement is Judgement.CONFIRMED
    assert latest is not None
    assert (latest.officer, latest.reason) == ("freja", "seen")
    assert entry is not None
    assert (entry.act, entry.officer, entry.subject, entry.detail) == (Act.ALTERED, "freja", "a", "judged confirmed")


def test_a_later_decision_takes_the_place_of_an_earlier_and_both_are_kept(store: Store) -> None:
    keep(store, "a")
    for judgement in (Judgement.CONFIRMED, Judgement.REJECTED):
        decide(store, Clock(), OFFICER, Verdict(alert="a", judgement=judgement, reason="looked again"))
    with store.reading() as transaction:
        assert [found.judgement for found in decisions.of(transaction, "a")] == [
            Judgement.CONFIRMED,
            Judgement.REJECTED,
        ]
        kept = alerts.get(transaction, "a")
    assert kept is not None
    assert kept.judgement is Judgement.REJECTED


def test_a_duplicate_is_a_link_beside_the_judgement(store: Store) -> None:
    keep(store, "a", "b")
    verdict = Verdict(alert="b", judgement=Judgement.CONFIRMED, reason="the same two", duplicate_of="a")
    assert decide(store, Clock(), OFFICER, verdict).duplicate_of == "a"


@pytest.mark.parametrize("role", sorted(set(Role) - DECIDERS, key=lambda role: role.value))
def test_other_roles_do_not_decide(store: Store, role: Role) -> None:
    keep(store, "a")
    with pytest.raises(Refused, match=role.value):
        decide(
            store,
            Clock(),
            Officer(name="x", role=role),
            Verdict(alert="a", judgement=Judgement.CONFIRMED, reason="because"),
        )
    _nothing_happened(store)


@pytest.mark.parametrize(
    ("verdict", "fault"),
    [
        (Verdict(alert="a", judgement=Judgement.CONFIRMED, reason="  "), Fault),
        (Verdict(alert="a", judgement=Judgement.CONFIRMED, reason="x" * 2_001), Fault),
        (Verdict(alert="a", judgement=Judgement.UNREVIEWED, reason="because"), Fault),
        (Verdict(alert="a", judgement=Judgement.UNSURE, reason="because", duplicate_of="a"), Fault),
        (Verdict(alert="a", judgement=Judgement.UNSURE, reason="because", duplicate_of="gone"), Missing),
        (Verdict(alert="gone", judgement=Judgement.UNSURE, reason="because"), Missing),
    ],
)
def test_a_decision_that_is_none_changes_nothing(store: Store, verdict: Verdict, fault: type[Fault]) -> None:
    keep(store, "a")
    with pytest.raises(fault):
        decide(store, Clock(), OFFICER, verdict)
    _nothing_happened(store)


def _nothing_happened(store: Store) -> None:
    with store.reading() as transaction:
        kept = alerts.get(transaction, "a")
        assert kept is not None
        assert kept.judgement is Judgement.UNREVIEWED
        assert ledger.logged(transaction) == 1
