"""Sharing: what several tests do first, an alert confirmed, given to a partner and proven by both logs."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def shared(page: Page, search: str, partner: str = "se.coord") -> None:
    """Confirm the alert that the search finds, give it to the partner, and wait for the proof."""
    page.get_by_role("button", name="All").click()
    page.get_by_role("searchbox", name="Search the queue").fill(search)
    page.get_by_role("option").first.click()
    expect(page.get_by_role("heading", name="Why")).to_be_visible()
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Why").fill("silent for hours while others around were heard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Why")).to_have_count(0)
    page.get_by_role("button", name="Share").click()
    page.get_by_role("radio", name=partner).check()
    page.get_by_role("radio", name="smuggling").check()
    page.get_by_role("button", name=f"Send to {partner}").click()
    expect(page.get_by_role("link", name="Download the proof")).to_be_visible()
