"""A finding stands on every console until somebody answers for it with a reason."""

from __future__ import annotations

from playwright.sync_api import expect

from builders.lying import LyingLog
from builders.stations import station
from comity.foundation.store import findings
from comity.node.assemble import opened
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.finding import Finding, FindingKind
from console.conftest import TakeSeat
from console.town import ConsoleTown


def test_a_finding_is_told_while_the_console_is_open_and_answered_there(
    console_town: ConsoleTown, take_seat: TakeSeat
) -> None:
    """Of honest nodes there is none. One appears with both notes, and with the auditor's reason it is gone for good."""
    log, seat = LyingLog(station("se.coord")), take_seat(console_town.denmark, "otto")
    finding = Finding(
        kind=FindingKind.SPLIT_VIEW,
        partner="se.coord",
        origin="se.coord/log",
        shown_by="oversight",
        words="two <b>trees</b>",
        before=log.branch(b"one", 3),
        now=log.branch(b"two", 3),
    )
    with opened(console_town.denmark.folder) as node, node.store.acting() as act:
        assert findings.newest(act, 10) == [], "three honest nodes, watched all the while"
        findings.add(act, finding, node.clock.now())
        act.log(Entry(act=Act.FINDING))
    notice = seat.page.get_by_role("alert").filter(has_text="se.coord shows two different logs")
    expect(notice).to_contain_text("two <b>trees</b>")
    notice.get_by_text("Evidence and answer").click()
    expect(notice.locator("pre")).to_have_count(2)
    notice.get_by_label("What was done about it").fill("their operator explained")
    notice.get_by_role("button", name="Acknowledge").click()
    expect(notice).to_have_count(0)
    assert seat.faults == []
