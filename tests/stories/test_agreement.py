"""Need: only what all parties have signed binds them, and each of them can stop it at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from comity.agreements import redaction, rescue, signing, terms
from comity.agreements.permit import Permit, permit
from comity.agreements.standing import State
from comity.demo.desk import wait_for
from comity.exchange import outbox, partners, receipts, step, wire
from comity.exchange.step import Step, StepKind
from comity.foundation import canonical, keys
from comity.node.assemble import opened
from comity.node.flow_release import Asked
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.message import Lane, MessageKind, Receipt
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from stories.conftest import BuildTown
from stories.duties import PURPOSE, alerts, in_force, past, release, settled
from stories.fleet import BEACON, Fleet
from stories.house import OFFICER, PATIENCE, House, command
from stories.town import AGREEMENT, Town, agreement_text

pytestmark = pytest.mark.story
_FLEET = Fleet(begin=0, silent=3, beacon=True)
_RESCUE = "search-and-rescue"


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ("keep: 30 d", "keep: 30 days", "17:11"),
        ("give: alert", "give: allert", "10:11"),
        ("where: skerries", "where: skerry", "11:12"),
        ("to: all", "to: [north, west]", "13:17"),
        ("quorum: 2", "quorum: 2, quorum: 1", "39:24"),
        ("version: 1", "version: !!int 1", "2:10"),
    ],
)
def test_a_wrong_file_is_refused_where_it_is_wrong(tmp_path: Path, right: str, wrong: str, place: str) -> None:
    """`comity agreement check` ends with exit code 1 and names line and column."""
    file = tmp_path / "agreement.yaml"
    text = agreement_text("north", "south")
    assert right in text
    file.write_text(text.replace(right, wrong), "utf-8")
    result = command("agreement", "check", file)
    assert result.returncode == 1
    assert f"{file}:{place}" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_wrong_file_is_not_signed(calm_town: Town, tmp_path: Path) -> None:
    """`comity agreement sign` refuses as `check` does, and the node keeps and offers nothing of such a text."""
    north, _ = calm_town.houses
    file = tmp_path / "agreement.yaml"
    file.write_text(agreement_text("north", "south").replace("version: 1", "version: 2").replace("to: all", "to: [me]"))
    tables = ("agreement", "outbox", "agreement_signature")
    before = [north.count(f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608 - names above
    result = command("agreement", "sign", north.folder, file, "--officer", "head of north")
    assert result.returncode == 1
    assert f"{file}:13:" in result.stderr
    assert [north.count(f"SELECT count(*) FROM {table}") for table in tables] == before  # noqa: S608 - names above


def _offer(house: House, told: Step) -> bytes:
    """Let the node send a step that its own agreement room would never send."""
    with opened(house.folder) as node, node.store.acting() as act:
        card = partners.card(act, "south")
        message = outbox.tell(act, node.own, card, MessageKind.AGREEMENT, step.written(told), node.clock.now())
        act.log(Entry(act=Act.AGREEMENT, detail="a lie"))
    return message


def _answer(house: House, message: bytes) -> Receipt:
    """Wait for the partner's receipt and return it."""

    def look() -> bytes | None:
        ((receipt,),) = house.rows("SELECT receipt FROM outbox WHERE id = %s", message)
        return receipt

    signed = bytes(wait_for("the receipt", look, PATIENCE))
    with opened(house.folder) as node, node.store.reading() as transaction:
        return receipts.read(signed, partners.card(transaction, "south").identity, "south")


def test_an_offer_changed_after_it_was_signed_is_refused(calm_town: Town) -> None:
    """Another text under the signed digest, or under a digest that nobody signed: refused with a receipt, not kept."""
    north, south = calm_town.houses
    honest = replace(calm_town.terms, version=2)
    widened = replace(honest, after=replace(honest.after, erase=10 * honest.after.erase))
    with opened(north.folder) as node:
        signatures = {"north": signing.sign(node.own.keys.identity, terms.digest(honest))}
    before = south.count("SELECT count(*) FROM agreement")
    for digest in (terms.digest(honest), terms.digest(widened)):
        told = Step(step=StepKind.SIGNED, agreement=digest, terms=terms.canonical(widened), signatures=signatures)
        answer = _answer(north, _offer(north, told))
        assert (answer.outcome.value, answer.reason) == ("refused", "unacceptable")
    assert south.count("SELECT count(*) FROM agreement") == before
    south.assert_calm()


def _suspends(house: House) -> None:
    reason = ("--reason", "a court has asked", "--officer", "head of north")
    done = command("agreement", "suspend", house.folder, AGREEMENT, "--version", "1", *reason)
    assert done.returncode == 0, done.stderr


def _sends_regardless(north: House, south: House, alert: dict[str, Any]) -> Receipt:
    """Send what a node would that had not heard of the suspension, or would not heed it; return the answer."""
    asked = Asked(kind=RecordKind.ALERT, record=alert["id"], partner="south", purpose=Purpose(PURPOSE), officer=OFFICER)
    due = south.count("SELECT next FROM inbox_sequence WHERE sender = 'north' AND lane = 'ordinary'")
    with opened(north.folder) as node, node.store.reading() as transaction:
        request = node.releases._questions.one(transaction, asked).request
        unaware = tuple(replace(standing, state=State.FINALIZED) for standing in request.standings)
        leave = permit(replace(request, standings=unaware))
        assert isinstance(leave, Permit)
        given = redaction.give(leave, keys.random_bytes)
        card = partners.card(transaction, "south")
        header = wire.Header(
            kind=MessageKind.RELEASE,
            sender="north",
            recipient="south",
            id=keys.random_bytes(32),
            lane=Lane.ORDINARY,
            sequence=due,
            agreement=given.agreement,
            purpose=given.purpose,
            created=node.clock.now(),
            expires=given.keep_until,
        )
        envelope = wire.seal(header, [canonical.written(given)], node.own.keys.identity, south.sealing())
    answer = south.post(envelope)
    assert answer.status_code == 200
    return receipts.read(answer.content, card.identity, "south")


def test_a_suspension_stops_all_but_rescue(build_town: BuildTown) -> None:
    """Suspended by one party, nothing more goes under the agreement, and only distress reaches the rescue centre.

    What waited for a partner that was down is withdrawn and never delivered; the partner learns of the suspension and
    from then on refuses what comes under the agreement; a beacon's call still arrives, with position and need and
    not who it is.
    """
    town = build_town("north", "south")
    north, south = town.houses
    town.feed(north, replace(_FLEET, begin=past(_FLEET.length)))
    town.start()
    town.introduce()
    town.agree()
    desk = north.desk()
    waiting, refused, later = alerts(desk, 3)
    (beacon,) = alerts(desk, 1, "distress")
    assert south.process.stop() == 0
    message = release(desk, waiting, "south")
    _suspends(north)
    assert not in_force(desk)
    desk.decide(refused["id"], "confirmed", "silent")
    answer = desk.release(refused["id"], "south", PURPOSE)
    assert (answer["permitted"], answer["safeguard"]) == (False, 9)
    assert desk.release(beacon["id"], "south", PURPOSE)["permitted"] is False
    call = desk.release(beacon["id"], "south", _RESCUE)
    assert (call["permitted"], call["clause"]) == (True, rescue.CLAUSE)

    south.start()
    settled(desk, [message], "withdrawn")
    settled(desk, [call["message"]])
    other = south.desk()
    wait_for("the suspension", lambda: not in_force(other), PATIENCE)
    (arrival,) = other.received()
    assert (arrival["record"], arrival["clause"]) == (beacon["id"], rescue.CLAUSE)
    assert set(arrival["fields"]) == set(rescue.FIELDS)
    kept = south.dump()
    assert waiting["id"].encode() not in kept
    assert b"\x1a" + BEACON.to_bytes(4, "big") not in kept

    desk.decide(later["id"], "confirmed", "silent")
    told = _sends_regardless(north, south, later)
    assert (told.outcome.value, told.reason) == ("refused", "not-in-force")
    assert later["id"].encode() not in [item["record"].encode() for item in south.desk().received()]
    for house in town.houses:
        house.assert_sound()
        house.assert_calm()
