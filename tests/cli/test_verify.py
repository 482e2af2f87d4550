"""`comity verify`: what is proven is told in words and in JSON; what is not ends in exit code 1."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from rich.console import Console

from builders import pair
from comity.cli.verify import show, verify
from comity.exchange.bundle import Check, Facts, Verdict
from comity.exchange.evidence import LARGEST
from comity.vocabulary.handling import Handling, Tlp
from comity.vocabulary.record import RecordKind

FACTS = Facts(
    sender="dk.coord",
    receiver="se.coord",
    officer="anna",
    given=pair.NOW,
    answered=pair.NOW + 214,
    outcome="accepted",
    reason="",
    agreement="kattegat-maritime",
    version=1,
    clause="alerts-in-the-kattegat",
    purpose="smuggling",
    kind=RecordKind.ALERT,
    record="8c2e",
    originator="dk.coord",
    leave_by="",
    handling=Handling(tlp=Tlp.AMBER),
    keep_until=pair.NOW,
    fields={"name": ["[bold]FREJA", "SAGA"], "severity": "high"},
    simulated=True,
)
GOOD = Verdict(checks=(Check("4 cards hold", holds=True),), facts=FACTS, fingerprints={"dk.coord": "1A2B-3C4D"})
BAD = Verdict(
    checks=(Check("4 cards hold", holds=True), Check("the [red] signature", holds=False)), facts=None, fingerprints={}
)


def told(verdict: Verdict, *, compared: bool = False, as_json: bool = False) -> str:
    file = StringIO()
    show(verdict, compared=compared, as_json=as_json, console=Console(file=file, width=120))
    return file.getvalue()


def test_what_is_proven_is_told_in_words() -> None:
    """Who gave what to whom, when, under which clause, which fields: and in brackets is text, not markup."""
    words = told(GOOD)
    for part in (
        "✓ 4 cards hold",
        "alert 8c2e (an exercise)",
        "anna, dk.coord, at 2026-06-01T12:00:00.000Z",
        "se.coord, accepted at 2026-06-01T12:00:00.214Z",
        "kattegat-maritime 1, clause alerts-in-the-kattegat",
        'name: ["[bold]FREJA","SAGA"]',
        "1A2B-3C4D  dk.coord",
    ):
        assert part in words
    assert "compare" not in told(GOOD, compared=True)


def test_whose_leave_lets_it_pass_is_told() -> None:
    """Of a record passed on the originator is named, and who of it gave leave; of one's own nothing is."""
    onward = replace(GOOD, facts=replace(FACTS, originator="no.coord", leave_by="nora"))
    assert "no.coord, passed on by leave of nora" in told(onward)
    assert "passed on" not in told(GOOD)


def test_what_is_not_proven_claims_nothing() -> None:
    """The check that fails is the last word."""
    words = told(BAD)
    assert "✗ the [red] signature" in words
    assert "this proves nothing" in words


def test_the_verdict_as_json_has_all_of_it() -> None:
    """Other programs read the same."""
    read = json.loads(told(GOOD, as_json=True))
    assert (read["ok"], read["facts"]["sender"], read["facts"]["fields"]["severity"]) == (True, "dk.coord", "high")
    assert json.loads(told(BAD, as_json=True))["checks"][1] == {"words": "the [red] signature", "holds": False}


@pytest.mark.parametrize("content", [b"", b"junk", bytes(LARGEST + 10)], ids=["empty", "junk", "large"])
def test_a_file_that_is_no_bundle_fails(tmp_path: Path, content: bytes) -> None:
    """Exit code 1, a word why, and no more than the largest bundle is read."""
    file = tmp_path / "release.comity-bundle"
    file.write_bytes(content)
    result = CliRunner().invoke(verify, [str(file)])
    assert result.exit_code == 1
    assert "this proves nothing" in result.stdout
