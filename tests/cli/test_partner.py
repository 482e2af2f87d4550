"""`comity partner`: cards are exchanged as files, accepted by fingerprint, listed, and cut off."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from builders import pair
from comity.cli.node import node as node_group
from comity.cli.partner import partner as group
from comity.exchange import cards
from comity.foundation import canonical
from comity.node.assemble import opened
from comity.node.create import NewNode, create
from comity.vocabulary.entry import Entry
from comity.vocabulary.fault import Fault, Missing, Refused

SOUTH = pair.own("se.coord", 2)
PRINT = cards.fingerprint(SOUTH.signed)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments], terminal_width=200)


def fault(result: Result) -> Fault:
    assert isinstance(result.exception, Fault)
    return result.exception


def test_a_partner_is_accepted_listed_and_cut_off(tmp_path: Path) -> None:
    """From the card's file to the list, by the fingerprint a person typed; the wrong one changes nothing."""
    folder, card = tmp_path / "north", tmp_path / "south.card"
    create(folder, NewNode(name="north", agency="Agency", country="DK"))
    card.write_text(cards.text(SOUTH.signed), "ascii")
    wrong = run("add", folder, card, "--fingerprint", "0000-0000-0000-0000-0000", "--officer", "anna")
    assert isinstance(fault(wrong), Refused)
    assert "no partners yet" in run("list", folder).stdout
    added = run("add", folder, card, "--fingerprint", PRINT.lower(), "--officer", "anna")
    assert added.exit_code == 0
    assert "se.coord (Coordination centre se.coord, SE) is accepted as a node" in added.stdout
    (line,) = run("list", folder).stdout.splitlines()
    agency, endpoint = SOUTH.card.agency, SOUTH.card.endpoint
    assert line.split("\t") == ["se.coord", "node", agency, endpoint, PRINT, "accepted by anna"]
    assert run("cut-off", folder, "se.coord", "--reason", "key stolen", "--officer", "anna").exit_code == 0
    assert "cut off 20" in run("list", folder).stdout
    missing = run("cut-off", folder, "no.coord", "--reason", "none", "--officer", "anna")
    assert isinstance(fault(missing), Missing)


def test_the_card_is_shown_as_partners_need_it(tmp_path: Path) -> None:
    """What is printed is the card's file; the fingerprint goes beside it, not into it."""
    folder = tmp_path / "north"
    signed = create(folder, NewNode(name="north", agency="Agency", country="DK"))
    shown = run("card", "show", folder)
    assert cards.from_text(shown.stdout) == signed
    assert cards.fingerprint(signed) in shown.stderr


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"comity card v1\n%%%\n", b"x" * 50_000])
def test_a_file_that_is_no_card_is_refused(tmp_path: Path, content: bytes) -> None:
    """Whatever is in the file, a person reads what is wrong with it."""
    file = tmp_path / "card"
    file.write_bytes(content)
    result = run("add", tmp_path, file, "--fingerprint", PRINT, "--officer", "anna")
    assert fault(result).where == str(file)


def test_a_folder_without_a_node_has_no_card(tmp_path: Path) -> None:
    """The fault says how to make one."""
    assert "comity node init" in str(fault(run("card", "show", tmp_path)))


def test_a_node_moves_and_rotates_and_its_partner_follows(tmp_path: Path) -> None:
    """Each command makes the next card, which the partner renews in order; the log says who did it, and why."""
    folder, other = tmp_path / "north", tmp_path / "south"
    create(folder, NewNode(name="north", agency="Agency", country="DK"))
    create(other, NewNode(name="south", agency="Agency", country="SE", console="127.0.0.1:8441"))
    signed = cards.from_text((folder / "card.txt").read_text())
    told = ("--officer", "anna", "--reason", "yearly")
    assert run("add", other, folder / "card.txt", "--fingerprint", cards.fingerprint(signed), *told[:2]).exit_code == 0
    moved = run_node("address", folder, "--endpoint", "https://new.example:8443", *told)
    assert moved.exit_code == 0, moved.output
    first = tmp_path / "second.txt"
    first.write_text((folder / "card.txt").read_text())
    rotated = run_node("rotate", folder, *told)
    assert rotated.exit_code == 0, rotated.output
    assert "card 3 of north" in rotated.stdout
    assert run("card", "show", folder, "--serial", 2).stdout == first.read_text()
    assert isinstance(fault(run("card", "show", folder, "--serial", 4)), Missing)
    ahead = run("renew", other, folder / "card.txt", "--officer", "bo")
    assert "Ask for card 2" in str(fault(ahead))
    for card in (first, folder / "card.txt"):
        assert run("renew", other, card, "--officer", "bo").exit_code == 0
    (line,) = run("list", other).stdout.splitlines()
    newest = cards.fingerprint(cards.from_text((folder / "card.txt").read_text()))
    assert line.split("\t") == ["north", "node", "Agency", "https://new.example:8443", newest, "accepted by bo"]
    with opened(folder) as node, node.store.reading() as t:
        rows = t.rows("SELECT entry FROM ledger_entry WHERE subject = 'north' ORDER BY index")
    details = [canonical.read(row[0], Entry) for row in rows]
    assert [(entry.officer, entry.detail.partition(" with ")[0]) for entry in details] == [
        ("anna", "own card 2"),
        ("anna", "own card 3"),
    ]
    assert all(entry.detail.endswith(": yearly") for entry in details)


def test_who_rotates_is_told_of_the_log_key_and_of_the_names_of_tracks(tmp_path: Path) -> None:
    """Without --log that it stayed, as after a theft it must not; with it that partners know tracks by other names."""
    folder = tmp_path / "north"
    create(folder, NewNode(name="north", agency="Agency", country="DK"))
    why = ("--officer", "anna", "--reason", "yearly")
    plain, whole = (run_node("rotate", folder, *why, *more).stdout for more in ((), ("--log",)))
    assert "rotate again with --log" in plain
    assert "other names" not in plain
    assert "other names" in whole
    assert "comity partner cut-off" in whole


def test_a_running_node_is_not_rotated(tmp_path: Path) -> None:
    """It would go on with keys that its card does not name any more."""
    folder = tmp_path / "north"
    create(folder, NewNode(name="north", agency="Agency", country="DK"))
    with opened(folder):
        running = run_node("rotate", folder, "--officer", "anna", "--reason", "yearly")
    assert isinstance(fault(running), Refused)
    assert cards.read(cards.from_text((folder / "card.txt").read_text())).serial == 1


def run_node(*arguments: object) -> Result:
    return CliRunner().invoke(node_group, [str(argument) for argument in arguments], terminal_width=200)
