"""What is proven: the threat model names tests that exist, and says of each threat without one that nothing answers."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
ASKED = {
    *("A malicious partner", "A stolen node key", "An insider", "Split view", "Rollback"),
    *("Replay, and a line that harms", "Downgrade", "Metadata", "Compelled disclosure"),
}
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_NO_CENTRE = "there is no centre"
"""The one answer that no test can show."""


@cache
def _tests(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def _rows() -> list[list[str]]:
    lines = [line for line in PAGE.splitlines() if line.startswith("|") and not line.startswith(("|---", "| threat |"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_test_that_is_named_exists() -> None:
    """A test renamed or taken away is missed here."""
    named = _NAMED.findall(PAGE)
    assert len(named) > 40
    assert [f"{file}::{name}" for file, name in named if name not in _tests(file)] == []
    assert PAGE.count("`tests/") == len(named)


def test_every_threat_has_its_part() -> None:
    """No kind of threat that was asked about is left out."""
    assert {line[3:] for line in PAGE.splitlines() if line.startswith("## ")} >= ASKED


def test_a_threat_without_a_test_is_said_to_be_unanswered() -> None:
    """Each row has a threat, an answer and a test, or says that it has none."""
    rows = _rows()
    assert len(rows) > 40
    for threat, answer, shown in rows:
        assert threat
        assert _NAMED.search(shown) or "**not answered**" in answer or _NO_CENTRE in answer, threat
