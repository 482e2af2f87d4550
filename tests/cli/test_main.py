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


def test_a_folder_that_cannot_be_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "node"
    words = ["comity", "node", "init", str(folder), "--name", "aa", "--agency", "An agency", "--country", "DK"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert told.startswith(f"✗ {folder}")
    assert "Not a directory. See that it is there" in told
    assert told.count("\n") == 1
