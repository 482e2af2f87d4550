"""Cards: what a node tells others of itself, signed (docs/formats/card.md)."""

from __future__ import annotations

import base64
import binascii
import hmac
from functools import lru_cache
from urllib.parse import urlsplit

import msgspec

from comity.foundation import canonical, keys
from comity.foundation.canonical import digest
from comity.foundation.ledger.cosignature import CosigningKey, LatticeWitnessKey, WitnessKey
from comity.vocabulary.country import is_code
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.partner import Card, Station

LARGEST = 16 * 1024
"""Bytes of a signed card, and of its file."""

_LABEL = "comity/card/v1"
_SUCCESSION = "comity/card-succession/v1"
_HEADING = "comity card v1"
_LINE = 76
_KEY = 32
_SEALING_KEY = 1184 + 32


class Own(msgspec.Struct, frozen=True):
    """The node itself: its card, its keys, and the card as signed."""

    card: Card
    keys: keys.Keys
    signed: bytes


class _Signed(msgspec.Struct, frozen=True, omit_defaults=True):
    card: bytes
    signature: bytes
    signature_pq: bytes = b""
    before: bytes = b""
    before_pq: bytes = b""


class Former(msgspec.Struct, frozen=True):
    """The identity keys of the card before, which sign the one that succeeds it."""

    identity: keys.SigningKey
    identity_pq: keys.LatticeKey | None


def sign(
    card: Card, identity: keys.SigningKey, identity_pq: keys.LatticeKey | None, former: Former | None = None
) -> bytes:
    """Return the signed card; one that succeeds another is signed by that one's identity keys too.

    Raises:
        Fault: the card is not whole, its country is none, or the keys are not those that it names.
    """
    _examine(card, card.name)
    expect_country(card)
    second = identity_pq.public if identity_pq else b""
    if (card.identity, card.identity_pq) != (identity.public, second):
        raise Fault("the card names another identity key than the one that signs it", where=card.name)
    if (former is None) != (card.serial == 1):
        raise Fault("a card with a serial number above 1 is signed by the keys before it", where=card.name)
    body = canonical.written(card)
    before = former.identity.sign(_SUCCESSION, body) if former else b""
    before_pq = former.identity_pq.sign(_SUCCESSION, body) if former and former.identity_pq else b""
    own = body + before + before_pq
    own_pq = identity_pq.sign(_LABEL, own) if identity_pq else b""
    return canonical.written(_Signed(body, identity.sign(_LABEL, own), own_pq, before, before_pq))


@lru_cache(maxsize=256)
def read(signed: bytes, where: str = "") -> Card:
    """Return the card, its own signatures checked; whether it succeeds another, `follow` tells.

    What was read once is not checked again: the bytes decide alone.

    Raises:
        Fault: the bytes are no signed card, or a signature does not hold.
    """
    outer = _outer(signed, where)
    card = canonical.read(outer.card, Card, where=where)
    _examine(card, where)
    if bool(outer.signature_pq) != bool(card.identity_pq) or bool(outer.before) != (card.serial > 1):
        raise Fault("the card has not the signatures that it must have", where=where, remedy="Ask for a new card.")
    if outer.before_pq and not outer.before:
        raise Fault("the card has a signature too many", where=where)
    own = outer.card + outer.before + outer.before_pq
    try:
        keys.verify(card.identity, _LABEL, own, outer.signature)
        if card.identity_pq:
            keys.verify_lattice(card.identity_pq, _LABEL, own, outer.signature_pq)
    except keys.BadSignature as fault:
        raise keys.BadSignature(
            "the card is not signed by the keys it names",
            where=where,
            remedy="It was changed on its way: ask for it again.",
        ) from fault
    return card


def body_digest(signed: bytes) -> bytes:
    """Return SHA-256 of the card's bytes without its signatures: what its successor names it by.

    Raises:
        Fault: the bytes are no signed card.
    """
    return digest(_outer(signed, "").card)


def follow(signed: bytes, before: bytes, where: str = "") -> Card:
    """Return the card, which succeeds the signed card `before`: same station, same country, signed by its keys.

    Raises:
        Refused: it succeeds another card, or none, or is of another country.
        Fault: the bytes are no signed card, or a signature does not hold.
    """
    card, old = read(signed, where), read(before, where)
    if (card.name, card.station) != (old.name, old.station):
        raise Refused("this is the card of another station", where=card.name)
    if card.country != old.country:  # by it safeguards 3 and 19 judge: no partner moves out of their way by itself
        raise Refused(
            f"the card says {card.country}, and the one before said {old.country}",
            where=card.name,
            remedy="Ask why; if it is so, compare fingerprints and add the card anew.",
        )
    if card.serial != old.serial + 1 or card.succeeds != body_digest(before):
        raise Refused(
            f"this is card {card.serial}, which does not follow the card {old.serial} that is known here",
            where=card.name,
            remedy=f"Ask for card {old.serial + 1}; if its keys were lost, compare fingerprints and add it anew.",
        )
    outer = _outer(signed, where)
    try:
        keys.verify(old.identity, _SUCCESSION, outer.card, outer.before)
        if old.identity_pq or outer.before_pq:
            keys.verify_lattice(old.identity_pq, _SUCCESSION, outer.card, outer.before_pq)
    except keys.BadSignature as fault:
        raise keys.BadSignature("the card is not signed by the keys of the card before", where=where) from fault
    return card


def expect_country(card: Card) -> None:
    """Do nothing if a node's country is one: marks of protection and risk name countries, and fit no other code.

    Raises:
        Fault: it is none.
    """
    if card.station is Station.NODE and not is_code(card.country.lower()):
        raise Fault(
            f"{card.country} is the code of no country (ISO 3166-1)",
            where=card.name,
            remedy="Ask for a card with the country's own code, like GB and not UK.",
        )


def cosigning_keys(card: Card) -> list[CosigningKey]:
    """Return the keys with which the station of this card cosigns: Ed25519, and ML-DSA-44 if it names one."""
    lattice = [LatticeWitnessKey(card.witness_name, card.witness_pq)] if card.witness_pq else []
    return [WitnessKey(card.witness_name, card.witness), *lattice]


def fingerprint(signed: bytes) -> str:
    """Return what people compare: 80 bits of SHA-256 over the card, like `1A2B-3C4D-5E6F-7081-9293`.

    Raises:
        Fault: the bytes are no signed card.
    """
    digits = digest(_outer(signed, "").card)[:10].hex().upper()
    return "-".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def confirm(signed: bytes, typed: str) -> None:
    """Check the fingerprint that a person typed against the card; upper or lower case, spaces around it forgiven.

    Raises:
        Refused: they differ.
    """
    ours, theirs = fingerprint(signed).encode(), typed.strip().upper().encode()
    if not hmac.compare_digest(ours, theirs):
        raise Refused(
            "the fingerprint is not that of the card",
            where=typed.strip()[:40],
            remedy="Ask the partner to read theirs aloud again; if it differs still, the card was swapped on its way.",
        )


def text(signed: bytes) -> str:
    """Return the signed card as the text of a file."""
    code = base64.b64encode(signed).decode("ascii")
    lines = [code[place : place + _LINE] for place in range(0, len(code), _LINE)]
    return "\n".join([_HEADING, *lines]) + "\n"


def from_text(written: str, where: str = "") -> bytes:
    """Return the signed card that the text of a file holds. Its signature is not yet checked: `read` does that.

    Raises:
        Fault: the text is no card file.
    """
    if len(written) > LARGEST * 3 // 2:
        raise Fault("the file is too large for a card", where=where)
    lines = [line.strip() for line in written.strip().splitlines()]
    if not lines or lines[0] != _HEADING:
        raise Fault(
            "this is no card", where=where, remedy=f"The first line must be {_HEADING!r}; ask the partner for the file."
        )
    try:
        signed = base64.b64decode("".join(lines[1:]).encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Fault("the card is not base64", where=where, remedy="Ask the partner for the file again.") from error
    if text(signed).splitlines() != lines:
        raise Fault("the card's lines were broken differently", where=where, remedy="Ask for the file again.")
    return signed


def _outer(signed: bytes, where: str) -> _Signed:
    if len(signed) > LARGEST:
        raise Fault(f"{len(signed)} bytes are too many for a card", where=where)
    return canonical.read(signed, _Signed, where=where)


def _examine(card: Card, where: str) -> None:
    lengths = [(card.identity, _KEY), (card.witness, _KEY)]
    if card.identity_pq or card.witness_pq or card.succeeds:
        lengths += [(card.identity_pq, keys.LATTICE_PUBLIC), (card.witness_pq, keys.LATTICE_PUBLIC)]
    if card.station is Station.NODE or card.log:
        lengths.append((card.log, _KEY))
    lengths.append((card.sealing, _SEALING_KEY if card.station is Station.NODE else 0))
    if any(len(key) != length for key, length in lengths):
        raise Fault("a key on the card is missing or has the wrong length", where=where, remedy="Ask for a new card.")
    if not (card.name + card.country).isprintable():
        raise Fault("a name on the card holds what cannot be shown", where=where, remedy="Ask for a new card.")
    if len(card.succeeds) != (32 if card.serial > 1 else 0):
        raise Fault("the card does not say which card it succeeds", where=where, remedy="Ask for a new card.")
    if not _sound(card.endpoint):
        raise Fault(
            f"{card.endpoint!r} is no address of a node", where=where, remedy="Write it like https://host:8443."
        )


def _sound(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or "@" in parts.netloc or "?" in endpoint or "#" in endpoint)
    return (
        plain
        and parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and port != 0
        and not endpoint.endswith("/")
        and endpoint.isascii()
        and endpoint.isprintable()
    )
