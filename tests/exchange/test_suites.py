"""What is proven: what an agreement demands to be signed twice is, on the way out and back, and in the proof."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from builders import pair
from builders.pair import Party
from comity.agreements import terms
from comity.exchange import inbox, receipts, wire
from comity.exchange.delivery import Courier
from comity.exchange.inbox import Accepted
from comity.exchange.posting import line
from comity.foundation.keys import BadSignature, LatticeKey
from comity.foundation.store import inbox as kept_inbox
from comity.foundation.store import outbox as kept_outbox
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.message import MessageKind, Outcome, Receipt
from comity.vocabulary.suite import Suite


def twice(*parties: Party) -> None:
    """Let the agreement between them demand both signatures."""
    agreed = replace(pair.TERMS, suite=Suite.BOTH)
    for party in parties:
        party.standing = replace(party.standing, terms=agreed, digest=terms.digest(agreed))


def envelope(party: Party, message: bytes) -> bytes:
    with party.store.reading() as t:
        kept = kept_outbox.get(t, message)
    assert kept is not None
    return kept.envelope


def taken(party: Party, data: bytes) -> tuple[Receipt, bytes]:
    answer = inbox.accept(party.reception(), data)
    assert isinstance(answer, Accepted)
    own = party.own.card
    return receipts.read(answer.receipt, own.identity, "", own.identity_pq), answer.receipt


def test_a_release_carries_what_its_agreement_demands(north: Party, south: Party) -> None:
    """One signature under the one, two under the other; the receipt as many as the message."""
    once = envelope(north, north.release(south.own))
    assert wire.parse(once).header.suite == wire.SUITE
    receipt, signed = taken(south, once)
    assert (receipt.outcome, receipts.by_both(signed)) == (Outcome.ACCEPTED, False)
    twice(north, south)
    both = envelope(north, north.release(south.own))
    assert wire.parse(both).header.suite == wire.BOTH
    receipt, signed = taken(south, both)
    assert (receipt.outcome, receipts.by_both(signed)) == (Outcome.ACCEPTED, True)
    with pytest.raises(BadSignature):
        receipts.read(signed, south.own.card.identity, "", pair.keys(9).identity_pq.public)


def test_what_negotiates_is_signed_twice(north: Party, south: Party) -> None:
    """No agreement says yet what is demanded: so all that there is."""
    step = envelope(north, north.negotiate(south.own, b"step"))
    assert wire.parse(step).header.suite == wire.BOTH
    assert receipts.by_both(taken(south, step)[1])


def resealed(north: Party, data: bytes) -> bytes:
    """Return the same message signed with one key only, by its true sender."""
    parsed = wire.parse(data)
    items = wire.open(parsed, pair.keys(2).sealing)
    return wire.seal(parsed.header, items, north.own.keys.identity, pair.keys(2).sealing.public)


def resigned(north: Party, data: bytes, **changes: object) -> bytes:
    """Return a message of the true sender with a changed header, signed with one key only."""
    parsed = wire.parse(data)
    items = () if changes.get("kind") is MessageKind.WITHDRAWN else (b"another",)
    header = replace(parsed.header, id=bytes([7]) * 32, **changes)
    return wire.seal(header, items, north.own.keys.identity, pair.keys(2).sealing.public)


def takes_nothing(south: Party, data: bytes) -> None:
    """No receipt, no entry, no row, and the lane waits where it was."""
    before = south.acts()
    with pytest.raises(Refused, match="signed by one key"):
        inbox.accept(south.reception(), data)
    with south.store.reading() as t:
        assert kept_inbox.expected(t, "dk.coord", "ordinary") == 1
        assert kept_inbox.recent(t) == []
    assert south.acts() == before
    assert (south.releases, south.steps) == ([], [])


@pytest.mark.parametrize("kind", ["release", "step"])
def test_a_message_signed_less_is_refused_for_good(north: Party, south: Party, kind: str) -> None:
    """However often it comes, nothing is kept, told or passed over for it; what is signed in full has its place."""
    twice(north, south)
    message = north.release(south.own) if kind == "release" else north.negotiate(south.own, b"step")
    for _ in range(2):
        takes_nothing(south, resealed(north, envelope(north, message)))
    receipt, signed = taken(south, envelope(north, message))
    assert (receipt.outcome, receipt.message, receipts.by_both(signed)) == (Outcome.ACCEPTED, message, True)
    assert taken(south, envelope(north, north.negotiate(south.own, b"next")))[0].outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("kind", [MessageKind.RELEASE, MessageKind.WITHDRAWN])
@pytest.mark.parametrize("agreement", [wire.ZEROS, bytes([1]) * 32], ids=["none", "unknown"])
def test_whoever_breaks_one_key_cannot_take_the_place_of_a_true_message(
    north: Party, south: Party, kind: MessageKind, agreement: bytes
) -> None:
    """By naming no agreement, or one that nobody knows, the demand for both signatures is not got round."""
    true = envelope(north, north.negotiate(south.own, b"step"))
    takes_nothing(south, resigned(north, true, kind=kind, agreement=agreement))
    assert taken(south, true)[0].outcome is Outcome.ACCEPTED
    assert south.steps == [("dk.coord", b"step")]


def test_both_signatures_must_hold() -> None:
    """Whoever lacks either key, or leaves a signature out, or puts one in that the suite has not, is nobody."""
    own = pair.own("dk.coord", 1)
    header = wire.Header(
        kind=wire.MessageKind.AGREEMENT,
        sender="dk.coord",
        recipient="se.coord",
        id=bytes(32),
        lane=wire.Lane.ORDINARY,
        sequence=1,
        created=pair.NOW,
        expires=pair.NOW + 1,
    )
    sealing = pair.keys(2).sealing.public
    stranger = LatticeKey(bytes(32))
    good = wire.parse(wire.seal(header, [b"x"], own.keys.identity, sealing, own.keys.identity_pq)).cover
    wire.authenticate(good, own.card.identity, own.card.identity_pq)
    other = wire.parse(wire.seal(header, [b"x"], own.keys.identity, sealing, stranger)).cover
    single = wire.parse(wire.seal(header, [b"x"], own.keys.identity, sealing)).cover
    wire.authenticate(single, own.card.identity, own.card.identity_pq)
    for cover in (other, replace(good, signature_pq=b""), replace(single, signature_pq=good.signature_pq)):
        with pytest.raises(BadSignature):
            wire.authenticate(cover, own.card.identity, own.card.identity_pq)
    with pytest.raises(BadSignature):
        wire.authenticate(good, own.card.identity)


def test_a_receipt_signed_less_than_its_message_does_not_count(
    north: Party, south: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever broke one of the receiver's keys cannot answer for it."""
    message = north.negotiate(south.own, b"step")
    true = receipts.sign
    with pair.served(south) as endpoint, line() as speaking:
        card = replace(south.own.card, endpoint=endpoint)
        own = south.own.keys
        north.knows(replace(south.own, card=card, signed=pair.cards.sign(card, own.identity, own.identity_pq)))
        courier = Courier(
            north.store, north.own, "se.coord", north.clock, lambda _, waiting: [None] * len(waiting), speaking
        )
        monkeypatch.setattr(receipts, "sign", lambda receipt, key, _=None: true(receipt, key))
        with pytest.raises(Fault, match="another suite"):
            courier.deliver_due()
    with north.store.reading() as t:
        kept = kept_outbox.get(t, message)
    assert kept is not None
    assert kept.receipt is None


def test_the_suite_is_read_from_the_agreement() -> None:
    """One line of it; an agreement without that line is as it was, down to its digest."""
    text = pair.EXAMPLE.read_text("utf-8")
    assert terms.read(text, "example").suite is Suite.ED25519
    changed = terms.read(text + "suite: Ed25519+ML-DSA-44\n", "example")
    assert changed == replace(pair.TERMS, suite=Suite.BOTH)
    assert terms.from_canonical(terms.canonical(changed)) == changed
    assert terms.digest(changed) != terms.digest(pair.TERMS)
    assert b"suite" not in terms.canonical(pair.TERMS)
    with pytest.raises(Fault, match="no suite of signatures"):
        terms.read(text + "suite: RSA\n", "example")
