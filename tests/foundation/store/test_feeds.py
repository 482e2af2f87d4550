"""How far a feed has been taken in."""

from __future__ import annotations

import pytest

from comity.foundation.store import feeds
from comity.foundation.store.store import Store
from comity.vocabulary.fault import Fault


def test_a_new_feed_begins_at_nothing(store: Store) -> None:
    """A feed never heard of is at position 0 and is not listed."""
    with store.reading() as t:
        assert feeds.position(t, "ais") == 0
        assert feeds.all(t) == []


def test_it_advances_and_adds_up_what_was_rejected(store: Store) -> None:
    """The position is set, the rejected are added."""
    with store.upkeep() as t:
        feeds.advance(t, "ais", 10, 2)
        feeds.advance(t, "ais", 10)
        feeds.advance(t, "ais", 25, 3)
        feeds.advance(t, "adsb", 1)
    with store.reading() as t:
        assert feeds.all(t) == [feeds.Feed("adsb", 1, 0), feeds.Feed("ais", 25, 5)]


def test_it_never_goes_back(store: Store) -> None:
    """A position before the kept one is refused, so that nothing is taken in twice."""
    with store.upkeep() as t:
        feeds.advance(t, "ais", 10)
    with pytest.raises(Fault, match="cannot go back to item 9"), store.upkeep() as t:
        feeds.advance(t, "ais", 9, 4)
    with store.reading() as t:
        assert feeds.all(t) == [feeds.Feed("ais", 10, 0)]
