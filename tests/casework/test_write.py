"""A report is an officer's own word: kept whole under their name, with one entry; nobody else writes."""

from __future__ import annotations

import pytest

from builders.writings import draft, look_out, marks
from comity.casework.write import write
from comity.casework.writers import WRITERS
from comity.foundation.canonical import digest, written
from comity.foundation.clock import Clock
from comity.foundation.store import ledger, writings
from comity.foundation.store.store import Store
from comity.vocabulary.entry import Act
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.handling import Scale
from comity.vocabulary.notice import Notice
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.record import RecordKind
from comity.vocabulary.report import Report

OFFICER = Officer(name="freja", role=Role.OFFICER)


def test_a_report_and_a_notice_are_kept_as_written_with_an_entry_each(store: Store, clock: Clock) -> None:
    report = write(store, clock, OFFICER, draft())
    notice = write(store, clock, OFFICER, look_out())
    assert isinstance(report, Report)
    assert isinstance(notice, Notice)
    with store.reading() as transaction:
        kept = {each.kind: each for each in writings.newest(transaction, 10)}
        entries = [found.read() for found in ledger.entries(transaction, 0)]
    assert kept[RecordKind.REPORT].writing == report
    assert kept[RecordKind.NOTICE].writing == notice
    assert report.id != notice.id
    for entry, made, what in zip(entries, (report, notice), ("report", "notice"), strict=True):
        assert entry is not None
        assert (entry.act, entry.officer, entry.subject) == (Act.COLLECTED, "freja", made.id)
        assert (entry.digest, entry.detail) == (digest(written(made)), f"{what}, version 1")


@pytest.mark.parametrize(("scale", "grading"), [(Scale.ADMIRALTY, "B2"), (Scale.FOUR_BY_FOUR, "X4")])
def test_it_is_graded_on_the_scale_that_it_names(store: Store, clock: Clock, scale: Scale, grading: str) -> None:
    made = write(store, clock, OFFICER, draft(marks=marks(scale=scale, grading=grading)))
    assert made.handling.graded == f"{scale.value} {grading}"


@pytest.mark.parametrize("role", sorted(set(Role) - WRITERS, key=lambda role: role.value))
def test_other_roles_do_not_write(store: Store, clock: Clock, role: Role) -> None:
    with pytest.raises(Refused, match=role.value):
        write(store, clock, Officer(name="x", role=role), draft())
    _nothing_happened(store)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"names_nobody": False}, "names a person"),
        ({"area": "kattegat"}, "not both"),
        ({"expires": 1}, "would have expired"),
        ({"marks": marks(scale=Scale.FOUR_BY_FOUR, grading="E5")}, "not a valid"),
        ({"marks": marks(grading="X2")}, "not a valid"),
    ],
)
def test_a_draft_that_does_not_hold_together_is_refused(
    store: Store, clock: Clock, changes: dict[str, object], told: str
) -> None:
    with pytest.raises(Fault, match=told) as refused:
        write(store, clock, OFFICER, draft(**changes))
    assert refused.value.remedy
    _nothing_happened(store)


def _nothing_happened(store: Store) -> None:
    with store.reading() as transaction:
        assert writings.count(transaction) == 0
        assert ledger.logged(transaction) == 0
