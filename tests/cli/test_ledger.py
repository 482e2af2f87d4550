"""`comity ledger`: findings are listed; a whole log is re-read, and what is wrong is told in words and in JSON."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from builders.lying import LyingLog
from builders.stations import station
from comity.cli.ledger import ledger as group
from comity.cli.ledger import show
from comity.foundation.store import findings, ledger
from comity.foundation.store.fsck import Report
from comity.node.assemble import opened
from comity.node.create import NewNode, create
from comity.node.flow_checkpoint import checkpoint_once
from comity.review.acknowledge import acknowledge
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.finding import Finding, FindingKind
from comity.vocabulary.officer import Officer, Role

_REPORT = Report(1234, 2, 7, 3, 1200, bytes(32), ("entry [9] is not what its leaf commits to",), 120)


def test_a_node_s_log_is_re_read_from_the_command_line(tmp_path: Path) -> None:
    """Exit code 0 and no faults while the log is honest; 1 and the fault once somebody has changed an entry."""
    folder = tmp_path / "north"
    create(folder, NewNode(name="north", agency="Agency", country="DK"))
    with opened(folder) as node:
        with node.store.acting() as act:
            for _ in range(300):
                act.log(Entry(act=Act.CONSULTED))
        with node.store.upkeep() as transaction:
            ledger.integrate(transaction)
    honest = CliRunner().invoke(group, ["fsck", str(folder), "--json"])
    assert (honest.exit_code, json.loads(honest.stdout)["found"]) == (0, 0)
    with opened(folder) as node, node.store.upkeep() as transaction:
        transaction.run("UPDATE ledger_entry SET subject = 'other' WHERE index = 9")
    changed = CliRunner().invoke(group, ["fsck", str(folder)])
    assert changed.exit_code == 1
    assert "entry 9 is listed under another" in changed.stdout


def test_a_log_is_exported_and_checked_without_its_node(tmp_path: Path) -> None:
    """With the key that the command names; another key, a changed file and a second export into it are refused."""
    folder, out = tmp_path / "north", tmp_path / "out"
    create(folder, NewNode(name="north", agency="Agency", country="DK"))
    with opened(folder) as node:
        with node.store.acting() as act:
            act.log_many([Entry(act=Act.CONSULTED)] * 300)
        checkpoint_once(node.store, node.own, [])
    done = CliRunner().invoke(group, ["export", str(folder), str(out)])
    assert "300 entries in 5 files" in done.stdout
    key = done.stdout.split()[-1]
    checked = CliRunner().invoke(group, ["fsck", str(out), "--key", key, "--json"])
    told = json.loads(checked.stdout)
    assert (checked.exit_code, told["found"], told["size"], told["tiles"]) == (0, 0, 300, 3)
    unsigned = CliRunner().invoke(group, ["fsck", str(out)])
    assert unsigned.exit_code == 0
    assert "the signature is not checked" in unsigned.stderr
    again = CliRunner().invoke(group, ["export", str(folder), str(out)])
    assert isinstance(again.exception, Fault)
    tile = out / "tile" / "0" / "000"
    tile.write_bytes(tile.read_bytes()[:-1] + b"x")
    changed = CliRunner().invoke(group, ["fsck", str(out), "--key", key])
    assert changed.exit_code == 1
    assert "tile/0/000 does not hold the hashes" in changed.stdout


def test_findings_are_listed_from_the_command_line(tmp_path: Path) -> None:
    """Exit code 0 while nothing is open; an open one with its notes ends with 1, and once answered for with 0."""
    folder, log = tmp_path / "north", LyingLog(station("south"))
    create(folder, NewNode(name="north", agency="Agency", country="DK"))
    none = CliRunner().invoke(group, ["findings", str(folder)])
    assert (none.exit_code, none.stdout) == (0, "✓ nothing was found\n")
    finding = Finding(
        kind=FindingKind.ROLLBACK,
        partner="south",
        origin="south/log",
        shown_by="oversight",
        words="the log went back [red]",
        before=log.branch(b"one", 9),
        now=log.branch(b"one", 3),
    )
    with opened(folder) as node, node.store.acting() as act:
        number = findings.add(act, finding, 17)
        act.log(Entry(act=Act.FINDING))
    still = CliRunner().invoke(group, ["findings", str(folder)])
    assert still.exit_code == 1
    assert "✗ 1  rollback  south/log, shown by oversight" in still.stdout
    assert "the log went back [red]" in still.stdout
    with opened(folder) as node:
        anna = Officer(name="anna", role=Role.OFFICER)
        acknowledge(node.store, node.clock, anna, number, "a backup, they say")
    answered = CliRunner().invoke(group, ["findings", str(folder), "--json"])
    (told,) = json.loads(answered.stdout)
    assert answered.exit_code == 0
    assert (told["officer"], told["reason"]) == ("anna", "a backup, they say")
    assert told["finding"]["before"].encode() == finding.before


@pytest.mark.parametrize(
    ("report", "words"), [(_REPORT, "✗ 120 faults"), (Report(0, 0, 0, 0, 0, b"", (), 0), "the log holds")]
)
def test_the_report_is_told_in_words(report: Report, words: str) -> None:
    """What is in brackets is text and no markup; faults beyond those listed are counted."""
    console = Console(file=StringIO(), width=80)
    show(report, as_json=False, console=console)
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert words in told
    assert ("entry [9] is not" in told and "and 119 more" in told) == bool(report.faults)


def test_the_report_as_json_has_every_field() -> None:
    console = Console(file=StringIO())
    show(_REPORT, as_json=True, console=console)
    told = json.loads(console.file.getvalue())  # type: ignore[attr-defined]
    assert set(told) == set(Report.__struct_fields__)
    assert told["root"] == "00" * 32
