"""ML-DSA-44 cosignatures: over the structure that C2SP tlog-cosignature fixes, beside an Ed25519 one in one note."""

from __future__ import annotations

import struct

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.lattice import LatticeKey
from comity.foundation.keys import BadSignature, SigningKey
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.cosignature import (
    ML_DSA_44,
    LatticeWitnessKey,
    WitnessKey,
    cosign,
    cosign_lattice,
    seconds,
)
from comity.foundation.ledger.note import Ed25519Key, Note, NoteFault, decoded

_KEY, _OTHER = LatticeKey("witness"), LatticeKey("other")
_ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
_TEXT = f"north/log\n20852163\n{_ROOT}\n"
_WITNESS = LatticeWitnessKey("south/witness", _KEY.public)


@settings(max_examples=20)
@given(now=st.integers(1, 2**63 - 1))
def test_a_cosignature_states_its_time_and_holds(now: int) -> None:
    signature = cosign_lattice(_TEXT, "south/witness", _KEY, now)
    assert (signature.name, signature.id, len(signature.signature)) == ("south/witness", _WITNESS.id, 8 + 2420)
    assert seconds(signature.signature, ML_DSA_44) == now
    _WITNESS.check(_TEXT, signature.signature)


def test_the_signed_bytes_are_those_of_the_specification() -> None:
    """Label, name, time, origin, a start of 0, the size and the root, packed here anew."""
    signature = cosign_lattice(_TEXT, "south/witness", _KEY, 1_679_315_147).signature
    packed = struct.pack(
        ">12sB13sQB9sQQ", b"subtree/v1\n\0", 13, b"south/witness", 1_679_315_147, 9, b"north/log", 0, 20_852_163
    )
    MLDSA44PublicKey.from_public_bytes(_KEY.public).verify(signature[8:], packed + decoded(_ROOT))


def test_another_name_time_origin_size_root_or_key_is_refused() -> None:
    signature = cosign_lattice(_TEXT, "south/witness", _KEY, 7).signature
    for text in (_TEXT.replace("north", "west"), _TEXT.replace("2085", "2086"), _TEXT.replace("CsUY", "CsUZ"), "x"):
        with pytest.raises(BadSignature):
            _WITNESS.check(text, signature)
    for key in (LatticeWitnessKey("west/witness", _KEY.public), LatticeWitnessKey("south/witness", _OTHER.public)):
        with pytest.raises(BadSignature):
            key.check(_TEXT, signature)
    for changed in (
        bytes(8) + signature[8:],
        (8).to_bytes(8, "big") + signature[8:],
        signature[:-1],
        signature + b"\0",
    ):
        with pytest.raises(BadSignature):
            _WITNESS.check(_TEXT, changed)


def test_extension_lines_are_not_covered() -> None:
    """The specification says so: a verifier believes nothing that stands there."""
    signature = cosign_lattice(_TEXT, "south/witness", _KEY, 7).signature
    _WITNESS.check(f"{_TEXT}extension\n", signature)


@given(data=st.binary(max_size=3_000))
def test_arbitrary_bytes_are_no_cosignature(data: bytes) -> None:
    with pytest.raises(BadSignature):
        _WITNESS.check(_TEXT, data)


@pytest.mark.parametrize("name", ["", "w" * 256])
def test_a_name_that_does_not_fit_cosigns_nothing(name: str) -> None:
    with pytest.raises(BadSignature):
        cosign_lattice(_TEXT, name, _KEY, 7)
    with pytest.raises(BadSignature):
        cosign_lattice("no checkpoint\n", "w", _KEY, 7)


def test_a_note_carries_both_forms_of_sixteen_witnesses_and_each_is_verified() -> None:
    """One name with two keys is two signatures; a bit changed in one refuses the whole note."""
    log, plain = SigningKey(bytes(32)), SigningKey(bytes(range(32)))
    given_names = [f"w{number}" for number in range(14)]
    signatures = (
        notes.sign(_TEXT, "north/log", log),
        cosign(_TEXT, "south/witness", plain, 7),
        cosign_lattice(_TEXT, "south/witness", _KEY, 7),
        *(cosign_lattice(_TEXT, name, _KEY, 7) for name in given_names),
    )
    note = notes.read(notes.written(Note(_TEXT, signatures)))
    keys = [
        WitnessKey("south/witness", plain.public),
        _WITNESS,
        *(LatticeWitnessKey(n, _KEY.public) for n in given_names),
    ]
    assert notes.verified(note, [Ed25519Key("north/log", log.public), *keys]) == (
        Ed25519Key("north/log", log.public),
        *keys,
    )
    bent = bytearray(signatures[2].signature)
    bent[100] ^= 1
    broken = Note(_TEXT, (*signatures[:2], notes.Signature("south/witness", _WITNESS.id, bytes(bent))))
    with pytest.raises(NoteFault):
        notes.verified(broken, keys)
