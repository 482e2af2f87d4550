"""What is proven: a receipt is the receiver's own word on one message, and says nothing that its entry does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from builders import pair
from comity.exchange import receipts
from comity.exchange.receipts import Sent, WrongReceipt
from comity.foundation import canonical, keys
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.message import Outcome, Receipt, Refusal

SOUTH = pair.own("se.coord", 2)
KEY = SOUTH.keys.identity
SENT = Sent(message=b"m" * 32, envelope=b"e" * 32, payload=b"p" * 32, count=3)


def receipt(**changes: object) -> Receipt:
    """Return a receipt, its entry made to fit unless given."""
    made = Receipt(
        message=SENT.message,
        envelope=SENT.envelope,
        payload=SENT.payload,
        sender="dk.coord",
        receiver="se.coord",
        outcome=Outcome.ACCEPTED,
        reason="",
        refused=(),
        time=pair.NOW,
        origin="se.coord/log",
        index=41,
        entry=b"",
        salt=bytes(32),
    )
    made = replace(made, **{name: value for name, value in changes.items() if name != "entry"})
    return replace(made, entry=changes.get("entry", canonical.written(entry(made))))


def entry(made: Receipt) -> Entry:
    return Entry(
        act=Act.RECEIVED,
        node=made.receiver,
        officer=made.receiver,
        time=made.time,
        partner=made.sender,
        digest=b"" if made.payload == receipts.UNOPENED else made.payload,
        detail=receipts.detail(made.outcome, made.reason, len(made.refused)),
    )


SIGNED = receipts.sign(receipt(), KEY)


def test_a_receipt_reads_back_and_answers_what_was_sent() -> None:
    """Signing and reading are inverse."""
    read = receipts.read(SIGNED, KEY.public)
    assert read == receipt()
    receipts.check(read, SENT, "dk.coord", SOUTH.card)


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_a_receipt_changed_anywhere_is_refused(place: int, mask: int) -> None:
    """Every byte is covered by the signature or by the strictness of reading."""
    changed = bytearray(SIGNED)
    changed[place] ^= mask
    with pytest.raises(Fault):
        receipts.read(bytes(changed), KEY.public)


@given(st.binary(max_size=500))
def test_arbitrary_bytes_are_no_receipt(data: bytes) -> None:
    """Nothing but a fault comes of bytes that are no receipt."""
    with pytest.raises(Fault):
        receipts.read(data, KEY.public)


def test_another_key_and_another_label_are_refused() -> None:
    """Neither another node's receipt nor anything else this node signs passes as its receipt."""
    with pytest.raises(keys.BadSignature):
        receipts.read(SIGNED, pair.keys(9).identity.public)
    body = canonical.written(receipt())
    for label in ("comity/card/v1", "comity/agreement/v1"):
        other = canonical.written({"receipt": body, "signature": KEY.sign(label, body)})
        with pytest.raises(keys.BadSignature):
            receipts.read(other, KEY.public)


@pytest.mark.parametrize(
    "changes",
    [
        {"message": b"x" * 32},
        {"envelope": b"x" * 32},
        {"payload": b"x" * 32},
        {"payload": receipts.UNOPENED},
        {"sender": "de.coord"},
        {"receiver": "de.coord"},
        {"origin": "de.coord/log"},
    ],
)
def test_a_receipt_for_something_else_is_refused(changes: dict[str, object]) -> None:
    """A true signature on a receipt for another message, content or party does not answer this one."""
    read = receipts.read(receipts.sign(receipt(**changes), KEY), KEY.public)
    with pytest.raises(WrongReceipt):
        receipts.check(read, SENT, "dk.coord", SOUTH.card)


def test_a_receipt_refuses_only_records_that_were_sent() -> None:
    """Of three records the last can be refused, and no fourth."""
    last, beyond = (receipt(refused=(Refusal(place, "too-long"),)) for place in (2, 3))
    receipts.check(receipts.read(receipts.sign(last, KEY), KEY.public), SENT, "dk.coord", SOUTH.card)
    with pytest.raises(WrongReceipt):
        receipts.check(receipts.read(receipts.sign(beyond, KEY), KEY.public), SENT, "dk.coord", SOUTH.card)


def test_a_refusal_may_not_have_opened_the_message() -> None:
    """Only a refusal can go without the payload's hash."""
    refused = receipt(outcome=Outcome.REFUSED, reason="expired", payload=receipts.UNOPENED)
    receipts.check(receipts.read(receipts.sign(refused, KEY), KEY.public), SENT, "dk.coord", SOUTH.card)


@pytest.mark.parametrize(
    "changes",
    [
        {"act": Act.DISCLOSED},
        {"node": "de.coord"},
        {"partner": "de.coord"},
        {"time": pair.NOW + 1},
        {"digest": b"x" * 32},
        {"detail": "refused: expired"},
    ],
)
def test_an_entry_that_says_something_else_is_refused(changes: dict[str, object]) -> None:
    """What stands in the receiver's log is what the receipt says, so that the log alone proves it later."""
    other = canonical.written(replace(entry(receipt()), **changes))
    with pytest.raises(WrongReceipt):
        receipts.read(receipts.sign(receipt(entry=other), KEY), KEY.public)


@pytest.mark.parametrize(
    "changes",
    [
        {"salt": b"short"},
        {"index": -1},
        {"reason": "expired"},
        {"outcome": Outcome.REFUSED},
        {"refused": (Refusal(0, "too-long"),), "outcome": Outcome.REFUSED, "reason": "expired"},
        {"refused": (Refusal(1, "too-long"), Refusal(0, "too-long"))},
        {"refused": (Refusal(1, "too-long"), Refusal(1, "superseded"))},
        {"refused": (Refusal(-1, "too-long"),)},
        {"refused": (Refusal(1, ""),)},
    ],
)
def test_a_receipt_that_contradicts_itself_is_refused(changes: dict[str, object]) -> None:
    """Accepted goes without a reason, refused with one, salt and place are such, and records refused stand in order."""
    with pytest.raises(WrongReceipt):
        receipts.read(receipts.sign(receipt(**changes), KEY), KEY.public)


def test_a_receipt_too_large_is_refused() -> None:
    """Nothing large is decoded."""
    with pytest.raises(Fault, match="too many"):
        receipts.read(bytes(receipts.LARGEST + 1), KEY.public)
