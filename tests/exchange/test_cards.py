"""What is proven: a card is whole and signed by the key it names, people can compare it, and its file survives mail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from comity.exchange import cards
from comity.foundation import canonical
from comity.foundation.keys import BadSignature, SealingKey, SigningKey
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.partner import Card, Station

KEY = SigningKey(bytes([1]) * 32)
OTHER = SigningKey(bytes([2]) * 32)
CARD = Card(
    station=Station.NODE,
    name="dk.coord",
    agency="Danish coordination centre",
    country="DK",
    endpoint="http://127.0.0.1:8801",
    identity=KEY.public,
    log=SigningKey(bytes([3]) * 32).public,
    witness=SigningKey(bytes([4]) * 32).public,
    sealing=SealingKey(bytes([5]) * 96).public,
    created=1_795_386_252_123,
)
SIGNED = cards.sign(CARD, KEY)


def test_a_signed_card_reads_back_and_has_one_fingerprint() -> None:
    """Signing and reading are inverse; the fingerprint is eighty bits of the card's hash, in five groups of four."""
    assert cards.read(SIGNED) == CARD
    expected = canonical.digest(canonical.written(CARD))[:10].hex().upper()
    assert cards.fingerprint(SIGNED).replace("-", "") == expected
    assert [len(group) for group in cards.fingerprint(SIGNED).split("-")] == [4] * 5


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_a_card_changed_anywhere_is_refused(place: int, mask: int) -> None:
    """Every byte of a signed card is covered by its signature or by the strictness of reading."""
    changed = bytearray(SIGNED)
    changed[place] ^= mask
    with pytest.raises(Fault):
        cards.read(bytes(changed))


@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_no_card(data: bytes) -> None:
    """Nothing but a fault comes of bytes that are no card."""
    with pytest.raises(Fault):
        cards.read(data)
    with pytest.raises(Fault):
        cards.fingerprint(data)


def test_a_card_by_another_key_is_refused() -> None:
    """Nobody can sign a card that names another's identity key."""
    with pytest.raises(Fault, match="another identity key"):
        cards.sign(CARD, OTHER)
    body = canonical.written(CARD)
    forged = canonical.written({"card": body, "signature": OTHER.sign("comity/card/v1", body)})
    with pytest.raises(BadSignature):
        cards.read(forged)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://user:word@host",
        "http://host/?q=1",
        "http://host/#part",
        "http://host/?",
        "http://host:0",
        "http://host:99999",
        "http://host/",
        "http://[::1",
        "http://høst",
    ],
)
def test_an_endpoint_that_is_no_plain_address_is_refused(endpoint: str) -> None:
    """What the courier would be led by is examined before the card is believed."""
    with pytest.raises(Fault, match="address"):
        cards.sign(replace(CARD, endpoint=endpoint), KEY)


@pytest.mark.parametrize("scheme", ["ftp://host", "file:///etc/passwd", "host:80", "HTTP://host"])
def test_only_http_and_https_are_spoken(scheme: str) -> None:
    """An endpoint of another scheme does not come through reading."""
    body = canonical.written({**canonical.read(canonical.written(CARD), dict), "endpoint": scheme})
    with pytest.raises(Fault):
        cards.read(canonical.written({"card": body, "signature": KEY.sign("comity/card/v1", body)}))


@pytest.mark.parametrize("field", ["identity", "log", "witness", "sealing"])
def test_a_node_needs_all_its_keys(field: str) -> None:
    """A key that is missing or has the wrong length is found when signing and when reading."""
    wrong = replace(CARD, **{field: b"short"})
    with pytest.raises(Fault, match="key"):
        cards.sign(wrong, KEY)
    body = canonical.written(wrong)
    with pytest.raises(Fault):
        cards.read(canonical.written({"card": body, "signature": KEY.sign("comity/card/v1", body)}))


def test_a_witness_needs_neither_log_nor_sealing_key() -> None:
    """A witness only cosigns: its card carries no key for what it does not do."""
    witness = replace(CARD, station=Station.WITNESS, log=b"", sealing=b"")
    assert cards.read(cards.sign(witness, KEY)) == witness
    with pytest.raises(Fault):
        cards.sign(replace(witness, sealing=CARD.sealing), KEY)


def test_the_file_survives_a_mail_program() -> None:
    """Carriage returns and space at the ends of lines are forgiven; nothing else is."""
    text = cards.text(SIGNED)
    assert text.startswith("comity card v1\n")
    assert cards.from_text(text) == SIGNED
    assert cards.from_text("\n" + text.replace("\n", " \r\n")) == SIGNED


@given(st.binary(min_size=1, max_size=300))
def test_file_and_card_are_inverse(signed: bytes) -> None:
    """Whatever was filed comes back."""
    assert cards.from_text(cards.text(signed)) == signed


@given(st.text(max_size=300) | st.text(max_size=300).map(lambda text: "comity card v1\n" + text))
def test_arbitrary_text_is_a_file_or_a_fault(text: str) -> None:
    """A text is the file of some bytes or is refused with a fault."""
    try:
        held = cards.from_text(text)
    except Fault:
        return
    assert cards.from_text(cards.text(held)) == held


def test_a_file_too_large_is_refused() -> None:
    """Nothing large is decoded."""
    with pytest.raises(Fault, match="too large"):
        cards.from_text("comity card v1\n" + "A" * 30_000)
    with pytest.raises(Fault, match="too many"):
        cards.read(bytes(20_000))


def test_a_person_confirms_the_fingerprint() -> None:
    """Exactly the card's fingerprint confirms it, in any case of letters."""
    print_ = cards.fingerprint(SIGNED)
    cards.confirm(SIGNED, f"  {print_.lower()} ")
    wrong = ("0" if print_[0] != "0" else "1") + print_[1:]
    for typed in ("", print_[:-1], wrong, print_ + "0", print_.replace("-", ""), "é"):
        with pytest.raises(Refused):
            cards.confirm(SIGNED, typed)
