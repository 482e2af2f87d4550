"""Signing: a signature holds for one digest and one key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.agreements import signing
from comity.agreements.standing import Standing
from comity.foundation import keys
from comity.foundation.keys import BadSignature, LatticeKey, SigningKey

KEY = SigningKey(bytes(range(32)))


def test_signature_holds(standing: Standing) -> None:
    """A party's signature over the agreement's digest verifies with its public key."""
    signing.verify(KEY.public, standing.digest, signing.sign(KEY, standing.digest))


@given(st.binary(min_size=32, max_size=32))
def test_other_digest(standing: Standing, digest: bytes) -> None:
    """It holds for no other digest, key or use of the same key."""
    signature = signing.sign(KEY, standing.digest)
    for public, signed in ((KEY.public, digest), (SigningKey(digest).public, standing.digest)):
        with pytest.raises(BadSignature):
            signing.verify(public, signed, signature)
    with pytest.raises(BadSignature):
        keys.verify(KEY.public, "comity/card/v1", standing.digest, signature)


def test_an_agreement_with_two_signatures_needs_both(standing: Standing) -> None:
    """Under the suite of two, one alone is not enough; under that of one, a second is one too many."""
    second = LatticeKey(bytes([5]) * 32)
    signature = signing.sign(KEY, standing.digest, second)
    signing.verify(KEY.public, standing.digest, signature, second.public)
    stranger = LatticeKey(bytes([6]) * 32)
    for wrong in (signature[:64], signing.sign(KEY, standing.digest, stranger), signature[:-1], signature + b"x"):
        with pytest.raises(BadSignature):
            signing.verify(KEY.public, standing.digest, wrong, second.public)
    with pytest.raises(BadSignature, match="does not have"):
        signing.verify(KEY.public, standing.digest, signature)
