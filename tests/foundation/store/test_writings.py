"""Writings in the store: every version kept, the newest shown, erased as a whole; no answer is without bound."""

from __future__ import annotations

import pytest

from builders.writings import notice, report
from comity.foundation.store import writings
from comity.foundation.store.store import Store
from comity.foundation.store.writings import AnyWriting
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.record import RecordKind
from comity.vocabulary.writing import Cancellation, Ending


def keep(store: Store, *made: AnyWriting) -> None:
    with store.acting() as act:
        for each in made:
            writings.add(act, each)
            act.log(Entry(act=Act.COLLECTED, subject=each.id))


def later(made: AnyWriting, version: int) -> AnyWriting:
    changes = {"version": version, "before": bytes(32), "reason": "more", "time": made.time + version}
    return report(**{"id": made.id, **changes})


def test_the_newest_version_is_shown_and_all_are_kept(store: Store) -> None:
    first = report(id="a")
    keep(store, first, later(first, 2), notice(id="b", time=first.time + 1))
    with store.reading() as t:
        found = writings.newest(t, 10)
        assert [(each.writing.id, each.kind, each.writing.version) for each in found] == [
            ("a", RecordKind.REPORT, 2),
            ("b", RecordKind.NOTICE, 1),
        ]
        assert [each.version for each in writings.versions(t, "a")] == [1, 2]
        assert [each.writing.id for each in writings.newest(t, 1)] == ["a"]
        assert [each.writing.id for each in writings.page(t, "a", 10)] == ["b"]
        assert (writings.count(t), writings.get(t, "none"), writings.versions(t, "none")) == (2, None, [])


def test_a_version_is_never_replaced(store: Store) -> None:
    """The same version once more is a fault of the program, and nothing of the act remains."""
    keep(store, report(id="a"))
    with pytest.raises(Exception, match="writing_version_pkey"):
        keep(store, report(id="b"), report(id="a", title="another"))
    with store.reading() as t:
        assert writings.count(t) == 1
        assert writings.versions(t, "a") == [report(id="a")]


def test_a_cancellation_is_kept_once(store: Store) -> None:
    made = report(id="a")
    keep(store, made)
    first, second = (
        Cancellation(writing="a", ending=ending, officer="anna", reason="why", time=made.time)
        for ending in (Ending.OVER, Ending.MISTAKEN)
    )
    with store.acting() as act:
        assert writings.cancel(act, first)
        assert not writings.cancel(act, second)
        assert not writings.cancel(act, Cancellation(**{**_parts(first), "writing": "none"}))
        act.log(Entry(act=Act.ALTERED, subject="a"))
    with store.reading() as t:
        kept = writings.get(t, "a")
    assert kept is not None
    assert kept.cancellation == first
    assert not kept.counts(made.time)


def test_erasing_takes_every_version(store: Store) -> None:
    made = report(id="a")
    keep(store, made, later(made, 2), report(id="b"))
    with store.acting() as act:
        assert writings.erase(act, "a")
        assert not writings.erase(act, "a")
        act.log(Entry(act=Act.ERASED, subject="a"))
    with store.reading() as t:
        assert [each.writing.id for each in writings.newest(t, 10)] == ["b"]
        assert writings.versions(t, "a") == []


@pytest.mark.parametrize("limit", [0, -1, 100_001])
def test_no_question_is_without_bound(store: Store, limit: int) -> None:
    with store.reading() as t:
        for ask in (lambda: writings.newest(t, limit), lambda: writings.page(t, "", limit)):
            with pytest.raises(Fault, match="rows cannot be asked for"):
                ask()


def _parts(made: Cancellation) -> dict[str, object]:
    return {name: getattr(made, name) for name in made.__struct_fields__}
