"""A new version names the one before; marks only tighten, and no grade rises without an independent source."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.writings import draft, look_out, marks
from comity.casework.cancel import cancel
from comity.casework.draft import Draft
from comity.casework.update import Revision, update
from comity.casework.write import write
from comity.foundation.canonical import digest, written
from comity.foundation.clock import Clock
from comity.foundation.store import ledger, writings
from comity.foundation.store.store import Store
from comity.foundation.store.writings import AnyWriting
from comity.vocabulary.entry import Act
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.handling import Onward, Scale, Tlp, within
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.writing import Ending

OFFICER = Officer(name="freja", role=Role.OFFICER)


def again(
    store: Store, clock: Clock, older: AnyWriting, what: Draft, reason: str = "more is known", **changes: object
) -> AnyWriting:
    revision = Revision(**{"id": older.id, "version": older.version, "reason": reason, "draft": what, **changes})  # type: ignore[arg-type]
    with store.acting() as act:
        return update(act, clock, OFFICER, revision)


def test_both_versions_are_kept_and_the_newer_names_the_older(store: Store, clock: Clock) -> None:
    first = write(store, clock, OFFICER, draft())
    second = again(store, clock, first, draft(title="Cigarettes by two fishing boats"))
    assert (second.id, second.version, second.before) == (first.id, 2, digest(written(first)))
    with store.reading() as transaction:
        assert writings.versions(transaction, first.id) == [first, second]
        kept = writings.get(transaction, first.id)
        entry = ledger.entries(transaction, 1)[0].read()
    assert kept is not None
    assert kept.writing == second
    assert entry is not None
    assert (entry.act, entry.subject, entry.detail) == (Act.ALTERED, first.id, "report, version 2")


@pytest.mark.parametrize(
    ("what", "changes", "fault", "told"),
    [
        (draft(marks=marks(tlp=Tlp.CLEAR)), {}, Refused, "safeguard 8"),
        (draft(marks=marks(onward=Onward.YES)), {}, Refused, "safeguard 8"),
        (draft(marks=marks(proceedings=True)), {}, Refused, "safeguard 8"),
        (draft(marks=marks(grading="A2")), {}, Refused, "safeguard 15"),
        (draft(marks=marks(grading="C1")), {}, Refused, "safeguard 15"),
        (draft(marks=marks(scale=Scale.FOUR_BY_FOUR, grading="X4")), {}, Refused, "safeguard 15"),
        (draft(names_nobody=False), {}, Fault, "names a person"),
        (look_out(), {}, Refused, "does not become"),
        (draft(), {"version": 2}, Refused, "version 1 is there"),
        (draft(), {"reason": "  "}, Fault, "needs a reason"),
        (draft(), {"id": "none"}, Missing, "no such report"),
    ],
)
def test_what_may_not_follow_is_refused_and_changes_nothing(
    store: Store, clock: Clock, what: Draft, changes: dict[str, object], fault: type[Fault], told: str
) -> None:
    first = write(store, clock, OFFICER, draft())
    with pytest.raises(fault, match=told):
        again(store, clock, first, what, **changes)
    with store.reading() as transaction:
        assert writings.versions(transaction, first.id) == [first]
        assert ledger.logged(transaction) == 1


GRADES = st.one_of(
    st.tuples(st.just(Scale.ADMIRALTY), st.from_regex(r"[A-F][1-6]", fullmatch=True)),
    st.tuples(st.just(Scale.FOUR_BY_FOUR), st.from_regex(r"[ABCX][1-4]", fullmatch=True)),
)
MARKS = st.builds(
    lambda tlp, onward, proceedings, grade: marks(
        tlp=tlp, onward=onward, proceedings=proceedings, scale=grade[0], grading=grade[1]
    ),
    *(st.sampled_from(Tlp), st.sampled_from(Onward), st.booleans(), GRADES),
)


@given(old=MARKS, new=MARKS, independent=st.sampled_from(["", "  ", "the pilot's own log"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_8_and_15_over_every_pair_of_versions(
    store: Store, clock: Clock, old: object, new: object, independent: str
) -> None:
    """Whatever the marks of two versions: the newer is no wider, and no better graded but by an independent source."""
    first = write(store, clock, OFFICER, draft(marks=old))
    try:
        second = again(store, clock, first, draft(marks=new, independent=independent))
    except Refused:
        second = None
    if second is None:
        wanted = write(store, clock, OFFICER, draft(marks=new))
        assert not within(wanted.handling, first.handling)
    elif not independent.strip():
        assert within(second.handling, first.handling)


def test_of_two_who_write_at_once_one_is_told_that_there_is_a_newer(store: Store, clock: Clock) -> None:
    first = write(store, clock, OFFICER, draft())

    def try_it(title: str) -> str:
        try:
            return again(store, clock, first, draft(title=title)).title
        except Refused as fault:
            return fault.what

    with ThreadPoolExecutor(2) as threads:
        done = sorted(threads.map(try_it, ("A", "B")))
    assert done[0] in ("A", "B")
    assert done[1].startswith("version 2 is there")


def test_what_is_cancelled_is_written_anew_by_nobody(store: Store, clock: Clock) -> None:
    first = write(store, clock, OFFICER, draft())
    with store.acting() as act:
        made = cancel(act, clock, OFFICER, first.id, Ending.MISTAKEN, " another boat ")
    assert (made.reason, made.officer) == ("another boat", "freja")
    with store.reading() as transaction:
        kept = writings.get(transaction, first.id)
        entry = ledger.entries(transaction, 1)[0].read()
    assert kept is not None
    assert kept.cancellation == made
    assert not kept.counts(clock.now())
    assert entry is not None
    assert (entry.act, entry.digest, entry.detail) == (Act.ALTERED, digest(written(made)), "cancelled: mistaken")
    with pytest.raises(Refused, match="for good"):
        again(store, clock, first, draft())
    with pytest.raises(Refused, match="for good"), store.acting() as act:
        cancel(act, clock, OFFICER, first.id, Ending.OVER, "over")


def test_a_cancellation_needs_a_reason_a_role_and_a_writing(store: Store, clock: Clock) -> None:
    first = write(store, clock, OFFICER, draft())
    auditor = Officer(name="otto", role=Role.AUDITOR)
    for officer, name, reason, fault in (
        (OFFICER, first.id, " ", Fault),
        (OFFICER, "none", "over", Missing),
        (auditor, first.id, "over", Refused),
    ):
        with pytest.raises(fault), store.acting() as act:
            cancel(act, clock, officer, name, Ending.OVER, reason)
    with store.reading() as transaction:
        assert ledger.logged(transaction) == 1
