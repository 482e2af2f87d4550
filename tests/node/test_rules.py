"""The file of rules: every threshold by name and with its unit, and nothing else."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from builders.tracks import KATTEGAT
from comity.foundation.geodesy import KNOT, NAUTICAL_MILE
from comity.node import coastlines
from comity.node.rules import OFF, RULES, Rules, areas_named, detectors, offshore, rules
from comity.node.settings import PictureSettings
from comity.picture.areas import Areas
from comity.vocabulary.fault import Fault
from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import HOUR, MINUTE
from comity.vocabulary.place import Position

PAGE = Path(__file__).parents[2] / "docs/reference/detection.md"


def chosen(folder: Path, text: str) -> Rules:
    (folder / "rules.toml").write_text(text, "utf-8")
    return rules(PictureSettings(rules="rules.toml", dark="40 min"), folder)


def test_thresholds_are_read_with_their_units(tmp_path: Path) -> None:
    """Times, lengths and speeds; what is not named keeps its default, or what the settings of the picture say."""
    found = chosen(
        tmp_path,
        '[loitering]\nspeed = "3 kn"\nduration = "90 min"\nshore = "12 nm"\n[convoy]\non = false\n'
        '[port-visit]\nports = ["quay"]\n[encounter]\non = true\nanchorages = ["roads"]\ndistance = "0.3 km"\n'
        "[going-dark]\nothers = 5\nshare = 0.75\n[land.terrain]\nlake = 0.0\n[land.follow]\npace = '2 km/h'\n",
    ).chosen
    assert found["loitering"].speed == pytest.approx(3 * KNOT)
    assert found["loitering"].duration == 90 * MINUTE
    assert found["loitering"].shore == pytest.approx(12 * NAUTICAL_MILE)
    assert (found["going-dark"].gap, found["going-dark"].others, found["going-dark"].share) == (40 * MINUTE, 5, 0.75)
    assert found["encounter"].distance == 300.0
    assert found["encounter"].duration == 2 * HOUR
    assert "convoy" not in found
    assert areas_named(Rules(found)) == {"quay", "roads", "lake"}
    assert found["land"].follow.pace == pytest.approx(2 / 3.6)
    assert found["land"].follow.fastest == 2.5


def test_all_rules_watch_but_those_that_are_off(tmp_path: Path) -> None:
    """Each is made of its settings; shadowing needs no word in the file."""
    found = chosen(tmp_path, "")
    assert set(found.chosen) == set(RULES) - OFF
    made = detectors(found, Areas([]), coastlines.load, lambda _: Handling())
    assert len(made) == len(found.chosen)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[loitering", "cannot be read"),
        ("loitering = 3", "no table"),
        ("[lingering]", "no rule 'lingering'"),
        ("[loitering]\npace = 3", "no threshold 'pace'"),
        ('[loitering]\nspeed = "3 furlongs"', "no quantity"),
        ('[loitering]\nduration = "3 kn"', "not of the right kind"),
        ('[loitering]\nspeed = "3 h"', "not of the right kind"),
        ('[loitering]\nduration = "-3 h"', "not of the right kind"),
        ('[loitering]\nduration = "inf h"', "not of the right kind"),
        ("[loitering]\nsightings = [3]", "a threshold is not right"),
    ],
)
def test_what_is_no_rule_is_a_fault(tmp_path: Path, text: str, word: str) -> None:
    """The fault says where and what."""
    with pytest.raises(Fault, match=word) as caught:
        chosen(tmp_path, text)
    assert caught.value.where
    assert caught.value.remedy


def test_every_rule_and_threshold_is_on_the_page() -> None:
    """The reference names each rule, and each of its thresholds in the rule's own part."""
    parts = PAGE.read_text("utf-8").split("\n## ")
    for name, kind in RULES.items():
        part = next((part for part in parts if f"`{name}`" in part.split("\n")[0]), "")
        assert part, name
        missing = [field.name for field in msgspec.structs.fields(kind) if f"`{field.name}`" not in part]
        assert not missing, (name, missing)


def test_offshore_is_measured_on_the_coastline() -> None:
    """The middle of the Kattegat is within twenty miles of a shore; the North Sea has places that are not."""
    coast = coastlines.load()
    far = offshore(lambda: coast)
    assert far(KATTEGAT, 20 * NAUTICAL_MILE) is False
    assert far(Position(57.0, 7.1), 20 * NAUTICAL_MILE) is True
    assert far(Position(-40.0, 4.5), 20 * NAUTICAL_MILE) is None
    for k in range(40):
        place = Position(56.9, 11.3 + k / 200)
        assert far(place, 15_000.0) is (not coast.shores(place, 15_000.0))
