"""The drawings of the documentation: one for each kind of alert, or the page says why there is none."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from comity.cli.drawings import FOLDER, alert_on_a_map, scenario_of, tracks_over_truth
from comity.vocabulary.alert import AlertKind

OF_PLACES = {AlertKind.REPEATED_INFILTRATION, AlertKind.REPEATED_ROUTE}
"""Alerts that are about a place: who passed there has no track any more when they are told."""
DOCS = Path(__file__).parents[2] / "docs"


def classes(svg: str) -> list[str | None]:
    return [element.get("class") for element in ElementTree.fromstring(svg).iter()]  # noqa: S314 - our own file


@pytest.mark.parametrize("kind", AlertKind)
def test_the_page_tells_of_each_kind(kind: AlertKind) -> None:
    """Each kind has its part: a map with one alert on it, or why there is none."""
    page = (DOCS / "pictures.md").read_text("utf-8")
    part = page.partition(f"## {kind.value.replace('-', ' ').capitalize()}\n")[2].partition("##")[0]
    assert part, "run make pictures"
    path = DOCS / FOLDER / f"alert-{kind.value}.svg"
    if "Not drawn" in part:
        assert not path.exists()
        return
    assert f"({FOLDER}/{path.name})" in part
    drawn = classes(path.read_text("utf-8"))
    assert drawn.count("alert") == 1
    assert "own" in drawn or kind in OF_PLACES


def test_tracks_are_drawn_over_truth() -> None:
    """Five boats as they went, what the radar saw, and the tracks made of it."""
    drawn = classes(tracks_over_truth())
    assert drawn.count("truth") == 5
    assert drawn.count("unknown") >= 5
    assert drawn.count("plot") > 1_000
    kept = classes((DOCS / FOLDER / "tracks-over-truth.svg").read_text("utf-8"))
    assert kept.count("truth") == 5


def test_an_alert_is_drawn_with_its_reasons() -> None:
    """The alert of the scenario that stages it, with what it says in words; none where none is raised."""
    name = scenario_of(AlertKind.DISTRESS)
    svg = alert_on_a_map(AlertKind.DISTRESS, name)
    assert "Why: The vessel calling itself CASUALTY" in svg
    assert "Unless: " in svg
    assert alert_on_a_map(AlertKind.MEETING, name) == ""
