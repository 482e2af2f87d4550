"""`comity archive`: what it holds, and what moved, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result
from msgspec.structs import replace

from builders import centre
from comity.cli.archive import archive as group
from comity.foundation.store import officers, sightings
from comity.node.assemble import opened
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.instant import HOUR, written
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.place import Position

FEED = """
[[feed]]
name = "ais-north"
format = "ais"
connect = "127.0.0.1:9"
purposes = ["smuggling"]
archived = "9000 d"
"""
PERIOD = ("--since", written(centre.BEGIN), "--until", written(centre.BEGIN + HOUR))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments], terminal_width=200)


def test_shown_and_replayed(agreed_folder: Path) -> None:
    """Three sightings are archived: counted by day, printed with an entry for the look, narrowed by area and moment."""
    settings = agreed_folder / "node.toml"
    settings.write_text(settings.read_text() + FEED)
    with opened(agreed_folder) as node:
        with node.store.acting() as act:
            sightings.add(act, [(centre.sighting(number), "track-1") for number in range(3)])
            officers.add(act, Officer(name="root", role=Role.ADMINISTRATOR), "no password")
            act.log(Entry(act=Act.COLLECTED))
        assert json.loads(run("show", agreed_folder, "--json").stdout)["not_archived_yet"] == 3
        node.archive.proceed()
        (day,) = json.loads(run("show", agreed_folder, "--json").stdout)["days"]
        assert (day["rows"], day["files"], day["cells"]) == (3, 1, 1)
        assert "3 rows\t1 files\t1 cells" in run("show", agreed_folder).stdout
        whole = run("replay", agreed_folder, *PERIOD, "--officer", "anna")
        assert whole.exit_code == 0, whole.exception
        lines = whole.stdout.splitlines()
        assert lines[0].split("\t")[1:] == ["ais-north", "track-1", "56.50000 11.50000", "219000001 FREJA"]
        assert len(lines) == 3
        narrow = run("replay", agreed_folder, *PERIOD, "--area", "56,11.505,57,12", "--officer", "anna", "--json")
        assert [json.loads(line)["sighting"]["id"] for line in narrow.stdout.splitlines()] == [
            "sighting-1",
            "sighting-2",
        ]
        then = run("replay", agreed_folder, *PERIOD, "--known", written(centre.BEGIN), "--officer", "anna")
        assert (then.exit_code, then.stdout) == (0, "")
        looks = [entry for entry in centre.acts(node) if entry.subject == "archive"]
        assert [(entry.act, entry.officer, entry.basis) for entry in looks] == 3 * [
            (Act.CONSULTED, "anna", "role officer")
        ]
        refused = run("replay", agreed_folder, *PERIOD, "--officer", "root")
        assert isinstance(refused.exception, Refused)
        wrong = run("replay", agreed_folder, *PERIOD, "--area", "56,x", "--officer", "anna")
        assert isinstance(wrong.exception, Fault)
        assert "no area" in str(wrong.exception)


def test_learned_and_told(agreed_folder: Path) -> None:
    """A model is learned at a terminal; before that, and of too little, it is said why there is none."""
    settings = agreed_folder / "node.toml"
    settings.write_text(settings.read_text() + FEED)
    with opened(agreed_folder) as node:
        assert "nothing was learned yet" in str(run("model", agreed_folder).exception)
        period = ("--since", "2026-06-01", "--until", "2026-06-02", "--officer", "anna")
        assert "too few to learn from" in str(run("learn", agreed_folder, *period).exception)
        seen = [
            replace(centre.sighting(0), id=f"{track}-{number}", speed=5.0, course=90.0, position=Position(56.0, number))
            for track in range(30)
            for number in range(20)
        ]
        with node.store.acting() as act:
            sightings.add(act, [(each, each.id.partition("-")[0]) for each in seen])
            act.log(Entry(act=Act.COLLECTED))
        node.archive.proceed()
        made = json.loads(run("learn", agreed_folder, *period, "--json").stdout)
        assert (made["number"], made["movements"], made["passages"], made["sources"]) == (1, 600, 600, ["ais-north"])
        assert json.loads(run("model", agreed_folder, "--json").stdout) == made
        assert run("model", agreed_folder).stdout.startswith("model 1, learned ")
