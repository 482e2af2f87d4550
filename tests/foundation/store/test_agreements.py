"""Agreements in the store."""

from __future__ import annotations

import pytest

from comity.foundation.store import agreements
from comity.foundation.store.agreements import KeptAgreement
from comity.foundation.store.store import Store
from comity.vocabulary.fault import Missing, Refused

_ONE, _TWO, _THREE, _NONE = bytes([1]) * 32, bytes([2]) * 32, bytes([3]) * 32, bytes(32)


def test_a_text_is_kept_once(store: Store) -> None:
    """The same text again is not new; another of the same name and version stands beside it, and keeps nobody out."""
    with store.upkeep() as t:
        assert agreements.add(t, _ONE, "sound", 1, b"terms")
        assert not agreements.add(t, _ONE, "sound", 1, b"terms")
        assert agreements.add(t, _THREE, "sound", 1, b"a third text")
        assert [kept.digest for kept in agreements.named(t, "sound", 1)] == [_ONE, _THREE]
        assert agreements.add(t, _TWO, "sound", 2, b"other terms")
        assert agreements.offers(t) == 3
        assert agreements.get(t, _ONE) == KeptAgreement(_ONE, "sound", 1, b"terms", "offered")
        assert agreements.get(t, _NONE) is None
        assert [kept.version for kept in agreements.all(t)] == [1, 1, 2]


def test_states(store: Store) -> None:
    """An agreement passes into any state there is and no other, and never back: a suspension stands."""
    with store.upkeep() as t:
        agreements.add(t, _ONE, "sound", 1, b"terms", agreements.STATES[0])
        for state in agreements.STATES[1:]:
            assert agreements.set_state(t, _ONE, state)
            kept = agreements.get(t, _ONE)
            assert kept
            assert kept.state == state
            assert not any(
                agreements.set_state(t, _ONE, earlier)
                for earlier in agreements.STATES[: agreements.STATES.index(state) + 1]
            )
            assert agreements.get(t, _ONE) == kept
        with pytest.raises(Refused, match="no state"):
            agreements.set_state(t, _ONE, "forgotten")
        with pytest.raises(Missing):
            agreements.set_state(t, _NONE, "agreed")


def test_signatures_and_standings_by_party(store: Store) -> None:
    """Each party's first one stays, and none is kept of an agreement that is not there."""
    with store.upkeep() as t:
        agreements.add(t, _ONE, "sound", 1, b"terms")
        for party, signature in (("north", b"n"), ("south", b"s"), ("north", b"another")):
            agreements.add_signature(t, _ONE, party, signature)
            agreements.add_standing(t, _ONE, party, signature + b" stands")
        assert agreements.signatures(t, _ONE) == {"north": b"n", "south": b"s"}
        assert agreements.standings(t, _ONE) == {"north": b"n stands", "south": b"s stands"}
        assert agreements.signatures(t, _NONE) == {}
        for add in (agreements.add_signature, agreements.add_standing):
            with pytest.raises(Missing):
                add(t, _NONE, "north", b"n")
