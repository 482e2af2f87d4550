"""Names: what vessels say of themselves is shown as they say it, and is never markup."""

from __future__ import annotations

from playwright.sync_api import expect

from console.conftest import TakeSeat
from console.town import HOSTILE, ConsoleTown


def test_a_hostile_name_is_text(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """A vessel that calls itself an image with a script is listed under that very text, and nothing of it runs."""
    page = take_seat(console_town.germany).page
    page.get_by_role("link", name="Live map").click()
    page.get_by_role("searchbox", name="Search the tracks").fill("hostile")
    page.get_by_role("option").filter(has_text="HOSTILE").click()
    expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    expect(page.locator("img")).to_have_count(0)
    expect(page).to_have_title("Comity")
