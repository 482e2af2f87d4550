"""Recall on two screens: what was given is called back with a reason, and the partner's log proves that it is gone."""

from __future__ import annotations

from functools import partial

from playwright.sync_api import expect

from comity.demo.desk import Desk, wait_for
from comity.node.assemble import opened
from comity.node.flow_release import Asked
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
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


def _given(town: ConsoleTown, *names: str, together: bool = False) -> list[str]:
    """Confirm the alerts about these vessels and give them to Sweden, one by one or in one message; return messages."""
    denmark = town.denmark
    desk = Desk(denmark.name, denmark.address, denmark.officer, denmark.password)
    try:
        found = [_alert(desk, name) for name in names]
        for alert in found:
            desk.decide(alert, "confirmed", "silent for hours while others around were heard")
        if not together:
            given = [str(desk.release(alert, "se.coord", "smuggling")["message"]) for alert in found]
        else:
            given = _together(town, found)
        wait_for("receipts", partial(_accepted, desk, given))
    finally:
        desk.close()
    return given


def _alert(desk: Desk, name: str) -> str:
    return next(
        str(each["alert"]["id"])
        for each in desk.alerts()
        if each["alert"]["kind"] == "going-dark" and name in {who.get("name") for who in each["alert"]["subjects"]}
    )


def _together(town: ConsoleTown, alerts: list[str]) -> list[str]:
    officer = Officer(name=town.denmark.officer, role=Role.OFFICER)
    asked = [
        Asked(kind=RecordKind.ALERT, record=each, partner="se.coord", purpose=Purpose.SMUGGLING, officer=officer.name)
        for each in alerts
    ]
    with opened(town.denmark.folder) as node:
        done = node.releases.release_many(officer, asked)
    assert not done.denied
    return [message.hex() for message in done.messages]


def _accepted(desk: Desk, messages: list[str]) -> bool:
    found = {each["message"]: each["state"] for each in desk.releases()}
    return all(found.get(message) == "accepted" for message in messages)


def test_one_record_of_several_is_called_back(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """Whichever the officer chooses; what became of it comes by itself, and the others can be called back still."""
    _given(console_town, "LYNGEN STAR", "HAVSULA", together=True)
    page = take_seat(console_town.denmark).page
    page.get_by_role("link", name="Exchange").click()
    row = page.get_by_role("row").filter(has_text="2 records").first
    row.get_by_role("button", name="Call back").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why, for the partner").fill("the second was heard again")
    send = dialog.get_by_role("button", name="Call it back")
    expect(send).to_be_disabled()
    dialog.get_by_label("Which of its 2 records").select_option(index=2)
    assert violations(page) == []
    send.click()
    expect(row).to_contain_text("HAVSULA")
    expect(row).to_contain_text("erased by the partner, proven by its log")
    expect(row).not_to_contain_text("LYNGEN STAR")
    row.get_by_role("button", name="Call back").click()
    choices = dialog.get_by_label("Which of its 2 records").get_by_role("option")
    expect(choices).to_have_count(2)
    expect(choices.nth(1)).to_contain_text("LYNGEN STAR")
    assert violations(page) == []


def test_a_release_is_replaced_by_another(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """The officer names the release that takes its place, and the partner reads that it was corrected, and why."""
    why = "the number was another ship's"
    first, second = _given(console_town, "LYNGEN STAR", "HAVSULA")
    page = take_seat(console_town.denmark).page
    page.get_by_role("link", name="Exchange").click()
    row = page.get_by_role("row").filter(has_text="LYNGEN STAR").filter(has_not_text="records").first
    row.get_by_role("button", name="Call back").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Replace it by another release").check()
    dialog.get_by_label("Why, for the partner").fill(why)
    send = dialog.get_by_role("button", name="Call it back")
    expect(send).to_be_disabled()
    dialog.get_by_label("The release that takes its place").select_option(second)
    assert violations(page) == []
    send.click()
    expect(row).to_contain_text("erased by the partner, proven by its log")
    expect(row).to_contain_text(f"corrected by {console_town.denmark.officer}: {why}")
    desk = Desk(
        console_town.sweden.name, console_town.sweden.address, console_town.sweden.officer, console_town.sweden.password
    )
    (here,) = [each for each in desk.recalled_here() if each["reason"] == why]
    desk.close()
    assert (here["message"], here["act"], here["corrected_by"]) == (first, "correct", second)
