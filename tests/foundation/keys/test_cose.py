"""What is proven: canonical form signs the bytes that COSE signs (RFC 9052, section 4.4), with the same keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cbor2
import msgspec
import pytest

from comity.foundation import canonical, keys
from comity.foundation.keys import BadSignature

_FOLDER = Path(__file__).parents[2] / "vectors" / "cose"


class _OfOne(msgspec.Struct, frozen=True, array_like=True):
    """What is signed of a message with one signer: its `Sig_structure`."""

    context: str
    protected: bytes
    external: bytes
    payload: bytes


class _OfMany(msgspec.Struct, frozen=True, array_like=True):
    """What is signed of a message with several."""

    context: str
    protected: bytes
    signer: bytes
    external: bytes
    payload: bytes


def _read(name: str) -> tuple[dict[str, Any], list[Any]]:
    vector = json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
    return vector, cbor2.loads(bytes.fromhex(vector["output"]["cbor"])).value


def _expect_signed(structure: msgspec.Struct, expected: str, key: dict[str, str], signature: bytes) -> None:
    signed, public = canonical.written(structure), bytes.fromhex(key["x_hex"])
    assert signed.hex() == expected.lower()
    keys.verify_bare(public, signed, signature)
    for wrong in (signed[:-1], signed + b"\0", bytes([signed[0] ^ 1]) + signed[1:]):
        with pytest.raises(BadSignature):
            keys.verify_bare(public, wrong, signature)


def test_a_message_with_one_signer() -> None:
    vector, (protected, _, payload, signature) = _read("eddsa-sig-01")
    structure = _OfOne("Signature1", protected, b"", payload)
    key = vector["input"]["sign0"]["key"]
    _expect_signed(structure, vector["intermediates"]["ToBeSign_hex"], key, signature)


def test_a_message_with_a_list_of_signers() -> None:
    vector, (protected, _, payload, ((signer, _, signature),)) = _read("eddsa-01")
    structure = _OfMany("Signature", protected, signer, b"", payload)
    key = vector["input"]["sign"]["signers"][0]["key"]
    _expect_signed(structure, vector["intermediates"]["signers"][0]["ToBeSign_hex"], key, signature)


@pytest.mark.parametrize("name", ["eddsa-01", "eddsa-sig-01"])
def test_a_cose_message_itself_is_no_message_of_ours(name: str) -> None:
    """Its tag has no place in canonical form: nobody is led to take one for the other."""
    vector, _ = _read(name)
    with pytest.raises(canonical.NotCanonical):
        canonical.read(bytes.fromhex(vector["output"]["cbor"]), _OfOne)
