"""The main job on two screens: from the alert to the partner's record, and the proof of it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from comity.exchange import bundle
from console.conftest import TakeSeat
from console.town import ConsoleTown

REASON = "silent for hours while others around were heard"


def test_from_an_alert_to_a_proof(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """By keyboard an officer opens an alert, confirms and shares it, and the partner has what is due."""
    page = take_seat(console_town.denmark).page
    _open(page, "lyngen")
    expect(page.get_by_text("What would change its mind")).to_be_visible()

    page.keyboard.press("1")
    page.keyboard.type(REASON)
    page.keyboard.press("Enter")
    _judged(page)
    expect(page.get_by_role("region", name="Went dark")).to_contain_text(f"by {console_town.denmark.officer}")

    page.keyboard.press("s")
    page.get_by_role("radio", name="se.coord").check()
    page.get_by_role("radio", name="smuggling").check()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="sources"))
    expect(row).to_contain_text("withheld")
    expect(row).to_contain_text("alerts-in-the-kattegat")
    expect(page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="name", exact=True))).to_contain_text(
        "LYNGEN STAR"
    )
    page.get_by_role("button", name="Send to se.coord").click()

    progress = page.get_by_role("list", name="How far the release is")
    expect(progress).to_contain_text("receipt of se.coord after")
    expect(progress).to_contain_text("both logs hold it")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the proof").click()
    assert bundle.verify(Path(download.value.path()).read_bytes()).ok

    partner = take_seat(console_town.sweden).page
    partner.get_by_role("link", name="Received").click()
    partner.get_by_role("option").filter(has_text="LYNGEN STAR").first.click()  # the newest
    record = partner.get_by_role("region", name="Record")
    expect(record).to_contain_text("alerts-in-the-kattegat")
    expect(record).to_contain_text("TLP:AMBER")
    for kept in ("officer", "reason", "sources", "sightings", "rule", REASON):
        expect(record.get_by_text(kept, exact=True)).to_have_count(0)


def test_a_denial_says_why(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """A partner that no clause names is denied before anything is sent; the nearest clauses say what they ask."""
    page = take_seat(console_town.denmark).page
    _open(page, "havsula")
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="No innocent reason is known").click()
    page.keyboard.press("Enter")
    _judged(page)
    expect(page.get_by_role("region", name="Went dark")).to_contain_text("No innocent reason is known")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("radio", name="de.coord").check()
    page.get_by_role("radio", name="smuggling").check()
    expect(page.get_by_text("Denied.")).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("alerts-in-the-kattegat")
    expect(page.get_by_role("button", name="Send to")).to_have_count(0)


def test_a_judgement_needs_a_reason(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """Without a reason nothing is judged; with one, a duplicate names the alert that it repeats."""
    page = take_seat(console_town.sweden).page
    _open(page, "crossing")
    page.keyboard.press("2")
    expect(page.get_by_role("form").get_by_role("button", name="Judge")).to_be_disabled()
    page.keyboard.type("the same two vessels")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Border crossing")).to_contain_text("Duplicate of")


def _judged(page: Page) -> None:
    """Wait until the judgement is written: until then what is typed belongs to its reason."""
    expect(page.get_by_role("textbox", name="Why")).to_have_count(0)


def _open(page: Page, search: str) -> None:
    """Find the alert in the whole queue, as another test may have judged it, and open it, by keyboard."""
    everything = page.get_by_role("button", name="All")
    everything.click()
    expect(everything).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(search)
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Why")).to_be_visible()


def test_a_search_says_what_the_filter_hides(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """Where the filter hides what a search finds, the queue says so and shows it at one press."""
    page = take_seat(console_town.denmark).page
    page.get_by_role("button", name="Judged").click()
    page.get_by_role("searchbox", name="Search the queue").fill("distress")  # which no test judges
    expect(page.get_by_text("Nothing here matches")).to_be_visible()
    page.get_by_role("button", name="among all").click()
    expect(page.get_by_role("option").filter(has_text="Distress").first).to_be_visible()
