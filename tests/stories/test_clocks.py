"""Need: a node whose clock lies harms nobody: what would be kept for too long is refused, all else goes on.

The agreement lets a record be kept for thirty days, and admission forgives five minutes between two clocks. A record
that is given by a clock that is ahead, or taken in by one that is behind, would be kept for longer than that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from comity.agreements.permit import NOT_PERMITTED
from comity.demo.desk import Desk
from comity.foundation.clock import wall
from comity.vocabulary.entry import Act
from comity.vocabulary.instant import HOUR, MINUTE, Duration
from stories.duties import PURPOSE, alerts, settled
from stories.evenness import Books, entries
from stories.house import House
from stories.link import Link
from stories.town import Town

pytestmark = pytest.mark.story


@pytest.fixture
def north(rough_town: tuple[Town, Link]) -> House:
    """Return the node whose clock is right."""
    return rough_town[0].houses[0]


@pytest.fixture
def marsh(rough_town: tuple[Town, Link]) -> House:
    """Return the node whose clock is wrong for a while."""
    return rough_town[0].houses[2]


@contextmanager
def _by_its_clock(house: House, ahead: Duration) -> Iterator[None]:
    """Let the node run with a clock that is so far ahead within the block, and with a right one after it."""
    house.close()
    now = wall()
    house.set_clock((now - MINUTE, now - MINUTE + ahead))
    house.restart()
    try:
        yield
    finally:
        house.close()
        house.set_clock()
        house.restart()


def _give(desk: Desk, partner: str, state: str) -> list[str]:
    """Release an alert to the partner, wait until the release has come to the state, and return the message."""
    (alert, *_) = alerts(desk, 1)
    desk.decide(alert["id"], "confirmed", "silent while others were heard")
    message = str(desk.release(alert["id"], partner, PURPOSE)["message"])
    settled(desk, [message], state)
    return [message]


@pytest.mark.parametrize("ahead", [6 * HOUR, -6 * HOUR], ids=["hours-ahead", "hours-behind"])
def test_what_would_be_kept_too_long_is_refused_by_a_clock_that_differs(
    north: House, marsh: House, ahead: Duration
) -> None:
    """With one clock six hours off, the one way is refused with `not-permitted`, kept by nobody and logged by both.

    The other way goes on, proofs by the log of the node with the wrong clock included; partners with right clocks
    notice nothing. Once the clock is right again, both ways go on, and both logs hold though time went back in one.
    """
    giver, taker = (marsh, north) if ahead > 0 else (north, marsh)
    with _by_its_clock(marsh, ahead):
        given, taken = len(entries(giver, Act.RECEIPTED)), len(entries(taker, Act.RECEIVED))
        (message,) = _give(giver.desk(), taker.name, "refused")
        assert taker.rows("SELECT cover, count FROM inbox WHERE id = %s", bytes.fromhex(message)) == [(b"", 0)]
        said = f"refused: {NOT_PERMITTED}"
        assert [entry.detail for entry in entries(giver, Act.RECEIPTED)[given:]] == [said]
        assert [entry.detail for entry in entries(taker, Act.RECEIVED)[taken:]] == [said]

        back = Books(taker, giver)
        messages = _give(taker.desk(), giver.name, "accepted")
        back.assert_even(messages)
        back.assert_proven(messages)
        _give(north.desk(), "south", "accepted")
    _give(north.desk(), "marsh", "accepted")
    _give(marsh.desk(), "north", "accepted")
    for house in (north, marsh):
        house.assert_sound()
    north.assert_calm()
