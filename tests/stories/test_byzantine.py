"""Need: a partner that holds real keys and lies harms itself alone: it is not believed, nothing is lost, others go on.

`marsh` is a partner under the agreement; in its place sits one that holds its keys and does what it likes.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterator
from functools import partial

import httpx
import pytest
from msgspec.structs import replace

from comity.agreements.permit import NOT_PERMITTED
from comity.demo.desk import Desk, wait_for
from comity.exchange import receipts, wire
from comity.exchange.cards import Own
from comity.foundation.canonical import written
from comity.foundation.keys import SealingKey, SigningKey, random_bytes
from comity.node.assemble import opened
from comity.vocabulary.entry import Act
from comity.vocabulary.message import Lane, Outcome
from stories.byzantine import Byzantine, FalseLog, Trick, always, countless_headers, endless, http, huge_header
from stories.duties import PURPOSE, alerts, settled
from stories.evenness import Books, entries
from stories.house import PATIENCE, House
from stories.link import Link
from stories.town import Town

pytestmark = pytest.mark.story


def _own(house: House) -> Own:
    with opened(house.folder) as node:
        return node.own


@pytest.fixture(scope="module")
def desk(rough_town: tuple[Town, Link]) -> Desk:
    """Return an officer's desk at `north`, who has confirmed the first alert."""
    found = rough_town[0].houses[0].desk()
    found.decide(alerts(found, 1)[0]["id"], "confirmed", "silent while others were heard")
    return found


@pytest.fixture(scope="module")
def liar(rough_town: tuple[Town, Link], desk: Desk) -> Iterator[Byzantine]:
    """Return who sits in `marsh`'s place. Afterwards `marsh` gets all that the liar had receipted and did not keep."""
    marsh = rough_town[0].houses[2]
    own = _own(marsh)
    assert marsh.process.stop() == 0
    with Byzantine(own, marsh.exchange) as partner:
        settled(desk, [_release(desk, "marsh")])
        yield partner
    marsh.start()
    settled(desk, [_release(desk, "marsh")])
    kept = {bytes(name) for (name,) in marsh.rows("SELECT id FROM inbox WHERE sender = 'north'")}
    assert {wire.parse(envelope).header.id for envelope in partner.delivered} <= kept


@pytest.fixture
def north(rough_town: tuple[Town, Link]) -> House:
    """Return the honest node."""
    return rough_town[0].houses[0]


@pytest.fixture
def south(rough_town: tuple[Town, Link]) -> House:
    """Return the partner that is honest too."""
    return rough_town[0].houses[1]


def _release(desk: Desk, partner: str) -> str:
    return str(desk.release(alerts(desk, 1)[0]["id"], partner, PURPOSE)["message"])


def _told(desk: Desk, message: str) -> str | None:
    """Return what is wrong with the delivery, once it has been tried."""
    return next((item["last_fault"] for item in desk.releases() if item["message"] == message), None) or None


def _stranger(liar: Byzantine, envelope: bytes) -> bytes:
    return receipts.sign(receipts.read(liar.receipt(envelope), liar.own.card.identity), SigningKey(b"stranger" * 4))


def _of_another(liar: Byzantine, envelope: bytes) -> bytes:
    return next(liar.receipt(each) for each in liar.delivered if _id(each) != _id(envelope))


def _accepted_by_a_refusal(liar: Byzantine, envelope: bytes) -> bytes:
    signed = liar.receipt(envelope, outcome=Outcome.REFUSED, reason=NOT_PERMITTED)
    refusal = receipts.read(signed, liar.own.card.identity)
    return receipts.sign(replace(refusal, outcome=Outcome.ACCEPTED, reason=""), liar.own.keys.identity)


_WRONG = "the receipt is not for the message that was sent"
_LIES: dict[str, tuple[Callable[[Byzantine, bytes], bytes], str]] = {
    "signed-by-a-stranger": (_stranger, "signature"),
    "for-another-message": (_of_another, _WRONG),
    "for-another-payload": (lambda liar, sent: liar.receipt(sent, payload=random_bytes(32)), _WRONG),
    "for-another-envelope": (lambda liar, sent: liar.receipt(sent, envelope=random_bytes(32)), _WRONG),
    "for-anothers-message": (lambda liar, sent: liar.receipt(sent, sender="south"), _WRONG),
    "in-anothers-name": (lambda liar, sent: liar.receipt(sent, receiver="south", origin="south/log"), _WRONG),
    "in-anothers-log": (lambda liar, sent: liar.receipt(sent, origin="south/log"), _WRONG),
    "accepted-unopened": (lambda liar, sent: liar.receipt(sent, payload=receipts.UNOPENED), _WRONG),
    "refused-in-the-log": (_accepted_by_a_refusal, "does not say what the receipt says"),
    "with-what-is-no-entry": (lambda liar, sent: liar.receipt(sent, entry=b"\xa0"), ""),
    "its-envelope-back": (lambda _, sent: sent, ""),
}
"""What is signed and wrong, and what the honest node says of it."""
_NONE = "no answer"
_NOISE: dict[str, tuple[Trick, str]] = {
    "garbage": (always(http(b"\x00garbage" * 100)), ""),
    "nothing": (always(http(b"")), ""),
    "a-page": (always(http(b"<html>welcome</html>", "200 OK", "Content-Type: text/html")), ""),
    "redirected": (always(http(b"", "307 Moved", "Location: /elsewhere")), "status 307"),
    "hung-up": (always(b""), _NONE),
    "no-http": (always(b"220 mail.example ESMTP\r\n"), _NONE),
    "status-out-of-range": (always(b"HTTP/1.1 99999 Yes\r\n\r\n"), _NONE),
    "length-below-zero": (always(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"), _NONE),
    "header-without-end": (huge_header, _NONE),
    "headers-without-end": (countless_headers, _NONE),
    "body-without-end": (endless, "the answer is longer than"),
    "compressed-bomb": (always(http(gzip.compress(bytes(2**25)), "200 OK", "Content-Encoding: gzip")), ""),
    "waits-for-what-is-not-yet": (always(http(written({"expected": 2**62}), "409 No")), "which is not before this one"),
    "waits-for-less-than-one": (always(http(written({"expected": 0}), "409 No")), ""),
    "waits-for-nonsense": (always(http(b"\xa1", "409 No")), ""),
}
"""What is no answer to what was asked, and what the honest node says of it."""


@pytest.mark.parametrize("lie", _LIES)
def test_a_receipt_that_lies_is_not_believed(north: House, desk: Desk, liar: Byzantine, lie: str) -> None:
    """By the partner's own hand and wrong in one thing: it does not count, the release waits and is not lost.

    Others go on meanwhile. As soon as the partner answers as it should, its receipt counts, once.
    """
    play, said = _LIES[lie]
    _not_believed(north, desk, liar, lambda envelope: http(play(liar, envelope)), said)


@pytest.mark.parametrize("noise", _NOISE)
def test_an_answer_that_is_no_receipt_is_not_believed(north: House, desk: Desk, liar: Byzantine, noise: str) -> None:
    """Whatever comes instead of the receipt, however long, the release waits, says why, and is not lost.

    Nothing is followed, unpacked or read beyond its limit. Others go on; once the partner answers, its receipt counts.
    """
    _not_believed(north, desk, liar, *_NOISE[noise])
    assert "/elsewhere" not in liar.asked


def _not_believed(north: House, desk: Desk, liar: Byzantine, trick: Trick, said: str) -> None:
    before = len(entries(north, Act.RECEIPTED))
    liar.trick = trick
    message = _release(desk, "marsh")
    try:
        told = wait_for("an attempt", lambda: _told(desk, message), PATIENCE)
        assert said in told
        settled(desk, [_release(desk, "south")])
        assert next(item for item in desk.releases() if item["message"] == message)["state"] == "queued"
        assert [entry.partner for entry in entries(north, Act.RECEIPTED)[before:]] == ["south"]
    finally:
        liar.trick = liar.honest
        settled(desk, [message])
    assert [entry.partner for entry in entries(north, Act.RECEIPTED)[before:]] == ["south", "marsh"]
    north.assert_calm()


def test_a_partner_that_never_answers_holds_up_nobody_else(
    north: House, south: House, desk: Desk, liar: Byzantine
) -> None:
    """While one partner keeps the line open and says nothing, releases to the other arrive at once and are proven."""
    books = Books(north, south)
    liar.trick = liar.silent
    try:
        waiting = _release(desk, "marsh")
        wait_for("the call", lambda: liar.delivered and _id(liar.delivered[-1]) == waiting, PATIENCE)
        messages = [_release(desk, "south") for _ in range(5)]
        settled(desk, messages)
        books.assert_even(messages)
        books.assert_proven(messages)
        assert next(item for item in desk.releases() if item["message"] == waiting)["state"] == "queued"
    finally:
        liar.trick = liar.honest
    settled(desk, [waiting])


def _id(envelope: bytes) -> str:
    return wire.parse(envelope).header.id.hex()


def test_a_receipt_whose_entry_stands_in_no_witnessed_log_proves_nothing(
    north: House, desk: Desk, liar: Byzantine
) -> None:
    """A good receipt counts as given; as proven only when its entry stands in a log that the witnesses have cosigned.

    The partner shows first no log, then one with another entry in that place, then one made up for the occasion, which
    holds the entry and bears its true signature: without the witnesses' it proves nothing, and north says so.
    """
    message = _release(desk, "marsh")
    settled(desk, [message])
    signed = liar.given[bytes.fromhex(message)]
    said = len(north.said())
    false = liar.entered(signed)
    try:
        another = FalseLog(liar.own, [*false.leaves[:-1], bytes(32)])
        for log, words in ((None, "does not have this"), (another, "does not stand at"), (false, "does not count")):
            liar.log = log
            wait_for(words, partial(_says, north, said, message, words), PATIENCE)
            assert not next(item for item in desk.releases() if item["message"] == message)["proven"]
    finally:
        liar.log = None
    north.assert_calm()


def _says(house: House, since: int, message: str, words: str) -> bool:
    lines = [line for line in house.said()[since:] if line["event"] == "not proven yet"]
    return any(words in line["fault"] and line.get("message", message) == message for line in lines)


_DOWNGRADES: dict[str, dict[str, object]] = {
    "older-version": {"version": 0},
    "newer-version": {"version": 2},
    "weaker-suite": {"suite": "X25519+ChaCha20-Poly1305+Ed25519"},
    "no-suite": {"suite": ""},
    "another-epoch": {"epoch": 2},
    "in-anothers-name": {"sender": "south"},
    "in-our-name": {"sender": "north"},
    "to-another": {"recipient": "south"},
}


@pytest.mark.parametrize("downgrade", _DOWNGRADES)
def test_a_partner_cannot_choose_other_rules(north: House, liar: Byzantine, downgrade: str) -> None:
    """Signed and sealed by real keys, under another version, suite, epoch or name: one word, and nothing is kept."""
    before = _kept(north)
    made = liar.envelope("north", north.sealing(), [b"record"], lane=Lane.BULK, **_DOWNGRADES[downgrade])
    answer = north.post(made)
    assert (answer.status_code, answer.content) == (400, b"refused")
    assert _kept(north) == before
    north.assert_calm()


def test_what_a_partner_sends_and_may_not_is_refused_in_writing(north: House, liar: Byzantine) -> None:
    """What is no record, what is too old, a number used before: refused with a receipt, and kept by nobody.

    The refusals stand in north's log and its lane moves on; the same again is answered with the same bytes.
    """
    ours, due, key = _own(north), _due(north), north.sealing()
    made = partial(liar.envelope, "north", key, lane=Lane.BULK)
    sent = {
        "malformed": made([b"no record", b"\xa0"], sequence=due),
        "expired": made([b"x"], sequence=due + 1, expires=1),
        "replayed": made([b"x"], sequence=due),
    }
    records = north.count("SELECT count(*) FROM inbox_item")
    for reason, envelope in sent.items():
        answer = north.post(envelope)
        receipt = receipts.read(answer.content, ours.card.identity, "north")
        assert (answer.status_code, receipt.outcome, receipt.reason) == (200, Outcome.REFUSED, reason)
        assert north.post(envelope).content == answer.content
    told = [entry.detail for entry in entries(north, Act.RECEIVED)[-len(sent) :]]
    assert told == [f"refused: {reason}" for reason in sent]
    assert north.count("SELECT count(*) FROM inbox_item") == records
    assert _due(north) == due + 2
    north.assert_calm()


def test_what_is_sealed_to_a_key_that_never_was_is_sent_back(north: House, liar: Byzantine) -> None:
    """Neither kept nor refused: the partner is told the present key, and its lane does not move."""
    before, due = _kept(north), _due(north)
    sealed = liar.envelope("north", SealingKey(b"stranger" * 12).public, [b"x"], lane=Lane.BULK, sequence=due)
    assert north.post(sealed).status_code == 410
    assert (_kept(north), _due(north)) == (before, due)
    north.assert_calm()


def _due(north: House) -> int:
    rows = north.rows("SELECT next FROM inbox_sequence WHERE sender = 'marsh' AND lane = 'bulk'")
    return int(rows[0][0]) if rows else 1


def _kept(house: House) -> tuple[int, ...]:
    tables = ("inbox", "inbox_item", "ledger_entry", "partner", "agreement")
    return tuple(house.count(f"SELECT count(*) FROM {table}") for table in tables)  # noqa: S608 - names above


def test_a_log_that_is_rolled_back_or_forked_is_not_cosigned(
    rough_town: tuple[Town, Link], north: House, liar: Byzantine
) -> None:
    """The partner signs a smaller tree, another of the same size, and a larger one that does not continue its own.

    Neither the honest node nor the oversight witness cosigns any of them: 409 for what goes back, 422 for what forks;
    both still remember the tree that was true. So no two readers can be shown two cosigned logs.
    """
    town, _ = rough_town
    for witness in (f"http://{north.exchange}/witness", f"http://{town.witness_address}/witness"):
        before = _cosigned(witness)
        size = int(before.splitlines()[1])
        leaves = [bytes([number % 251]) * 32 for number in range(size + 5)]
        for log, old, status in (
            (FalseLog(liar.own, leaves[: size - 1]), size - 1, 409),
            (FalseLog(liar.own, leaves[:size]), size, 422),
            (FalseLog(liar.own, leaves), size, 422),
            (FalseLog(liar.own, leaves), 0, 409),
        ):
            answer = httpx.post(
                f"{witness}/add-checkpoint", content=log.request(old), timeout=PATIENCE, trust_env=False
            )
            assert answer.status_code == status, answer.text
            assert "marsh/log" not in answer.text
        assert _cosigned(witness) == before
    north.assert_calm()


def _cosigned(witness: str) -> str:
    """Return the newest checkpoint of `marsh`'s log that the witness has cosigned."""
    name = hashlib.sha256(b"marsh/log").hexdigest()
    return httpx.get(f"{witness}/{name}/checkpoint", timeout=PATIENCE, trust_env=False).raise_for_status().text
