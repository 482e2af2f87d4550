"""The map's layers: each is switched on in the legend, drawn, and listed for who uses no pointer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from comity.demo.desk import Desk, wait_for
from comity.foundation.clock import wall
from comity.vocabulary.instant import DAY
from console.axe import violations
from console.conftest import TakeSeat
from console.town import BOTH, THEIRS, ConsoleTown

_WISH = {
    "owner": "se.coord",
    "kind": "track",
    "purpose": "smuggling",
    "agreement": "kattegat-maritime",
    "clauses": ["tracks-in-the-kattegat"],
}


@pytest.fixture
def informed(console_town: ConsoleTown) -> Iterator[Desk]:
    """Return a desk in Denmark, which Sweden keeps informed."""
    with ExitStack() as stack:
        desks = [
            stack.enter_context(closing(Desk(each.name, each.address, each.officer, each.password)))
            for each in (console_town.denmark, console_town.sweden)
        ]
        made = desks[0].subscribe({**_WISH, "until": wall() + DAY})
        wait_for("the question", lambda: any(one["subscription"] == made for one in desks[1].subscriptions()), 40)
        desks[1].accept_subscription(made, "they watch the same strait")
        yield desks[0]
        desks[1].end_subscription(made, "the test is over")


def _given(desk: Desk) -> bool:
    return {BOTH.mmsi, THEIRS.mmsi} <= {one["fields"].get("mmsi") for one in desk.received_tracks()}


def _on(page: Page, layer: str) -> None:
    page.get_by_role("link", name="Live map").click()
    page.get_by_role("switch", name=layer).check()


def test_coverage_and_its_gaps_at_an_hour(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """Where tracks were seen in the story's last hour and where not then; the hour is chosen by keyboard."""
    page = take_seat(console_town.denmark).page
    page.route("**/api/tracks/coverage*", lambda route: route.abort())
    _on(page, "Coverage")
    expect(page.get_by_role("alert").filter(has_text="Could not be fetched")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    squares = page.get_by_role("listbox", name="Coverage").get_by_role("option")
    expect(squares.first).to_be_visible()
    hour = page.get_by_role("slider", name="Hour")
    newest = hour.get_attribute("aria-valuetext")
    hour.press("ArrowLeft")
    expect(hour).not_to_have_attribute("aria-valuetext", newest or "")
    expect(squares.filter(has_text="Gap").first).to_contain_text("sees here in")
    squares.first.click()
    expect(squares.first).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text("gap: seen at other times only")).to_be_visible()
    assert violations(page) == []
    for _ in range(8):
        hour.press("ArrowLeft")
    expect(squares.filter(has_text="Covered")).to_have_count(0)


def test_the_common_picture_says_whose_each_track_is(
    console_town: ConsoleTown, take_seat: TakeSeat, informed: Desk
) -> None:
    """Of two nations with the clause of what was given; of a partner alone; and who may not see it is told so."""
    wait_for("Sweden's tracks", partial(_given, informed), 40)
    seat, refused = take_seat(console_town.denmark), take_seat(console_town.denmark, "ada")
    denial = refused.context.request.get(f"{refused.address}/api/common")
    page = seat.page
    page.route("**/api/common*", lambda route: route.fulfill(response=denial))
    _on(page, "Common picture")
    expect(page.get_by_role("alert").filter(has_text="Not for this role")).to_be_visible()
    page.unroute_all()
    page.get_by_role("switch", name="Common picture").uncheck()
    page.get_by_role("switch", name="Common picture").check()
    tracks = page.get_by_role("listbox", name="Seen together").get_by_role("option")
    expect(tracks.filter(has_text=THEIRS.name)).to_contain_text("se.coord alone")
    both = tracks.filter(has_text=BOTH.name)
    expect(both).to_contain_text("dk.coord + se.coord")
    both.click()
    whose = page.get_by_label("Whose tracks it is")
    expect(whose).to_contain_text("our own track")
    expect(whose).to_contain_text("given under tracks-in-the-kattegat, TLP:AMBER")
    expect(whose).to_contain_text("some of it in common")
    assert violations(page) == []
