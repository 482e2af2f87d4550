"""Need: whatever the line between two nodes does to what passes, each release arrives once and both logs agree."""

from __future__ import annotations

import random  # noqa: TID251 - seeded
from collections.abc import Callable

import pytest

from comity.demo.desk import Desk, wait_for
from stories import link as harms
from stories.duties import PURPOSE, alerts, settled
from stories.evenness import Books
from stories.house import PATIENCE
from stories.link import Harm, Link, Mixed
from stories.town import Town

pytestmark = pytest.mark.story
_SEED = 20_261_127
Release = Callable[[int], list[str]]


@pytest.fixture(scope="module")
def desk(rough_town: tuple[Town, Link]) -> Desk:
    """Return an officer's desk at `north`, who has confirmed the first three alerts."""
    town, _ = rough_town
    found = town.houses[0].desk()
    for alert in alerts(found, 3)[:3]:
        found.decide(alert["id"], "confirmed", "silent while others were heard")
    return found


@pytest.fixture
def books(rough_town: tuple[Town, Link]) -> Books:
    """Return the books between `north` and `south`, opened before anything is released."""
    town, _ = rough_town
    return Books(*town.houses[:2])


def _series(desk: Desk, count: int = 3) -> list[str]:
    """Release so many times, one alert after the other, and return the messages."""
    found = [alert["id"] for alert in alerts(desk, 3)[:3]]
    answers = [desk.release(found[number % 3], "south", PURPOSE) for number in range(count)]
    return [str(answer["message"]) for answer in answers]


def _harmed(link: Link, desk: Desk, harm: Harm) -> list[str]:
    """Release three times; the line harms what is delivered after the first. Return the messages, all accepted."""
    link.met.clear()
    messages = _series(desk, 1)
    settled(desk, messages)
    link.harm(harm)
    messages += _series(desk, 2)
    settled(desk, messages)
    assert harm.__name__ in link.met
    assert not link.harms
    return messages


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(harms.lost_on_the_way, id="cut-before-it-was-heard"),
        pytest.param(harms.answer_lost, id="cut-before-the-receipt-came-back"),
        pytest.param(harms.held_back, id="held-back-past-the-next"),
        pytest.param(harms.doubled, id="doubled"),
        pytest.param(harms.doubled_at_once, id="four-times-at-once"),
        pytest.param(harms.slowed, id="dripping"),
        pytest.param(harms.request_cut_short, id="request-cut-short"),
        pytest.param(harms.answer_cut_short, id="receipt-cut-short"),
        pytest.param(harms.request_changed, id="request-changed"),
        pytest.param(harms.answer_changed, id="receipt-changed"),
    ],
)
def test_harm_on_the_line_loses_and_doubles_nothing(
    rough_town: tuple[Town, Link], desk: Desk, books: Books, harm: Harm
) -> None:
    """One delivery, of one message or of two, is harmed: all three arrive once, in order, with the same receipts.

    One entry each for what was given, taken in and receipted.
    """
    town, link = rough_town
    messages = _harmed(link, desk, harm)
    books.assert_even(messages)
    for house in town.houses[:2]:
        house.assert_calm()


def test_a_line_that_is_cut_lets_all_wait_and_all_arrive(
    rough_town: tuple[Town, Link], desk: Desk, books: Books
) -> None:
    """While the line is down every release waits and says why; once it is mended all arrive, once and in order."""
    _, link = rough_town
    link.cut()
    try:
        messages = _series(desk, 6)
        tried = wait_for(
            "an attempt",
            lambda: [item for item in desk.releases() if item["attempts"] and item["last_fault"]],
            PATIENCE,
        )
        assert {item["state"] for item in desk.releases() if item["message"] in messages} == {"queued"}
        assert "no answer" in tried[-1]["last_fault"]
    finally:
        link.mend()
    settled(desk, messages)
    books.assert_even(messages)


def test_a_line_on_which_anything_happens_ends_even(rough_town: tuple[Town, Link], desk: Desk, books: Books) -> None:
    """Twelve releases over a line that does something else each time: all even, all proven, and every log holds."""
    town, link = rough_town
    chance = random.Random(_SEED)  # noqa: S311 - to be the same each time
    every = [
        *(harms.lost_on_the_way, harms.answer_lost, harms.held_back, harms.doubled, harms.doubled_at_once),
        *(harms.request_cut_short, harms.answer_cut_short, harms.request_changed, harms.answer_changed),
    ]
    messages: list[str] = []
    for _ in range(4):  # in turns: a courier whose every round fails rests ever longer
        link.harm(Mixed(lambda: chance.choice(every)), harms.passed, Mixed(lambda: chance.choice(every)))
        messages += _series(desk)
        settled(desk, messages)
        link.harms.clear()
    books.assert_even(messages)
    books.assert_proven(messages)
    for house in town.houses[:2]:
        house.assert_sound()
        house.assert_calm()
