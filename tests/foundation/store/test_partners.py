"""Partners in the store."""

from __future__ import annotations

import pytest

from comity.foundation.store import partners
from comity.foundation.store.partners import KeptPartner
from comity.foundation.store.store import Store
from comity.vocabulary.fault import Missing
from comity.vocabulary.partner import Station


def test_a_partner_is_kept_as_accepted(store: Store) -> None:
    """Card, station, who accepted it and when come back as they went in, by name."""
    with store.upkeep() as t:
        partners.add(t, "south", Station.NODE, b"card", "lind", 10)
        partners.add(t, "court", Station.WITNESS, b"other", "berg", 11)
        south = KeptPartner("south", Station.NODE, b"card", "lind", 10, None)
        assert partners.get(t, "south") == south
        assert partners.get(t, "none") is None
        assert partners.all(t) == [KeptPartner("court", Station.WITNESS, b"other", "berg", 11, None), south]


def test_cut_off_and_accepted_anew(store: Store) -> None:
    """A partner stays cut off from the first time on, until an officer accepts a card anew."""
    with store.upkeep() as t:
        partners.add(t, "south", Station.NODE, b"card", "lind", 10)
        partners.cut_off(t, "south", 20)
        partners.cut_off(t, "south", 30)
        assert partners.get(t, "south") == KeptPartner("south", Station.NODE, b"card", "lind", 10, 20)
        partners.add(t, "south", Station.NODE, b"new card", "berg", 40)
        assert partners.get(t, "south") == KeptPartner("south", Station.NODE, b"new card", "berg", 40, None)
        with pytest.raises(Missing):
            partners.cut_off(t, "none", 20)
