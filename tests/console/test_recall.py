"""Recall on two screens: what was given is called back with a reason, and the partner's log proves that it is gone."""

from __future__ import annotations

from playwright.sync_api import expect

from console.axe import violations
from console.conftest import TakeSeat
from console.sharing import shared
from console.town import ConsoleTown

WHY = "given to the wrong desk"


def test_what_was_given_is_called_back(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """By keyboard, with a reason; the partner reads why and no longer the record; an auditor finds nothing to press."""
    page = take_seat(console_town.denmark).page
    shared(page, "lyngen")
    page.get_by_role("link", name="Exchange").click()
    newest = page.get_by_role("row").filter(has_text="LYNGEN STAR").first
    newest.get_by_role("button", name="Call back").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    send = dialog.get_by_role("button", name="Call it back")
    expect(send).to_be_disabled()
    assert violations(page) == []
    dialog.get_by_label("Why, for the partner").fill(WHY)
    send.press("Enter")
    expect(newest).to_contain_text("erased by the partner, proven by its log")
    expect(newest).to_contain_text(WHY)
    assert violations(page) == []

    partner = take_seat(console_town.sweden, theme="light").page
    partner.get_by_role("link", name="Received").click()
    row = partner.get_by_role("region", name="Called back by partners").get_by_role("row").filter(has_text=WHY)
    expect(row).to_contain_text("dk.coord")
    expect(row).to_contain_text("erased here")
    expect(row).not_to_contain_text("LYNGEN STAR")
    assert violations(partner) == []

    auditor = take_seat(console_town.denmark, "otto").page
    auditor.get_by_role("link", name="Exchange").click()
    expect(auditor.get_by_role("row").filter(has_text=WHY)).to_be_visible()
    expect(auditor.get_by_role("button", name="Call back")).to_have_count(0)
