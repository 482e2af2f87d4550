"""Stations for tests: nodes and witnesses with cards and keys made from their names."""

from __future__ import annotations

import hashlib

from comity.exchange import cards
from comity.exchange.cards import Own
from comity.foundation.keys import Keys, LatticeKey, SealingKey, SigningKey
from comity.vocabulary.partner import Card, Station


def keys_of(name: str) -> Keys:
    """Return keys that depend on the name alone."""

    def seed(purpose: str, length: int) -> bytes:
        return hashlib.shake_256(f"{name} {purpose}".encode()).digest(length)

    return Keys(
        identity=SigningKey(seed("identity", 32)),
        identity_pq=LatticeKey(seed("identity_pq", 32)),
        log=SigningKey(seed("log", 32)),
        witness=SigningKey(seed("witness", 32)),
        witness_pq=LatticeKey(seed("witness_pq", 32)),
        sealing=SealingKey(seed("sealing", 96)),
    )


def station(name: str, endpoint: str = "http://127.0.0.1:9", kind: Station = Station.NODE) -> Own:
    """Return a station of that name, reached at that endpoint."""
    keys = keys_of(name)
    node = kind is Station.NODE
    card = Card(
        station=kind,
        name=name,
        agency=f"Agency of {name}",
        country="DK",
        endpoint=endpoint,
        identity=keys.identity.public,
        identity_pq=keys.identity_pq.public,
        log=keys.log.public if node else b"",
        witness=keys.witness.public,
        witness_pq=keys.witness_pq.public,
        sealing=keys.sealing.public if node else b"",
        created=1_767_225_600_000,
    )
    return Own(card=card, keys=keys, signed=cards.sign(card, keys.identity, keys.identity_pq))
