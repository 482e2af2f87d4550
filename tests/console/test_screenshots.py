"""Screenshots: each screen as an officer finds it, kept in artefacts/screenshots to be looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from console.conftest import TakeSeat
from console.town import ConsoleTown

FOLDER = Path(__file__).parents[2] / "artefacts/screenshots"
SMALLEST = 20_000
"""Bytes of a picture that shows something."""


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_screens(console_town: ConsoleTown, take_seat: TakeSeat, theme: Literal["dark", "light"]) -> None:
    """Every screen shows what it is for, in both themes."""
    page = take_seat(console_town.denmark, theme=theme).page
    page.get_by_role("button", name="All").click()
    vessel = page.get_by_role("option").filter(has_text="LYNGEN STAR")
    expect(vessel).to_be_visible()
    _keep(page, f"desk-{theme}")
    vessel.click()
    expect(page.get_by_role("heading", name="Why")).to_be_visible()
    _keep(page, f"alert-{theme}")
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Why").fill("silent for hours while others around were heard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Went dark")).to_contain_text(f"by {console_town.denmark.officer}")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("radio", name="se.coord").check()
    page.get_by_role("radio", name="smuggling").check()
    expect(page.get_by_text("✓ Permitted")).to_be_visible()
    _keep(page, f"share-{theme}")
    page.get_by_role("button", name="Send to se.coord").click()
    expect(page.get_by_role("link", name="Download the proof")).to_be_visible()
    _keep(page, f"proven-{theme}")
    page.get_by_role("link", name="Live map").click()
    page.get_by_role("searchbox", name="Search the tracks").fill("ferry")
    page.get_by_role("option").filter(has_text="FERRY").first.click()
    expect(page.get_by_role("heading", name="Alerts about it")).to_be_visible()
    page.get_by_role("searchbox", name="Search the tracks").fill("")
    _keep(page, f"map-{theme}")
    page.get_by_role("link", name="Exchange").click()
    expect(page.get_by_role("link", name="Download the proof").first).to_be_visible()
    _keep(page, f"exchange-{theme}")
    page.get_by_role("link", name="Proof", exact=True).click()
    page.get_by_role("option").first.click()
    expect(page.get_by_role("img", name="How the proof hangs together")).to_be_visible()
    _keep(page, f"proof-{theme}")
    partner = take_seat(console_town.sweden, theme=theme).page
    partner.get_by_role("link", name="Received").click()
    expect(partner.get_by_role("heading", name="LYNGEN STAR")).to_be_visible()
    _keep(partner, f"received-{theme}")


def _keep(page: Page, name: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.wait_for_load_state("networkidle")  # the map has its land
    picture = page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
    assert len(picture) > SMALLEST
