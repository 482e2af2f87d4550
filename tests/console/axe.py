"""Axe: what a machine can find wrong for people who see, hear or move otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "console/node_modules/axe-core/axe.min.js"


def violations(page: Page) -> list[str]:
    """Return each rule of WCAG 2.2 A or AA, or best practice, that the page breaks, and where."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text("utf-8"))
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['html'][:120]} {node.get('failureSummary', '')[:200]}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
