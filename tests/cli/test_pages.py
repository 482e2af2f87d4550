"""The generated pages say what the code says, and every setting and command is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.cli.pages import pages

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("path", sorted(pages()))
def test_a_generated_page_is_up_to_date(path: str) -> None:
    assert (DOCS / path).read_text("utf-8") == pages()[path], "run make docs"


def test_every_setting_is_documented() -> None:
    rows = [line for line in pages()["reference/settings.md"].splitlines() if line.startswith("| `")]
    assert len(rows) > 20
    assert [row for row in rows if row.endswith("|  |")] == []


def test_every_command_says_what_it_does() -> None:
    text = pages()["reference/commands.md"]
    for command in ("comity node init", "comity agreement suspend", "comity ledger bundle", "comity verify"):
        assert f"## `{command}`" in text
