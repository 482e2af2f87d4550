"""Need: whatever strangers send to a node's door, it keeps nothing, tells nothing and goes on."""

from __future__ import annotations

import random  # noqa: TID251 - seeded
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from msgspec.structs import replace

from comity.exchange import wire
from comity.exchange.cards import Own
from comity.foundation import canonical, keys
from comity.foundation.clock import wall
from comity.foundation.keys import SigningKey
from comity.node.assemble import opened
from comity.vocabulary.instant import HOUR
from comity.vocabulary.message import Lane, MessageKind
from stories.duties import alerts, release, settled
from stories.house import PATIENCE, House
from stories.town import Town

pytestmark = pytest.mark.story
_WORD = (400, b"refused")
_SEED = 20_260_301


def _own(house: House) -> Own:
    with opened(house.folder) as node:
        return node.own


def _header(sender: str, recipient: str, sequence: int) -> wire.Header:
    now = wall()
    return wire.Header(
        kind=MessageKind.AGREEMENT,
        sender=sender,
        recipient=recipient,
        id=keys.random_bytes(32),
        lane=Lane.ORDINARY,
        sequence=sequence,
        created=now,
        expires=now + HOUR,
    )


def _expected(house: House, sender: str) -> int:
    """Return the sequence number that the node waits for."""
    return house.count("SELECT next FROM inbox_sequence WHERE sender = %s AND lane = 'ordinary'", sender)


def _kept(house: House) -> tuple[int, ...]:
    """Return how much the node has of each thing that a message could add to."""
    tables = ("inbox", "ledger_entry", "partner", "agreement", "alert", "track", "outbox")
    return tuple(house.count(f"SELECT count(*) FROM {table}") for table in tables)  # noqa: S608 - names above


def _said(answer: httpx.Response) -> tuple[int, bytes]:
    return answer.status_code, answer.content


@pytest.fixture
def genuine(calm_town: Town) -> bytes:
    """Return an envelope that `south` has accepted from `north`, as it was on the wire."""
    north, _ = calm_town.houses
    desk = north.desk()
    message = release(desk, alerts(desk, 1)[0], "south")
    settled(desk, [message])
    ((envelope,),) = north.rows("SELECT envelope FROM outbox WHERE id = %s", bytes.fromhex(message))
    return bytes(envelope)


def test_a_crowd_that_says_nothing_keeps_nobody_out(calm_town: Town) -> None:
    """With more silent connections than there are places a release arrives, and the node is well."""
    north, south = calm_town.houses
    host, _, port = south.exchange.partition(":")
    desk = north.desk()
    with ExitStack() as crowd:
        for _ in range(300):
            crowd.enter_context(socket.create_connection((host, int(port)), PATIENCE))
        settled(desk, [release(desk, alerts(desk, 1)[0], "south")])
    south.assert_calm()


def _chunked(total: int) -> Iterator[bytes]:
    """Yield so many bytes in pieces, as a sender does who does not say how many will come."""
    for _ in range(total // 65_536):
        yield bytes(65_536)


def _garbage(genuine: bytes) -> list[bytes]:
    """Return what is no envelope: nothing, noise, other formats, and a real one cut short or drawn out."""
    chance = random.Random(_SEED)  # noqa: S311 - to be the same each time
    noise = [chance.randbytes(chance.choice([1, 16, 900, 70_000])) for _ in range(12)]
    cut = [genuine[: chance.randrange(len(genuine))] for _ in range(12)]
    deep = b"\x81" * 100_000
    return [b"", b"{}", b"\xa0", deep, b"\xbf" * 50_000, genuine + b"\x00", genuine * 2, *noise, *cut]


def test_garbage_is_refused_with_one_word(calm_town: Town, genuine: bytes) -> None:
    """Noise, truncation, deep nesting and a wrong content type: one short word each time, and nothing is kept."""
    _, south = calm_town.houses
    before = _kept(south)
    for body in _garbage(genuine):
        assert _said(south.post(body)) == _WORD
    assert _said(south.post(genuine, "text/plain")) == _WORD
    assert _kept(south) == before
    south.assert_calm()


def test_what_is_too_large_is_cut_off(calm_town: Town) -> None:
    """Five megabytes are answered 413 whether their length is told or not, and the node takes the next message."""
    _, south = calm_town.houses
    before = _kept(south)
    assert _said(south.post(bytes(5 * 1024 * 1024))) == (413, b"too large")
    assert _said(south.post(_chunked(5 * 1024 * 1024))) == (413, b"too large")
    assert _said(south.post(b"small")) == _WORD
    assert _kept(south) == before
    south.assert_calm()


def test_a_caller_who_hangs_up_in_the_middle_is_no_failure(calm_town: Town, genuine: bytes) -> None:
    """Half an envelope, or half a checkpoint to the witness, and the line closed: nothing is kept, no trace is told."""
    _, south = calm_town.houses
    before = _kept(south)
    host, _, port = south.exchange.rpartition(":")
    for path in ("/exchange/inbox", "/witness/add-checkpoint"):
        head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/cbor\r\nContent-Length: 9999\r\n\r\n"
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as line:
            line.sendall(head.encode() + genuine[:2_000])
            line.shutdown(socket.SHUT_WR)
            while line.recv(4_096):  # until the node has closed it too: then it has done with it
                pass
    assert _said(south.post(b"small")) == _WORD
    assert _kept(south) == before
    south.assert_calm()


def test_a_forger_is_told_the_same_whatever_is_wrong(calm_town: Town) -> None:
    """An unknown sender, a partner's name under another key, another recipient: the same word as for garbage."""
    north, south = (_own(house) for house in calm_town.houses)
    house = calm_town.houses[1]
    stranger = SigningKey(b"stranger" * 4)
    due = _expected(house, "north")
    before = _kept(house)
    forged = [
        wire.seal(_header("nowhere", "south", 1), [], stranger, south.card.sealing),
        wire.seal(_header("north", "south", due), [], stranger, south.card.sealing),
        wire.seal(_header("oversight", "south", 1), [], stranger, south.card.sealing),
        wire.seal(_header("south", "south", due), [], stranger, south.card.sealing),
        wire.seal(_header("north", "oversight", due), [], north.keys.identity, south.card.sealing),
        wire.seal(_header("north", "north", due), [], north.keys.identity, north.card.sealing),
    ]
    assert {_said(house.post(envelope)) for envelope in forged} == {_WORD}
    assert _kept(house) == before
    house.assert_calm()


def test_a_real_envelope_with_one_bit_changed_is_refused(calm_town: Town, genuine: bytes) -> None:
    """Wherever the bit is, in header, key, content or signature, the envelope is no one's and nothing is kept."""
    _, south = calm_town.houses
    before = _kept(south)
    chance = random.Random(_SEED)  # noqa: S311 - to be the same each time
    for place in {0, len(genuine) - 1, *(chance.randrange(len(genuine)) for _ in range(40))}:
        changed = bytearray(genuine)
        changed[place] ^= 1 << chance.randrange(8)
        assert _said(south.post(bytes(changed))) == _WORD
    assert _kept(south) == before
    south.assert_calm()


def test_a_replay_gets_the_same_receipt_and_is_no_second_record(calm_town: Town, genuine: bytes) -> None:
    """Sent again ten times a genuine envelope is answered with the receipt of the first time, byte by byte."""
    _, south = calm_town.houses
    before = _kept(south)
    answers = {_said(south.post(genuine)) for _ in range(10)}
    ((status, receipt),) = answers
    parsed = wire.parse(genuine)
    ((kept,),) = south.rows("SELECT receipt FROM inbox WHERE id = %s", parsed.header.id)
    assert (status, receipt) == (200, bytes(kept))
    assert _kept(south) == before
    south.assert_calm()


def test_a_message_too_early_is_told_which_is_due(calm_town: Town) -> None:
    """A partner's own message that is ahead of its turn gets 409 and the number that is due; nothing is kept."""
    north, south = (_own(house) for house in calm_town.houses)
    house = calm_town.houses[1]
    due = _expected(house, "north")
    before = _kept(house)
    for ahead in (1, 2, 1_000, 2**62):
        early = wire.seal(_header("north", "south", due + ahead), [], north.keys.identity, south.card.sealing)
        assert _said(house.post(early)) == (409, canonical.written({"expected": due}))
    assert _kept(house) == before
    house.assert_calm()


def test_a_used_number_under_another_id_is_refused_for_good(calm_town: Town, genuine: bytes) -> None:
    """What a partner's key signed twice under one number is refused with a receipt, and holds no content here."""
    north = _own(calm_town.houses[0])
    house = calm_town.houses[1]
    used = replace(wire.parse(genuine).header, id=keys.random_bytes(32))
    due = _expected(house, "north")
    answer = house.post(wire.seal(used, [b"other"], north.keys.identity, house.sealing(), north.keys.identity_pq))
    assert answer.status_code == 200
    assert b"replayed" in answer.content
    assert house.rows("SELECT cover, count FROM inbox WHERE id = %s", used.id) == [(b"", 0)]
    assert house.count("SELECT count(*) FROM inbox_item WHERE message = %s", used.id) == 0
    assert _expected(house, "north") == due
    house.assert_calm()
    house.assert_sound()
