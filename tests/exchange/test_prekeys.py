"""What is proven: keys to seal to last a few days and are gone after that; what waited longer arrives all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from msgspec.structs import replace

from builders import pair
from builders.pair import Party
from builders.web import serving
from comity.api.exchange import exchange_router
from comity.exchange import cards, inbox, partner_prekeys, posting, prekeys, wire
from comity.exchange.cards import Own
from comity.exchange.delivery import Courier
from comity.exchange.inbox import Accepted, Gone
from comity.exchange.prekeys import Prekey, Prekeys
from comity.exchange.receipted import Undelivered
from comity.foundation.clock import Clock, wall
from comity.foundation.keys import SealingKey
from comity.foundation.store import inbox as kept_inbox
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.outbox import KeptMessage
from comity.foundation.store.store import Unavailable
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.instant import DAY, MINUTE, Instant
from comity.vocabulary.message import Given

SOUTH = pair.own("se.coord", 2)
PREKEY = Prekey(owner="se.coord", public=SealingKey(bytes(96)).public, created=pair.NOW, expires=pair.NOW + DAY)
SIGNED = prekeys.sign(PREKEY, SOUTH.keys)


def at(time: Instant) -> Clock:
    return Clock(((wall(), time),))


def held(folder: Path, time: Instant, own: Own = SOUTH) -> Prekeys:
    """Return south's prekeys as after a start at this time."""
    made = Prekeys(folder, own, at(time), DAY, DAY)
    made.renew()
    return made


@pytest.fixture
def line() -> Iterator[httpx.Client]:
    with posting.line() as client:
        yield client


def test_a_prekey_comes_back_from_its_node_alone() -> None:
    """Signed by both of its keys; another's, or one that says another owner, is refused."""
    assert prekeys.read(SIGNED, SOUTH.card) == PREKEY
    for impostor in (pair.own("se.coord", 9), pair.successor(SOUTH, 9)):
        with pytest.raises(Fault, match="signature"):
            prekeys.read(SIGNED, impostor.card)
    for changed in (replace(PREKEY, owner="dk.coord"), replace(PREKEY, expires=PREKEY.created)):
        with pytest.raises(Fault, match="another"):
            prekeys.read(prekeys.sign(changed, SOUTH.keys), SOUTH.card)


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_a_prekey_changed_anywhere_is_refused(place: int, mask: int) -> None:
    changed = bytearray(SIGNED)
    changed[place] ^= mask
    with pytest.raises(Fault):
        prekeys.read(bytes(changed), SOUTH.card)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_no_prekey(data: bytes) -> None:
    with pytest.raises(Fault):
        prekeys.read(data, SOUTH.card)


def test_a_new_key_each_day_and_none_after_three(tmp_path: Path) -> None:
    """The newest is the one that is told; each opens for two days and the overlap, then its file is gone too."""
    kems = []
    for day in range(6):
        now = pair.NOW + day * (DAY + MINUTE)
        keys_ = held(tmp_path, now)
        told = prekeys.read(keys_.present(), SOUTH.card)
        assert now <= told.created < now + MINUTE
        assert told.expires == told.created + 2 * DAY
        kems.append(told.kem)
        assert [keys_.key(kem) is not None for kem in kems[-4:]] == [False, True, True, True][-len(kems) :]
        files = list(tmp_path.iterdir())
        assert len(files) == min(day + 1, 3)
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert len(set(kems)) == 6
    assert not held(tmp_path, now).renew()


def test_before_there_is_a_key_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        Prekeys(tmp_path / "none", SOUTH, at(pair.NOW), DAY, DAY).present()


def test_a_clock_that_was_ahead_makes_one_key_too_many_and_no_more(tmp_path: Path) -> None:
    """Set right again, the node makes a key of the day, tells that one, and makes the next a period later."""
    ahead = prekeys.believed(held(tmp_path, pair.NOW + 30 * DAY).present())
    for seconds in range(5):
        right = held(tmp_path, pair.NOW + seconds * 1000)
        assert pair.NOW <= prekeys.believed(right.present()).created < pair.NOW + 1000
        assert right.key(ahead.kem) is not None
    assert len(list(tmp_path.iterdir())) == 2
    later = prekeys.believed(held(tmp_path, pair.NOW + DAY + MINUTE).present())
    assert pair.NOW + DAY + MINUTE <= later.created < ahead.created
    assert len(list(tmp_path.iterdir())) == 3


def test_where_all_keys_are_from_ahead_the_newest_is_told(tmp_path: Path) -> None:
    """Something can be sealed to before the first renewal, too."""
    ahead = held(tmp_path, pair.NOW + 30 * DAY)
    before = Prekeys(tmp_path, SOUTH, at(pair.NOW), DAY, DAY)
    assert prekeys.believed(before.present()) == prekeys.believed(ahead.present())


def test_a_key_written_half_is_done_away_with(tmp_path: Path) -> None:
    """The machine stopped while it was written: nobody can have sealed to it."""
    good = held(tmp_path, pair.NOW)
    for name in (f"{pair.NOW}-{pair.NOW + 1}.key", "odd-name.key"):
        (tmp_path / name).touch(0o600)
    again = held(tmp_path, pair.NOW + 1000)
    assert prekeys.believed(again.present()) == prekeys.believed(good.present())
    assert len(list(tmp_path.iterdir())) == 1


def test_after_a_rotation_the_same_key_is_signed_anew(tmp_path: Path) -> None:
    before = prekeys.read(held(tmp_path, pair.NOW).present(), SOUTH.card)
    rotated = pair.successor(SOUTH, 9)
    assert prekeys.read(held(tmp_path, pair.NOW + 1000, rotated).present(), rotated.card) == before


def courier(north: Party, line: httpx.Client) -> Courier:
    return Courier(north.store, north.own, "se.coord", north.clock, lambda _, waiting: [None] * len(waiting), line)


def kept(party: Party, message: bytes) -> KeptMessage:
    with party.store.reading() as t:
        found = kept_outbox.get(t, message)
    assert found is not None
    return found


def kem(message: KeptMessage) -> bytes:
    return wire.parse(message.envelope).header.kem


def meets(north: Party, south: Party, endpoint: str) -> None:
    card = replace(south.own.card, endpoint=endpoint)
    own = south.own.keys
    north.knows(replace(south.own, card=card, signed=cards.sign(card, own.identity, own.identity_pq)))


def test_nothing_leaves_sealed_to_the_key_on_the_card(north: Party, south: Party, line: httpx.Client) -> None:
    """Written before a prekey was known, it is sealed to one before it goes; what comes later is so from the first."""
    first = north.negotiate(south.own, b"one")
    assert kem(kept(north, first)) == wire.digest(south.own.card.sealing)
    with pair.served(south) as endpoint:
        meets(north, south, endpoint)
        assert courier(north, line).deliver_due() == 1
        second = north.negotiate(south.own, b"two")
        present = prekeys.believed(south.prekeys.present()).kem
        assert kem(kept(north, first)) == kem(kept(north, second)) == present
        assert courier(north, line).deliver_due() == 1
    assert south.steps == [("dk.coord", b"one"), ("dk.coord", b"two")]


def test_without_a_prekey_it_waits(north: Party, south: Party, line: httpx.Client) -> None:
    """Whoever keeps prekeys from the sender does not get what is sealed to a lasting key instead."""
    came: list[bytes] = []

    @post("/exchange/inbox", status_code=200)
    async def take(request: Request[object, object, State]) -> bytes:
        came.append(await request.body())
        return b""

    message = north.negotiate(south.own, b"one")
    with serving(Litestar([take], openapi_config=None)) as endpoint:
        meets(north, south, endpoint)
        with pytest.raises(Fault, match="status 404"):
            courier(north, line).deliver_due()
    assert came == []
    assert kept(north, message).state == "queued"


def test_a_partner_of_the_first_version_gets_what_is_sealed_to_its_card(north: Party, south: Party) -> None:
    """It knows neither prekeys nor second keys; from one of that version such messages are taken, and only from it."""
    early = replace(north.own.card, identity_pq=b"", witness_pq=b"")
    whole, north.own = (
        north.own,
        replace(north.own, card=early, signed=cards.sign(early, north.own.keys.identity, None)),
    )
    south.knows(north.own)
    strict = replace(south.reception(), prekeys=south.prekeys)
    assert isinstance(inbox.accept(strict, kept(north, north.negotiate(south.own, b"one")).envelope), Accepted)
    north.own = whole
    south.knows(north.own)
    assert isinstance(inbox.accept(strict, kept(north, north.negotiate(south.own, b"two")).envelope), Gone)
    card = replace(south.own.card, identity_pq=b"", witness_pq=b"")
    old = replace(south.own, card=card, signed=cards.sign(card, south.own.keys.identity, None))
    north.knows(old)
    last = north.negotiate(old, b"three")
    assert (kem(kept(north, last)), _suite(kept(north, last))) == (wire.digest(card.sealing), wire.SUITE)
    assert south.steps == [("dk.coord", b"one")]


def _suite(message: KeptMessage) -> str:
    return wire.parse(message.envelope).header.suite


def test_an_outage_longer_than_any_prekey_loses_nothing(
    north: Party, south: Party, line: httpx.Client, tmp_path: Path
) -> None:
    """Sealed to a key that is destroyed meanwhile, the message is sealed anew: same id, place and content."""
    old = held(tmp_path, pair.NOW)
    with north.store.upkeep() as t:
        partner_prekeys.learn(t, south.own.card, old.present(), pair.NOW)
    message = north.release(south.own)
    before = kept(north, message)
    assert kem(before) == prekeys.believed(old.present()).kem
    late = held(tmp_path, pair.NOW + 30 * DAY)
    assert late.key(kem(before)) is None
    reception = replace(south.reception(), prekeys=late)
    assert isinstance(inbox.accept(reception, before.envelope), Gone)
    assert south.did(Act.RECEIVED) == []
    with serving(Litestar([exchange_router(reception)], openapi_config=None)) as endpoint:
        card = replace(south.own.card, endpoint=endpoint)
        own = south.own.keys
        north.knows(replace(south.own, card=card, signed=cards.sign(card, own.identity, own.identity_pq)))
        with north.store.upkeep() as t:
            partner_prekeys.learn(t, card, old.present(), pair.NOW)
        assert courier(north, line).deliver_due() == 1
    after = kept(north, message)
    assert (after.id, after.lane, after.sequence, after.state) == (*_place(before), "accepted")
    assert wire.parse(after.envelope).header.payload == wire.parse(before.envelope).header.payload
    assert kem(after) == prekeys.believed(late.present()).kem
    assert [given_.id for _, given_ in south.releases] == ["alert-1"]


def _place(message: KeptMessage) -> tuple[bytes, str, int]:
    return message.id, message.lane, message.sequence


class _Passing(Clock):
    """A clock that shows one time after the other."""

    def __init__(self, *times: Instant) -> None:
        super().__init__()
        self._times = iter(times)

    def now(self) -> Instant:
        return next(self._times)


def test_nothing_goes_sealed_to_the_card_because_a_prekey_has_just_ended(north: Party, line: httpx.Client) -> None:
    """It ends between the look whether it still serves and the sealing: the message waits for the next one."""
    message = north.release(SOUTH)
    ending = replace(PREKEY, created=pair.NOW - 10, expires=pair.NOW + 10)
    with north.store.upkeep() as t:
        partner_prekeys.learn(t, SOUTH.card, prekeys.sign(ending, SOUTH.keys), pair.NOW)
    clock = _Passing(pair.NOW, pair.NOW + 9, *[pair.NOW + 11] * 9)
    sending = posting.Posting(north.store, north.own, "se.coord", clock, lambda _, asked: [None] * len(asked), line)
    with pytest.raises(Undelivered, match="over since just now"):
        sending.post(kept(north, message))
    assert kem(kept(north, message)) == wire.digest(SOUTH.card.sealing)


@pytest.mark.parametrize("answer", ["junk", "older", "another's"])
def test_a_forged_word_that_a_key_is_gone_changes_nothing(
    north: Party, south: Party, line: httpx.Client, answer: str
) -> None:
    """A message goes only to genuine keys of the partner, and never back to an older one; it waits, and arrives."""
    present = south.prekeys.present()
    older = replace(prekeys.believed(present), created=pair.NOW - DAY, public=SealingKey(bytes(96)).public)
    forged = {
        "junk": b"junk",
        "older": prekeys.sign(older, south.own.keys),
        "another's": prekeys.sign(prekeys.believed(present), pair.keys(9)),
    }[answer]

    @post("/exchange/inbox", status_code=410)
    async def take() -> Response[bytes]:
        return Response(forged, media_type="application/cbor")

    @get("/exchange/prekey", sync_to_thread=False)
    def told() -> Response[bytes]:
        return Response(present, media_type="application/cbor")

    message = north.negotiate(south.own, b"one")
    with serving(Litestar([take, told], openapi_config=None)) as endpoint:
        meets(north, south, endpoint)
        with pytest.raises(Fault):
            courier(north, line).deliver_due()
    assert kem(kept(north, message)) == prekeys.believed(present).kem
    with pair.served(south) as endpoint:
        meets(north, south, endpoint)
        assert courier(north, line).deliver_due() == 1


def test_neither_an_older_prekey_is_taken_nor_one_whose_time_is_over(north: Party, south: Party) -> None:
    """Not even when the time of the known one is over: whoever replays old prekeys may have waited for that."""
    card = south.own.card
    newer = replace(PREKEY, created=pair.NOW + 1000)
    with north.store.upkeep() as t:
        with pytest.raises(Refused, match="over"):
            partner_prekeys.learn(t, card, SIGNED, PREKEY.expires)
        assert partner_prekeys.known(t, card) is None
        partner_prekeys.learn(t, card, prekeys.sign(newer, south.own.keys), pair.NOW)
        late = prekeys.sign(replace(PREKEY, expires=pair.NOW + 9 * DAY), south.own.keys)
        for signed in (SIGNED, late):
            for now in (pair.NOW, pair.NOW + 2 * DAY):
                with pytest.raises(Refused):
                    partner_prekeys.learn(t, card, signed, now)
        assert partner_prekeys.known(t, card) == newer


def test_nothing_is_sealed_to_a_prekey_whose_time_is_over(north: Party, south: Party, line: httpx.Client) -> None:
    """Written then, it waits at home until there is another."""
    with north.store.upkeep() as t:
        partner_prekeys.learn(t, south.own.card, SIGNED, pair.NOW)
        assert partner_prekeys.sealing(t, south.own.card, PREKEY.expires - 1) == PREKEY.public
        assert partner_prekeys.sealing(t, south.own.card, PREKEY.expires) == south.own.card.sealing
    north.clock = at(PREKEY.expires)
    message = north.negotiate(south.own, b"one")
    assert kem(kept(north, message)) == wire.digest(south.own.card.sealing)
    with pytest.raises(Fault, match="no answer"):
        courier(north, line).deliver_due()
    with pair.served(south) as endpoint:
        meets(north, south, endpoint)
        assert courier(north, line).deliver_due() == 1
    assert kem(kept(north, message)) == prekeys.believed(south.prekeys.present()).kem


def test_what_was_captured_cannot_be_opened_by_what_is_left_on_the_receiver(
    north: Party, south: Party, tmp_path: Path
) -> None:
    """Forward secrecy: keys destroyed and record erased, neither disk nor database of the receiver opens the envelope.

    Before, the same search finds the key and the record: so it would find them after.
    """
    folder = tmp_path / "prekeys"
    now = held(folder, pair.NOW)
    with north.store.upkeep() as t:
        partner_prekeys.learn(t, south.own.card, now.present(), pair.NOW)
    captured = kept(north, north.release(south.own)).envelope
    (tmp_path / "sealing.key").write_bytes((bytes([2, 3]) * 48).hex().encode())  # the key on the card, which stays
    assert isinstance(inbox.accept(replace(south.reception(), prekeys=now), captured), Accepted)
    (_, given_), *_ = south.releases
    assert _opens(captured, tmp_path)
    assert _holds(south, given_)
    held(folder, pair.NOW + 4 * DAY)
    with south.store.acting() as act:
        (record,) = kept_inbox.due_for_erasure(act, pair.NOW + 10_000 * DAY, 10)
        kept_inbox.erase(act, record.sender, record.message, [record.place])
        act.log(Entry(act=Act.ERASED, subject=record.record or ""))
    assert not _opens(captured, tmp_path)
    assert not _holds(south, given_)


def _opens(envelope: bytes, folder: Path) -> bool:
    """Try every stretch of hexadecimal digits long enough in every file as a sealing key."""
    parsed = wire.parse(envelope)
    for file in folder.rglob("*"):
        text = file.read_text().strip() if file.is_file() else ""
        for place in range(max(len(text) - 191, 0)):
            try:
                wire.open(parsed, SealingKey(bytes.fromhex(text[place : place + 192])))
            except wire.Unreadable:
                continue
            return True
    return False


def _holds(party: Party, given_: Given) -> bool:
    """Look through every row of every table for what the record discloses."""
    words = [each.hex() for each in given_.disclosures]
    with party.store.reading() as t:
        tables = [row[0] for row in t.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        rows = [str(row[0]) for table in tables for row in t.rows(f"SELECT r::text FROM {table} r")]  # noqa: S608
    return any(word in row for word in words for row in rows)
