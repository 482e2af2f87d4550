"""`comity onward`: what a partner asks leave for is listed, left or declined by people of the node."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from builders import pair
from builders.writings import look_out
from comity.cli.onward import onward_
from comity.exchange import cards, onward_step, partners
from comity.exchange.inbox import Arrived
from comity.foundation.store import officers
from comity.node.assemble import opened
from comity.node.flow_release import Asked, Released
from comity.vocabulary.entry import Act
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.onward import OnwardStep, Step, Wish
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind

ANNA = ("--officer", "anna")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(onward_, [str(argument) for argument in arguments], terminal_width=200)


def fault(*arguments: object) -> Fault:
    result = run(*arguments)
    assert isinstance(result.exception, Fault), result.output
    return result.exception


@pytest.fixture
def asked(agreed_folder: Path) -> Path:
    """Return the folder of a node of which a partner has asked leave for two looks-out: ids of ones and of twos."""
    with opened(agreed_folder) as node:
        third = pair.own("de.coord", 3)
        with node.store.acting() as act:
            typed = cards.fingerprint(third.signed)
            partners.accept(act, node.own, third.signed, typed, officer="anna", now=node.clock.now())
        with node.store.reading() as transaction:
            anna = officers.get(transaction, "anna")
        assert anna is not None
        for number in (1, 2):
            now = node.clock.now()
            draft = replace(look_out(position=Position(54.7, 11.5)), since=now - 9, until=now, expires=now + 10**9)
            made = node.casework.write(anna[0], draft)
            wanted = Asked(
                kind=RecordKind.NOTICE,
                record=made.id,
                partner="se.coord",
                purpose=Purpose.SMUGGLING,
                officer="anna",
            )
            released = node.releases.release(anna[0], wanted)
            assert isinstance(released, Released), released
            wish = Wish(
                message=released.message,
                place=0,
                record=made.id,
                recipient="de.coord",
                purpose=Purpose.SMUGGLING,
                reason="it turns\x1b[2J south",
            )
            step = onward_step.written(Step(step=OnwardStep.ASKED, onward=bytes([number]) * 32, wish=wish))
            with node.store.acting() as act:
                node.onwards.take(act, Arrived("se.coord", bytes([number]) * 32, step, b""))
    return agreed_folder


def test_listed_left_and_declined(asked: Path) -> None:
    listed = json.loads(run("list", asked, *ANNA, "--json").stdout)
    assert {(one["state"], one["holder"], one["recipient"]) for one in listed} == {("asked", "se.coord", "de.coord")}
    printed = run("list", asked, *ANNA).stdout
    assert len(printed.splitlines()) == 2
    assert "\x1b" not in printed, "nothing in a partner's words reaches the terminal as a command"
    left = run("give", asked, "0101", "--for", "2 d", *ANNA)
    assert "se.coord may pass" in left.stdout, left.exception
    assert "declined" in run("decline", asked, "0202", "--reason", "not now", *ANNA).stdout
    listed = json.loads(run("list", asked, *ANNA, "--json").stdout)
    assert {one["onward"][:2]: one["state"] for one in listed} == {"01": "left", "02": "declined"}
    assert isinstance(fault("give", asked, "0101", *ANNA), Refused)
    with opened(asked) as node, node.store.reading() as transaction:
        rows = transaction.rows("SELECT count(*) FROM outbox WHERE kind = 'onward'")
    assert rows[0][0] == 2


def test_what_is_not_there_is_said(asked: Path) -> None:
    assert isinstance(fault("give", asked, "ff", *ANNA), Missing)
    assert isinstance(fault("give", asked, "0101", "--officer", "nobody"), Missing)
    assert "with its unit" in str(fault("give", asked, "0101", "--for", "2", *ANNA))
    assert "asked for no such leave" in str(fault("pass", asked, "0101", *ANNA))
    wish = ("--to", "de.coord", "--purpose", "smuggling", "--reason", "because")
    assert "no such message" in str(fault("ask", asked, "00" * 32, *wish, *ANNA))
    assert "hexadecimal" in str(fault("ask", asked, "xy", *wish, *ANNA))


def test_the_look_is_logged(asked: Path) -> None:
    run("list", asked, *ANNA)
    with opened(asked) as node, node.store.reading() as transaction:
        found = [row[0] for row in transaction.rows("SELECT entry FROM ledger_entry ORDER BY index DESC LIMIT 1")]
    assert b"onward" in found[0]
    assert Act.CONSULTED.value.encode() in found[0]
