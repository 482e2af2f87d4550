"""The command itself: a fault is one line that no stranger's text can turn into something else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cli.main import main, printable


@given(st.text())
def test_nothing_printed_steers_the_terminal(text: str) -> None:
    shown = printable(text)
    assert all(each.isprintable() or each == "\n" for each in shown)
    assert printable(shown) == shown


@pytest.mark.parametrize("name", [r"\[/red]", "[bold]", "[/]", "\x1b[2Jgone", "\x9b31m", "a\u202eb"])
def test_a_fault_about_anything_is_told_as_text_and_ends_in_one(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["comity", "feed", "read", name, str(tmp_path / "none")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert told.startswith("✗ ")
    assert "\x1b" not in told
    assert "\x9b" not in told
    assert "\u202e" not in told
    assert "Traceback" not in told
