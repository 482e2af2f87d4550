"""Accessibility: axe finds nothing on any screen in either theme, and the keyboard alone goes everywhere."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import expect

from console.axe import violations
from console.conftest import TakeSeat
from console.town import ConsoleTown


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_is_clean(console_town: ConsoleTown, take_seat: TakeSeat, theme: Literal["dark", "light"]) -> None:
    """No screen breaks a rule of WCAG 2.2 A or AA that a machine can check, nor a best practice."""
    page = take_seat(console_town.sweden, theme=theme).page
    found: dict[str, list[str]] = {}

    def look(screen: str) -> None:
        found[screen] = violations(page)

    page.get_by_role("button", name="All").click()
    meeting = page.get_by_role("option").filter(has_text="Meeting at sea")
    expect(meeting).to_be_visible()
    look("desk")
    meeting.click()
    expect(page.get_by_role("heading", name="Why")).to_be_visible()
    look("alert")
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Why").fill(f"side by side for an hour, seen in the {theme}")
    look("judging")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"seen in the {theme}")).to_be_visible()
    page.get_by_role("button", name="Share").click()
    page.get_by_role("radio", name="dk.coord").check()
    page.get_by_role("radio", name="terrorism").check()
    expect(page.get_by_text("Denied.")).to_be_visible()
    look("denied")
    page.get_by_role("radio", name="smuggling").check()
    expect(page.get_by_text("✓ Permitted")).to_be_visible()
    look("share")
    for screen, sign in (
        ("Live map", "Tracks"),
        ("Reports", "Reports and notices"),
        ("Received", "Received from partners"),
        ("Exchange", "Partners"),
    ):
        page.get_by_role("link", name=screen).click()
        expect(page.get_by_role("heading", name=sign).first).to_be_visible()
        look(screen)
    page.get_by_role("link", name="Reports").click()
    page.keyboard.press("n")
    page.get_by_role("radio", name="Look-out").check()
    look("writing")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    look("help")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    look("sign-in")
    assert "\n".join(f"{screen}: {rule}" for screen, rules in found.items() for rule in rules) == ""


def test_single_keys_can_be_switched_off(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """Who uses a screen reader or dictates can switch single keys off, and a letter then does nothing (WCAG 2.1.4)."""
    page = take_seat(console_town.sweden).page
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Single keys do something").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="Duty desk")).to_have_attribute("aria-current", "page")
