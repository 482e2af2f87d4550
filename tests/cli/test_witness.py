"""A witness as a process of its own: made, told whom to watch, asked, killed, asked again, stopped."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from builders import pair
from builders.stations import station
from builders.trees import MemoryTiles
from comity.agreements.frame import Witnesses
from comity.cli.witness import witness
from comity.exchange import cards, partners, witnessing
from comity.exchange.witnessing import Behind
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import witness as witness_format
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import WitnessKey
from comity.foundation.ledger.note import Ed25519Key, Signature
from comity.foundation.ledger.policy import Quorum, weigh
from comity.foundation.ledger.tree import Tree
from comity.foundation.store import checkpoints
from comity.foundation.store.store import Store
from comity.node import witness_station, witnesses
from comity.node.flow_checkpoint import checkpoint_once
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.partner import Card, Station
from comity.vocabulary.suite import Suite

NORTH = station("north")
_TILES = MemoryTiles()
_TILES.append([b"%d" % number for number in range(40)])


def _run(*arguments: object) -> str:
    result = CliRunner().invoke(witness, [str(each) for each in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def _free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a witness that has been told to watch the log of `north`."""
    folder = tmp_path / "oversight"
    _run("init", folder, "--name", "oversight", "--agency", "Board", "--country", "be", "--listen", _free_address())
    (tmp_path / "north.card").write_text(cards.text(NORTH.signed))
    fingerprint = cards.fingerprint(NORTH.signed)
    told = _run("add", folder, tmp_path / "north.card", "--fingerprint", fingerprint, "--officer", "b.board")
    assert "north/log" in told
    return folder


@contextmanager
def _running(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the witness as a process; its first line of log says that it answers."""
    command = [sys.executable, "-c", "from comity.cli.witness import witness; witness()", "run", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            assert json.loads(line)["event"] == "witness running", line
            yield process
        finally:
            process.kill()


def _card(folder: Path) -> Card:
    return cards.read(cards.from_text((folder / "card.txt").read_text()))


def _ask(card: Card, old: int, size: int) -> tuple[Signature, ...] | Behind:
    tree = Tree(_TILES, size)
    text = checkpoint_format.text(Checkpoint("north/log", size, tree.root()))
    note = notes.written(notes.Note(text, (notes.sign(text, "north/log", NORTH.keys.log),)))
    answer = witnessing.cosign(card, witness_format.written(old, tree.consistency(old), note), text)
    if isinstance(answer, tuple):
        assert len(answer) == 2, "by both keys of its card"
        notes.verify(notes.Note(text, answer[:1]), [WitnessKey("oversight/witness", card.witness)])
    return answer


def test_a_witness_cosigns_remembers_through_a_kill_and_stops_when_told(folder: Path) -> None:
    """Killed without warning it still knows what it cosigned; SIGTERM ends it with exit code 0."""
    card = _card(folder)
    with _running(folder) as process:
        assert isinstance(_ask(card, 0, 9), tuple)
        process.kill()
        assert process.wait(30) == -signal.SIGKILL
    with _running(folder) as process:
        assert _ask(card, 0, 12) == Behind(9)
        assert isinstance(_ask(card, 9, 12), tuple)
        assert httpx.get(f"{card.endpoint}/healthz").text == "well\n"
        assert cards.from_text(httpx.get(f"{card.endpoint}/card").text) == cards.from_text(
            (folder / "card.txt").read_text()
        )
        assert httpx.get(f"{card.endpoint}/elsewhere").status_code == 404
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_log_may_be_added_while_the_witness_runs(folder: Path, tmp_path: Path) -> None:
    west = station("west")
    (tmp_path / "west.card").write_text(cards.text(west.signed))
    with _running(folder):
        fingerprint = cards.fingerprint(west.signed)
        _run("add", folder, tmp_path / "west.card", "--fingerprint", fingerprint, "--officer", "b.board")
        note = checkpoint_format.sign(Checkpoint("west/log", 9, Tree(_TILES, 9).root()), west.keys.log)
        answer = httpx.post(
            f"{_card(folder).endpoint}/witness/add-checkpoint", content=witness_format.written(0, [], note)
        )
        assert answer.status_code == 200


def test_a_watched_node_is_followed_to_its_next_card(folder: Path, tmp_path: Path) -> None:
    """With a new key of its log too; a card that the one before has not signed, or of a stranger, is refused."""
    rotated = pair.successor(NORTH, 9)
    (tmp_path / "next.card").write_text(cards.text(rotated.signed))
    assert "followed to its card 2" in _run("renew", folder, tmp_path / "next.card", "--officer", "b.board")
    with witness_station.opened(folder) as watching:
        assert witness_station.log_key(watching.store, "north/log") == rotated.card.log
        for impostor, kind in ((pair.successor(NORTH, 8), Fault), (pair.successor(station("south"), 8), Missing)):
            with pytest.raises(kind):
                witness_station.follow(watching.store, impostor.signed, "b.board")


def test_a_witness_whose_keys_are_new_is_followed_and_what_it_cosigned_stays(
    folder: Path, tmp_path: Path, make_store: Callable[[str], Store]
) -> None:
    """A node that has not its new card yet is told to follow it; then both cosignatures prove the same tree."""
    node, store, card = station("south"), make_store("south"), _card(folder)
    (tmp_path / "south.card").write_text(cards.text(node.signed))
    _run("add", folder, tmp_path / "south.card", "--fingerprint", cards.fingerprint(node.signed), "--officer", "b")
    signed = cards.from_text((folder / "card.txt").read_text())
    with store.acting() as act:
        partners.accept(act, node, signed, cards.fingerprint(signed), officer="anna", now=1)
    demanded = Quorum(1, frozenset({"oversight/witness"}), both=True)
    agreed = replace(
        pair.TERMS, between=("south", "west"), witnesses=Witnesses(quorum=1, required=("oversight",)), suite=Suite.BOTH
    )
    with _running(folder):
        assert checkpoint_once(store, node, [card]).cosigned == ("oversight",)
        with pytest.raises(Refused, match="is running"):
            _run("rotate", folder, "--reason", "yearly", "--officer", "b.board")
    told = _run("rotate", folder, "--reason", "yearly", "--officer", "b.board")
    assert "card 2 of oversight" in told
    followed = _card(folder)
    assert (followed.serial, followed.witness != card.witness, followed.witness_pq != card.witness_pq) == (
        2,
        True,
        True,
    )
    assert cards.from_text(_run("card", folder, "--serial", 1).partition("fingerprint")[0]) == signed
    with store.acting() as act:
        act.log(Entry(act=Act.CONSULTED))
    with _running(folder):
        behind = checkpoint_once(store, node, [card])
        assert "comity partner renew" in behind.refused["oversight"]
        with store.acting() as act:
            renewed = partners.renew(act, node, cards.from_text((folder / "card.txt").read_text()), officer="a", now=2)
        assert checkpoint_once(store, node, [renewed]).cosigned == ("oversight",)
        with store.reading() as transaction:
            keys = witnesses.keys_ever(transaction, renewed)
            assert witnesses.witness_keys(transaction, node, agreed, "south") == keys
            old, new = checkpoints.at(transaction, 1), checkpoints.newest(transaction)
        assert len(keys) == 4
        for kept, own in ((old, card), (new, renewed)):
            assert kept is not None
            note = notes.read(kept.note)
            assert weigh(note, keys, demanded).satisfied
            assert weigh(note, cards.cosigning_keys(own), demanded).satisfied
        assert witnessing.shown(renewed, Ed25519Key("south/log", node.card.log), keys)
    with store.acting() as act:
        partners.cut_off(act, "oversight", officer="anna", reason="stolen", now=3)
    with store.reading() as transaction:
        assert witnesses.keys_ever(transaction, renewed) == cards.cosigning_keys(renewed)
        assert witnesses.witness_keys(transaction, node, agreed, "south") == []


def test_a_card_with_another_fingerprint_is_not_accepted(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Fault, match="fingerprint"):
        _run("add", folder, tmp_path / "north.card", "--fingerprint", "0000-0000-0000-0000-0000", "--officer", "b")


@pytest.mark.parametrize("command", ["add", "renew"])
@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * 50_000])
def test_a_file_that_is_no_card_is_told(tmp_path: Path, command: str, content: bytes) -> None:
    """Whatever is in the file, a person reads what is wrong with it, before anything is started."""
    (tmp_path / "junk.card").write_bytes(content)
    compared = ("--fingerprint", "0000-0000-0000-0000-0000") if command == "add" else ()
    with pytest.raises(Fault) as told:
        _run(command, tmp_path, tmp_path / "junk.card", *compared, "--officer", "b")
    assert told.value.where == str(tmp_path / "junk.card")


def test_a_station_without_a_log_is_not_watched(folder: Path, tmp_path: Path) -> None:
    other = station("other", kind=Station.WITNESS)
    (tmp_path / "other.card").write_text(cards.text(other.signed))
    with pytest.raises(Fault, match="no log"):
        _run("add", folder, tmp_path / "other.card", "--fingerprint", cards.fingerprint(other.signed), "--officer", "b")


@pytest.mark.parametrize(
    "changed", [{"--name": "Not a name"}, {"--country": "Belgium"}, {"--listen": "nowhere"}, {"--agency": ""}]
)
def test_a_witness_that_cannot_be_made_leaves_no_keys(tmp_path: Path, changed: dict[str, str]) -> None:
    """Mended, the same command works: nothing was left behind that stands in its way."""
    right = {"--name": "oversight", "--agency": "Board", "--country": "be", "--listen": "127.0.0.1:1"}
    with pytest.raises(Fault):
        _run("init", tmp_path / "w", *[word for pair in {**right, **changed}.items() for word in pair])
    _run("init", tmp_path / "w", *[word for pair in right.items() for word in pair])
    with pytest.raises(Fault, match="already"):
        _run("init", tmp_path / "w", *[word for pair in right.items() for word in pair])


@pytest.mark.parametrize("text", ["", "listen = 5", 'listen = "a:1"\nother = 1', "listen ="])
def test_settings_that_are_not_right_are_told(folder: Path, text: str) -> None:
    (folder / "witness.toml").write_text(text)
    with pytest.raises(Fault):
        _run("run", folder)


def test_a_folder_without_a_witness_is_told(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="no witness"):
        _run("run", tmp_path)
