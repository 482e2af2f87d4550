"""Reports on two screens: written, shared, taken note of, written anew, cancelled; each sees what became of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from builders.writings import png
from console.axe import violations
from console.conftest import TakeSeat
from console.town import ConsoleTown

TITLE = "Cigarettes by fishing boat"


def test_from_a_look_out_to_its_end(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """What an officer writes is on the partner's desk with its picture; note comes back; its end is seen there too."""
    ours = take_seat(console_town.denmark).page
    theirs = take_seat(console_town.sweden, theme="light").page

    _write(ours)
    expect(ours.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(ours.get_by_role("img", name="Attached: hull.png")).to_be_visible()
    expect(
        ours.get_by_text("B2 (Admiralty system): source usually reliable; information probably true")
    ).to_be_visible()
    _clean(ours)

    ours.keyboard.press("s")
    ours.get_by_role("radio", name="se.coord").check()
    ours.get_by_role("radio", name="smuggling").check()
    expect(ours.get_by_text("✓ Permitted")).to_be_visible()
    row = ours.get_by_role("row").filter(has=ours.get_by_role("rowheader", name="officer", exact=True))
    expect(row).to_contain_text("withheld")
    expect(row).to_contain_text("notices-to-all")
    _clean(ours)
    ours.get_by_role("button", name="Send to se.coord").click()
    expect(ours.get_by_role("list", name="How far the release is")).to_contain_text("receipt of se.coord after")

    theirs.get_by_role("link", name="Received").click()
    theirs.get_by_role("option").filter(has_text=TITLE).first.click()
    record = theirs.get_by_role("region", name="Record")
    expect(record.get_by_role("img", name="Attached: hull.png")).to_be_visible()
    expect(record).to_contain_text("observe, report")
    record.get_by_role("button", name="Take note of it").click()
    expect(record).to_contain_text(f"Taken note of by {console_town.sweden.officer}")
    _clean(theirs)

    ours.keyboard.press("Escape")
    expect(ours.get_by_text("taken note of", exact=True)).to_be_visible()
    ours.get_by_role("button", name="Write anew").click()
    ours.get_by_role("textbox", name="Title").fill(f"{TITLE}, two of them")
    ours.get_by_label("Reason").fill("a second one was seen")
    ours.get_by_role("checkbox", name="Nothing in it names").check()
    ours.get_by_role("button", name="Write it anew").click()
    expect(ours.get_by_role("status").filter(has_text="se.coord")).to_contain_text("the new version is on its way")
    expect(theirs.get_by_role("option").filter(has_text="two of them")).to_be_visible()
    expect(theirs.get_by_role("option").filter(has_text="superseded")).to_be_visible()

    ours.get_by_role("button", name="Cancel it …").click()
    ours.get_by_label("Why").fill("the boat is known")
    _clean(ours)
    ours.get_by_role("button", name="Cancel it for good").click()
    expect(ours.get_by_text("cancelled: over")).to_be_visible()
    theirs.get_by_role("option").filter(has_text="two of them").click()
    expect(record).to_contain_text("says that it counts no more")
    expect(record.get_by_text("the boat is known")).to_have_count(0)


def test_an_auditor_reads_reports_and_writes_none(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """Who may not write finds nothing to write with; the call past the console is refused."""
    seat = take_seat(console_town.denmark, "otto")
    seat.page.get_by_role("link", name="Reports").click()
    expect(seat.page.get_by_role("heading", name="Reports and notices")).to_be_visible()
    expect(seat.page.get_by_role("button", name="Write")).to_have_count(0)
    seat.page.keyboard.press("n")
    expect(seat.page.get_by_role("heading", name="Write a report or notice")).to_have_count(0)
    assert seat.call("POST", "/reports/none/cancel", {"ending": "over", "reason": "because"}) == 403


@pytest.mark.parametrize("scale", ["Admiralty system", "4x4"])
def test_marks_of_one_scale_are_not_taken_over_to_the_other(
    console_town: ConsoleTown, take_seat: TakeSeat, scale: str
) -> None:
    """Another scale empties the marks: no B2 becomes another B2."""
    page = take_seat(console_town.denmark).page
    page.get_by_role("link", name="Reports").click()
    page.keyboard.press("n")
    other = "4x4" if scale == "Admiralty system" else "Admiralty system"
    page.get_by_role("radio", name=other).check()
    page.get_by_label(re.compile("^The source")).select_option("B")
    page.get_by_role("radio", name=scale).check()
    expect(page.get_by_label(re.compile("^The source"))).to_have_value("")


def _write(page: Page) -> None:
    page.get_by_role("link", name="Reports").click()
    page.keyboard.press("n")
    page.get_by_role("radio", name="Look-out").check()
    page.get_by_role("textbox", name="Title").fill(TITLE)
    page.get_by_label("Text", exact=True).fill("Two pallets were taken over at sea on three nights.")
    page.get_by_label("Latitude").fill("56.8")
    page.get_by_label("Longitude").fill("11.4")
    page.get_by_role("group", name="Subject 1").get_by_label("Name").fill("FREJA")
    page.get_by_label("Attachments").set_input_files(
        {"name": "hull.png", "mimeType": "image/png", "buffer": png()}  # type: ignore[arg-type]
    )
    page.get_by_label(re.compile("^The source")).select_option("B")
    page.get_by_label("The information").select_option("2")
    page.get_by_role("checkbox", name="smuggling").check()
    write = page.get_by_role("button", name="Write it")
    expect(write).to_be_disabled()
    page.get_by_role("checkbox", name="Nothing in it names").check()
    write.click()


def _clean(page: Page) -> None:
    """Expect that axe finds nothing in either theme."""
    for _ in range(2):
        page.get_by_role("button", name="Turn to the").click()
        assert "\n".join(violations(page)) == ""
