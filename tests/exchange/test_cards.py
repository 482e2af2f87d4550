"""What is proven: a card is whole and signed by the key it names, people can compare it, and its file survives mail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from comity.exchange import cards
from comity.exchange.cards import Former
from comity.foundation import canonical
from comity.foundation.keys import BadSignature, LatticeKey, SealingKey, SigningKey
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.partner import Card, Station

KEY = SigningKey(bytes([1]) * 32)
OTHER = SigningKey(bytes([2]) * 32)
LATTICE = LatticeKey(bytes([6]) * 32)
OTHER_LATTICE = LatticeKey(bytes([7]) * 32)
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
    identity_pq=LATTICE.public,
    witness_pq=LatticeKey(bytes([8]) * 32).public,
)
SIGNED = cards.sign(CARD, KEY, LATTICE)
EARLY = replace(CARD, identity_pq=b"", witness_pq=b"")
"""A card as the first version of Comity made them."""
NEXT = replace(
    CARD, identity=OTHER.public, identity_pq=OTHER_LATTICE.public, serial=2, succeeds=cards.body_digest(SIGNED)
)
FOLLOWING = cards.sign(NEXT, OTHER, OTHER_LATTICE, Former(KEY, LATTICE))


def test_a_signed_card_reads_back_and_has_one_fingerprint() -> None:
    """Signing and reading are inverse; the fingerprint is eighty bits of the card's hash, in five groups of four."""
    assert cards.read(SIGNED) == CARD
    expected = canonical.digest(canonical.written(CARD))[:10].hex().upper()
    assert cards.fingerprint(SIGNED).replace("-", "") == expected
    assert [len(group) for group in cards.fingerprint(SIGNED).split("-")] == [4] * 5


@given(st.sampled_from([SIGNED, FOLLOWING]), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_card_changed_anywhere_is_refused(signed: bytes, place: float, mask: int) -> None:
    """Every byte of a signed card is covered by its own signature or by the strictness of reading.

    Those by the keys before it are too, though whoever reads it does not know these keys.
    """
    changed = bytearray(signed)
    changed[int(place * len(changed))] ^= mask
    with pytest.raises(Fault):
        cards.read(bytes(changed))


@pytest.mark.parametrize("changes", [{"name": "dk.coord\n"}, {"country": "DK\n"}])
def test_a_name_that_cannot_be_shown_is_refused(changes: dict[str, str]) -> None:
    """What looks like another name stands on no card; what an agency calls itself is its own, and screens escape it."""
    with pytest.raises(Fault):
        cards.sign(replace(CARD, **changes), KEY, LATTICE)


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
        cards.sign(CARD, OTHER, LATTICE)
    with pytest.raises(Fault, match="another identity key"):
        cards.sign(CARD, KEY, OTHER_LATTICE)
    body = canonical.written(CARD)
    for first, second in ((OTHER, LATTICE), (KEY, OTHER_LATTICE)):
        with pytest.raises(BadSignature):
            cards.read(_outer(body, first, second))


def _outer(body: bytes, first: SigningKey, second: LatticeKey, **more: bytes) -> bytes:
    both = {"signature": first.sign("comity/card/v1", body), "signature_pq": second.sign("comity/card/v1", body)}
    return canonical.written({"card": body, **both, **more})


def test_the_second_signature_cannot_be_left_out() -> None:
    """A card that names a second key is signed with it; one that names none has no such signature."""
    body = canonical.written(CARD)
    with pytest.raises(Fault, match="not the signatures that it must have"):
        cards.read(canonical.written({"card": body, "signature": KEY.sign("comity/card/v1", body)}))
    early = canonical.written(EARLY)
    with pytest.raises(Fault, match="not the signatures that it must have"):
        cards.read(_outer(early, KEY, LATTICE))
    assert cards.read(cards.sign(EARLY, KEY, None)) == EARLY


def test_a_card_follows_the_one_before_and_no_other() -> None:
    """The next card is signed by its own keys and by those before; it follows only the card that it names."""
    assert cards.follow(FOLLOWING, SIGNED) == NEXT
    third = replace(NEXT, serial=3, succeeds=cards.body_digest(FOLLOWING), endpoint="https://elsewhere:8443")
    later = cards.sign(third, OTHER, OTHER_LATTICE, Former(OTHER, OTHER_LATTICE))
    assert cards.follow(later, FOLLOWING) == third
    with pytest.raises(Refused, match="card 3, which does not follow the card 1"):
        cards.follow(later, SIGNED)
    with pytest.raises(Refused, match="does not follow"):
        cards.follow(SIGNED, SIGNED)
    another = cards.sign(replace(CARD, created=1), KEY, LATTICE)
    with pytest.raises(Refused, match="does not follow"):
        cards.follow(FOLLOWING, another)
    renamed = cards.sign(replace(NEXT, name="se.coord"), OTHER, OTHER_LATTICE, Former(KEY, LATTICE))
    with pytest.raises(Refused, match="another station"):
        cards.follow(renamed, SIGNED)


def test_no_card_leads_into_another_country() -> None:
    """By its country safeguards 3 and 19 judge: whoever moves is added anew, by people who compare fingerprints."""
    moved = cards.sign(replace(NEXT, country="DE"), OTHER, OTHER_LATTICE, Former(KEY, LATTICE))
    with pytest.raises(Refused, match="says DE, and the one before said DK"):
        cards.follow(moved, SIGNED)


@pytest.mark.parametrize("code", ["UK", "EU", "ZZ"])
def test_no_card_is_signed_of_a_country_that_is_none(code: str) -> None:
    """Marks of protection and risk are codes of ISO 3166-1: they would never name such a partner."""
    with pytest.raises(Fault, match="the code of no country"):
        cards.sign(replace(CARD, country=code), KEY, LATTICE)


def test_a_card_that_skips_a_number_is_not_followed() -> None:
    """Though it names the card before and that one's keys have signed it: between the two might be one cut off."""
    skipping = cards.sign(replace(NEXT, serial=3), OTHER, OTHER_LATTICE, Former(KEY, LATTICE))
    with pytest.raises(Refused, match="card 3, which does not follow the card 1"):
        cards.follow(skipping, SIGNED)


def test_a_card_of_the_first_version_is_followed_by_one_with_both_keys() -> None:
    """Its one identity key signs the succession, since it has no other."""
    early = cards.sign(EARLY, KEY, None)
    following = replace(CARD, serial=2, succeeds=cards.body_digest(early))
    assert cards.follow(cards.sign(following, KEY, LATTICE, Former(KEY, None)), early) == following
    with pytest.raises(BadSignature):
        cards.follow(cards.sign(following, KEY, LATTICE, Former(KEY, LATTICE)), early)


def test_whoever_lacks_either_of_the_keys_before_is_not_followed() -> None:
    """A thief of one identity key alone cannot lead partners to keys of his own."""
    for former in (Former(OTHER, LATTICE), Former(KEY, OTHER_LATTICE), Former(KEY, None)):
        with pytest.raises(BadSignature, match="the card before"):
            cards.follow(cards.sign(NEXT, OTHER, OTHER_LATTICE, former), SIGNED)
    with pytest.raises(Fault, match="signed by the keys before"):
        cards.sign(NEXT, OTHER, OTHER_LATTICE)
    body = canonical.written(NEXT)
    with pytest.raises(Fault, match="not the signatures"):
        cards.read(_outer(body, OTHER, OTHER_LATTICE))
    with pytest.raises(Fault, match="a signature too many"):
        cards.read(_outer(canonical.written(CARD), KEY, LATTICE, before_pq=b"x"))
    with pytest.raises(Fault, match="which card it succeeds"):
        cards.sign(replace(NEXT, succeeds=b""), OTHER, OTHER_LATTICE, Former(KEY, LATTICE))


@given(st.integers(0, len(FOLLOWING) - 1), st.integers(1, 255))
def test_a_succession_changed_anywhere_is_refused(place: int, mask: int) -> None:
    """Every byte of a card that succeeds another is covered, the signatures of the keys before too."""
    changed = bytearray(FOLLOWING)
    changed[place] ^= mask
    with pytest.raises(Fault):
        cards.follow(bytes(changed), SIGNED)


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
        cards.sign(replace(CARD, endpoint=endpoint), KEY, LATTICE)


@pytest.mark.parametrize("scheme", ["ftp://host", "file:///etc/passwd", "host:80", "HTTP://host"])
def test_only_http_and_https_are_spoken(scheme: str) -> None:
    """An endpoint of another scheme does not come through reading."""
    body = canonical.written({**canonical.read(canonical.written(CARD), dict), "endpoint": scheme})
    with pytest.raises(Fault):
        cards.read(_outer(body, KEY, LATTICE))


@pytest.mark.parametrize("field", ["identity", "log", "witness", "sealing", "identity_pq", "witness_pq"])
def test_a_node_needs_all_its_keys(field: str) -> None:
    """A key that is missing or has the wrong length is found when signing and when reading."""
    wrong = replace(CARD, **{field: b"short"})
    with pytest.raises(Fault, match="key"):
        cards.sign(wrong, KEY, LATTICE)
    body = canonical.written(wrong)
    with pytest.raises(Fault):
        cards.read(_outer(body, KEY, LATTICE))


def test_a_witness_needs_neither_log_nor_sealing_key() -> None:
    """A witness only cosigns: its card carries no key for what it does not do."""
    witness = replace(CARD, station=Station.WITNESS, log=b"", sealing=b"")
    assert cards.read(cards.sign(witness, KEY, LATTICE)) == witness
    with pytest.raises(Fault):
        cards.sign(replace(witness, sealing=CARD.sealing), KEY, LATTICE)


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
