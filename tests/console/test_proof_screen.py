"""The proof screen: a release or a file is checked check by check in the browser, and what is proven is shown."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from comity.exchange import bundle
from console.axe import violations
from console.conftest import TakeSeat
from console.sharing import shared
from console.town import ConsoleTown


def test_a_release_is_proven_check_by_check(console_town: ConsoleTown, take_seat: TakeSeat) -> None:
    """By keyboard: the release is chosen, nine checks hold, the facts are those of the record, and the file is kept."""
    page = take_seat(console_town.denmark).page
    shared(page, "lyngen")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page.get_by_role("option").filter(has_text="LYNGEN STAR").first).to_be_visible()
    page.keyboard.press("j")
    _holds(page)
    checks = page.get_by_role("list", name="Checks").get_by_role("listitem")
    expect(checks).to_have_count(9)
    expect(checks.nth(6)).to_contain_text("cosigned by")
    expect(page.get_by_role("img", name="How the proof hangs together")).to_be_visible()
    assert violations(page) == []
    facts = page.get_by_role("region", name="What it proves")
    expect(facts).to_contain_text("LYNGEN STAR")
    expect(facts).to_contain_text(console_town.denmark.officer)
    partner = page.get_by_role("row").filter(has_text="se.coord").filter(has_text="-")
    expect(partner).to_contain_text("accepted it")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the proof").click()
    assert bundle.verify(Path(download.value.path()).read_bytes()).ok


def test_a_file_is_checked_without_the_node(console_town: ConsoleTown, take_seat: TakeSeat, tmp_path: Path) -> None:
    """With the network gone a file is still checked; changed by one byte, it proves nothing and nothing is shown."""
    seat = take_seat(console_town.denmark, theme="light")
    page = seat.page
    shared(page, "lyngen")
    message = page.get_by_role("link", name="Download the proof").get_attribute("href") or ""
    true = seat.context.request.get(f"{seat.address}{message}").body()
    spoilt = bytearray(true)
    spoilt[len(true) // 2] ^= 1
    (tmp_path / "true.comity-bundle").write_bytes(true)
    (tmp_path / "it's spoilt.comity-bundle").write_bytes(spoilt)
    page.get_by_role("link", name="Proof", exact=True).click()
    expect(page.get_by_role("heading", name="Check a proof")).to_be_visible()
    found = violations(page)
    seat.context.set_offline(True)
    page.get_by_label("Bundle file").set_input_files(tmp_path / "true.comity-bundle")
    _holds(page)
    found += violations(page)
    page.get_by_label("Bundle file").set_input_files(tmp_path / "it's spoilt.comity-bundle")
    expect(page.get_by_role("status").filter(has_text="This proves nothing")).to_be_visible()
    expect(page.get_by_role("region", name="What it proves")).to_have_count(0)
    expect(page.get_by_text(r"comity verify 'it'\''s spoilt.comity-bundle'")).to_be_visible()
    seat.context.set_offline(False)
    assert [*found, *violations(page)] == []


def _holds(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text="All nine checks hold")).to_be_visible()
