"""Roles on the screen and behind it: what a role may not do, the server refuses, whatever the console shows."""

from __future__ import annotations

from playwright.sync_api import expect

from console.conftest import TakeSeat
from console.town import ConsoleTown


def test_an_administrator_sees_no_records(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """Who runs the machine is told that they see no records, and the server gives none."""
    seat = take_seat(console_town.denmark, "ada")
    expect(seat.page.get_by_role("heading", name="This role sees no records")).to_be_visible()
    assert {seat.call("GET", path) for path in ("/alerts", "/tracks", "/releases", "/received")} == {403}


def test_an_auditor_reads_and_does_not_judge(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """An auditor opens an alert and finds nothing to judge it with; the call past the console is refused."""
    seat = take_seat(console_town.denmark, "otto")
    seat.page.get_by_role("button", name="All").click()
    seat.page.get_by_role("option").first.click()
    expect(seat.page.get_by_text("reads alerts and does not judge them")).to_be_visible()
    expect(seat.page.get_by_role("button", name="Confirm")).to_have_count(0)
    alert = seat.page.url.rpartition("/")[2]
    body = {"judgement": "confirmed", "reason": "because"}
    assert seat.call("GET", f"/alerts/{alert}") == 200
    assert seat.call("POST", f"/alerts/{alert}/decision", body) == 403
    assert seat.call("POST", f"/alerts/{alert}/release", {"partner": "se.coord", "purpose": "smuggling"}) == 403


def test_signing_out_ends_it(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """After signing out, the browser's cookie opens nothing."""
    seat = take_seat(console_town.germany)
    seat.page.get_by_role("button", name="Sign out").click()
    expect(seat.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert seat.context.request.get(f"{seat.address}/api/alerts").status == 401
