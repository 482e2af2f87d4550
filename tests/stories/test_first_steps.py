"""Need: newcomers, with the commands alone, come to share what the agreement permits and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from comity.demo.desk import Desk, wait_for
from comity.vocabulary.entry import Act
from stories.conftest import BuildNothing
from stories.duties import PURPOSE, alerts, in_force, past, refused, settled
from stories.fleet import GAP, Fleet
from stories.house import ADMINISTRATOR, OFFICER, PASSWORD, PATIENCE, House, command
from stories.town import AGREEMENT, GIVEN, OVERSIGHT, Town, agreement_text

pytestmark = pytest.mark.story
_FLEET = Fleet(begin=0, silent=2)


def _done(*arguments: object, told: str = "") -> CompletedProcess[str]:
    """Run a command that must succeed."""
    result = command(*arguments, told=told)
    assert result.returncode == 0, result.stderr
    return result


def _not_done(*arguments: object, says: str) -> None:
    """Run a command that must fail in one line on standard error, with exit code 1 and no traceback."""
    result = command(*arguments)
    assert result.returncode == 1, result.stdout
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def _fingerprint(said: str) -> str:
    found = re.search(r"^fingerprint +(\S+)$", said, re.MULTILINE)
    assert found, said
    return found[1]


def _make(house: House, feeding: Callable[[House], object]) -> str:
    """Make and start a node, add its people, and return the fingerprint that they read to others."""
    made = _done(
        *("node", "init", house.folder, "--name", house.name, "--agency", f"Agency {house.name}"),
        *("--country", house.country, "--console", house.console, "--exchange", house.exchange),
    )
    house.set(f'[picture]\ndark = "{GAP}"')
    feeding(house)
    assert "the settings are right" in _done("node", "check", house.folder).stdout
    house.start()
    for name, role in ((OFFICER, "officer"), (ADMINISTRATOR, "administrator")):
        _done("user", "add", house.folder, name, "--role", role, "--password-stdin", told=f"{PASSWORD}\n")
    return _fingerprint(made.stdout)


def _make_witness(town: Town) -> str:
    made = _done(
        *("witness", "init", town.witness, "--name", OVERSIGHT, "--agency", "Board", "--country", "fi"),
        *("--listen", town.witness_address),
    )
    return _fingerprint(made.stdout)


def _card(folder: Path) -> Path:
    return folder / "card.txt"


def _introduce(town: Town, fingerprints: dict[str, str]) -> None:
    """Let all accept each other; a fingerprint read wrongly is refused, and nothing is kept of that attempt."""
    north, south = town.houses
    wrong = fingerprints["north"]
    add = ("partner", "add", north.folder, _card(south.folder), "--officer", OFFICER, "--fingerprint")
    _not_done(*add, wrong, says="the fingerprint is not that of the card")
    assert "south" not in _done("partner", "list", north.folder).stdout
    for house, other in ((north, south), (south, north)):
        for folder in (other.folder, town.witness):
            told = fingerprints[folder.name].lower()
            _done("partner", "add", house.folder, _card(folder), "--officer", OFFICER, "--fingerprint", told)
        watch = ("witness", "add", town.witness, _card(house.folder), "--officer", "board", "--fingerprint")
        _done(*watch, fingerprints[house.name])
    assert "south" in _done("partner", "list", north.folder).stdout


def _sign(town: Town) -> None:
    """Check the agreement, sign it at one node, accept it at the other, and leave it so: no witness runs yet."""
    north, south = town.houses
    file = town.folder / "skerry-watch.yaml"
    file.write_text(agreement_text("north", "south"), "utf-8")
    digest = _done("agreement", "check", file).stdout.split()[-1]
    assert digest in _done("agreement", "sign", north.folder, file, "--officer", "head of north").stdout
    accept = ("agreement", "accept", south.folder, AGREEMENT, "--version", "1", "--officer", "head of south")
    wait_for("the offer", lambda: command(*accept).returncode == 0, PATIENCE)
    for house in town.houses:
        wait_for("all signatures", lambda house=house: _signed(house.desk()), PATIENCE)


def _signed(desk: Desk) -> bool:
    return any(agreement["signed"] == ["north", "south"] for agreement in desk.agreements())


def _denied(desk: Desk, alert: dict[str, Any], safeguard: int) -> None:
    """Ask to release the alert, and be denied by this safeguard with a code that says no more than it must."""
    answer = desk.release(alert["id"], "south", PURPOSE)
    assert (answer["permitted"], answer["safeguard"]) == (False, safeguard), answer
    assert answer["message"] is None


def _signs_in(house: House) -> Desk:
    """Sign in as the officer; nobody does with a wrong password or a name that is not known, and both sound alike."""
    wrong = ((OFFICER, "correct horse 8"), ("nobody", PASSWORD))
    one, other = (str(refused(partial(Desk, house.name, f"http://{house.console}", *each))) for each in wrong)
    assert "name or the password is not right" in one
    assert one == other
    return house.desk()


def _shows_nothing_to_the_administrator(house: House, alert: dict[str, Any]) -> None:
    desk = house.desk(ADMINISTRATOR)
    looks = (desk.alerts, desk.releases, desk.received, desk.agreements, lambda: desk.open(alert["id"]))
    for look in (*looks, lambda: desk.release(alert["id"], "south", PURPOSE)):
        assert "the role administrator" in str(refused(look))
    assert desk.summary()["alerts"] == _FLEET.alerts


def test_from_nothing_to_a_release_under_a_witnessed_agreement(build_nothing: BuildNothing) -> None:
    """Two nodes and a witness, made with commands, come to one release of which the partner gets six fields only.

    On the way: a wrong fingerprint is refused; without the witness the agreement stays out of force and safeguard 11
    denies; safeguard 4 denies what nobody has confirmed; wrong passwords are refused; an administrator sees no record;
    and in the end both logs hold.
    """
    town = build_nothing("north", "south")
    north, south = town.houses
    fleet = Fleet(begin=past(_FLEET.length), silent=_FLEET.silent)
    fingerprints = {
        "north": _make(north, lambda house: town.feed(house, fleet)),
        "south": _make(south, lambda _: None),
        OVERSIGHT: _make_witness(town),
    }
    _introduce(town, fingerprints)
    _sign(town)

    desk = _signs_in(north)
    alert, other = alerts(desk, 2)
    _shows_nothing_to_the_administrator(north, alert)
    _denied(desk, alert, 4)
    desk.decide(alert["id"], "confirmed", "silent while others were heard")
    size = desk.summary()["entries"]
    wait_for("checkpoints over all that", lambda: _checkpoint(north) >= size, PATIENCE)
    assert not in_force(desk)
    assert "no witnessed proof" in _done("agreement", "list", north.folder).stdout
    _denied(desk, alert, 11)

    town.oversight.start()
    for house in town.houses:
        wait_for(f"force at {house.name}", lambda house=house: in_force(house.desk()), PATIENCE)
    assert "in force" in _done("agreement", "list", south.folder).stdout
    _denied(desk, other, 4)
    message = _gives(desk, alert)
    _has_no_more_than_given(north, south, alert, message)
    for house in town.houses:
        house.assert_sound()
        house.assert_calm()


def _checkpoint(house: House) -> int:
    return house.count("SELECT coalesce(max(size), 0) FROM ledger_checkpoint")


def _gives(desk: Desk, alert: dict[str, Any]) -> str:
    """Preview, release as previewed, and wait for the receipt; return the message."""
    preview = desk.preview(alert["id"], "south", PURPOSE)
    assert set(preview["fields"]) == GIVEN
    assert {"name", "call_sign", "explanation", "sources"} <= {item["field"] for item in preview["withheld"]}
    assert desk.releases() == []
    answer = desk.release(alert["id"], "south", PURPOSE)
    assert (answer["fields"], answer["withheld"]) == (preview["fields"], preview["withheld"])
    (told,) = settled(desk, [answer["message"]])
    assert told["record"] == alert["id"]
    return str(answer["message"])


def _has_no_more_than_given(north: House, south: House, alert: dict[str, Any], message: str) -> None:
    """Read the record at the partner, and search all that the partner keeps for what was withheld."""
    (arrival,) = south.desk().received()
    assert (arrival["message"], arrival["record"], arrival["sender"]) == (message, alert["id"], "north")
    assert set(arrival["fields"]) == GIVEN
    assert arrival["fields"]["mmsi"] == [subject["mmsi"] for subject in alert["subjects"]]
    name = Fleet.name(alert["subjects"][0]["mmsi"]).encode()
    assert name in north.dump()
    kept = south.dump()
    assert b"going-dark" in kept
    for withheld in (name, alert["explanation"].encode(), b"coast", alert["sightings"][0].encode()):
        assert withheld not in kept
    assert (north.acts(Act.DISCLOSED), north.acts(Act.RECEIPTED) >= 1, south.acts(Act.RECEIVED) >= 1) == (1, True, True)
