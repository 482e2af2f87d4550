"""Cosignatures: over the time and the checkpoint, in the bytes that C2SP tlog-cosignature fixes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.foundation.keys import BadSignature, SigningKey, verify_bare
from comity.foundation.ledger.cosignature import WitnessKey, cosign, seconds
from comity.foundation.ledger.note import decoded

_KEY = SigningKey(bytes(range(32)))
_TEXT = "north/log\n17\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


@given(now=st.integers(1, 2**63 - 1))
def test_a_cosignature_states_its_time_and_holds(now: int) -> None:
    cosignature = cosign(_TEXT, "w", _KEY, now)
    WitnessKey("w", _KEY.public).check(_TEXT, cosignature.signature)
    assert seconds(cosignature.signature) == now


def test_the_signed_bytes_are_those_of_the_specification() -> None:
    signature = cosign(_TEXT, "w", _KEY, 1_679_315_147).signature
    verify_bare(_KEY.public, f"cosignature/v1\ntime 1679315147\n{_TEXT}".encode(), signature[8:])


def test_the_key_id_is_that_of_a_real_witness() -> None:
    """The id that a public witness publishes for its key comes out."""
    public = decoded("BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")[1:]
    assert WitnessKey("remora.n621.de", public).id.hex() == "da77ade7"


@given(data=st.binary(max_size=100))
def test_arbitrary_bytes_are_no_cosignature(data: bytes) -> None:
    with pytest.raises(BadSignature):
        WitnessKey("w", _KEY.public).check(_TEXT, data)


def test_a_time_that_was_not_signed_is_refused() -> None:
    signature = cosign(_TEXT, "w", _KEY, 1_679_315_147).signature
    for changed in (bytes(8) + signature[8:], b"\xff" * 8 + signature[8:], signature[:7] + b"\x00" + signature[8:]):
        with pytest.raises(BadSignature):
            WitnessKey("w", _KEY.public).check(_TEXT, changed)
