"""Notices: what is new or changed is told once to everybody who follows, and a look costs the store little."""

from __future__ import annotations

import threading

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import centre
from comity.api import notices
from comity.api.notices import Notices, fresh
from comity.foundation.store.store import News
from comity.node.assemble import Node

_THINGS = st.dictionaries(st.integers(0, 12), st.tuples(st.integers(0, 12), st.sampled_from("xy")), max_size=12)


@given(_THINGS, _THINGS)
def test_below_the_bound_everything_new_or_changed_is_told_in_order(
    before: dict[int, tuple[int, str]], now: dict[int, tuple[int, str]]
) -> None:
    told = fresh(before, now, most=100)
    expected = sorted((place, state) for key, (place, state) in now.items() if before.get(key) != (place, state))
    assert sorted(told) == sorted(state for _, state in expected)
    assert len(told) == len(expected)


def test_what_comes_back_into_sight_is_no_news() -> None:
    """Of three watched, one is erased: an older one takes its place, which everybody has known for long."""
    before = {3: (3, "c"), 4: (4, "d"), 5: (5, "e")}
    assert fresh(before, {2: (2, "b"), 3: (3, "c"), 5: (5, "e")}, most=3) == []
    assert fresh(before, {4: (4, "d"), 5: (5, "e"), 6: (6, "f")}, most=3) == ["f"]


@pytest.fixture
def told(node: Node, monkeypatch: pytest.MonkeyPatch) -> Notices:
    """Return notices that look each time they are asked."""
    monkeypatch.setattr(notices, "PAUSE", 0.0)
    return Notices(node.store)


def test_each_follower_is_told_what_came_after_it_began(told: Notices, node: Node) -> None:
    first = told.now()
    assert told.since(first) == (first, []), "what was there before is no news"
    centre.raised(node, "alert-3")
    second, found = told.since(first)
    assert [msgspec.json.decode(notice)["alert"] for notice in found] == ["alert-3"]
    assert told.since(second) == (second, [])
    centre.raised(node, "alert-4")
    later = told.now()
    assert [msgspec.json.decode(notice)["alert"] for notice in told.since(first)[1]] == ["alert-3", "alert-4"]
    assert told.since(later)[1] == []


def test_too_much_at_once_is_told_as_lists_to_fetch(told: Notices, node: Node) -> None:
    begin = told.now()
    for number in range(notices.MOST_AT_ONCE + 1):
        centre.raised(node, f"more-{number}")
    assert [msgspec.json.decode(notice) for notice in told.since(begin)[1]] == [{"missed": ["alerts"]}]


def test_who_falls_behind_the_ring_is_told_to_fetch_everything(told: Notices, node: Node) -> None:
    begin = told.now()
    for number in range(1_050):
        told._keep(b"%d" % number)
    number, found = told.since(begin)
    assert [msgspec.json.decode(notice) for notice in found] == [
        {"missed": ["alerts", "findings", "recalls", "received", "releases", "reports"]}
    ]
    assert told.since(number)[1] == []


def test_a_store_that_does_not_answer_stops_nobody(told: Notices, node: Node) -> None:
    begin = told.now()
    node.store.close()
    assert told.since(begin) == (begin, [])
    assert not told.well


def test_the_bell_tells_what_was_committed_and_wakes_who_follows(node: Node) -> None:
    """Without a look of its own between two rounds: the word comes through the database, and only after the commit."""
    told, woken = Notices(node.store), threading.Event()
    begin = told.now()
    node.bell.hear(told.hear)
    with node.store.listening() as news, told.followed(woken.set):
        centre.raised(node, "alert-3")
        words = news(10.0)
        assert words == {"alert"}
        node.bell.ring(words)
        assert woken.is_set()
        assert [msgspec.json.decode(notice)["alert"] for notice in told.newer(begin)[1]] == ["alert-3"]
        with pytest.raises(AssertionError, match="logged"), node.store.acting() as act:
            act.announce(News.ALERT)
        assert news(0.05) == frozenset()


def test_the_bell_costs_nothing_while_nobody_follows(node: Node) -> None:
    told = Notices(node.store)
    begin = told.now()
    centre.raised(node, "alert-3")
    told.hear(frozenset({"alert"}))
    assert told.newer(begin) == (begin, [])
