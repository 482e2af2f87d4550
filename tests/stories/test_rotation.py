"""Need: keys change, once as every year and once because they were stolen, and nothing that was on its way is lost."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from comity.demo.desk import Desk, wait_for
from comity.exchange import cards, wire
from comity.exchange.cards import Own
from comity.foundation import keys
from comity.foundation.clock import wall
from comity.node.assemble import opened
from comity.vocabulary.instant import HOUR
from comity.vocabulary.message import Lane, MessageKind
from stories.conftest import BuildTown
from stories.duties import alerts, past, release, settled
from stories.fleet import Fleet
from stories.house import OFFICER, PATIENCE, House, command
from stories.town import Town

pytestmark = pytest.mark.story
_REFUSED = (400, b"refused")
_BY = ("--officer", OFFICER)


def _done(*words: object) -> str:
    """Run a command that must succeed, and return what it says."""
    result = command(*words)
    assert result.returncode == 0, result.stderr
    return result.stdout


def _own(house: House) -> Own:
    with opened(house.folder) as node:
        return node.own


def _rotated(house: House, reason: str, *more: str) -> Path:
    """Give the node new keys, as its people do, and return a copy of its new card."""
    assert house.process.stop() == 0
    said = _done("node", "rotate", house.folder, "--reason", reason, *_BY, *more)
    card = house.folder / f"card-{cards.read(house.card).serial}.txt"
    card.write_text(cards.text(house.card))
    assert cards.fingerprint(house.card) in said
    house.start()
    return card


def _forged(thief: Own, to: House, sequence: int) -> bytes:
    """Return an envelope that is right in every way, by whoever has these keys."""
    now = wall()
    header = wire.Header(
        kind=MessageKind.AGREEMENT,
        suite=wire.BOTH,
        sender=thief.card.name,
        recipient=to.name,
        id=keys.random_bytes(32),
        lane=Lane.ORDINARY,
        sequence=sequence,
        created=now,
        expires=now + HOUR,
    )
    return wire.seal(header, [b"step"], thief.keys.identity, to.sealing(), thief.keys.identity_pq)


def _answer(house: House, envelope: bytes) -> tuple[int, bytes]:
    answer = house.post(envelope)
    return answer.status_code, answer.content


def _queued_while_away(south: House, desk: Desk, wanted: list[dict[str, object]]) -> list[str]:
    """Release these while the partner is down: they wait, signed by the keys that the node has now."""
    assert south.process.stop() == 0
    given = [release(desk, alert, "south") for alert in wanted]
    wait_for("attempts", lambda: any(each["attempts"] for each in desk.releases()), PATIENCE)
    assert {each["state"] for each in desk.releases() if each["message"] in given} == {"queued"}
    return given


def test_keys_are_rotated_and_then_stolen_while_messages_are_on_the_way(build_town: BuildTown, tmp_path: Path) -> None:
    """Every release arrives once and in order, is proven by both logs, and the thief's envelopes are refused.

    The partner follows the first new card without comparing it; after the theft only a card whose fingerprint was.
    """
    town = build_town("north", "south")
    north, south = town.houses
    fleet = Fleet(begin=0, silent=8)
    town.feed(north, Fleet(begin=past(fleet.length), silent=8))
    town.start()
    town.introduce()
    town.agree()
    desk = north.desk()
    found = alerts(desk, 8)
    given = [release(desk, alert, "south") for alert in found[:2]]
    settled(desk, given)

    given += _queued_while_away(south, desk, found[2:4])
    second = _rotated(north, "yearly")
    south.start()
    desk = north.desk()
    given.append(release(desk, found[4], "south"))
    _done("partner", "renew", south.folder, second, *_BY)
    settled(desk, given)

    thief = _own(north)
    assert _answer(south, _forged(thief, south, 900)) != _REFUSED, "nobody has told south: it waits for those before"
    size = north.count("SELECT count(*) FROM ledger_entry")
    given += _queued_while_away(south, desk, found[5:7])
    third = _rotated(north, "stolen", "--log")
    south.start()
    _done("partner", "cut-off", south.folder, "north", "--size", size, "--reason", "stolen", *_BY)
    assert _answer(south, _forged(thief, south, 900)) == _REFUSED
    _done("partner", "add", south.folder, third, "--fingerprint", cards.fingerprint(north.card), *_BY)
    for card in (second, third):
        _done("witness", "renew", town.witness, card, *_BY)
    desk = north.desk()
    given.append(release(desk, found[7], "south"))
    told = settled(desk, given)
    assert _answer(south, _forged(thief, south, 900)) == _REFUSED

    assert [each["message"] for each in told] == given
    arrived = south.rows("SELECT id FROM inbox WHERE kind = 'release' ORDER BY sequence")
    assert [bytes(each).hex() for (each,) in arrived] == given
    _assert_proven(town, desk, given, tmp_path)


def _assert_proven(town: Town, desk: Desk, given: list[str], folder: Path) -> None:
    """Assert that both logs hold, are followed, and prove every release to anyone, offline."""
    north, south = town.houses
    wait_for("proofs", lambda: all(each["proven"] for each in desk.releases()), PATIENCE)
    for number, message in enumerate(given):
        file = folder / f"{number}.comity-bundle"
        wait_for("bundle", partial(_bundled, north, message, file), PATIENCE)
        assert json.loads(command("verify", file, "--json").stdout)["ok"]
    size = north.count("SELECT count(*) FROM ledger_entry")
    wait_for("following", lambda: _followed(south) >= size, PATIENCE)
    for house in town.houses:
        assert house.count("SELECT count(*) FROM finding") == 0
        house.assert_sound()
        house.assert_calm()


def _bundled(house: House, message: str, file: Path) -> bool:
    return command("ledger", "bundle", house.folder, message, "-o", file).returncode == 0


def _followed(house: House) -> int:
    """Return how far the node has followed the log of `north`."""
    rows = house.rows("SELECT note FROM followed WHERE origin = 'north/log'")
    return int(bytes(rows[0][0]).split(b"\n")[1]) if rows else 0
