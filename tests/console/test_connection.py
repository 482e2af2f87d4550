"""The connection: when the node is gone the console says so, and when it is back everything goes on where it was."""

from __future__ import annotations

from playwright.sync_api import expect

from console.conftest import TakeSeat
from console.town import ConsoleTown


def test_lost_and_restored(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """A node that stops and starts again leaves the officer at the same alert, and warned in between."""
    page = take_seat(console_town.sweden).page
    page.get_by_role("button", name="All").click()
    page.get_by_role("option").first.click()
    why = page.get_by_role("heading", name="Why")
    expect(why).to_be_visible()
    node = next(each for each in console_town.cast.processes if each.name == console_town.sweden.name)
    node.stop()
    try:
        lost = page.get_by_role("alert").filter(has_text="Connection lost")
        expect(lost).to_be_visible()
        expect(why).to_be_visible()
    finally:
        node.start()
        node.ready()
    expect(lost).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="live")).to_be_visible()
    expect(why).to_be_visible()
    page.get_by_role("link", name="Live map").click()
    expect(page.get_by_role("option").first).to_be_visible()
